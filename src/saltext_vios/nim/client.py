"""Asks NIM and VIOSes: runs ``lsnim`` and ``c_rsh`` and reads what they print.

Three outcomes, kept apart: a value, "there is none", and no answer (``NIMUnavailable``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

from saltext_vios.errors import CannotRun, NIMUnavailable, NoAnswer
from saltext_vios.nim import backups, commands, on_vios, replies, stanza
from saltext_vios.nim.process import MIB, Output, run

Attributes = dict[str, Union[str, list[str]]]
REPLY = MIB  # what a VIOS may answer with
QUERY_TIMEOUT = 300.0  # seconds that one question may take, unless configured


@dataclass(frozen=True)
class Client:
    """Paths of the commands, the seconds one of them may take, what configuration adds to their environment."""

    lsnim: str
    nim: str
    c_rsh: str
    timeout: float = QUERY_TIMEOUT
    environment: Mapping[str, str] = field(default_factory=dict)
    viosupgrade: str = "/usr/sbin/viosupgrade"
    oslevel: str = "/usr/bin/oslevel"

    def vioses(self) -> dict[str, Attributes]:
        """Every VIOS that NIM knows, with one command."""
        return stanza.read(self._ask(commands.list_vioses(), self.lsnim).stdout)

    def everything(self) -> dict[str, Attributes]:
        """Every object that NIM knows, with one command."""
        return stanza.read(self._ask(commands.list_everything(), self.lsnim).stdout)

    def of_type(self, kind: str) -> dict[str, Attributes]:
        """Every resource of a type, with one command."""
        return stanza.read(self._ask(backups.list_all(kind), self.lsnim).stdout)

    def show(self, name: str) -> Attributes | None:
        """All attributes of one object of any type; None when NIM knows no such object."""
        output = run(commands.show(name), self.lsnim, self.timeout, self.environment)
        if output.rc and replies.is_missing_object(output.stderr):
            return None
        _complete(commands.show(name), output)
        objects = stanza.read(output.stdout)
        if name not in objects:
            raise NIMUnavailable(f"lsnim -l {name} printed no stanza of that name: {_short(output.stdout)}")
        return objects[name]

    def allocated(self, vios: str) -> tuple[str, ...]:
        """The names of the resources allocated to a VIOS.

        :raises NIMUnavailable: when NIM does not answer, or with something else.
        """
        text = self._ask(commands.resources_of(vios), self.lsnim).stdout
        found = replies.allocated(text)
        if found is None:
            raise NIMUnavailable(f"lsnim -c resources {vios} printed no list of resources: {_short(text)}")
        return tuple(found)

    def operations(self, vios: str) -> frozenset[str]:
        return frozenset(replies.operations(self._ask(commands.operations_of(vios), self.lsnim).stdout))

    def level(self, host: str) -> str:
        """The ioslevel that a VIOS answers with, through c_rsh.

        :raises NIMUnavailable: when it does not answer, or with something else.
        """
        reply, said = self._remote(host, on_vios.IOSLEVEL)
        if reply.rc != 0:
            raise NIMUnavailable(f"ioslevel on {host} returned {reply.rc}: {_short(said)}")
        level = on_vios.ioslevel(reply.output)
        if level is None:
            raise NIMUnavailable(f"ioslevel on {host} printed no level: {_short(reply.output)}")
        return level

    def cluster(self, host: str) -> list[on_vios.ClusterNode]:
        """The nodes of the cluster that a VIOS is in; none when it is in no cluster, or its node is down.

        :raises NIMUnavailable: when it does not answer, or with something else.
        """
        reply, said = self._remote(host, on_vios.CLUSTER_STATUS)
        nodes = on_vios.cluster_status(reply.output)
        if not nodes and not on_vios.is_in_no_cluster(said):
            raise NIMUnavailable(f"cluster -status on {host} returned {reply.rc}: {_short(said)}")
        return nodes

    def disks(self, host: str) -> list[on_vios.PhysicalVolume]:
        """The disks of a VIOS, with the volume group that each is in.

        :raises NIMUnavailable: when it does not answer, or with something else.
        """
        text = self.said(host, on_vios.DISKS)
        found = on_vios.disks(text)
        if not found:
            raise NIMUnavailable(f"lspv on {host} printed no list of disks: {_short(text)}")
        return found

    def boot_list(self, host: str) -> tuple[str, ...]:
        """The disks from which a VIOS would boot, in their order."""
        return tuple(on_vios.boot_list(self.said(host, on_vios.BOOT_LIST)) or ())

    def disk_sizes(self, host: str) -> dict[str, int]:
        return on_vios.disk_sizes(self.said(host, on_vios.DISK_SIZES))

    def master_level(self) -> tuple[int, ...]:
        """The AIX level of this NIM master.

        :raises NIMUnavailable: when ``oslevel`` does not show it.
        """
        text = self._ask(commands.master_level(), self.oslevel).stdout
        level = replies.aix_level(text)
        if level is None:
            raise NIMUnavailable(f"oslevel -s printed no level: {_short(text)}")
        return level

    @property
    def has_viosupgrade(self) -> bool:
        return os.access(self.viosupgrade, os.X_OK)

    def upgrade_tool(self, argv: Sequence[str]) -> Output:
        """What ``viosupgrade -v`` or ``-q`` says, whatever its exit status."""
        return run(argv, self.viosupgrade, self.timeout, self.environment)

    def said(self, host: str, command: str) -> str:
        """What a command prints on a VIOS, whatever its exit status: for those whose text alone counts (``lsmap``).

        :raises NIMUnavailable: when the VIOS does not answer to the end.
        """
        return self.reply(host, command).output

    def reply(self, host: str, command: str) -> replies.RemoteReply:
        """The same, with its exit status."""
        reply, said = self._remote(host, command)
        if reply.rc is None:
            raise NIMUnavailable(f"{host} printed a truncated answer: {_short(said)}")
        if reply.rc == 127:
            raise NIMUnavailable(f"{host} has no such command: {_short(said)}")
        return reply

    def master(self, argv: Sequence[str]) -> Output:
        """What a command of NIM's on this master says, whatever its exit status."""
        return run(argv, self.nim, self.timeout, self.environment)

    def _remote(self, host: str, command: str) -> tuple[replies.RemoteReply, str]:
        """The reply of a remote command, and all that was said on both channels."""
        try:
            output = run(commands.remote(host, command), self.c_rsh, self.timeout, self.environment, REPLY)
        except CannotRun as error:
            raise NoAnswer(f"{error}; set vios:c_rsh to where c_rsh is on this NIM master") from error
        if output.rc:
            raise NoAnswer(f"c_rsh {host} returned {output.rc}: {_short(output.stderr or output.stdout)}")
        return replies.remote(output.stdout), output.stdout + output.stderr

    def _ask(self, argv: Sequence[str], executable: str) -> Output:
        output = run(argv, executable, self.timeout, self.environment)
        _complete(argv, output)
        return output


def _complete(argv: Sequence[str], output: Output) -> None:
    """Refuse an answer that failed or was cut off in the middle of a line."""
    words = " ".join(argv)
    if output.rc:
        raise NIMUnavailable(f"{words} returned {output.rc}: {_short(output.stderr or output.stdout)}")
    if output.stdout and not output.stdout.endswith("\n"):
        raise NIMUnavailable(f"{words} printed a truncated answer (it ends in the middle of a line)")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 300 else text[:297] + "..."
