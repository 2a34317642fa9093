"""Writes of a gemeente's agent, as tests send them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from regiowacht_collector.gateway.write import Checked, WriteLimits, check
from regiowacht_collector.gateway.write.memory import Memories
from regiowacht_collector.gateway.writer import Writer
from regiowacht_contract.wire.snappy import compress
from tests.contract.wire.prompb import WriteRequest, read, series

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW_MS = 1_795_000_000_000
MINUTE_MS = 60_000
WRITER = Writer("c1", "zandbeke", 7, "srv-zb-01")
LIMITS = WriteLimits()
OWN = {
    "gemeente": "zandbeke",
    "scope": "zandbeke/infrastructuur",
    "site": "stadhuis",
    "instance": "srv-zb-01",
    "job": "node",
}
"""The target labels of a server of that gemeente."""


def labels(name: str, /, **more: str) -> dict[str, str]:
    """Return the labels of a series of that server."""
    return {"__name__": name, **OWN, **more}


def without(told: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return labels without some."""
    return {name: value for name, value in told.items() if name not in names}


def one(told: Mapping[str, str], *samples: tuple[float, int]) -> Any:
    """Return a series with these labels, sorted; without samples it has one of now."""
    return series(sorted(told.items()), *(samples or ((1.5, NOW_MS),)))


def body(*timeseries: Any) -> bytes:
    """Return a body, not packed."""
    made: bytes = WriteRequest(timeseries=timeseries).SerializeToString()
    return made


def checked(unpacked: bytes, writer: Writer = WRITER, limits: WriteLimits = LIMITS) -> Checked:
    """Return what a check comes to that remembers nothing."""
    return check(compress(unpacked), writer, limits, NOW_MS, Memories())


def told(unpacked: bytes) -> list[tuple[dict[str, str], list[tuple[bytes, int]]]]:
    """Return (labels, [(the value's bytes, milliseconds)]) of the series that google.protobuf reads."""
    return [
        (
            {label.name: label.value for label in each.labels},
            [(struct.pack("<d", sample.value), sample.timestamp) for sample in each.samples],
        )
        for each in read(unpacked).timeseries
    ]


def told_labels(unpacked: bytes) -> list[dict[str, str]]:
    """Return the labels of the series that google.protobuf reads."""
    return [found for found, _ in told(unpacked)]
