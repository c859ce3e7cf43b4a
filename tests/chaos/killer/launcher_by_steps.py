"""The launcher of ``nim`` with every call to the system counted, see ``steps``."""

import importlib.util
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from steps import Steps  # noqa: E402

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


path = HERE.parents[2] / "src/saltext_vios/driver/launcher.py"
spec = importlib.util.spec_from_file_location("launcher", path)
launcher = importlib.util.module_from_spec(spec)
spec.loader.exec_module(launcher)
steps = Steps(os.environ["VIOS_STEPS"], "launcher")
launcher.os = Counted(os, CALLS, steps)
launcher.fcntl = Counted(launcher.fcntl, ["flock"], steps)
launcher.main(sys.argv[1])
