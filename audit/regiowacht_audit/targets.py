"""Which devices of a region can be read, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.fetch.target import SSH_PORT, Jump, Login, Target
from regiowacht_audit.platform import find_platform
from regiowacht_contract.errors import UsageError
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from regiowacht_inventory import Region
    from regiowacht_inventory.schema import Device, Gemeente

NEAR = {"audit-run.no-gemeente": "audit-run.no-gemeente-near", "audit-run.no-device": "audit-run.no-device-near"}
"""The text with a hint, for the one without."""

DEFAULT_BASELINE = "recommended"


def targets_of(
    region: Region, gemeenten: Collection[str] = (), devices: Collection[str] = (), *, from_files: bool = False
) -> list[Target]:
    """Return the devices with a platform and a credential for SSH, in the region's order.

    Args:
        region: the region.
        gemeenten: only of these; all where it is empty.
        devices: only these, as ``NAME`` or ``GEMEENTE/NAME``; all where it is empty.
        from_files: nobody logs in, so that a platform is enough.

    Raises:
        UsageError: a gemeente or device is not in the region, or the device cannot be read; says what it lacks.
    """
    refuse_unknown(gemeenten, [one.gemeente for one in region.gemeenten], "audit-run.no-gemeente")
    found = [
        (gemeente, device)
        for gemeente in region.gemeenten
        for device in gemeente.devices
        if not gemeenten or gemeente.gemeente in gemeenten
    ]
    names = [name for gemeente, device in found for name in (device.name, f"{gemeente.gemeente}/{device.name}")]
    refuse_unknown(devices, names, "audit-run.no-device")
    if devices:
        found = [(g, d) for g, d in found if d.name in devices or f"{g.gemeente}/{d.name}" in devices]
        for gemeente, device in found:
            if not _is_readable(device, from_files=from_files):
                name = f"{gemeente.gemeente}/{device.name}"
                raise UsageError("audit-run.not-readable", device=name, lacks="ssh" if device.platform else "platform")
    return [
        _target(region, gemeente, device) for gemeente, device in found if _is_readable(device, from_files=from_files)
    ]


def _is_readable(device: Device, *, from_files: bool) -> bool:
    return bool(device.platform and (device.ssh or from_files))


def baseline_name(region: Region, gemeente: str) -> str:
    """Return the name of what a gemeente's devices are judged by."""
    own = next((one.audit.baseline for one in region.gemeenten if one.gemeente == gemeente), None)
    return own or region.audit.baseline or DEFAULT_BASELINE


def _target(region: Region, gemeente: Gemeente, device: Device) -> Target:
    jump = gemeente.audit.jump
    login, port = _login(region, device.ssh) if device.ssh else (Login("", ""), SSH_PORT)
    return Target(
        gemeente=gemeente.gemeente,
        name=device.name,
        address=device.address,
        platform=find_platform(str(device.platform)),
        login=login,
        port=port,
        jump=Jump(jump.address, *_login(region, jump.ssh)) if jump else None,
    )


def _login(region: Region, name: str) -> tuple[Login, int]:
    told = region.credentials[name]
    login = Login(name, told.user or "", told.password or "", told.enable or "", told.key or "")
    return login, told.port or SSH_PORT


def refuse_unknown(asked: Collection[str], known: Collection[str], key: str) -> None:
    """Refuse a name that is not known, with the nearest that is.

    Args:
        asked: what a person typed.
        known: what there is.
        key: the text for one that is not (``NEAR``).

    Raises:
        UsageError: one of them is not known.
    """
    for name in asked:
        if name not in known:
            near = nearest(name, known)
            raise UsageError(NEAR[key], name=name, nearest=near) if near else UsageError(key, name=name)
