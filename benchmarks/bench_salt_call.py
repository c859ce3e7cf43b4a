"""What the extension adds to a call of Salt: ``vios.status`` beside ``test.ping``, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import yaml

from benchmarks.figures import Figure, directory, in_turns
from benchmarks.history import finished
from benchmarks.site import drawn, frames, pairs, site

PAIRS, ROUNDS = 20, 11
LIMIT = 1.15
BIN = Path(sys.executable).parent


def measure() -> Iterator[Figure]:
    tuples = pairs(PAIRS)
    with directory() as root, site(root, frames([], {})) as nim_master:
        finished(nim_master, tuples, drawn(tuples), at=1.7e9)
        config = {"id": "nim-master", "root_dir": str(root), "file_client": "local", "vios": nim_master.config}
        (root / "minion").write_text(yaml.safe_dump(config))
        call = [BIN / "salt-call", "--local", "-c", root, "--log-level=quiet"]
        # Compiled once, as an installed package is.
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(root / "compiled")}
        sides = [
            partial(subprocess.run, [*call, function], stdout=subprocess.DEVNULL, env=env, check=True)
            for function in ("vios.status", "test.ping")
        ]
        in_turns(1, *sides)
        ours, ping = map(min, in_turns(ROUNDS, *sides))
    ratio = ours / ping
    yield Figure(
        f"`salt-call --local vios.status` ({PAIRS} tuples) over `salt-call --local test.ping` ({ping:.2f} s)",
        f"{ratio:.2f}",
        f"{LIMIT:.2f}",
        ratio <= LIMIT,
    )
