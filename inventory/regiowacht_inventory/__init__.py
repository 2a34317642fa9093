"""The region: what each gemeente declares, read from YAML, checked whole, frozen.

Everything starts here: agents' bundles, targets, dashboards, audits and Ansible's hosts are views of one Region.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from regiowacht_inventory.agent_push import AgentPush
from regiowacht_inventory.agent_tls import AgentTls
from regiowacht_inventory.assets import Asset
from regiowacht_inventory.loader import load, peek_language
from regiowacht_inventory.needless_windows import over, overlapping
from regiowacht_inventory.region import Region
from regiowacht_inventory.schema import (
    Collector,
    Credential,
    Device,
    Gemeente,
    Leverancier,
    Server,
    Service,
    Site,
    Snmp,
    Traject,
    Uplink,
)
from regiowacht_inventory.selection import select
from regiowacht_inventory.unheard import unheard
from regiowacht_inventory.unwatched import unwatched

__all__ = [
    "AgentPush",
    "AgentTls",
    "Asset",
    "Collector",
    "Credential",
    "Device",
    "Gemeente",
    "Leverancier",
    "Region",
    "Server",
    "Service",
    "Site",
    "Snmp",
    "Traject",
    "Uplink",
    "example_path",
    "load",
    "over",
    "overlapping",
    "peek_language",
    "select",
    "unheard",
    "unwatched",
]


def example_path() -> Path:
    """Return the folder of the example region, inside the package."""
    return Path(str(resources.files(__package__) / "example"))
