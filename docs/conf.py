import sys
from pathlib import Path

from saltext_vios import __version__

sys.path.insert(0, str(Path(__file__).parent))

project = "saltext-vios"
author = "The saltext-vios developers"
release = version = __version__
extensions = ["sphinx.ext.autodoc", "myst_parser", "drawn"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_static_path = ["style.css"]
html_css_files = ["style.css"]
html_title = f"saltext-vios {__version__}"
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # who types a call reads what its text says
add_module_names = False
