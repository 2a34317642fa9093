"""Which rooms the command shows, and the module that holds each room's verbs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """One word after ``regiowacht``.

    Attributes:
        name: what a person types.
        module: module with ``VERBS``; imported only when the room is asked for.
        help: key of the one-line description.
        extra: the extra of the wheel that brings what the room needs.
        is_verb: the room is a verb itself (``check``, ``demo``): its module holds one Verb of that name.
    """

    name: str
    module: str
    help: str
    extra: str
    is_verb: bool = False


ROOMS: tuple[Room, ...] = (
    Room("check", "regiowacht.verbs.check", "cli.room-check", "inventory", is_verb=True),
    Room("demo", "regiowacht.verbs.demo", "cli.room-demo", "all", is_verb=True),
    Room("inventory", "regiowacht.verbs.inventory", "cli.room-inventory", "inventory"),
    Room("agent", "regiowacht.verbs.agent", "cli.room-agent", "agent"),
    Room("snmp", "regiowacht.verbs.snmp", "cli.room-snmp", "agent"),
    Room("collector", "regiowacht.verbs.collector", "cli.room-collector", "collector"),
    Room("audit", "regiowacht.verbs.audit", "cli.room-audit", "audit"),
    Room("dashboards", "regiowacht.verbs.dashboards", "cli.room-dashboards", "dashboards"),
)
