"""Asks the engine who hears whom, and what each asset calls itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.neighbours import Heard, Told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_collector.client import Client
    from regiowacht_inventory.neighbours import Key

OWN_NAMES = {"snmp_device_info": "sys_name", "snmp_lldp_chassis_info": "chassis_id", "node_uname_info": "nodename"}
"""Metrics in which an asset says what it calls itself, and the label that says it."""


def ask_neighbours(client: Client) -> Told:
    """Return what devices tell of their neighbours now.

    Raises:
        Unreachable: the engine does not answer.
        Found: it refuses the question.
    """
    heard = sorted({_heard(labels) for labels, _value in client.query("snmp_neighbor_info")})
    names: dict[Key, set[str]] = {}
    for metric, label in OWN_NAMES.items():
        for labels, _value in client.query(metric):
            if labels.get(label):
                names.setdefault((labels.get("gemeente", ""), labels.get("instance", "")), set()).add(labels[label])
    return Told(tuple(heard), {key: frozenset(found) for key, found in names.items()})


def _heard(labels: Mapping[str, str]) -> Heard:
    return Heard(
        gemeente=labels.get("gemeente", ""),
        instance=labels.get("instance", ""),
        local_port=labels.get("local_port", ""),
        remote_name=labels.get("remote_sys_name", ""),
        remote_port=labels.get("remote_port", ""),
        protocol=labels.get("protocol", ""),
    )
