"""Neighbours as the collector knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Key: TypeAlias = "tuple[str, str]"
"""(gemeente, name) of an asset."""


@dataclass(frozen=True, slots=True, order=True)
class Heard:
    """One neighbour that a device hears on one of its ports.

    Attributes:
        gemeente: of the device that hears.
        instance: name of the device that hears.
        local_port: its port.
        remote_name: what the neighbour calls itself: a name, an address, or "".
        remote_port: the neighbour's port, as the neighbour calls it, or "".
        protocol: ``lldp`` or ``cdp``.
    """

    gemeente: str
    instance: str
    local_port: str
    remote_name: str
    remote_port: str
    protocol: str

    @property
    def key(self) -> Key:
        """The device that hears."""
        return self.gemeente, self.instance


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of neighbours at one moment.

    Attributes:
        heard: sorted; a neighbour that both protocols tell is there twice.
        own_names: what each asset calls itself (sysName, its LLDP chassis, a server's host name).
    """

    heard: tuple[Heard, ...]
    own_names: Mapping[Key, frozenset[str]]
