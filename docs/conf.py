from saltext_vios import __version__

project = "saltext-vios"
author = "The saltext-vios developers"
release = version = __version__
extensions = ["sphinx.ext.autodoc", "myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"saltext-vios {__version__}"
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
