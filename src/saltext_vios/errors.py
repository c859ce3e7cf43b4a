"""Errors of this project, by whose fault they are. The Salt modules turn them into Salt's."""

MOST = 4000  # characters of a message; what somebody passed may be of any length, and the end says what to do


class ViosError(Exception):
    """Base of all errors below."""

    def __str__(self) -> str:
        text = super().__str__()
        if len(text) <= MOST:
            return text
        half = MOST // 2 - 50
        return f"{text[:half]} ... ({len(text) - 2 * half} characters left out) ... {text[-half:]}"


class Refused(ViosError, ValueError):
    """The caller asked for something that cannot be; the message names the value and what is expected."""


class NIMUnavailable(ViosError):
    """A question to NIM or to a VIOS got no usable answer: none at all, or a text that means nothing."""


class NoAnswer(NIMUnavailable):
    """Nobody answers there at all, so that the next question would only take its time too."""


class CannotRun(NIMUnavailable):
    """The command that asks is not there, or may not be run; whom it would ask has no part in it."""


class Fault(ViosError):
    """This program failed at one tuple; the others continue. The message says where the log is."""


class UnreadableRow(ViosError):
    """One tuple of the journal was written by another version, or by hand; the others continue."""


class JournalError(ViosError):
    """The journal cannot be read or written; nothing new may start."""


class JournalDamaged(JournalError):
    """What is there is no whole journal; only a person may put it aside."""


class Contradiction(ViosError):
    """What is asked for contradicts what is under way for the same VIOS."""


class DriverError(ViosError):
    """The driver did not start or did not answer."""


class DatabaseTaken(DriverError):
    """Another state directory works on the same NIM database, or may: nothing is started from this one."""


class CaptureError(ViosError):
    """A capture cannot be written."""


class MetricsError(ViosError):
    """What is measured cannot be written."""
