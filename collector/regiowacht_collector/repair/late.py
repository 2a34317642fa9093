"""Of which times samples came in late, by gemeente: what the repair of recorded series goes by.

Who takes samples in notes them; who repairs asks what is due and says what is done. What is noted outlives a restart.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

FILE = "late.json"
NEAR_MS = 15 * 60_000
"""Spans of a gemeente that are nearer to each other are one."""

SPANS_MAX = 200
"""Of one gemeente; more become one, which only costs more time to repair."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Span:
    """Time of which a gemeente's samples came in late.

    Attributes:
        gemeente: slug.
        from_ms: time of the oldest such sample, milliseconds since 1970.
        until_ms: time of the newest one.
        noted_s: when the last of them came in, Unix time.
    """

    gemeente: str
    from_ms: int
    until_ms: int
    noted_s: float

    def joins(self, other: Span) -> bool:
        """Tell whether both are near enough to be repaired at once."""
        return self.from_ms - NEAR_MS <= other.until_ms and other.from_ms - NEAR_MS <= self.until_ms

    def joined(self, other: Span) -> Span:
        """Return the span that covers both."""
        return Span(
            self.gemeente,
            min(self.from_ms, other.from_ms),
            max(self.until_ms, other.until_ms),
            max(self.noted_s, other.noted_s),
        )


class Late:
    """Keeps the spans in a file of ``folder``; safe to be used by several threads.

    Args:
        folder: the collector's data folder.
        clock: Unix time.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = folder / FILE
        self._clock = clock
        self._lock = threading.Lock()
        self._spans: list[Span] = _read(self._path)
        self._written = list(self._spans)

    def note(self, gemeente: str, from_ms: int, until_ms: int) -> None:
        """Note that samples of a gemeente from ``from_ms`` to ``until_ms`` were taken in, later than they were due."""
        with self._lock:
            self._spans = _merged(self._spans, Span(gemeente, from_ms, until_ms, self._clock()))
            if not _is_covered(self._spans, self._written):
                self._write()

    def due(self, quiet_s: float, after_ms: int) -> list[Span]:
        """Return the spans for which nothing came in for ``quiet_s``, and whose effects end before now.

        Args:
            quiet_s: a backlog has drained when so long nothing of it came.
            after_ms: how long after the last sample rules still look at it.
        """
        now_s = self._clock()
        with self._lock:
            return [
                span
                for span in self._spans
                if now_s - span.noted_s >= quiet_s and span.until_ms + after_ms <= now_s * 1000
            ]

    def waiting(self) -> tuple[Span, ...]:
        """Return everything that is noted and not yet repaired."""
        with self._lock:
            return tuple(self._spans)

    def done(self, spans: Iterable[Span]) -> None:
        """Strike repaired spans off; one for which more came in meanwhile stays, to be repaired once more."""
        struck = set(spans)
        with self._lock:
            self._spans = [span for span in self._spans if span not in struck]
            self._write()

    def close(self) -> None:
        """Put down what is not on the disk yet."""
        with self._lock:
            if self._spans != self._written:
                self._write()

    def _write(self) -> None:
        beside = self._path.with_name(f".{FILE}.new")
        try:
            beside.write_text(json.dumps([asdict(span) for span in self._spans]) + "\n", encoding="utf-8")
            beside.replace(self._path)
        except OSError as error:
            log.warning("event=late-not-written path=%s reason=%s", self._path, error.strerror)
            return
        self._written = list(self._spans)


def _merged(spans: list[Span], new: Span) -> list[Span]:
    """Return the spans with one more; those that it joins become one with it."""
    apart: list[Span] = []
    for span in spans:
        if span.gemeente == new.gemeente and span.joins(new):
            new = new.joined(span)
        else:
            apart.append(span)
    own = [span for span in apart if span.gemeente == new.gemeente]
    if len(own) >= SPANS_MAX:
        apart = [span for span in apart if span.gemeente != new.gemeente]
        for span in own:
            new = new.joined(span)
    return [*apart, new]


def _is_covered(spans: list[Span], written: list[Span]) -> bool:
    """Tell whether a restart would lose nothing but when the last samples came: what is on the disk covers all."""
    timeless = {replace(span, noted_s=0) for span in written}
    return all(
        replace(span, noted_s=0) in timeless
        or any(
            one.gemeente == span.gemeente and one.from_ms <= span.from_ms and span.until_ms <= one.until_ms
            for one in written
        )
        for span in spans
    )


def _read(path: Path) -> list[Span]:
    """Return what is on the disk; a file that cannot be read is no reason not to collect."""
    try:
        return [Span(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        log.warning("event=late-not-read path=%s reason=%s", path, error)
        return []
