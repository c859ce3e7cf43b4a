"""What a call asks for, once it is checked: every option with its value, of the type that it has then.

What an option means, and how its value is read, is said in ``saltext_vios.options`` and ``saltext_vios.task_options``.
A plain dict, because it goes into the journal as it is; made where a call is checked, and where the journal is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, cast


class OfATask(TypedDict, total=False):
    """What a request holds besides: the limit as people write it, the task that it is for, and that task's own."""

    time_limit_text: str
    task: str
    kind: str
    max_age: str | None
    flags: str | None
    keep: int | None
    alone: bool
    may_lose_cluster: bool
    vg: str | None
    stamp: str
    directory: str


class Options(OfATask):
    """``disk``, ``clone_disk`` and ``clone_to`` may hold a map by VIOS, until ``targets.own`` has chosen from it."""

    level: str | None
    mksysb_name: str | None
    mksysb_prefix: str | None
    mksysb_postfix: str | None
    backup_name: str | None
    backup_prefix: str | None
    backup_postfix: str | None
    group: str | None
    spot_name: str | None
    spot_prefix: str | None
    spot_postfix: str | None
    lpp_source: str | None
    bosinst_data: str | None
    resolv_conf: str | None
    image_data: str | None
    log: str | None
    file_resource: str | None
    disk: Any
    cluster: str | None
    current_database: str | None
    command_flags: str | None
    viosbr_flags: str | None
    mk_image: bool
    clone: bool
    clone_to: Any
    boot_client: bool
    set_boot_list: bool
    concurrent: bool
    manage_cluster: bool
    debug: bool
    time_limit: float | None
    time_margin: float | str | None
    vios_status: str | Mapping[str, str | None] | None
    nim_node: dict[str, Any] | None
    force: bool
    nim_force: bool
    method: str
    type: str | None
    clone_disk: Any
    overwrite: bool
    resources: list[str] | None
    copy_files: str | None
    pre_restore_script: str | None
    post_install_script: str | None
    validate: bool
    backup: str
    backup_max_age: str
    reboot: str
    overlap: bool
    max_parallel: int | None
    tuple_order: str
    max_failures: str | None
    frame: list[str] | None
    level_below: str | None
    unpaired: bool
    wait: bool
    paths: str
    ignore_clients: list[str] | None
    paths_timeout: float
    verify: bool
    poll_interval: float | None
    stall_timeout: float | None
    allow_unknown_frame: bool


def as_options(made: Mapping[str, Any]) -> Options:
    """What was checked, or read from the journal, as what it is."""
    return cast(Options, made)


def given(options: Options, names: Iterable[str]) -> list[str]:
    """Those of these options that ask for something."""
    values: Mapping[str, Any] = options
    return [name for name in names if values[name]]
