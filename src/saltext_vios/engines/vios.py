"""
Have the driver of VIOS migrations run whenever there is work for it

.. versionadded:: 0.1.0

A driver outlives jobs and minions, but not its machine. This engine runs in the minion of a NIM master. At its start
and every minute it looks: is something under way in the journal, and no driver? Then it starts one, under the same
rules (time limit, hold, previous failure), and says so in an event ``vios/driver/started``. It also has the events
sent that a driver could not hand to a minion which was away: in order, each with the time at which it happened.

.. code-block:: yaml

    engines:
      - vios: {}

``interval``, in seconds, is the only option. A driver that was ended with ``vios.stop`` stays ended.
"""

import logging
import time
from pathlib import Path

from saltext_vios import __version__
from saltext_vios.driver import client, settings
from saltext_vios.driver.home import Home
from saltext_vios.errors import ViosError

__virtualname__ = "vios"
log = logging.getLogger(__name__)


def __virtual__():
    if "vios.migrate" not in __salt__:
        return False, "the execution module vios is not loaded here; this minion is no NIM master"
    return __virtualname__


def start(interval=60):
    """
    Look at once and then every ``interval`` seconds, as long as the minion runs.

    interval
        Seconds between two looks. Defaults to 60.
    """
    said = ""
    while True:
        try:
            look()
            said = ""
        except ViosError as error:
            if str(error) != said:
                said = str(error)
                log.error("%s", said)
                __salt__["event.send"]("vios/driver/trouble", {"message": said})
        time.sleep(interval)


def look():
    """Start a driver if there is work for one and none runs; the keys of the tuples that it takes up."""
    home = Home(Path(settings.read(__opts__).state_dir))
    found = client.look_after(home, client.Caller("the engine vios", __opts__.get("conf_file")))
    if found:
        log.warning("a driver was started for %s", ", ".join(found))
        __salt__["event.send"](
            "vios/driver/started",
            {"tuples": found, "message": "work was under way and no driver ran", "version": __version__},
        )
    return found
