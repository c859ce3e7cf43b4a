"""How everything stands, as numbers: the text format that Prometheus' node exporter collects from files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from saltext_vios.driver import presence, reports
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.errors import JournalError, Refused

FILE = "vios.prom"
WAITING = "waiting"  # the status of a tuple of which nothing was started and nothing is known


@dataclass
class Metric:
    """One gauge: its name, what it says, and a value for each set of labels."""

    name: str
    meaning: str
    values: list[tuple[Mapping[str, str], float]] = field(default_factory=list)

    def add(self, value: float, **labels: str) -> Metric:
        self.values.append((labels, value))
        return self

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.meaning}"
        yield f"# TYPE {self.name} gauge"
        for labels, value in self.values:
            told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            yield f"{self.name}{{{told}}} {float(value):.17g}" if told else f"{self.name} {float(value):.17g}"


def text(home: Home) -> str:
    """All of them. A journal that cannot be read is a number too."""
    metrics = list(_of_files(home))
    readable = Metric("vios_journal_readable", "Whether the journal can be read.")
    try:
        with Journal(home, look_only=True) as journal:
            metrics += _of_journal(journal)
        readable.add(1)
    except JournalError:
        readable.add(0)
    return "".join(f"{line}\n" for metric in [readable, *metrics] for line in metric.lines())


def _of_files(home: Home) -> Iterator[Metric]:
    driver = presence.running(home)
    yield Metric("vios_driver_running", "Whether the driver runs.").add(driver is not None)
    stopped = presence.stopped(home) is not None
    yield Metric("vios_driver_stopped", "Whether an operator stopped the driver.").add(stopped)
    trouble = driver is not None and bool(driver.trouble)
    yield Metric("vios_driver_trouble", "Whether the driver cannot record what it does.").add(trouble)
    last = Metric("vios_last_look_timestamp_seconds", "When NIM last answered the driver.")
    looked = presence.last_look(home)
    yield last if looked is None else last.add(looked)
    size = sum(_size(Path(f"{home.journal}{end}")) for end in ("", "-wal", "-shm"))
    yield Metric("vios_journal_bytes", "The size of the journal.").add(size)


def _of_journal(journal: Journal) -> Iterator[Metric]:
    rows = [journal.query("SELECT status, finished FROM run WHERE id = ?", run)[0] for run in _newest(journal)]
    counts = Counter(row["status"] or WAITING for row in rows)
    tuples = Metric("vios_tuples", "Tuples that the journal knows, by the status of their newest run.")
    for status, count in sorted(counts.items()):
        tuples.add(count, status=status)
    yield tuples
    under_way = sum(row["finished"] is None for row in rows)
    yield Metric("vios_tuples_under_way", "Tuples whose run is not over.").add(under_way)
    age = Metric("vios_phase_age_seconds", "For how long a VIOS has been in its phase.")
    for key, one in reports.progress(journal).items():
        for vios, told in one["vios"].items():
            elapsed = told.get("elapsed")
            if elapsed is not None:
                age.add(elapsed, tuple=key, vios=vios, phase=told["phase"])
    yield age
    yield Metric("vios_held", "Whether an operator holds all starts.").add(journal.held() is not None)
    unsent = journal.query("SELECT COUNT(*) AS count FROM event WHERE sent = 0")[0]["count"]
    yield Metric("vios_events_unsent", "Events that are not sent yet.").add(unsent)


def _newest(journal: Journal) -> list[int]:
    return list(reports.latest(journal).values())


def check_directory(value: object) -> Path:
    """:raises Refused: when it is no absolute path."""
    if not isinstance(value, str) or not os.path.isabs(value) or "\0" in value:
        raise Refused(f"metrics_dir is {value!r}, expected an absolute path such as /var/lib/node_exporter")
    return Path(value)


def write(directory: Path, told: str) -> None:
    """Whole or not at all, readable for everybody; whoever owns the directory cannot have it put elsewhere.

    :raises OSError: when it cannot be written.
    """
    made = directory / f".{FILE}.new"
    made.unlink(missing_ok=True)
    fd = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(fd, "w", encoding="utf-8") as file:
        file.write(told)
        os.fchmod(file.fileno(), 0o644)
    os.replace(made, directory / FILE)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
