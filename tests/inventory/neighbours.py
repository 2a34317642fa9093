"""Regions and neighbours for tests, on a few letters each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory import Asset
from regiowacht_inventory.kinds import DEVICE_LAAG
from regiowacht_inventory.neighbours import Heard, Told

if TYPE_CHECKING:
    from regiowacht_inventory.neighbours import Key


def device(name: str, kind: str = "switch", uplink: str = "", gemeente: str = "aa") -> Asset:
    return Asset(
        gemeente=gemeente,
        site="huis",
        name=name,
        kind=kind,
        laag=DEVICE_LAAG[kind],
        job="snmp",
        leverancier="",
        uplink=uplink,
        poller="srv-1",
        address="10.0.0.1",
    )


def link(on: str) -> Asset:
    return Asset(
        gemeente="aa",
        site="huis",
        name="wan-1",
        kind="link",
        laag="connectiviteit",
        job="probe",
        leverancier="",
        uplink=on,
        poller="srv-1",
        address="",
    )


def hears(device: str, name: str, port: str = "1", remote_port: str = "", gemeente: str = "aa") -> Heard:
    return Heard(gemeente, device, port, name, remote_port, "lldp")


def told(*heard: Heard, **own_names: str) -> Told:
    """Return these neighbours, and names of devices of gemeente aa; ``_`` in a keyword stands for ``-``."""
    names: dict[Key, frozenset[str]] = {
        ("aa", name.replace("_", "-")): frozenset({own}) for name, own in own_names.items()
    }
    return Told(heard, names)
