"""
Show what the execution module and the runner ``vios`` return as tables

.. versionadded:: 0.1.0

.. code-block:: bash

    salt 'nim-*' vios.list
    salt-run vios.plan /srv/salt/fleet.yaml
    salt 'nim-*' vios.list --out json

It is what the functions of the module name as their outputter, and what
``salt-run`` shows the returns of the runner with, unless ``--out`` or
``output`` in the configuration says otherwise; anything that is not ours is
shown as Salt's ``nested`` does. Success is green, failure red, a skip
yellow, what is in progress cyan. ``--no-color`` is respected. On a terminal
long texts are wrapped to its width; into a file or a pipe nothing is. Times
are those of the clock where the output is shown.

It is looked for where the output is shown: on the Salt master for ``salt``,
``salt-ssh`` and ``salt-run``, on the minion for ``salt-call``.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import salt.loader
import salt.utils.color
from salt.utils.textformat import TextFormat

from saltext_vios.output import _standing as standing
from saltext_vios.output import _views as views
from saltext_vios.output._table import readable

if TYPE_CHECKING:  # what Salt's loader puts here
    __opts__: dict[str, Any]

__virtualname__ = "vios"

_COLOURS = {"green": "GREEN", "red": "RED", "yellow": "YELLOW", "cyan": "CYAN"}


def __virtual__() -> str:
    return __virtualname__


def output(data: Any, **kwargs: Any) -> str:
    """
    Show a return, or the returns of several minions.

    .. code-block:: bash

        salt 'nim-*' vios.status --static

    data
        What a runner returned, or a dict by minion.
    """
    theme = salt.utils.color.get_colors(__opts__.get("color"), __opts__.get("color_theme"))
    colours = {name: theme[salts] for name, salts in _COLOURS.items()}
    # Salt's white cannot be seen on a white terminal.
    colours["bold"] = TextFormat("bold") if __opts__.get("color") else ""

    def paint(text: str, colour: str) -> str:
        return f"{colours[colour]}{text}{theme['ENDC']}" if colour and text else text

    width = _width()
    view = views.view_of(data)
    if view is not None:
        return "\n".join(view(readable(data), paint, width))
    if not isinstance(data, dict):
        return _nested(data)
    found = {minion: views.view_of(value) for minion, value in data.items()}
    parts = []
    recorded = [(minion, readable(data[minion])) for minion, view in found.items() if view is standing.status]
    if len(recorded) > 1:
        parts += standing.together(recorded, paint, width)
        found = {minion: view for minion, view in found.items() if view is not standing.status}
    for minion, view in found.items():
        if view is None:
            parts.append(_nested({minion: data[minion]}))
        else:
            parts += [paint(f"{minion}:", "cyan"), *view(readable(data[minion]), paint, width)]
    return "\n".join(parts)


def _width() -> int | None:
    """Columns of the terminal; None where nobody looks."""
    return None if __opts__.get("output_file") else shutil.get_terminal_size((0, 0)).columns or None


def _nested(data: Any) -> str:
    shown: str = salt.loader.outputters(__opts__)["nested"](data)
    return shown
