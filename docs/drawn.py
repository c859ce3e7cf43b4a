"""What the pages draw from the code itself: tables and pictures that cannot grow old."""

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from parts import arrows, rows
from sphinx import addnodes

from saltext_vios.migration import start, statuses, transitions
from saltext_vios.options import OPTIONS

WIDTH, HEIGHT, BOX, TALL = 760, 84, 118, 40


def table(heads, rows, widths):
    made = nodes.table()
    group = nodes.tgroup(cols=len(heads))
    made += group
    for width in widths:
        group += nodes.colspec(colwidth=width)
    head, body = nodes.thead(), nodes.tbody()
    head += _row(heads)
    for row in rows:
        body += _row(row)
    group += head
    group += body
    return made


def _row(cells):
    row = nodes.row()
    for cell in cells:
        entry = nodes.entry()
        entry += nodes.paragraph(text=cell)
        row += entry
    return row


class Options(Directive):
    """The options, from the data that also checks them and builds the command line."""

    def run(self):
        lines = []
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
            lines.append((option.name, option.kind.value, default, meaning))
        return [table(("option", "type", "default", "meaning"), lines, (3, 3, 2, 8))]


class States(Directive):
    """Every move that a migration can make, from the table that makes them."""

    def run(self):
        lines = [
            (state.value, event.value, then.value, (status or "").replace("{word}", "UPGRn"))
            for state, events in transitions.TRANSITIONS.items()
            for event, (then, status) in events.items()
        ]
        return [table(("state", "what is seen", "next state", "status of the VIOS"), lines, (2, 6, 2, 4))]


class Statuses(Directive):
    """Every status and what it means; with the word of a task, where that has a meaning of its own."""

    optional_arguments = 1

    def run(self):
        word, known = "UPGRn", statuses.MEANINGS
        if self.arguments:
            word, known = self.arguments[0], statuses.MEANINGS_OF_A_TASK
        rows = [(f"`{status.format(word=word)}`", meaning) for status, meaning in known.items()]
        if not self.arguments:
            rows.append(("any earlier status without `SUCCESS`", "passed through from `vios_status`, nothing started"))
        lines = ["| status | meaning |", "|---|---|", *(f"| {status} | {meaning} |" for status, meaning in rows)]
        made = nodes.container()
        self.state.nested_parse(StringList(lines), self.content_offset, made)
        return made.children


class Questions(Directive):
    """Every question before a start, and the moments at which it is asked."""

    def run(self):
        lines = [
            (str(n), question.name, *("yes" if moment in question.moments else "" for moment in start.Moment))
            for n, question in enumerate(start.QUESTIONS, 1)
        ]
        moments = [f"{moment.name}: {moment.value}" for moment in start.Moment]
        return [table(("", "question", *moments), lines, (1, 6, *[3] * len(moments)))]


class Parts(Directive):
    """The parts, with an arrow from each to those that it imports."""

    def run(self):
        places, found = {}, arrows()
        drawn = rows(found)
        for down, row in enumerate(drawn):
            for across, part in enumerate(row):
                places[part] = (WIDTH * (across + 1) // (len(row) + 1), 8 + down * HEIGHT)
        lines = []
        for part, others in found.items():
            for other in sorted(others):
                (x1, y1), (x2, y2) = places[part], places[other]
                lines.append(f'<line x1="{x1}" y1="{y1 + TALL}" x2="{x2}" y2="{y2 - 2}" marker-end="url(#arrow)"/>')
        for part, (x, y) in places.items():
            lines.append(f'<rect x="{x - BOX // 2}" y="{y}" width="{BOX}" height="{TALL}" rx="6"/>')
            lines.append(f'<text x="{x}" y="{y + 25}">{part}</text>')
        drawing = (
            f'<svg viewBox="0 0 {WIDTH} {len(drawn) * HEIGHT}" role="img" aria-label="the parts and their imports" '
            'style="max-width:760px;font:15px sans-serif;text-anchor:middle">'
            "<style>.parts line{stroke:#888;stroke-width:1.4}.parts rect{fill:#e8eef7;stroke:#456}"
            '.parts text{fill:#123}</style><defs><marker id="arrow" markerWidth="9" markerHeight="9" refX="8" refY="4" '
            'orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#888"/></marker></defs>'
            f'<g class="parts">{"".join(lines)}</g></svg>'
        )
        return [nodes.raw("", drawing, format="html")]


def as_it_is_called(app, domain, objtype, content):
    """``list`` is ``list_`` in the code, since Python has a ``list``; nobody types the latter."""
    for name in content.parent.findall(addnodes.desc_name):
        text = name.astext()
        if text.endswith("_"):
            name.clear()
            name += addnodes.desc_sig_name("", text.rstrip("_"))


def setup(app):
    app.connect("object-description-transform", as_it_is_called)
    drawn = {"options": Options, "states": States, "statuses": Statuses, "questions": Questions, "parts": Parts}
    for name, directive in drawn.items():
        app.add_directive(f"vios-{name}", directive)
    return {"parallel_read_safe": True}
