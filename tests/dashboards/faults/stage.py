"""Plants hand-written samples: one Prometheus with many scenes, each in a gemeente of its own."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.dashboards.built import dashboard
from tests.dashboards.faults import all_colours, red
from tests.dashboards.preview.engine import load_past, prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

START_S = 1_768_478_400
"""2026-01-15 12:00 UTC."""
STEP_S = 60
DAY_S = 86_400
STEPS = 61
END_S = START_S + (STEPS - 1) * STEP_S

Samples = dict[str, str]
"""Values by series, both as promtool writes them: ``name{label="x"}``, and ``1x60``, ``0+6000x60`` or ``1x30 0x30``.

A value stands at every minute of an hour; ``1x60`` is 61 of them. ``_`` is no sample. ``8d:1`` before them is what was
told once, so many days before the hour's end.
"""

BEFORE = re.compile(r"(?P<days>\d+)d:(?P<value>[\d.]+)")

PIECE = re.compile(r"(?P<first>_|-?[\d.]+(?:e-?\d+)?)(?P<step>[+-][\d.]+(?:e-?\d+)?)?(?:x(?P<times>\d+))?")


@dataclass(frozen=True, slots=True)
class Stage:
    """A Prometheus on which every scene has happened."""

    url: str
    scenes: tuple[str, ...]

    def red(self, uid: str, scene: str, **chosen: str | Sequence[str]) -> set[str]:
        """Return the titles of the panels of a dashboard, in Dutch, that are red in a scene."""
        return red(self.url, dashboard(uid), {"gemeente": self._gemeente(scene), **chosen}, END_S)

    def colours(self, uid: str, scene: str, **chosen: str | Sequence[str]) -> dict[str, set[str]]:
        """Return the colours of every panel of a dashboard in a scene."""
        return all_colours(self.url, dashboard(uid), {"gemeente": self._gemeente(scene), **chosen}, END_S)

    def _gemeente(self, scene: str) -> str:
        return gemeente(self.scenes.index(scene))


def gemeente(number: int) -> str:
    """Return the gemeente that a scene happens in."""
    return f"g{number}"


@contextmanager
def staged(folder: Path, scenes: Mapping[str, Samples]) -> Iterator[Stage]:
    """Run a Prometheus that holds every scene, by name, until the block ends.

    A label ``gemeente`` is put into every series; where a value says ``{gemeente}`` it is filled in.
    """
    with prometheus(load_past(openmetrics(scenes), folder), folder) as engine:
        yield Stage(engine.url, tuple(scenes))


def openmetrics(scenes: Mapping[str, Samples]) -> str:
    """Return all scenes as OpenMetrics text."""
    by_name: dict[str, list[str]] = {}
    for number, samples in enumerate(scenes.values()):
        for series, written in samples.items():
            name, _, labels = series.partition("{")
            own = f'gemeente="{gemeente(number)}"'
            inside = labels.removesuffix("}").replace("{gemeente}", gemeente(number))
            head = f"{name}{{{','.join(filter(None, (own, inside)))}}}"
            lines = by_name.setdefault(name, [])
            lines += [f"{head} {value!r} {at}" for at, value in _values(written)]
    parts = [line for name, lines in by_name.items() for line in (f"# TYPE {name} unknown", *lines)]
    return "\n".join([*parts, "# EOF", ""])


def _values(written: str) -> Iterator[tuple[int, float]]:
    """Yield (moment, value) of what promtool's notation says."""
    at = START_S
    pieces = written.split()
    while pieces and (told := BEFORE.fullmatch(pieces[0])):
        yield END_S - int(told["days"]) * DAY_S, float(told["value"])
        del pieces[0]
    for piece in pieces:
        found = PIECE.fullmatch(piece)
        assert found, piece
        for number in range(int(found["times"] or 0) + 1):
            if found["first"] != "_":
                yield at, float(found["first"]) + number * float(found["step"] or 0)
            at += STEP_S
    assert at <= END_S + STEP_S, f"more than an hour: {written}"
