"""Imported by a launcher of the chaos tests before all else: every call to the system is counted, see ``steps``."""

import os

from steps import Steps

from saltext_vios.driver import launcher

CALLS = ["setsid", "chdir", "open", "fsync", "link", "unlink", "dup2", "umask", "waitpid", "rename"]


class Counted:
    """A module whose calls are steps."""

    def __init__(self, module, names, steps):
        self._module, self._names, self._steps = module, names, steps

    def __getattr__(self, name):
        found = getattr(self._module, name)
        if name in ("fork", "execve"):
            return getattr(self, f"_{name}")
        return self._steps.around(name, found) if name in self._names else found

    def _fork(self):
        self._steps.take("fork before")
        pid = os.fork()
        if not pid:
            self._mark().touch()
        self._steps.take(f"fork after in the {'parent' if pid else 'child'}")
        return pid

    def _execve(self, *words):
        """From here on it is nim, which nobody means to kill."""
        self._steps.take("execve before")
        self._mark().unlink()
        os.execve(*words)

    def _mark(self):
        return self._steps.directory / "launchers" / str(os.getpid())


steps = Steps(os.environ["VIOS_STEPS"], "launcher")
launcher.os = Counted(os, CALLS, steps)
launcher.fcntl = Counted(launcher.fcntl, ["flock"], steps)
