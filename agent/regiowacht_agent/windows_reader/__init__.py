"""Reads a Windows machine through psutil, under windows_exporter's names.

No real Windows was run: what is here was written after windows_exporter's and psutil's own code, and tested on what
psutil says there. A relay of windows_exporter is the way until one was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import FamilyEntry

if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.host import Host
    from regiowacht_agent.mounts import MountAsker

FAMILIES: tuple[FamilyEntry, ...] = (
    FamilyEntry("windows_cpu"),
    FamilyEntry("windows_logical_disk"),
    FamilyEntry("windows_memory"),
    FamilyEntry("windows_net"),
    FamilyEntry("windows_os"),
    FamilyEntry("windows_physical_disk"),
    FamilyEntry("windows_service"),
    FamilyEntry("windows_system"),
)
"""The collectors that windows_exporter has on by default, as far as psutil can fill them."""


def open_host(_config: Config, mounts: MountAsker | None = None) -> Host:
    """Return this machine; psutil is imported here, and the registry where a family asks for it."""
    import psutil  # noqa: PLC0415 - as in psutil_reader

    from regiowacht_agent.host import Host  # noqa: PLC0415
    from regiowacht_agent.mounts import MountAsker  # noqa: PLC0415
    from regiowacht_agent.windows_reader.registry import value  # noqa: PLC0415

    return Host(psutil=psutil, mounts=mounts or MountAsker(), registry=value)
