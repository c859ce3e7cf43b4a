"""NIM and its VIOSes as they are during one call: no question is asked twice, and NIM needs few of them.

One listing shows every object, so the number of questions to NIM does not grow with what a call is about. It is for
looking ahead only: right before a start everything is asked again.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

from saltext_vios.errors import NIMUnavailable
from saltext_vios.nim import objects, on_vios
from saltext_vios.nim.client import Attributes, Client
from saltext_vios.nim.stanza import first

T = TypeVar("T")


class Snapshot:
    """What a ``Client`` is asked, answered once. Several threads may ask at the same time."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._answers: dict[tuple[Any, ...], Future[Any]] = {}
        self._lock, self._one_by_one = threading.Lock(), threading.Lock()
        self._found: dict[str, tuple[str, ...]] = {}

    def vioses(self) -> dict[str, Attributes]:
        return {name: one for name, one in self._everything().items() if first(one, "type") == objects.VIOS}

    def of_type(self, kind: str) -> dict[str, Attributes]:
        return {name: one for name, one in self._everything().items() if first(one, "type") == kind}

    def show(self, name: str) -> Attributes | None:
        """All attributes of one object; None when the listing has none of that name."""
        return self._everything().get(name)

    def operations(self, name: str) -> frozenset[str]:
        """What this NIM master offers for one VIOS; it is the same for all of them."""
        return self._once("operations", lambda: self.client.operations(name))

    def master_level(self) -> tuple[int, ...]:
        return self._once("master", self.client.master_level)

    def level(self, host: str) -> str:
        return self._once(("level", host), lambda: self.client.level(host))

    def cluster(self, host: str) -> list[on_vios.ClusterNode]:
        return self._once(("cluster", host), lambda: self.client.cluster(host))

    def said(self, host: str, command: str) -> str:
        return self._once((command, host), lambda: self.client.said(host, command))

    def allocated(self, name: str) -> tuple[str, ...]:
        """The resources allocated to a VIOS. NIM counts them all, so it is asked only until all have been found.

        Who is in an operation or under somebody's control is asked first: nobody else should have any.
        """
        with self._one_by_one:
            for other in self._likely():
                if self._all_found():
                    break
                with contextlib.suppress(NIMUnavailable):
                    self._ask_allocated(other)
            return self._found.get(name, ()) if self._all_found() else self._ask_allocated(name)

    def _ask_allocated(self, name: str) -> tuple[str, ...]:
        found = self._once(("allocated", name), lambda: self.client.allocated(name))
        self._found[name] = found
        return found

    def _likely(self) -> Iterator[str]:
        for name, one in self._everything().items():
            cstate = first(one, "Cstate")
            if first(one, "control") or (cstate is not None and not objects.is_ready(cstate)):
                yield name

    def _all_found(self) -> bool:
        found = Counter(resource for names in self._found.values() for resource in names)
        return all(found[name] >= count for name, count in self._once("counts", self._counts).items())

    def _counts(self) -> dict[str, int]:
        counts = {name: first(one, "alloc_count") or "" for name, one in self._everything().items()}
        return {name: int(count) for name, count in counts.items() if count.isdecimal() and int(count)}

    def _everything(self) -> dict[str, Attributes]:
        return self._once("everything", self.client.everything)

    def _once(self, about: Any, question: Callable[[], T]) -> T:
        """The answer to a question, or what it failed with, whoever asked it first."""
        with self._lock:
            future = self._answers.get(about)
            ours = future is None
            if future is None:
                future = self._answers[about] = Future()
        if ours:
            try:
                future.set_result(question())
            except BaseException as error:
                future.set_exception(error)
        answer: T = future.result()
        return answer
