"""What a rendering of the region may be told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_contract.defaults import PROMETHEUS_PORT
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Key = tuple[str, str]
"""An asset's key: (gemeente, name)."""

DEFAULT_INTERVAL_S = 15
LONGEST_SCRAPE_S = 60
"""Rates are recorded over five minutes and need four scrapes in them, also with Prometheus 3's left-open ranges."""

DEFAULT_EXPORTER_PORT = 9785
ADDRESS = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[1-9][0-9]{0,4}")
"""A target as Prometheus takes it: a name or address with its port."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the region is turned into the engine's files.

    Attributes:
        scrape_interval_s: seconds between two scrapes of a target, 1 to 60.
        devices_interval_s: seconds between two scrapes of what agents asked of devices, 1 to 60; None means as often
            as the region says that those are asked.
        rule_interval_s: seconds between two evaluations of the recording rules, 1 to 60.
        engine_port: port on 127.0.0.1 where the engine answers: it is asked how it fares itself.
        exporter_port: port on 127.0.0.1 where the collector's own process exposes the info series; 0 means any free
            one, which is known once the collector runs.
        addresses: scrape this ``host:port`` instead of the asset's own address, also of one that pushes.
        only: scrape these assets and no others; None means every server with an agent and an address.
        carried: ``host:port`` of pages (``/metrics``) whose series carry all their labels already, ``up`` included:
            what somebody else has measured, relayed or made up. They are stored as they are.
        managers: ``host:port`` of the Alertmanagers that are told of alerts; each is told of all, and they agree among
            themselves.
        out_of_order_days: how old a pushed sample may be: a spool's age plus a day.

    Raises:
        UsageError: an interval or port out of range, or an address that is none.
    """

    scrape_interval_s: int = DEFAULT_INTERVAL_S
    devices_interval_s: int | None = None
    rule_interval_s: int = DEFAULT_INTERVAL_S
    engine_port: int = PROMETHEUS_PORT
    exporter_port: int = DEFAULT_EXPORTER_PORT
    addresses: Mapping[Key, str] = field(default_factory=dict)
    only: Collection[Key] | None = None
    carried: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    out_of_order_days: int = 15

    def __post_init__(self) -> None:
        ranges = (
            ("scrape-interval", self.scrape_interval_s, 1, LONGEST_SCRAPE_S),
            (
                "devices-interval",
                1 if self.devices_interval_s is None else self.devices_interval_s,
                1,
                LONGEST_SCRAPE_S,
            ),
            ("rule-interval", self.rule_interval_s, 1, LONGEST_SCRAPE_S),
            ("port", self.engine_port, 1, 65535),
            ("exporter-port", self.exporter_port, 0, 65535),
            ("out-of-order-days", self.out_of_order_days, 1, 400),
        )
        for name, value, lowest, highest in ranges:
            if not lowest <= value <= highest:
                raise UsageError("collector.out-of-range", name=name, value=value, lowest=lowest, highest=highest)
        for address in (*self.carried, *self.managers):
            if not ADDRESS.fullmatch(address):
                raise UsageError("collector.bad-address", value=address)
