"""Evaluates the recording rules over a past time, as the engine would have with all samples there in time.

It is done in an engine for a moment, which is given what was measured in the gemeenten concerned, and of the others
what figures of the region are made of: so that nothing that was recorded wrong can be seen there, and each rule sees
what the ones before it come to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.repair.inputs import CARRIED_ON, MEASURED, REPAIRED, SHARED, any_of
from regiowacht_collector.samples import STALE, bodies, encoded, packed, read_rows, series_of
from regiowacht_contract.labels import REGIO_GEMEENTE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from regiowacht_collector.client import Client
    from regiowacht_collector.rules import Rule
    from regiowacht_collector.samples import Labels, Row, Rows

LOOK_BACK_MS = 6 * 60_000
"""What rules look back, and half a minute more: the five minutes of rates and of instant selectors."""

WINDOW_MS = 30 * 60_000
"""Evaluated at once. Samples go into the engine in the order of these windows, which it takes up to an hour apart."""


class Evaluation:
    """Evaluates window after window, in the order of time.

    Args:
        main: the engine that has everything.
        scratch: an empty engine.
        gemeenten: whose series are evaluated; of the region's figures all.
        grid: when each group is evaluated, as the rest of its times divided by the interval, milliseconds.
        interval_ms: how often rules are evaluated.
    """

    def __init__(
        self, main: Client, scratch: Client, gemeenten: Collection[str], grid: Mapping[str, int], interval_ms: int
    ) -> None:
        self._main = main
        self._scratch = scratch
        self._own = any_of(sorted(gemeenten))
        self._not_others = any_of([*sorted(gemeenten), REGIO_GEMEENTE])
        self._keep = {*gemeenten, REGIO_GEMEENTE}
        self._grid = grid
        self._interval_ms = interval_ms
        self._alive: dict[tuple[object, ...], set[Labels]] = {}

    def window(self, from_ms: int, until_ms: int) -> Rows:
        """Return what the rules record from ``from_ms`` up to ``until_ms``, that one left out.

        Raises:
            Found, Unreachable: an engine refuses, or does not answer.
        """
        carried = self._copy(from_ms, until_ms - 1)
        rows: Rows = {}
        for group in REPAIRED:
            first_ms = from_ms + (self._grid.get(group.name, 0) - from_ms) % self._interval_ms
            if first_ms >= until_ms:
                continue
            steps = range(first_ms, until_ms, self._interval_ms)
            for rule in group.rules:
                for labels, row in self._rule(rule, steps, carried).items():
                    if dict(labels).get("gemeente") in self._keep:
                        rows[labels] = row
        return rows

    def resume(self, rows: Rows) -> None:
        """Take over what an evaluation that ended before this one begins came to, of what is carried on."""
        self._write(encoded({labels: row for labels, row in rows.items() if dict(labels)["__name__"] in CARRIED_ON}))

    def _copy(self, from_ms: int, until_ms: int) -> Rows:
        """Give the scratch engine what it needs of that time, and return what it was given of what is carried on."""
        own = ("gemeente", "=~", self._own)
        carried = self._main.read([("__name__", "=~", any_of(CARRIED_ON)), own], from_ms, until_ms)
        for answer in (
            self._main.read([("__name__", "=~", any_of(MEASURED)), own], from_ms, until_ms),
            self._main.read(
                [("__name__", "=~", any_of(SHARED)), ("gemeente", "!~", self._not_others)], from_ms, until_ms
            ),
            carried,
        ):
            self._write(series_of(answer))
        return read_rows(carried)

    def _rule(self, rule: Rule, steps: range, carried: Rows) -> Rows:
        rows = self._asked(rule, steps)
        if rule.record in CARRIED_ON:
            while new := _beyond(rows, carried):
                self._write(encoded(new))
                for labels, row in new.items():
                    carried.setdefault(labels, []).extend(row)
                rows = self._asked(rule, steps)
            return self._with_ends(rule, rows, steps)
        rows = self._with_ends(rule, rows, steps)
        self._write(encoded(rows))
        return rows

    def _asked(self, rule: Rule, steps: range) -> Rows:
        rows: Rows = {}
        for told, values in self._scratch.query_range(rule.expr, steps[0], steps[-1], steps.step):
            labels = tuple(sorted({**told, **rule.labels, "__name__": rule.record}.items()))
            rows[labels] = [(at_ms, packed(value)) for at_ms, value in values]
        return rows

    def _with_ends(self, rule: Rule, rows: Rows, steps: range) -> Rows:
        """Return the rows with a staleness marker wherever a series is no more, as the engine's rules leave one."""
        key = (rule.record, *sorted(rule.labels.items()))
        alive = self._alive.get(key, set())
        marked = {labels: _marked(rows.get(labels, []), steps, labels in alive) for labels in {*rows, *alive}}
        self._alive[key] = {labels for labels, row in rows.items() if row and row[-1][0] == steps[-1]}
        return marked

    def _write(self, series: Iterable[bytes]) -> None:
        for body in bodies(series):
            self._scratch.write(body)


def _marked(row: Row, steps: range, was_alive: bool) -> Row:
    there = dict(row)
    marked: Row = []
    for at_ms in steps:
        value = there.get(at_ms)
        if value is not None:
            marked.append((at_ms, value))
        elif was_alive:
            marked.append((at_ms, STALE))
        was_alive = value is not None
    return marked


def _beyond(rows: Rows, known: Rows) -> Rows:
    """Return the samples of ``rows`` at times at which ``known`` has none."""
    beyond: Rows = {}
    for labels, row in rows.items():
        times = {at_ms for at_ms, _ in known.get(labels, ())}
        new = [sample for sample in row if sample[0] not in times]
        if new:
            beyond[labels] = new
    return beyond
