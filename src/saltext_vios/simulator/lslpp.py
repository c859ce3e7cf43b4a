"""``lslpp -Lqc bos.sysmgt.nim.master``: the level of NIM itself. The form is documented, the level invented."""

from __future__ import annotations

import sys

from saltext_vios.simulator.failure import Failure
from saltext_vios.simulator.store import Store

FILESET, LEVEL = "bos.sysmgt.nim.master", "7.3.2.0"


def run(store: Store, argv: list[str], note: dict[str, object]) -> int:
    if argv[-1:] != [FILESET]:
        raise Failure(f"lslpp: 0504-132  Fileset {argv[-1] if argv else ''} not installed.", 1)
    words = "Network Install Manager - Master Tools"
    sys.stdout.write(f"bos.sysmgt:{FILESET}:{LEVEL}: : :C: :{words}: : : : : : :0:0:/:\n")
    return 0
