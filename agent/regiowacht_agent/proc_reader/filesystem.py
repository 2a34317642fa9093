"""Mounted filesystems, from /proc/1/mountinfo with statvfs(3)."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.mount_log import MountLog
from regiowacht_agent.mount_table import read_mounts, with_haste
from regiowacht_contract.light import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host
    from regiowacht_agent.mount_table import Mounted
    from regiowacht_agent.mounts import Mount

FIGURES = ("size_bytes", "free_bytes", "avail_bytes", "files", "files_free", "purgeable_bytes")


class Filesystem:
    """``node_filesystem_*``; a mount that does not answer is told as ``device_error``, the others stay whole."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        settings = config.filesystem
        # The init process knows the host's mounts; where it may not be looked at, this process knows its own.
        self._paths = tuple(f"{config.paths.procfs}/{process}/mountinfo" for process in ("1", "self"))
        self._rootfs = config.paths.rootfs.rstrip("/") or "/"
        self._mount_points = DeviceFilter.of(settings.mount_points_exclude, settings.mount_points_include)
        self._types = DeviceFilter.of(settings.fs_types_exclude, settings.fs_types_include)
        self._error, self._read_only, self._info = (
            metrics[f"node_filesystem_{name}"] for name in ("device_error", "readonly", "mount_info")
        )
        self._read_only_failed = replace(self._read_only, labels=self._error.labels)
        self._figures = tuple(metrics[f"node_filesystem_{name}"] for name in FIGURES)
        self._kept = Kept()
        self._log = MountLog()
        self._raw = b""
        self._version = 0
        self._mounted: list[Mounted] = []
        self._asked: list[Mount] = []

    def read(self, host: Host) -> Block:
        """Return the figures of every mount that is wanted; the same mount twice is told once, as it was first."""
        raw = self._mountinfo(host)
        if raw != self._raw:
            self._mounted = self._wanted(raw.decode("utf-8", "surrogateescape"))
            self._asked = [one.asked for one in self._mounted]
            self._raw = raw
            self._version += 1
        mounted = self._mounted
        answers = host.mounts.ask(self._asked)
        reasons: list[str] = []
        values: list[Value] = []
        for one in mounted:
            told = answers[one.asked.path]
            if isinstance(told, str):
                reasons.append(told)
                values += (1, int(one.is_read_only))
                continue
            reasons.append("")
            unit = told.f_frsize or told.f_bsize
            values += (
                0, int(one.is_read_only), told.f_blocks * unit, told.f_bfree * unit, told.f_bavail * unit,
                told.f_files, told.f_ffree, 0, 1,
            )  # fmt: skip
        failed = {one.mount_point: reason for one, reason in zip(mounted, reasons, strict=True) if reason}
        self._log.tell(failed)
        return Block(self._kept.layout((self._version, reasons), lambda: self._series(reasons)), values)

    def _mountinfo(self, host: Host) -> bytes:
        *others, last = self._paths
        for path in others:
            try:
                return host.files.raw(path)
            except OSError:
                continue
        return host.files.raw(last)

    def _wanted(self, text: str) -> list[Mounted]:
        found: dict[tuple[str, str, str], Mounted] = {}
        mounts = read_mounts(text, self._rootfs)
        for one in mounts:
            if self._mount_points.takes(one.mount_point) and self._types.takes(one.fs_type):
                found.setdefault(one[:3], one)
        # Elsewhere than at / these are not the mounts on this process's way.
        return with_haste(found.values(), mounts) if self._rootfs == "/" else list(found.values())

    def _series(self, reasons: list[str]) -> Iterator[Series]:
        for one, reason in zip(self._mounted, reasons, strict=True):
            labels = one[:3]
            yield self._error, (*labels, reason)
            if reason:
                yield self._read_only_failed, (*labels, reason)
                continue
            yield self._read_only, labels
            yield from ((metric, labels) for metric in self._figures)
            yield self._info, (one.device, one.major, one.minor, one.mount_point)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Filesystem(config, metrics)
