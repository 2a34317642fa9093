"""Takes one reading of the host: every family in turn, the ones that fail marked, the others whole."""

from __future__ import annotations

from math import isfinite

from regiowacht_agent.block import Block, Layout, Still
from regiowacht_agent.family import Metrics, NoData
from regiowacht_agent.log import LOGGER, line
from regiowacht_contract.defaults import METRICS_SERIES_MAX
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Literal

    from regiowacht_agent.block import Value
    from regiowacht_agent.family import Family
    from regiowacht_agent.host import Host
    from regiowacht_agent.reader import Reader

    State = Literal["ok", "no-data", "failed"]

SERIES_MAX = METRICS_SERIES_MAX - 1_000
"""Series that all families may have together; the rest is room for what the agent says of itself and of them."""

DIGITS_MAX = 300
"""Digits that certainly make a number that a float can hold."""

PART = DIGITS_MAX // 2
"""A longer word covers one of a text's parts of this length."""


class Outcome(NamedTuple):
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
        names = tuple(reader.families)
        self._families = tuple(reader.families.items())
        self._about = Layout(
            [*((self._success, (name,)) for name in names), *((self._duration, (name,)) for name in names)]
        )

    def take(self) -> list[Block]:
        """Return what each family tells in one reading, and last a block about the families themselves."""
        self.count += 1
        blocks: list[Block] = []
        host, clock = self.reader.host, self.reader.host.monotonic
        host.files.begin(host.sysfs)
        self.outcomes = tuple([self._read(name, family, host, clock, blocks) for name, family in self._families])
        host.files.end()
        if sum([outcome.samples for outcome in self.outcomes]) > SERIES_MAX:
            from regiowacht_agent.room import make_room  # noqa: PLC0415 - hardly any machine has so much to tell

            self.outcomes, blocks = make_room(self.outcomes, blocks, SERIES_MAX)
        for outcome in self.outcomes:
            if outcome.state == "failed" or (self.failing and outcome.family in self.failing):
                self._tell(outcome)
        worked = [int(outcome.state == "ok") for outcome in self.outcomes]
        blocks.append(Block(self._about, [*worked, *[f"{outcome.duration_s:.6f}" for outcome in self.outcomes]]))
        return blocks

    def _read(self, name: str, family: Family, host: Host, clock: Callable[[], float], blocks: list[Block]) -> Outcome:
        """Add what one family tells to ``blocks``: all of it, or nothing when it fails half-way."""
        state: State = "ok"
        reason = ""
        size = 0
        begin = clock()
        try:
            block = _whole(family.read(host))
            if size := len(block.values):
                blocks.append(block)
        except NoData as nothing:
            state, reason = "no-data", str(nothing)
        except Exception as error:  # noqa: BLE001 - the room's one supervisor: a family never takes the others along
            state, reason = "failed", f"{type(error).__name__}: {error}"
        return Outcome(name, state, reason, clock() - begin, size)

    def _tell(self, outcome: Outcome) -> None:
        before = self.failing.pop(outcome.family, "")
        now = outcome.reason if outcome.state == "failed" else ""
        if now:
            self.failing[outcome.family] = now
        if now and now != before:
            LOGGER.warning(line("family-failed", family=outcome.family, reason=now))
        elif before and not now:
            LOGGER.info(line("family-recovered", family=outcome.family))


def _whole(block: Block) -> Block:
    """Return the block when it has a number for each of its series.

    Values go on as the kernel wrote them, and one word that is none would cost Prometheus the whole scrape.

    Raises:
        ValueError: it has not.
    """
    if isinstance(block, Still) and block.is_whole:
        return block
    layout, values = block
    if len(layout.series) != len(values):
        raise ValueError(f"{len(values)} values for {len(layout.series)} series")
    words: Sequence[Value] = values
    try:
        text = ",".join(words)  # type: ignore[arg-type] # most families tell nothing but the kernel's words
    except TypeError:
        words = [value for value in values if value.__class__ is str]
        text = ",".join(words)  # type: ignore[arg-type] # nothing but words
    if words and not _is_plain(text, len(words)):
        for (metric, _labels), value in zip(layout.series, values, strict=True):
            if value.__class__ is str and not is_number(value):
                raise ValueError(f"{metric.name} is {value!r}, which is no number")
    if isinstance(block, Still):
        block.is_whole = True
    return block


def _is_plain(text: str, count: int) -> bool:
    """Whether that many words, commas between them, are digits with one point at most: quicker than to look at each."""
    if not text.isascii() or text.count(",") != count - 1:
        return False
    framed = b",%b," % text.encode()
    marks = framed.translate(None, b"0123456789")
    if b",," in framed or (len(text) > DIGITS_MAX and _has_long(text)):
        return False
    points = marks.strip(b",")
    return not points or not (b".." in points or b",.," in framed or points.translate(None, b",."))


def _has_long(text: str) -> bool:
    return not all("," in text[at : at + PART] for at in range(0, len(text), PART))


def is_number(word: str) -> bool:
    """Whether Prometheus takes a word for a number (Go's ParseFloat, no underscores, no hexadecimals)."""
    try:
        number = float(word)
    except ValueError:
        return False
    if not word.isascii() or "_" in word or word.split() != [word]:
        return False
    if isfinite(number):
        return True
    return "inf" in word.lower() or word.lower() == "nan"
