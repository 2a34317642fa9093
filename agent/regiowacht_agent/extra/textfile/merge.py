"""Puts what several files tell into one exposition, in which no series stands twice and each metric has one type."""

from __future__ import annotations

from regiowacht_agent.extra.textfile.fair import LEFT_OUT, TOO_MANY, within
from regiowacht_agent.extra.textfile.format import DUPLICATE
from regiowacht_contract.light import NamedTuple, replace
from regiowacht_contract.metric import Metric

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_agent.extra.textfile.format import Group, Parsed, Refused, Row
    from regiowacht_contract.metric import Kind

CLASHES = {
    "own": "the agent tells this metric itself",
    "type-differs": "a file before this one gives the metric another type",
    "help-differs": "a file before this one gives the metric another help text; its series are told nevertheless",
    TOO_MANY: "all files together have more series than textfile.series_max; this one of the largest is refused whole",
}
"""Why a line or a file is refused that is right in itself."""

KINDS: dict[str, Kind] = {"counter": "counter", "gauge": "gauge"}
"""Everything else is untyped, series by series: a histogram is one only as a whole, which its TYPE line says."""


class Told(NamedTuple):
    """One metric of the files: its groups in the order of the files, and its series with what is written for each."""

    name: str
    kind: str
    help: str
    series: list[tuple[Metric, tuple[str, ...]]]
    numbers: list[str]


class Merged(NamedTuple):
    """What all files tell, what was refused of each, by path, and which were left out whole for lack of room."""

    told: tuple[Told, ...]
    refused: Mapping[str, Refused]
    left_out: frozenset[str]


def merge(files: Mapping[str, Parsed], is_own: Callable[[str], bool], series_max: int) -> Merged:
    """Return what the files tell together.

    Args:
        files: by path, in the order in which they are read: the first of two that clash is told.
        is_own: whether the agent tells a metric of that name by itself.
        series_max: series that are told at most; the largest files are left out where there are more.
    """
    merger = _Merger(is_own)
    fair = within(files, series_max)
    for path, parsed in fair.items():
        merger.add(path, parsed)
    return merger.merged(frozenset(path for path, parsed in fair.items() if parsed is LEFT_OUT))


class _Merger:
    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self._is_own = is_own
        self._groups: dict[str, list[Group]] = {}
        self._told: dict[str, Told] = {}
        self._paths: dict[str, list[str]] = {}
        self._seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
        self._metrics: dict[tuple[str, tuple[str, ...]], Metric] = {}
        self._refused: dict[str, Refused] = {}

    def add(self, path: str, parsed: Parsed) -> None:
        refused = self._refused[path] = replace(parsed.refused)
        for group in parsed.groups:
            clash = self._clash(group)
            if clash:
                for row in group.rows:
                    refused.add(row.line, clash)
                continue
            before = self._told.get(group.name)
            if before is not None and group.help and before.help and group.help != before.help:
                refused.add(group.line, "help-differs")
            self._take(path, group, refused)

    def merged(self, left_out: frozenset[str]) -> Merged:
        told = []
        for one in sorted(self._told.values()):
            helped = one.help or f"Metric read from {', '.join(self._paths[one.name])}"
            told.append(one._replace(help=helped))
        return Merged(tuple(told), self._refused, left_out)

    def _clash(self, group: Group) -> str:
        if self._is_own(group.name) or any(self._is_own(name) for name in {row.name for row in group.rows}):
            return "own"
        before = self._told.get(group.name)
        if before is not None and (group.kind or "untyped") != before.kind:
            return "type-differs"
        return ""

    def _take(self, path: str, group: Group, refused: Refused) -> None:
        told = self._told.get(group.name)
        if told is None:
            told = Told(group.name, group.kind or "untyped", group.help, [], [])
        elif not told.help and group.help:
            told = told._replace(help=group.help)
        for row in group.rows:
            series = (row.name, frozenset(pair for pair in zip(row.labels, row.values, strict=True) if pair[1]))
            if series in self._seen:
                refused.add(row.line, DUPLICATE)
            else:
                self._seen.add(series)
                told.series.append((self._metric(told, row), row.values))
                told.numbers.append(row.number)
        if told.series:
            self._told[group.name] = told
            self._paths.setdefault(group.name, []).append(path)

    def _metric(self, told: Told, row: Row) -> Metric:
        """Return the metric of a series: the files' own, in no catalogue, shared with nobody by default."""
        known = self._metrics.get((row.name, row.labels))
        if known is None:
            kind = KINDS.get(told.kind, "untyped")
            known = Metric(row.name, kind, "", told.help, row.labels, "overig", "textfile", kind == "counter")
            self._metrics[row.name, row.labels] = known
        return known
