"""Reads a Linux host from /proc and /sys itself, under node_exporter's names, in one pass of text."""

from __future__ import annotations

from os.path import normpath

from regiowacht_agent.family import FamilyEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.host import Host
    from regiowacht_agent.mounts import MountAsker

FAMILIES: tuple[FamilyEntry, ...] = (
    FamilyEntry("arp"),
    FamilyEntry("bonding"),
    FamilyEntry("conntrack"),
    FamilyEntry("cpu"),
    FamilyEntry("cpufreq"),
    FamilyEntry("diskstats"),
    FamilyEntry("dmi"),
    FamilyEntry("edac"),
    FamilyEntry("entropy"),
    FamilyEntry("filefd"),
    FamilyEntry("filesystem"),
    FamilyEntry("hwmon"),
    FamilyEntry("interrupts", default=False),
    FamilyEntry("loadavg"),
    FamilyEntry("mdadm"),
    FamilyEntry("meminfo"),
    FamilyEntry("netclass"),
    FamilyEntry("netdev"),
    FamilyEntry("netstat"),
    FamilyEntry("nvme"),
    FamilyEntry("os"),
    FamilyEntry("powersupplyclass"),
    FamilyEntry("pressure"),
    FamilyEntry("processes", default=False),
    FamilyEntry("schedstat"),
    FamilyEntry("sockstat"),
    FamilyEntry("softnet"),
    FamilyEntry("stat"),
    FamilyEntry("tcpstat", default=False),
    FamilyEntry("thermal_zone"),
    FamilyEntry("time"),
    FamilyEntry("timex"),
    FamilyEntry("udp_queues"),
    FamilyEntry("uname"),
    FamilyEntry("vmstat"),
    FamilyEntry("watchdog"),
)
"""Every family that this reader fills; those that walk processes, sockets or interrupts are off unless asked for."""


def open_host(config: Config, mounts: MountAsker | None = None) -> Host:
    """Return the host that the configuration points at, with a given asker of mounts or a new one."""
    from regiowacht_agent.files import raise_limit  # noqa: PLC0415
    from regiowacht_agent.host import Host  # noqa: PLC0415
    from regiowacht_agent.mounts import MountAsker  # noqa: PLC0415

    raise_limit()
    asker = mounts or MountAsker()
    asker.timeout_s = config.filesystem.mount_timeout_s
    return Host(
        procfs=normpath(config.paths.procfs),
        sysfs=normpath(config.paths.sysfs),
        rootfs=normpath(config.paths.rootfs),
        udev_data=normpath(config.paths.udev_data),
        mounts=asker,
    )
