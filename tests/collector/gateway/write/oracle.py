"""What a write means to google.protobuf, and what may become of it by the rules, told a second time and plainly."""

from __future__ import annotations

import re
import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from regiowacht_collector.gateway.write import WriteLimits
from regiowacht_contract.catalogue import catalogue
from tests.contract.wire.prompb import read

if TYPE_CHECKING:
    from collections.abc import Iterable


COLLECTORS = {name for name, one in catalogue().items() if one.family in {"region", "recorded", "gateway"}}
NO_LIMITS = WriteLimits(labels=10**9, name_bytes=10**9, value_bytes=10**9)
SCOPES = ("connectiviteit", "infrastructuur", "overig")

Key = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Meaning:
    """What goes on.

    Attributes:
        samples: the bytes of each value by series and time, apart for fresh and old.
        refused: how many samples of series and times that are refused.
    """

    fresh: dict[tuple[Key, int], bytes] = field(default_factory=dict)
    old: dict[tuple[Key, int], bytes] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)


def parsed(body: bytes) -> Any | None:
    """Return what google.protobuf reads; None where it reads nothing."""
    try:
        return read(body)
    except DecodeError:
        return None


def meaning(request: Any, gemeente: str, limits: WriteLimits, now_ms: int) -> Meaning:
    """Return what of a request goes on when this gemeente writes it."""
    found = Meaning()
    for series in request.timeseries:
        labels = [(label.name, label.value) for label in series.labels]
        wrong = what_is_wrong(labels, gemeente, limits)
        key = () if wrong else stamped(dict(labels), gemeente)
        for sample in series.samples:
            _sort(found, wrong, (key, sample.timestamp), struct.pack("<d", sample.value), limits, now_ms)
    return found


def _sort(found: Meaning, wrong: str, at: tuple[Key, int], value: bytes, limits: WriteLimits, now_ms: int) -> None:
    age_ms = now_ms - at[1]
    if wrong or age_ms > limits.window_ms or -age_ms > limits.future_ms:
        found.refused[wrong or ("too-old" if age_ms > 0 else "too-far-ahead")] += 1
        return
    into = found.fresh if age_ms <= limits.fresh_ms else found.old
    if at in into:
        found.refused["time-twice"] += 1
    else:
        into[at] = value


def what_is_wrong(labels: list[tuple[str, str]], gemeente: str, limits: WriteLimits) -> str:
    """Return why a series with these labels is refused, or ""."""
    told = dict(labels)
    name = told.get("__name__", "")
    checks = (
        ("many-labels", len(labels) > limits.labels),
        ("label-twice", len(told) < len(labels)),
        *((reason, bad) for one in told.items() for reason, bad in _of_label(*one, limits)),
        ("no-metric-name", not name),
        ("long-name", len(name.encode()) > limits.name_bytes),
        ("bad-metric-name", not re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", name)),
        ("collectors-name", ":" in name or name in {"ALERTS", "ALERTS_FOR_STATE"} or name in COLLECTORS),
        ("foreign-gemeente", told.get("gemeente", gemeente) != gemeente),
        ("foreign-scope", "scope" in told and told["scope"] not in {f"{gemeente}/{laag}" for laag in SCOPES}),
    )
    return next((reason for reason, bad in checks if bad), "")


def _of_label(name: str, value: str, limits: WriteLimits) -> Iterable[tuple[str, bool]]:
    yield "empty-name", not name
    yield "long-name", len(name.encode()) > limits.name_bytes
    yield "bad-name", not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name)
    yield "reserved-label", name.startswith("__") and name != "__name__"
    yield "empty-value", not value
    yield "long-value", len(value.encode()) > limits.value_bytes


def stamped(labels: dict[str, str], gemeente: str) -> Key:
    """Return the labels of a series as they go on."""
    metric = catalogue().get(labels["__name__"])
    laag = metric.laag if metric else "overig"
    scope = labels.get("scope", f"{gemeente}/overig") if laag == "asset" else f"{gemeente}/{laag}"
    return tuple(sorted({**labels, "gemeente": gemeente, "scope": scope}.items()))


def what_leaks(body: bytes, gemeente: str, ages_ms: tuple[int, int]) -> str:
    """Return what is wrong with a body that goes on, as google.protobuf reads it; "" where nothing is.

    Args:
        body: not packed.
        gemeente: whose it has to be.
        ages_ms: first and last time that its samples may have.
    """
    seen: set[Key] = set()
    request = read(body)
    for series in request.timeseries:
        labels = [(label.name, label.value) for label in series.labels]
        key, told = tuple(labels), dict(labels)
        times = [sample.timestamp for sample in series.samples]
        checks = (
            ("labels not sorted, or twice", [name for name, _ in labels] != sorted(told)),
            ("another gemeente", told.get("gemeente") != gemeente),
            ("a scope that is not its own", key != stamped(told, gemeente)),
            ("a name that is the collector's", what_is_wrong(labels, gemeente, NO_LIMITS) != ""),
            ("a series twice", key in seen),
            ("times that do not rise", times != sorted(set(times))),
            ("times of another body", any(not ages_ms[0] <= one <= ages_ms[1] for one in times)),
        )
        seen.add(key)
        wrong = next((what for what, bad in checks if bad), "")
        if wrong:
            return wrong
    return ""
