"""Be the driver of a state directory: ``drive STATE_DIR`` of the copy of the code, see ``saltext_vios.driver.entry``.

Returns at once; the driver continues as a process of its own: double-forked, own session, no terminal. A second one
for the same directory ends by itself.
"""

from __future__ import annotations

import functools
import logging
import os
import resource
import signal
import sys
import threading
import time

from saltext_vios import __version__
from saltext_vios.driver import commands, database, locks, logfile, presence, resume, standalone
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.desk import Workers
from saltext_vios.driver.events import Sender
from saltext_vios.driver.home import Home, prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.loop import Loop, run
from saltext_vios.driver.post import Post
from saltext_vios.errors import DatabaseTaken, ViosError

log = logging.getLogger("saltext_vios.driver")

DESCRIPTORS = 4096


def main(state_dir: str) -> None:
    home = prepare(state_dir)
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    _leave_the_terminal(home)
    limit_descriptors()
    handler = logfile.Handler(home.driver_log)
    layout = "%(asctime)s [%(process)d] %(levelname)s %(message)s"
    logging.basicConfig(level=logging.INFO, format=layout, handlers=[handler])
    status = 1
    try:
        lock = locks.acquire(home.driver_lock, timeout=3)
        if lock is None:
            log.info("driver not needed: another one already works on %s", state_dir)
        else:
            handler.turns = True
            _drive(home, lock)
        status = 0
    except DatabaseTaken as error:
        log.error("driver exits: it may start nothing: %s", error)
    except Exception:
        log.exception("driver CRASHED; state directory %s", state_dir)
    finally:
        logging.shutdown()
        # A question to a VIOS that hangs must not keep the process.
        os._exit(status)


def _drive(home: Home, lock: int) -> None:
    presence.announce(lock)
    log.info("driver starts: version %s, state directory %s", __version__, home.path)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    why = "no migration was ever requested"
    with Journal(home, drives=True) as journal:
        journal.check()
        settings = journal.settings()
        commands.prune(journal, time.time())
        _tidy(home)
        if settings is not None:
            clock = Clock(journal.last_mark())
            say = functools.partial(presence.announce, lock, since=time.time())
            post = Post(journal, Sender(home), clock, say)
            with database.driven(settings, home) as may_start:
                why = run(Loop(journal, settings, Workers.started(), post, clock, may_start), ended)
    log.info("driver exits: %s", why)


def _tidy(home: Home) -> None:
    """Leave the script that comes back to this code, by one that could read the journal; throw older code away."""
    try:
        resume.leave(home)
        standalone.prune(home, keep=standalone.ready(home))
    except (OSError, ViosError) as error:
        # A full disk for one is no reason not to follow what installs.
        log.error("%s was not rewritten, it may name a driver that is gone: %s", home.resume, error)


def limit_descriptors() -> None:
    """Where no list of open ones is, as on AIX, Python closes all that may be open before each command."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft > DESCRIPTORS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))


def _leave_the_terminal(home: Home) -> None:
    os.chdir("/")
    os.umask(0o077)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    logfile.take(home.driver_log)
