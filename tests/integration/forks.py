"""Salt's command lines, each a fork of a process that has imported Salt: all of them is real but the start of Python.

``python forks.py MODULE ...`` reads orders from its standard input, a line each, and tells on its standard output the
pid and the exit status of each command. It has no threads, and ends with its input.
"""

import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pytestshellutils.utils.processes import ProcessResult

IMPORTED = (
    "salt.cli.run salt.cli.salt salt.client salt.loader salt.minion salt.output salt.runner salt.scripts salt.state"
    " salt.utils.event salt.utils.jinja saltext_vios.runners.vios"
)


class Command:
    """What a ``Popen`` is, for a fork in a session of its own."""

    def __init__(self, forks):
        self._forks, self.pid, self.returncode = forks, None, None

    def poll(self):
        self._forks.listen(0)
        return self.returncode

    def wait(self, timeout):
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(f"command {self.pid}", timeout)
            self._forks.listen(left)
        return self.returncode

    def kill(self):
        """With all that it started, unless it has ended."""
        if self.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.wait(60)


class Forks:
    """Starts command lines of Salt, and hears of their ends."""

    def __init__(self):
        words = [sys.executable, __file__, *IMPORTED.split()]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._commands = []

    def start(self, argv, stdout, stderr=None):
        """``argv`` is Python and a script with its words, as salt-factories makes it; the outputs are paths."""
        command = Command(self)
        order = {
            "number": len(self._commands),
            "argv": argv[1:],
            "stdout": str(stdout),
            "stderr": str(stderr or stdout),
        }
        self._commands.append(command)
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        while command.pid is None and command.returncode is None:
            self.listen(60)
        return command

    def run(self, cli, argv):
        """What ``cli.run`` returns."""
        with tempfile.TemporaryDirectory() as directory:
            outputs = [os.path.join(directory, name) for name in ("stdout", "stderr")]
            command = self.start(argv, *outputs)
            try:
                command.wait(cli.timeout)
            finally:
                command.kill()
            texts = [Path(output).read_text() for output in outputs]
        stdout, stderr, data = cli.process_output(*texts, cmdline=argv)
        return ProcessResult(returncode=command.returncode, stdout=stdout, stderr=stderr, data=data, cmdline=argv)

    def listen(self, seconds):
        """Take in what was told, or is within so many seconds."""
        while select.select([self._process.stdout], [], [], seconds)[0]:
            line = self._process.stdout.readline()
            assert line, "the process that forks has ended"
            number, what, value = line.split()
            setattr(self._commands[int(number)], what.decode(), int(value))
            seconds = 0

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


def serve():
    for name in sys.argv[1:]:
        __import__(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _keep(json.loads(line))
            os._exit(0)


def _keep(order):
    """Stands between the two, so that somebody waits for the command."""

    def tell(what, value):
        os.write(1, f"{order['number']} {what} {value}\n".encode())

    pid = os.fork()
    if not pid:
        _become(order, tell)
    _, status = os.waitpid(pid, 0)
    tell("returncode", os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status))


def _become(order, tell):
    """Its pid is told when it has a session and outputs of its own, which can be killed and read from then on."""
    try:
        os.setsid()
        outputs = [os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for name in ("stdout", "stderr")]
        tell("pid", os.getpid())
        for fd, own in enumerate([os.open(os.devnull, os.O_RDONLY), *outputs]):
            os.dup2(own, fd)
        sys.argv = order["argv"]
        runpy.run_path(sys.argv[0], run_name="__main__")  # leaves by itself
    finally:
        os._exit(1)


if __name__ == "__main__":
    serve()
