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
add_module_names = False


def setup(app):
    from docutils import nodes
    from docutils.parsers.rst import Directive

    from saltext_vios.options import OPTIONS

    class Options(Directive):
        """The table of options, from the data that also checks them and builds the command line."""

        def run(self):
            table = nodes.table()
            group = nodes.tgroup(cols=4)
            table += group
            for width in (3, 3, 2, 8):
                group += nodes.colspec(colwidth=width)
            head, body = nodes.thead(), nodes.tbody()
            head += self._row("option", "type", "default", "meaning")
            for option in OPTIONS:
                meaning = option.meaning
                if option.attribute:
                    meaning += f" NIM attribute: {option.attribute}."
                if option.flag:
                    meaning += f" Flag of viosupgrade: {option.flag}."
                if option.also:
                    meaning += f" IBM's nim_viosupgrade calls it {option.also}."
                if len(option.methods) == 1:
                    meaning += f" Only with method={option.methods[0]}."
                if not option.ibm:
                    meaning += " Not in IBM's module."
                default = "" if option.default is None else str(option.default)
                body += self._row(option.name, option.kind.value, default, meaning)
            group += head
            group += body
            return [table]

        @staticmethod
        def _row(*cells):
            row = nodes.row()
            for cell in cells:
                entry = nodes.entry()
                entry += nodes.paragraph(text=cell)
                row += entry
            return row

    app.add_directive("vios-options", Options)
