"""What the functions of the execution module share, besides Salt's dunders."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext_vios import kinds
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import NIMUnavailable, Refused, ViosError
from saltext_vios.nim import commands
from saltext_vios.nim.process import Output, run


@contextlib.contextmanager
def errors() -> Iterator[None]:
    """Our errors as Salt's: wrong input, or an operation that failed."""
    try:
        yield
    except Refused as error:
        raise SaltInvocationError(str(error)) from error
    except NIMUnavailable as error:
        # What was asked before anything was begun: of a VIOS in flight the driver reports it.
        raise CommandExecutionError(f"{error}. Try it by hand (lsnim -t vios -l), then call again") from error
    except ViosError as error:
        raise CommandExecutionError(str(error)) from error


def only_looks(opts: Mapping[str, Any], test: object) -> bool:
    """What ``test`` of a call says, or the minion's where it says nothing.

    :raises Refused: for a word that is no yes or no: after a space instead of a comma a VIOS would be taken for one.
    """
    if test is None:
        return bool(opts.get("test"))
    if test in (0, 1):
        return bool(test)
    try:
        return bool(kinds.read(kinds.Kind.YES_NO, "test", test))
    except Refused as error:
        raise Refused(f"{error}; VIOSes of one tuple are joined by a comma: vios1,vios2") from error


def run_nim(settings: Settings, argv: Sequence[str]) -> Output:
    """Run ``nim`` in the foreground: what an operator asked for by name, and waits for."""
    output = run(argv, settings.program("nim"), settings.start_timeout, settings.environment)
    if output.rc:
        line = commands.copy_and_paste(argv)
        details = {"stdout": output.stdout, "stderr": output.stderr}
        raise CommandExecutionError(f"{line} returned {output.rc}", info=details)
    return output
