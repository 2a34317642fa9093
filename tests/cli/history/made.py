"""A made-up region with its past, as the tests here look at it."""

from __future__ import annotations

import functools
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.demo.history import DEMO, Past, Size, make_past, write_region
from regiowacht_inventory import Region, load

if TYPE_CHECKING:
    from collections.abc import Iterator

END = 1_772_456_417
"""2026-03-02 13:00:17 UTC, a Monday: 14:00 in Brussels, when people are at work."""

LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')

Labels = frozenset[tuple[str, str]]
Samples = dict[str, dict[Labels, dict[int, float]]]
"""By name, by labels, value by moment."""


@functools.cache
def region_of(size: Size, seed: int = 1) -> Region:
    with tempfile.TemporaryDirectory() as folder:
        write_region(Path(folder), size, seed)
        return load(Path(folder))


@functools.cache
def past_of(size: Size = DEMO, end_s: int = END, seed: int = 1) -> Past:
    return make_past(region_of(size, seed), end_s, seed)


@functools.cache
def texts() -> dict[str, str]:
    """The demo's files, by name."""
    with tempfile.TemporaryDirectory() as folder:
        return {path.name: path.read_text(encoding="utf-8") for path in past_of().write(Path(folder))}


def samples_of(text: str) -> Iterator[tuple[str, Labels, float, int]]:
    for line in text.splitlines():
        if not line.startswith("#"):
            head, value, at = line.rsplit(" ", 2)
            yield *head_of(head), float(value), int(at)


@functools.cache
def head_of(head: str) -> tuple[str, Labels]:
    """Name and labels of ``name{label="value",...}``."""
    name, _, labels = head.partition("{")
    return name, frozenset(LABEL.findall(labels))


@functools.cache
def samples(prefix: str) -> Samples:
    """Every sample of the demo's files whose name begins so."""
    by_name: Samples = {}
    for name, text in texts().items():
        if name.startswith(prefix):
            for metric, labels, value, at in samples_of(text):
                by_name.setdefault(metric, {}).setdefault(labels, {})[at] = value
    return by_name


@functools.cache
def page_of(past: Past, at_s: float) -> dict[str, dict[Labels, float]]:
    """What a page says, by name and labels."""
    found: dict[str, dict[Labels, float]] = {}
    for line in past.page(at_s).decode().splitlines():
        if not line.startswith("#"):
            head, value = line.rsplit(" ", 1)
            name, labels = head_of(head)
            found.setdefault(name, {})[labels] = float(value)
    return found


def forget() -> None:
    """Let go of everything that was kept: the demo's samples are a gigabyte, which slows down whatever comes after."""
    for kept in (region_of, past_of, texts, head_of, samples, page_of):
        kept.cache_clear()
