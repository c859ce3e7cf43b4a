"""What the attributes of a NIM object say, and the texts of its states with how surely they are known.

doc: IBM's documentation; seen: published output; code: IBM's public Ansible code; guess: nobody published it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from saltext_vios.nim.names import is_host
from saltext_vios.nim.stanza import Value, first

VIOS = "vios"  # the type: code

READY = "ready for a NIM operation"  # seen
ENABLED = "BOS installation has been enabled"  # code
INSTALLING = "Base Operating System installation is being performed"  # guess
CUSTOMIZING = "customization is being performed"  # seen, as prev_state

SUCCESS, FAILURE, RESET = "success", "failure", "reset"  # Cstate_result: seen

# How the texts of operations are made, besides those above: maintenance and diagnostic boot (code, doc),
# alt_disk_install (seen), verification (doc). prev_state keeps former Mstates too (seen), and none of these is one.
_OPERATION = re.compile(r".*(?:is being performed|has been enabled)|a client is being prepared for .*")

RUNNING = ("currently running", "ready for use")  # Mstate: seen; code comment, after a migvios
NOT_RUNNING = "not running"  # Mstate: seen

PUSH_OFF = "push_off"  # control: doc

RESOURCE_READY = "ready for use"  # Rstate: seen

_PHASES = {READY: "ready", ENABLED: "enabled", INSTALLING: "installing", CUSTOMIZING: "customizing"}


NO_HOST = "no host name in NIM attribute if1"


def no_host(attributes: Mapping[str, Value] | None) -> str:
    """Why a VIOS cannot be asked."""
    return NO_HOST if attributes else "NIM knows no object of this name"


def hostname(attributes: Mapping[str, Value]) -> str | None:
    """The second word of ``if1``, by which c_rsh reaches the VIOS; none when it can be no host name."""
    words = (first(attributes, "if1") or "").split()
    return words[1] if len(words) > 1 and is_host(words[1]) else None


def frame(attributes: Mapping[str, Value]) -> str | None:
    """The third word of ``mgmt_profile1`` (HMC, LPAR id, frame, and perhaps a fourth)."""
    words = (first(attributes, "mgmt_profile1") or "").split()
    return words[2] if len(words) > 2 else None


def is_ready(cstate: str | None) -> bool:
    return cstate == READY


def is_operation(state: str | None) -> bool:
    """Whether a text is that of an operation, not of a machine; of an unknown text nothing is believed."""
    return state is not None and _OPERATION.fullmatch(state) is not None


def is_cloning(state: str | None) -> bool:
    """Whether a text is that of an alternate root volume group being made (code)."""
    return state is not None and "alt_disk_install" in state


def is_running(mstate: str | None) -> bool | None:
    """None for a text that is missing or unknown."""
    if mstate in RUNNING:
        return True
    return False if mstate == NOT_RUNNING else None


def is_pushed_off(control: str | None) -> bool:
    """Whether the client does not allow NIM to run commands on it."""
    return control == PUSH_OFF


def is_resource_ready(rstate: str) -> bool:
    return rstate == RESOURCE_READY


def phase(cstate: str | None) -> str:
    """A short word for a Cstate; an unknown one as it is, shortened."""
    if cstate is None:
        return "unknown"
    return _PHASES.get(cstate) or (cstate if len(cstate) <= 40 else cstate[:37] + "...")
