"""Clusters of shared storage pools (SSP): never two nodes of one down.

A node that is down answers as if it were in no cluster (IBM's code), so what its VIOS says alone proves nothing: the
other nodes name it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

OK = "OK"


@dataclass(frozen=True)
class Node:
    """One node as a cluster shows it; ``vios`` is the NIM object that it is, where the names show it."""

    name: str
    state: str
    pool: str
    vios: str | None = None

    @property
    def fit(self) -> bool:
        return self.state == OK and self.pool == OK


@dataclass(frozen=True)
class Cluster:
    name: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Answer:
    """What a VIOS says of its cluster: one, none, or no answer (``error``)."""

    cluster: Cluster | None = None
    error: str = ""


def known(answers: Mapping[str, Answer]) -> dict[str, Cluster]:
    """VIOS name -> its cluster, by its own word or by that of another node."""
    found = {}
    for answer in answers.values():
        if answer.cluster is not None:
            found.update({node.vios: answer.cluster for node in answer.cluster.nodes if node.vios is not None})
    found.update({vios: answer.cluster for vios, answer in answers.items() if answer.cluster is not None})
    return found


def unfit(cluster: Cluster, vios: str) -> list[Node]:
    """The other nodes that are not fit: with one of them down already, this VIOS may not go down too."""
    return [node for node in cluster.nodes if node.vios != vios and not node.fit]


def coming_back(nodes: Collection[Node], recent: Collection[str]) -> bool:
    """Whether all of them were migrated a short time ago: a node joins its cluster a while after it answers again."""
    return all(node.vios in recent for node in nodes)
