"""What the gateway counts: by gemeente and writer, by reason; shown on the collector's own page."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_collector.gateway.write import Checked
    from regiowacht_collector.gateway.writer import Writer

Who = tuple[str, str]
"""(gemeente, server)."""


@dataclass(slots=True)
class Latest:
    """What a writer did last, Unix times."""

    write_s: float = 0.0
    newest_s: float = 0.0


class Books:
    """Counters of writes; written in the gateway's thread, read in another.

    Attributes:
        accepted: samples that every engine has, by writer.
        refused: samples that go nowhere, by (writer, reason).
        corrected: series that got the scope that the catalogue says, by writer.
        writes: requests of a known writer, by (writer, what became of it): ``accepted`` or a reason.
        strangers: requests that no writer is known of, by reason.
        strays: requests with a client's certificate in a header from an address that is no proxy; it was thrown away.
        latest: what each writer did last.
        engines: requests to engines, by what came of them.
        engine_s: seconds spent waiting for engines.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.accepted: Counter[Who] = Counter()
        self.refused: Counter[tuple[Who, str]] = Counter()
        self.corrected: Counter[Who] = Counter()
        self.writes: Counter[tuple[Who, str]] = Counter()
        self.strangers: Counter[str] = Counter()
        self.strays = 0
        self.latest: dict[Who, Latest] = {}
        self.engines: Counter[str] = Counter()
        self.engine_s = 0.0

    def stored(self, writer: Writer, checked: Checked, refused: Mapping[str, int]) -> None:
        """Count a write that is stored, and what of it was refused."""
        who = (writer.gemeente, writer.server)
        self.writes[who, "accepted"] += 1
        self.accepted[who] += checked.samples - sum(refused.values())
        self.corrected[who] += checked.corrected
        self.set_aside(writer, checked.refused)
        self.set_aside(writer, refused)
        latest = self.latest.setdefault(who, Latest())
        latest.write_s = self._clock()
        latest.newest_s = max(latest.newest_s, checked.newest_ms / 1000)

    def set_aside(self, writer: Writer, refused: Mapping[str, int]) -> None:
        """Count samples that go nowhere."""
        for reason, samples in refused.items():
            self.refused[(writer.gemeente, writer.server), reason] += samples

    def turned_away(self, writer: Writer | None, reason: str) -> None:
        """Count a request that was refused as a whole."""
        if writer is None:
            self.strangers[reason] += 1
        else:
            self.writes[(writer.gemeente, writer.server), reason] += 1

    def stray(self) -> None:
        """Count a header that only a proxy may send."""
        self.strays += 1

    def engine(self, verdict: str, seconds: float) -> None:
        """Count a request to an engine."""
        self.engines[verdict] += 1
        self.engine_s += seconds
