"""A command of the simulated NIM that fails."""

from __future__ import annotations

import re

from saltext_vios.simulator.assumptions import message


class Failure(Exception):
    """``text`` goes to stderr; the exit status is the number of the outermost message, as IBM's guide of 4.3 says."""

    def __init__(self, text: str, rc: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        code = re.match(r"\s*0042-(\d{3})", text)
        self.rc = rc if rc is not None else int(code[1]) if code else 1


def missing(command: str, name: str) -> Failure:
    return Failure(message("missing_object", command=command, name=name))


def inside(name: str, which: str, /, **words: object) -> Failure:
    """An error inside a method: nested, three blanks each."""
    words = {"name": name, "method": "m_migvios", **words}
    text = message(which, **words)
    return Failure("\n".join([message("outer"), message("method", **words), "   " + text]), 1)
