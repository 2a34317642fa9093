"""Deletes series within a time, and touches no other.

Prometheus (2.42 as 3.5) notes a deletion in its memory for every series that a selector matches, also for one that
begins after the deleted time; what it notes then ends before it begins (``Head.Delete`` in its ``tsdb/head.go``), and
two of those have it panic over every query that ends before the series does (``Intervals.Add``). So what lies in
memory is deleted by selectors that match the series that are there in that time, and none that begins later.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from regiowacht_collector.client import Client

    Labels = dict[str, str]
    Series = frozenset[tuple[str, str]]

SELECTORS_MAX = 500
"""Selectors a request; the engine reads a body of at most 10 MB."""


def delete(client: Client, selector: str, from_ms: int, until_ms: int) -> None:
    """Delete the samples of a selector, both ends of the time included.

    Raises:
        Found: the engine refuses.
        Unreachable: it does not answer.
    """
    head_ms = client.head_from_ms()
    in_blocks_ms = min(until_ms, head_ms - 1)
    if from_ms <= in_blocks_ms:
        client.delete([selector], from_ms, in_blocks_ms)
    if until_ms < head_ms:
        return
    there = _series(client, selector, max(from_ms, head_ms), until_ms)
    later = _series(client, selector, until_ms + 1, None) - there
    selectors = list(cover(there, later))
    for at in range(0, len(selectors), SELECTORS_MAX):
        client.delete(selectors[at : at + SELECTORS_MAX], from_ms, until_ms)


def cover(wanted: Iterable[Series], others: Iterable[Series]) -> Iterator[str]:
    """Yield selectors that match all of ``wanted`` and none of ``others``, few of them.

    Args:
        wanted: series as sets of (label, value).
        others: series as sets of (label, value), none of them wanted.
    """
    some, rest = [dict(one) for one in wanted], [dict(one) for one in others]
    yield from _cover(some, rest, sorted({label for one in (*some, *rest) for label in one}))


def _series(client: Client, selector: str, from_ms: int, until_ms: int | None) -> set[Series]:
    until_s = None if until_ms is None else until_ms / 1000
    return {frozenset(labels.items()) for labels in client.series(selector, from_ms / 1000, until_s)}


def _cover(wanted: list[Labels], others: list[Labels], labels: Sequence[str]) -> Iterator[str]:
    if not wanted:
        return
    values = {label: {one.get(label, "") for one in wanted} for label in labels}
    others = [one for one in others if all(one.get(label, "") in values[label] for label in labels)]
    if not others:
        yield _selector(values)
        return
    split = min((label for label in labels if len(values[label]) > 1), key=lambda label: _left(wanted, others, label))
    shared = {one.get(split, "") for one in others}
    yield from _cover([one for one in wanted if one.get(split, "") not in shared], [], labels)
    for value in sorted(shared):
        yield from _cover(_with(wanted, split, value), _with(others, split, value), labels)


def _with(series: list[Labels], label: str, value: str) -> list[Labels]:
    return [one for one in series if one.get(label, "") == value]


def _left(wanted: list[Labels], others: list[Labels], label: str) -> tuple[int, str]:
    """Return how many stay to be told apart when they are split by that label."""
    shared = {one.get(label, "") for one in others}
    return sum(one.get(label, "") in shared for one in wanted), label


def _selector(values: dict[str, set[str]]) -> str:
    return (
        "{" + ",".join(regex("|".join(map(re.escape, sorted(of)))).render(label) for label, of in values.items()) + "}"
    )
