"""Faults that a rehearsal plants: each in a gemeente of its own, played from the example of its alert's page."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from regiowacht_collector.alerts.example import ASSETS, GEMEENTE, INTERVAL_S, as_test, declared
from regiowacht_collector.samples import packed
from regiowacht_contract.wire.staleness import STALE_BYTES
from tests.flow.alerts.faster import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regiowacht_collector.alerts.schema import AlertFile, Example
    from regiowacht_collector.samples import Labels

REGION_WIDE = "_regio"
LEAD = 6
"""Samples that are played before a fault; those before them are written at once, with their own times."""

CROSSES = {
    "CertificaatVerloopt": 41,
    "CertificaatVerlooptNu": 41,
    "GatewayCertificaat": 41,
    "GatewayCertificaatNu": 41,
    "UpsBijnaLeeg": 67,
}
"""Index of the first sample beyond the limit, where an example goes there by and by."""

BEYOND_PLAY = {
    "AgentTeOud": "asks for the version of the collector that runs",
    "CollectorDoof": "asks for nearly all servers of the region, which the other faults have too",
    "MeldingBlijftLiggen": "asks whether the same receiver gets anything, which it does of the other faults",
    "RegiomapWeg": "asks for a collector that tells nothing of the region",
    "Waakhond": "is always on: its calls are asserted by themselves",
}
"""Alerts whose examples cannot be played beside a collector that runs."""

_DOUBLE = struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault in a gemeente.

    Attributes:
        gemeente: where: a slug of its own, or ``_regio``.
        alert: what is to be told, by name.
        series: labels and samples, one each 15 seconds of the example's clock: a value as it is stored, or None.
        until: index of the sample at which it is over.
        waits: samples that the rule waits for.
        fires: index of the sample at which it fires for sure.
        phase: how much later than the others it is measured, as a share of the interval.
    """

    gemeente: str
    alert: str
    series: Mapping[Labels, Sequence[bytes | None]]
    until: int
    waits: int
    fires: int
    phase: float = 0.0

    @property
    def fault(self) -> int:
        """Index of the sample that completes the fault: of several things that fall, the last one's."""
        latest = self.fires - self.waits
        changes = (_change(samples) for samples in self.series.values())
        return CROSSES.get(self.alert) or max((one for one in changes if one <= latest), default=latest)

    @property
    def begin(self) -> int:
        """Index of the first sample that is played."""
        return max(0, self.fault - LEAD)

    def sample(self, labels: Labels, index: int, at_s: float) -> bytes | None:
        """Return what is stored then; a moment in time is as far away as in the example, whose clock begins at 0.

        What an example ends with holds on.
        """
        row = self.series[labels]
        stored = row[min(index, len(row) - 1)]
        if stored is None or stored == STALE_BYTES or not re.search(r"_(timestamp_seconds|cert_expiry)$", labels[0][1]):
            return stored
        value: float = _DOUBLE.unpack(stored)[0]
        return packed(value - index * INTERVAL_S + at_s)


def planted(one: AlertFile) -> Planted | None:
    """Return an alert's first example that fires and resolves, in a gemeente of its own, or None."""
    example = next((example for example in one.examples if _over(example) is not None), None)
    if example is None or one.alert in BEYOND_PLAY:
        return None
    gemeente = REGION_WIDE if one.about == "region" else one.alert.lower()
    known = declared()
    written: dict[str, str] = as_test(one, example)["input_series"]  # type: ignore[assignment]
    series = {
        parsed(entry["series"], gemeente, f"rehearsal-{one.alert.lower()}"): expanded(entry["values"])  # type: ignore[index]
        for entry in written
        if entry["series"] not in known  # type: ignore[index]
    }
    is_behind = one.for_behind is not None and "uplink" in ASSETS[example.subject]
    waits = one.for_behind if is_behind and one.for_behind else one.for_
    fires = next(moment.at for moment in example.moments if moment.fires)
    return Planted(
        gemeente,
        one.alert,
        series,
        _over(example) or 0,
        round(seconds(waits) / INTERVAL_S),
        round(seconds(fires) / INTERVAL_S),
    )


def parsed(series: str, gemeente: str, stand_in: str) -> Labels:
    """Return a series' labels, its name first, as remote write has them, of that gemeente instead of the examples'.

    What is told of the shared side has an instance of its own: the collector that runs tells of itself.
    """
    name, _, rest = series.partition("{")
    labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', rest))
    if labels.get("gemeente") == GEMEENTE:
        labels["gemeente"] = gemeente
        if "scope" in labels:
            labels["scope"] = labels["scope"].replace(GEMEENTE, gemeente, 1)
    elif labels.get("gemeente") == REGION_WIDE:
        labels |= {"instance": stand_in}
    return (("__name__", name), *sorted(labels.items()))


def expanded(values: str) -> list[bytes | None]:
    """Return the samples that promtool's notation stands for."""
    return [sample for part in values.split() for sample in _expanded(part)]


def _expanded(part: str) -> Iterator[bytes | None]:
    if part == "stale":
        yield STALE_BYTES
        return
    found = re.fullmatch(r"(_|-?[0-9.e]+)([+-][0-9.e]+)?(?:x([0-9]+))?", part)
    assert found is not None, part
    times = int(found[3] or 0)
    if found[1] == "_":
        yield from [None] * max(1, times)
        return
    for number in range(times + 1):
        yield packed(float(found[1]) + number * float(found[2] or 0))


def _over(example: Example) -> int | None:
    """Return the index of the sample at which an example says that nothing fires any more."""
    for before, after in pairwise(example.moments):
        if before.fires and not after.fires:
            return round(seconds(after.at) / INTERVAL_S)
    return None


def _change(samples: Sequence[bytes | None]) -> int:
    """Return where samples stop going on as they began, or their number."""
    step = None
    for index, (before, after) in enumerate(pairwise(samples), 1):
        if None in (before, after) or STALE_BYTES in (before, after):
            if before is not after and before != after:
                return index
            continue
        assert before is not None
        assert after is not None
        now = _DOUBLE.unpack(after)[0] - _DOUBLE.unpack(before)[0]
        step = now if step is None else step
        if abs(now - step) > 1e-9 * max(1.0, abs(step)):
            return index
    return len(samples)
