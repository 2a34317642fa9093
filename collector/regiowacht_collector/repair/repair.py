"""Repairs what was recorded of some gemeenten over a past time.

What the rules come to with everything that is there now is laid beside what was recorded. Where it differs, all that
was recorded of those gemeenten and of the region over that time goes, and new blocks take its place. No other
gemeente's series and nothing that was measured is touched.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.repair.blocks import SLICE_MS, block_maker
from regiowacht_collector.repair.evaluate import LOOK_BACK_MS, WINDOW_MS, Evaluation
from regiowacht_collector.repair.grid import evaluation_grid
from regiowacht_collector.repair.inputs import RECORDED, any_of
from regiowacht_collector.repair.scratch import scratch_engine
from regiowacht_collector.repair.swap import Swap, commit, prepare
from regiowacht_collector.repair.tiles import deletion_start
from regiowacht_collector.samples import read_rows, same
from regiowacht_contract.labels import REGIO_GEMEENTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regiowacht_collector.client import Client
    from regiowacht_collector.engine import Engine
    from regiowacht_collector.samples import Rows

DAY_MS = 24 * 3_600_000
"""After so long evaluation begins anew in an empty engine, so that it stays small."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be repaired.

    Attributes:
        gemeenten: slugs.
        from_ms: first time, milliseconds since 1970.
        until_ms: last time, likewise.
    """

    gemeenten: frozenset[str]
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is done.

    Attributes:
        engine: the program that makes blocks.
        main: the engine that is repaired.
        storage: its folder.
        folder: a folder of our own on the same disk.
        interval_ms: how often it evaluates rules.
    """

    engine: Engine
    main: Client
    storage: Path
    folder: Path
    interval_ms: int


class Abandoned(Exception):
    """The collector stops: nothing has changed, and the job is done after the next start."""


def repair(job: Job, site: Site, is_wanted: Callable[[], bool] = lambda: True) -> bool:
    """Repair, and return whether anything was to be repaired.

    Args:
        job: what.
        site: where.
        is_wanted: asked now and then whether to go on.

    Raises:
        Abandoned: it was not to go on.
        Found, Unreachable, ProcessDied, Unavailable: an engine refuses or is away, or the disk is full; either nothing
            has changed, or ``swap.resume`` does the rest.
    """
    head_ms = site.main.head_from_ms()
    start_ms = deletion_start(site.storage, head_ms, job.from_ms, job.until_ms)
    blocks = prepare(site.folder)
    with closing(_Rewritten(job, site)) as rewritten:
        for number, (first_ms, end_ms) in enumerate(_pieces(start_ms, job.until_ms + 1, SLICE_MS)):
            with block_maker(site.engine, site.folder / f"slice-{number}", blocks) as maker:
                for from_ms, until_ms in _pieces(first_ms, end_ms, WINDOW_MS, job.from_ms):
                    if not is_wanted():
                        raise Abandoned
                    maker.add(rewritten.rows(from_ms, until_ms))
    if not rewritten.differs:
        prepare(site.folder)
        return False
    gemeenten = any_of([*sorted(job.gemeenten), REGIO_GEMEENTE])
    selector = f'{{__name__=~"{any_of(RECORDED)}",gemeente=~"{gemeenten}"}}'
    commit(site.folder, Swap(selector, start_ms, job.until_ms), site.main, site.storage)
    return True


class _Rewritten:
    """What is to stand in the storage: before the job's time what is there, from then on what rules come to."""

    def __init__(self, job: Job, site: Site) -> None:
        self.differs = False
        self._job = job
        self._site = site
        self._grid = evaluation_grid(site.main, site.interval_ms)
        self._stack = ExitStack()
        self._evaluation: Evaluation | None = None
        self._began_ms = 0
        self._last: Rows = {}

    def rows(self, from_ms: int, until_ms: int) -> Rows:
        """Return the samples from ``from_ms`` up to ``until_ms``; call it in the order of time."""
        recorded = self._recorded(from_ms, until_ms)
        if from_ms < self._job.from_ms:
            return recorded
        rows = self._evaluated(from_ms).window(from_ms, until_ms)
        self._last = rows
        self.differs = self.differs or not _are_same(rows, recorded)
        return rows

    def close(self) -> None:
        """Stop what it runs."""
        self._stack.close()

    def _recorded(self, from_ms: int, until_ms: int) -> Rows:
        gemeenten = any_of([*sorted(self._job.gemeenten), REGIO_GEMEENTE])
        matchers = [("__name__", "=~", any_of(RECORDED)), ("gemeente", "=~", gemeenten)]
        return read_rows(self._site.main.read(matchers, from_ms, until_ms - 1))

    def _evaluated(self, from_ms: int) -> Evaluation:
        """Return the evaluation, warmed up with the minutes that rules look back when it is a new one."""
        if self._evaluation is None or from_ms - self._began_ms >= DAY_MS:
            self._stack.close()
            scratch = self._stack.enter_context(
                scratch_engine(self._site.engine, self._site.folder / f"rules-{from_ms}")
            )
            self._evaluation = Evaluation(
                self._site.main, scratch, self._job.gemeenten, self._grid, self._site.interval_ms
            )
            self._began_ms = from_ms
            self._evaluation.resume(self._last)
            self._evaluation.window(from_ms - 2 * LOOK_BACK_MS, from_ms)
        return self._evaluation


def _pieces(from_ms: int, until_ms: int, length_ms: int, at_ms: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the time in pieces that end where its length says, and at ``at_ms`` when that lies within."""
    while from_ms < until_ms:
        end_ms = min(until_ms, (from_ms // length_ms + 1) * length_ms)
        if at_ms is not None and from_ms < at_ms < end_ms:
            end_ms = at_ms
        yield from_ms, end_ms
        from_ms = end_ms


def _are_same(one: Rows, other: Rows) -> bool:
    if {labels for labels, row in one.items() if row} != {labels for labels, row in other.items() if row}:
        return False
    return all(
        len(row) == len(other[labels])
        and all(a[0] == b[0] and same(a[1], b[1]) for a, b in zip(row, other[labels], strict=True))
        for labels, row in one.items()
        if row
    )
