"""What a server's figures mean, said once: how busy, how full, and which disks and lines count.

Rules record these expressions and dashboards ask them, so that two pages never show two values for one thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import counter, gauge, not_regex, regex

if TYPE_CHECKING:
    from regiowacht_contract.promql import Match

STORAGE = not_regex("tmpfs|devtmpfs|ramfs|squashfs|iso9660|nsfs")
"""File systems (label ``fstype``) that are neither memory nor full by nature."""

DISKS = not_regex("(loop|ram|zram|sr|fd|dm-).*")
"""Disks (label ``device``) that are neither made of memory or files nor counted again below another one."""

LINES = not_regex("lo|(ifb|veth|docker|br-|virbr|vnet|tap|cali|flannel|cni).*")
"""Interfaces (label ``device``) whose traffic leaves the server and is not counted again on another one."""

IDLE = regex("idle|iowait")
"""Modes in which a processor does no work; waiting for a disk is no work of the processor."""


def cpu_usage(window: str, /, *by: str, **matches: str | Match) -> str:
    """Return the share of ``window`` that processors worked, 0 to 1, for every value of the labels ``by``.

    It is a share of the time that was counted, not of the window: of a server that came or went within the window only
    a part was, and the rest is no work.
    """
    idle = counter("node_cpu_seconds_total", mode=IDLE).where(**matches).rate(window)
    counted = counter("node_cpu_seconds_total").where(**matches).rate(window)
    labels = ", ".join(by)
    return f"clamp_min(1 - sum by ({labels}) ({idle}) / (sum by ({labels}) ({counted}) > 0), 0)"


def memory_usage(**matches: str | Match) -> str:
    """Return the share of memory that is not available to programs, 0 to 1."""
    available, total = (gauge(f"node_memory_Mem{what}_bytes").where(**matches) for what in ("Available", "Total"))
    return f"1 - {available} / ({total} > 0)"


def filesystem_usage(**matches: str | Match) -> str:
    """Return how full each file system is, 0 to 1, as df(1) shows it: used / (used + available).

    What root keeps back counts on neither side; a read-only file system cannot fill and is left out.
    """
    size, free, avail = (
        gauge(f"node_filesystem_{what}_bytes", fstype=STORAGE).where(**matches) for what in ("size", "free", "avail")
    )
    read_only = gauge("node_filesystem_readonly").where(**matches)
    return f"({size} - {free}) / ({size} - {free} + {avail} > 0) unless {read_only} == 1"


def inode_usage(**matches: str | Match) -> str:
    """Return the share of inodes in use, 0 to 1, where the file system has a fixed number of them."""
    files, free = (
        gauge(f"node_filesystem_{what}", fstype=STORAGE).where(**matches) for what in ("files", "files_free")
    )
    return f"1 - {free} / ({files} > 0)"
