"""``python -m benchmarks [NAME ...]``: measure, print the table, and fail when a limit is broken."""

from __future__ import annotations

import importlib
import sys

from benchmarks.figures import Figure, table

BENCHMARKS = (
    *("makespan", "questions", "delay", "processor", "reader"),
    *("salt_call", "salt_ssh", "orchestration", "journal"),
)


def main() -> int:
    figures: list[Figure] = []
    for name in sys.argv[1:] or BENCHMARKS:
        for figure in importlib.import_module(f"benchmarks.bench_{name}").measure():
            verdict = {True: ": holds", False: ": DOES NOT HOLD", None: ""}[figure.holds]
            print(f"{name}: {figure.what}: {figure.measured} (limit: {figure.limit}){verdict}", flush=True)
            figures.append(figure)
    print("\n" + table(figures))
    return 1 if any(figure.holds is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
