"""Tells the collector what metrics mean: their type and help, which no sample carries.

All of it once an hour, and what is new within a minute. It goes over the line of the backlog, between two writes of
that: whatever becomes of it, no sample waits for it that is not a backlog already.

Source: Prometheus Remote-Write 1.0 specification (``MetricMetadata``), which leaves it to the sender when to send it.
"""

from __future__ import annotations

import time

from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.push.verdict import verdict
from regiowacht_contract.light import NamedTuple
from regiowacht_contract.wire.encode import TYPES, metadata
from regiowacht_contract.wire.snappy import compress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from regiowacht_agent.push.counts import Totals
    from regiowacht_agent.push.post import Line
    from regiowacht_contract.metric import Metric

LANE = "metadata"
AGAIN_S = 3600.0
LOOK_EVERY_S = 60.0
FAILED_S = 300.0
"""What does not get through, or is refused, is of no hurry."""

MOST = 500
"""Metrics of a body: some 60 kB before it is packed."""

NAMES_MAX = 5_000
HELP_MAX = 500
"""Characters; a catalogue's sentence has a hundred."""

UNKNOWN = "unknown"


class Meaning(NamedTuple):
    """What a metric means.

    Attributes:
        name: of the metric.
        kind: a word of ``wire.encode.TYPES``.
        help: a sentence, or "".
    """

    name: str
    kind: str
    help: str


def of_metrics(metrics: Iterable[Metric]) -> Iterator[Meaning]:
    """Yield what metrics of the catalogue mean."""
    for metric in metrics:
        yield Meaning(metric.name, _kind(metric.exposition_type), metric.help[:HELP_MAX])


def of_comments(rows: Iterable[str]) -> Iterator[Meaning]:
    """Yield what the HELP and TYPE lines of a page say, in the text format 0.0.4."""
    helps: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for row in rows:
        words = row.split(" ", 3)
        if len(words) < 3 or words[0] != "#":
            continue
        if words[1] == "HELP":
            helps[words[2]] = words[3] if len(words) > 3 else ""
        elif words[1] == "TYPE":
            kinds[words[2]] = words[3] if len(words) > 3 else ""
    for name in dict.fromkeys((*helps, *kinds)):
        yield Meaning(name, _kind(kinds.get(name, "")), _unescaped(helps.get(name, ""))[:HELP_MAX])


class Meanings:
    """Sends what is due, in the thread of the backlog.

    Args:
        line: where it goes.
        totals: counts writes and their bytes.
        told: returns what there is to tell now, each name as often as it is told.
        monotonic: seconds that never jump.
    """

    def __init__(
        self,
        line: Line,
        totals: Totals,
        told: Callable[[], Iterable[Meaning]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line, self._totals, self._told, self._monotonic = line, totals, told, monotonic
        self._look_at = self._all_at = float("-inf")
        self._sent: set[int] = set()

    def turn(self) -> None:
        """Send what is due, if anything is.

        Raises:
            Stopped: the agent stops.
        """
        now = self._monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_EVERY_S
        if now >= self._all_at:
            self._all_at, self._sent = now + AGAIN_S, set()
        due = [one for one in self._once().values() if hash(one) not in self._sent]
        for at in range(0, len(due), MOST):
            part = due[at : at + MOST]
            if not self._send(part):
                self._look_at = now + FAILED_S
                return
            self._sent.update(map(hash, part))

    def _once(self) -> Mapping[str, Meaning]:
        """Return each metric once, as it was told first."""
        found: dict[str, Meaning] = {}
        for one in self._told():
            if len(found) >= NAMES_MAX:
                break
            found.setdefault(one.name, one)
        return found

    def _send(self, part: Iterable[Meaning]) -> bool:
        """Send some, and return whether that is settled: a receiver that will not have them is not asked again soon."""
        body = compress(metadata((*one, "") for one in part))
        try:
            reply = self._line.post(body)
        except Failed as failed:
            self._totals.write(LANE, failed.reason, 0)
            return False
        found = verdict(reply)
        self._totals.write(LANE, found.reason or "taken", len(body))
        return found.kind != "later"


def _kind(word: str) -> str:
    return word if word in TYPES else UNKNOWN


def _unescaped(text: str) -> str:
    """Return help as it was meant: the format writes a backslash and a line's end with a backslash before it."""
    return text.replace("\\n", " ").replace("\\\\", "\\") if "\\" in text else text
