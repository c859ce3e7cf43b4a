"""
Have the driver of VIOS migrations run whenever there is work for it

.. versionadded:: 0.1.0

A driver outlives jobs and minions, but not its machine. This engine runs in
the minion of a NIM master. At its start and every minute it looks: is
something under way in the journal, and no driver? Then it starts one, under
the same rules (time limit, hold, previous failure), and says so in an event
``vios/driver/started``. It also has the events sent that a driver could not
hand to a minion which was away: in order, each with the time at which it
happened.

.. code-block:: yaml

    engines:
      - vios: {}

A driver that was ended with ``vios.stop`` stays ended. With ``metrics_dir``
the engine writes at every look what ``vios.metrics`` returns into
``vios.prom`` there, for Prometheus' node exporter:

.. code-block:: yaml

    engines:
      - vios:
          metrics_dir: /var/lib/node_exporter
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saltext_vios import __version__
from saltext_vios.driver import client, metrics, settings
from saltext_vios.driver.home import Home
from saltext_vios.errors import MetricsError, ViosError

if TYPE_CHECKING:  # what Salt's loader puts here
    __opts__: dict[str, Any]
    __salt__: dict[str, Callable[..., Any]]

__virtualname__ = "vios"
log = logging.getLogger(__name__)


def __virtual__() -> str | tuple[bool, str]:
    if "vios.migrate" not in __salt__:
        return False, "the execution module vios is not loaded here; this minion is no NIM master"
    return __virtualname__


def start(interval: float = 60, metrics_dir: str | None = None) -> None:
    """
    Look at once and then every ``interval`` seconds, as long as the minion
    runs.

    interval
        Seconds between two looks. Defaults to 60.

    metrics_dir
        An absolute path: the directory that the node exporter was given
        with ``--collector.textfile.directory``. Nothing is written without
        it.
    """
    steps: tuple[Callable[[], object], ...] = (look, functools.partial(measure, metrics_dir))
    said = ["" for _ in steps]
    while True:
        said = [_tried(step, before) for step, before in zip(steps, said)]
        time.sleep(interval)


def _tried(step: Callable[[], object], before: str) -> str:
    """Why a step could not be done, logged once; empty when it was."""
    try:
        step()
    except ViosError as error:
        if str(error) != before:
            log.error("%s", error)
            __salt__["event.send"]("vios/driver/trouble", {"message": str(error)})
        return str(error)
    return ""


def look() -> list[str]:
    """
    Start a driver if there is work for one and none runs; the keys of the
    tuples that it takes up.
    """
    home = Home(Path(settings.read(__opts__).state_dir))
    found = client.ensure_driver_if_needed(home, client.Caller("the engine vios", __opts__.get("conf_file")))
    if found:
        log.warning("work was under way and no driver ran; started one for %s", ", ".join(found))
        __salt__["event.send"](
            "vios/driver/started",
            {"tuples": found, "message": "work was under way and no driver ran", "version": __version__},
        )
    return found


def measure(metrics_dir: str | None) -> None:
    """Write what ``vios.metrics`` returns, if a directory is named."""
    if metrics_dir is None:
        return
    directory = metrics.check_directory(metrics_dir)
    try:
        metrics.write(directory, metrics.text(Home(Path(settings.read(__opts__).state_dir))))
    except OSError as error:
        raise MetricsError(f"metrics cannot be written to {directory}: {error.strerror or error}") from error
