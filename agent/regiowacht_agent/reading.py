"""Takes one reading of the host: every family in turn, the ones that fail marked, the others whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from regiowacht_agent.family import Metrics, NoData, Sample
from regiowacht_agent.log import LOGGER, line

if TYPE_CHECKING:
    from regiowacht_agent.family import Family
    from regiowacht_agent.reader import Reader

State = Literal["ok", "no-data", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one family fared: its state, the reason where it is not ok, and how long it took in seconds."""

    family: str
    state: State
    reason: str
    duration_s: float
    samples: int


class Readings:
    """Reads the families of a reader again and again, and says once when one of them changes for better or worse.

    Args:
        reader: what to read with.
        before: the readings that these take the place of, so that counters go on and nothing is said twice.

    Attributes:
        count: readings taken.
        outcomes: how each family fared in the latest one.
        failing: reason by family, of those that failed in the latest one.
    """

    def __init__(self, reader: Reader, before: Readings | None = None) -> None:
        self.reader = reader
        self.count: int = before.count if before else 0
        self.outcomes: tuple[Outcome, ...] = ()
        self.failing: dict[str, str] = dict(before.failing) if before else {}
        metrics = Metrics.of("scrape")
        self._success = metrics["node_scrape_collector_success"]
        self._duration = metrics["node_scrape_collector_duration_seconds"]

    def take(self) -> list[Sample]:
        """Return the samples of one reading, those about the families included."""
        samples: list[Sample] = []
        self.count += 1
        self.outcomes = tuple(self._read(name, family, samples) for name, family in self.reader.families.items())
        for outcome in self.outcomes:
            self._tell(outcome)
            samples.append(Sample(self._success, (outcome.family,), int(outcome.state == "ok")))
            samples.append(Sample(self._duration, (outcome.family,), round(outcome.duration_s, 6)))
        return samples

    def _read(self, name: str, family: Family, samples: list[Sample]) -> Outcome:
        """Add what one family tells to ``samples``: all of it, or nothing when it fails half-way."""
        clock = self.reader.host.monotonic
        begin = clock()
        state: State = "ok"
        reason = ""
        found: list[Sample] = []
        try:
            found.extend(family.read(self.reader.host))
        except NoData as nothing:
            state, reason = "no-data", str(nothing)
        except Exception as error:  # noqa: BLE001 - the room's one supervisor: a family never takes the others along
            state, reason, found = "failed", f"{type(error).__name__}: {error}", []
        samples.extend(found)
        return Outcome(name, state, reason, clock() - begin, len(found))

    def _tell(self, outcome: Outcome) -> None:
        before = self.failing.pop(outcome.family, "")
        now = outcome.reason if outcome.state == "failed" else ""
        if now:
            self.failing[outcome.family] = now
        if now and now != before:
            LOGGER.warning(line("family-failed", family=outcome.family, reason=now))
        elif before and not now:
            LOGGER.info(line("family-recovered", family=outcome.family))
