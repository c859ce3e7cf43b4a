"""
Show what the execution module and the runner ``vios`` return as tables

.. versionadded:: 0.1.0

.. code-block:: bash

    salt 'nim-*' vios.list --out vios
    salt-run vios.plan /srv/salt/fleet.yaml --out vios

For ``vios.list``, ``vios.check``, ``vios.migrate``, ``vios.wait``, ``vios.status`` and ``vios.overview``, and for the
runner's ``plan`` and ``status``; anything else is shown as Salt's ``nested`` does. Success is green, failure red, a
skip yellow, what is in progress cyan. ``--no-color`` is respected. On a terminal lines are no wider than it is; into a
file or a pipe nothing is shortened.

It is looked for where the output is shown: on the Salt master for ``salt`` and ``salt-run``, on the minion for
``salt-call``.
"""

import os
import shutil
import sys

import salt.loader
import salt.utils.color

from saltext_vios.output import _views as views

__virtualname__ = "vios"

_COLOURS = {"green": "GREEN", "red": "RED", "yellow": "YELLOW", "cyan": "CYAN", "bold": "WHITE"}


def __virtual__():
    return __virtualname__


def output(data, **kwargs):
    """
    Show a return, or the returns of several minions.

    .. code-block:: bash

        salt 'nim-*' vios.status --out vios --static

    data
        What a runner returned, or a dict by minion.
    """
    colours = salt.utils.color.get_colors(__opts__.get("color"), __opts__.get("color_theme"))

    def paint(text, colour):
        name = _COLOURS.get(colour)
        return f"{colours[name]}{text}{colours['ENDC']}" if name and text else text

    width = _width()
    view = views.view_of(data)
    if view is not None:
        return "\n".join(view(data, paint, width))
    if not isinstance(data, dict):
        return _nested(data)
    found = {minion: views.view_of(value) for minion, value in data.items()}
    if len(data) > 1 and set(found.values()) == {views.status}:
        return "\n".join(views.together(data.items(), paint, width))
    return "\n".join(
        _nested({minion: data[minion]})
        if view is None
        else "\n".join([paint(f"{minion}:", "cyan"), *view(data[minion], paint, width)])
        for minion, view in found.items()
    )


def _width():
    """Columns of the terminal; None where nobody looks."""
    if "COLUMNS" not in os.environ and not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def _nested(data):
    return salt.loader.outputters(__opts__)["nested"](data)
