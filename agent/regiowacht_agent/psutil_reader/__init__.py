"""Reads the host through psutil: portable, and on Linux under node_exporter's names."""

from __future__ import annotations

from os.path import normpath
from typing import TYPE_CHECKING

from regiowacht_agent.family import FamilyEntry

if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.host import Host
    from regiowacht_agent.mounts import MountAsker

FAMILIES: tuple[FamilyEntry, ...] = (
    FamilyEntry("cpu"),
    FamilyEntry("cpufreq"),
    FamilyEntry("diskstats"),
    FamilyEntry("filesystem"),
    FamilyEntry("hwmon"),
    FamilyEntry("loadavg"),
    FamilyEntry("meminfo"),
    FamilyEntry("netclass"),
    FamilyEntry("netdev"),
    FamilyEntry("os"),
    FamilyEntry("powersupplyclass"),
    FamilyEntry("processes", default=False),
    FamilyEntry("stat"),
    FamilyEntry("tcpstat", default=False),
    FamilyEntry("time"),
    FamilyEntry("uname"),
    FamilyEntry("vmstat"),
)
"""Every family that psutil can fill; those that walk all processes or sockets are off unless asked for."""


def open_host(config: Config, mounts: MountAsker | None = None) -> Host:
    """Return the host that the configuration points at, with a given asker of mounts or a new one.

    psutil keeps the place of /proc in a variable of its module, so one process reads one /proc.
    """
    import psutil  # noqa: PLC0415 - 2 MB and 37 ms that only this reader pays

    from regiowacht_agent.host import Host  # noqa: PLC0415
    from regiowacht_agent.mounts import MountAsker  # noqa: PLC0415

    asker = mounts or MountAsker()
    asker.timeout_s = config.filesystem.mount_timeout_s
    psutil.PROCFS_PATH = config.paths.procfs
    return Host(
        procfs=normpath(config.paths.procfs),
        sysfs=normpath(config.paths.sysfs),
        rootfs=normpath(config.paths.rootfs),
        udev_data=normpath(config.paths.udev_data),
        psutil=psutil,
        mounts=asker,
    )
