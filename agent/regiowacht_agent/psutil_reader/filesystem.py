"""Mounted filesystems, from psutil.disk_partitions with statvfs(3)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.exposition import clean
from regiowacht_agent.family import Sample
from regiowacht_agent.mount_log import MountLog
from regiowacht_agent.mounts import Mount, is_remote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host


class _Mounted(NamedTuple):
    """One mount with its label values and the path that this process reaches it by."""

    labels: tuple[str, str, str]
    path: str
    is_remote: bool
    is_read_only: bool


class Filesystem:
    """``node_filesystem_*``; a mount that does not answer is told as ``device_error``, the others stay whole."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        settings = config.filesystem
        self._mount_points = DeviceFilter.of(settings.mount_points_exclude, settings.mount_points_include)
        self._types = DeviceFilter.of(settings.fs_types_exclude, settings.fs_types_include)
        self._error = metrics["node_filesystem_device_error"]
        names = ("size_bytes", "free_bytes", "avail_bytes", "files", "files_free", "readonly")
        self._metrics = tuple(metrics[f"node_filesystem_{name}"] for name in names)
        self._log = MountLog()

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the figures of every mount that is wanted; the same mount twice is told once, as it was first."""
        mounted = {one.labels: one for one in reversed(list(self._mounted(host)))}
        answers = host.mounts.ask([Mount(one.path, one.is_remote) for one in mounted.values()])
        told = [(one, answers[one.path]) for one in reversed(mounted.values())]
        self._log.tell({one.labels[1]: answer for one, answer in told if isinstance(answer, str)})
        for one, answer in told:
            reason = answer if isinstance(answer, str) else ""
            yield Sample(self._error, (*one.labels, reason), int(bool(reason)))
            if isinstance(answer, os.statvfs_result):
                yield from self._figures(one, answer)

    def _mounted(self, host: Host) -> Iterator[_Mounted]:
        for device, mount_point, fs_type, options in host.psutil.disk_partitions(all=True):
            shown = _below(mount_point, host.rootfs)
            if shown and self._mount_points.takes(shown) and self._types.takes(fs_type):
                labels = (clean(device or "none"), clean(shown), clean(fs_type))
                yield _Mounted(labels, mount_point, is_remote(fs_type), "ro" in options.split(","))

    def _figures(self, one: _Mounted, told: os.statvfs_result) -> Iterator[Sample]:
        unit = told.f_frsize or told.f_bsize
        values = (
            told.f_blocks * unit, told.f_bfree * unit, told.f_bavail * unit,
            told.f_files, told.f_ffree, int(one.is_read_only),
        )  # fmt: skip
        for metric, value in zip(self._metrics, values, strict=True):
            yield Sample(metric, one.labels, value)


def _below(mount_point: str, rootfs: str) -> str:
    """Return the mount point as the host sees it, without the path that its root is mounted on here.

    What lies outside that path is the agent's own container, not the host: then it is "".
    """
    if rootfs == "/":
        return mount_point
    if mount_point != rootfs and not mount_point.startswith(f"{rootfs}/"):
        return ""
    return mount_point.removeprefix(rootfs) or "/"


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Filesystem(config, metrics)
