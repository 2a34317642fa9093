"""The series of one device in little memory: which cell gives which series, and the text around the values.

A switch has some forty columns of fifty ports, and each series names its port in 200 octets of labels. So the labels
of a row are kept once, columns with the same rows share one template, and a metric's name is put in as it is written.
Nothing is written before it is asked for, and values stand only where they were read.
"""

from __future__ import annotations

from array import array
from itertools import pairwise
from operator import itemgetter

from regiowacht_agent.exposition import clean, escape, fitting, head, number
from regiowacht_agent.http.packed import Shelf
from regiowacht_agent.http.stencil import Stencil
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from regiowacht_agent.http.packed import Block
    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.snmp.meaning.convert import Convert, Plain
    from regiowacht_agent.snmp.meaning.layout import Series
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.poll.expected import Expected
NAME = b"\xff"
"""Stands in a template where the name of the metric comes: an octet that UTF-8 has not."""


class Written(NamedTuple):
    """The lines of one metric of one device.

    Attributes:
        name: the metric's name, by which those of all devices stand together on a page.
        head: its HELP and TYPE lines.
        lines: the series, a line each.
        samples: how many those are.
        shelf: where they may be kept compressed, where they are the same as the last time that they were written.
        packed: the lines compressed, where that took no compressing.
    """

    name: str
    head: str
    lines: bytes
    samples: int
    shelf: Shelf | None
    packed: bytes | None = None


class _Strip(NamedTuple):
    """Neighbouring series whose values are numbers as one answer holds them."""

    answer: Expected
    pick: Callable[[Sequence[Plain]], Sequence[Plain]]
    template: bytes
    samples: int
    stencil: Stencil


class _Single:
    """A series whose value is worked out, again only where the values that it takes have changed."""

    __slots__ = ("_convert", "_number", "_value", "_values", "_written", "cells", "line")

    def __init__(self, line: bytes, convert: Convert, cells: tuple[tuple[Expected, int], ...]) -> None:
        self.line, self._convert, self.cells = line, convert, cells
        self._values: list[Plain] | None = None
        self._value: float = 0.0
        self._written: float | None = None
        self._number = b""

    def value(self) -> float | None:
        """Return its value, or None: it has none now.

        What comes to nothing is worked out each time, so that what cannot be believed is counted each time.
        """
        values: list[Plain] = []
        for answer, at in self.cells:
            if not answer.is_fresh:
                return None
            values.append(answer.values[at])
        if values != self._values:
            value = self._convert(*values)
            if value is None:
                self._values = None
                return None
            self._values, self._value, self._written = values, value, None
        return self._value

    def write(self) -> bytes:
        """Return its line, or b"": it has no value now."""
        value = self.value()
        if value is None:
            return b""
        if self._written is None:
            self._written, self._number = value, number(value).encode()
        return b"%b %b\n" % (self.line, self._number)


class _Group(NamedTuple):
    """What a metric has on this device."""

    name: str
    head: str
    fixed: bytes
    strips: tuple[_Strip, ...]
    singles: tuple[_Single, ...]
    shelf: Shelf

    def stamp(self, *, is_headed: bool) -> object:
        """Return what changes when the lines, and the head where it is not there yet, may be others."""
        return (is_headed, *((strip.answer.changes, strip.answer.is_fresh) for strip in self.strips))


class Sheet:
    """Writes what the answers to a device's questions hold.

    Args:
        asset: whose labels every series carries.
        series: what the device has; those of one metric need not stand together.
        answers: where the values come in.

    Attributes:
        size: series at most.
        names: metrics that it has, in order.
    """

    __slots__ = ("_groups", "names", "size")

    def __init__(self, asset: Polled, series: Iterable[Series], answers: Iterable[Expected]) -> None:
        make = _Maker(asset, answers)
        told: dict[str, list[Series]] = {}
        for one in series:
            told.setdefault(one.metric.name, []).append(one)
        self._groups = {name: make.group(told[name]) for name in sorted(told)}
        self.names = tuple(self._groups)
        self.size = sum(map(len, told.values()))

    def heads(self) -> Iterator[str]:
        """Yield the HELP and TYPE lines of each metric."""
        return (group.head for group in self._groups.values())

    def series(self) -> Iterator[bytes]:
        """Yield each series as it stands in a line, ``name{labels}``, in the order in which ``fill`` has the values."""
        for group in self._groups.values():
            yield from (line.rpartition(b" ")[0] for line in group.fixed.splitlines())
            for strip in group.strips:
                lines = strip.template.replace(NAME, group.name.encode()).replace(b"%%", b"%").splitlines()
                yield from (line.rpartition(b" ")[0] for line in lines)
            yield from (single.line for single in group.singles)

    def fill(self, values: array[float], stamps: list[object], absent: float) -> bool:
        """Put the values of now into an array, where they may be others than those that are there.

        Args:
            values: of each series one.
            stamps: what was put there, empty at first; kept here.
            absent: stands where a series has no value now.

        Returns:
            whether a series may have come or gone: one has no value that had one, or the other way round.
        """
        at = turn = 0
        is_other = not stamps
        stamps = stamps if stamps else _first(stamps, self._groups.values())
        for group in self._groups.values():
            if is_other and group.fixed:
                count = group.fixed.count(b"\n")
                values[at : at + count] = array("d", (1.0,)) * count
            at += group.fixed.count(b"\n")
            for strip in group.strips:
                stamp = strip.answer.changes if strip.answer.is_fresh else None
                if stamp != stamps[turn]:
                    is_other |= None in {stamp, stamps[turn]}
                    stamps[turn] = stamp
                    told: Any = strip.pick(strip.answer.values) if stamp is not None else (absent,) * strip.samples
                    values[at : at + strip.samples] = array("d", told)  # those of strips are numbers
                at += strip.samples
                turn += 1
            for single in group.singles:
                value = single.value()
                is_other |= (value is None) is not (stamps[turn] is None)
                stamps[turn] = value
                values[at] = absent if value is None else value
                at += 1
                turn += 1
        return is_other

    def write(self) -> Iterator[Written]:
        """Yield the lines of each metric that has a value now, in the order of their names."""
        for name in self.names:
            written = self.metric(name)
            if written:
                yield written

    def metric(self, name: str, *, is_headed: bool = False, packs: bool = False) -> Written | None:
        """Return the lines of one metric; None: it has no value now.

        Args:
            name: the metric's.
            is_headed: whether its head stands on the page already, so that it is not kept with the lines.
            packs: whether the page is compressed.
        """
        group = self._groups.get(name)
        if group is None:
            return None
        stamp, shelf = group.stamp(is_headed=is_headed), group.shelf
        is_same = shelf.stamp == stamp and not group.singles
        shelf.stamp, shelf.block = stamp, None
        packs = packs and not is_same and not group.fixed and not group.singles
        lines, count, packed = _lines(group, packs=packs)
        return Written(group.name, group.head, lines, count, shelf if is_same else None, packed) if count else None

    def packed(self, name: str, *, is_headed: bool) -> Block | None:
        """Return the lines of one metric as they were compressed for an earlier page; None: they are others now.

        Args:
            name: the metric's.
            is_headed: whether its head stands on the page already; else it has to be with the lines.
        """
        group = self._groups.get(name)
        if group is None or group.shelf.block is None or group.shelf.stamp != group.stamp(is_headed=is_headed):
            return None
        return group.shelf.block


def _first(stamps: list[object], groups: Iterable[_Group]) -> list[object]:
    """Return stamps that no strip has."""
    stamps.extend(-1 for group in groups for _one in (*group.strips, *group.singles))
    return stamps


def _lines(group: _Group, *, packs: bool) -> tuple[bytes, int, bytes | None]:
    """Return a metric's lines, how many those are, and what they are compressed where that is at hand."""
    name = group.name.encode()
    found = [group.fixed] if group.fixed else []  # lines that are alone are not copied
    count = group.fixed.count(b"\n")
    packed: list[bytes | None] = [] if packs else [None]
    for answer, pick, template, samples, stencil in group.strips:
        if answer.is_fresh:
            numbers = tuple(pick(answer.values))
            told = template.replace(NAME, name) % numbers
            found.append(told)
            count += samples
            if packs:
                packed.append(stencil.fill(told, numbers))
    for single in group.singles:
        line = single.write()
        if line:
            found.append(line)
            count += 1
    return b"".join(found), count, None if None in packed else b"".join(filter(None, packed))


class _Maker:
    """Finds the cells of series in answers, and shares what is alike."""

    def __init__(self, asset: Polled, answers: Iterable[Expected]) -> None:
        self._asset = asset
        self._places = _places(answers)
        self._shared: dict[bytes, bytes] = {}
        self._about: dict[str, str] = {}

    def group(self, series: Sequence[Series]) -> _Group:
        metric = series[0].metric
        fixed: list[bytes] = []
        strips: list[_Strip] = []
        singles: list[_Single] = []
        run: list[tuple[Series, int]] = []
        of: Expected | None = None
        for one in series:
            places = [self._places[cell] for cell in ((column + row) for column, row in one.cells)]
            if one.convert is None and len(places) == 1:
                answer, at = places[0]
                if answer is not of and run:
                    strips.append(self._strip(of, run))
                    run = []
                of = answer
                run.append((one, at))
            elif places and one.convert is not None:
                singles.append(_Single(self._labelled(one, name=True), one.convert, tuple(places)))
            else:
                fixed.append(self._labelled(one, name=True) + b" 1\n")
        if run:
            strips.append(self._strip(of, run))
        return _Group(metric.name, head(metric), b"".join(fixed), tuple(strips), tuple(singles), Shelf())

    def _strip(self, answer: Expected | None, run: Sequence[tuple[Series, int]]) -> _Strip:
        assert answer is not None  # noqa: S101 - for the type checker: a run has one
        template = b"".join(NAME + self._labelled(one).replace(b"%", b"%%") + b" %d\n" for one, _at in run)
        places = [at for _one, at in run]
        return _Strip(answer, _picker(places), self._shared.setdefault(template, template), len(run), Stencil())

    def _labelled(self, one: Series, *, name: bool = False) -> bytes:
        metric = one.metric
        about = self._about.get(metric.laag) or self._about.setdefault(metric.laag, self._asset.labels(metric.laag))
        own = (f'{label}="{escape(fitting(value))}"' for label, value in zip(metric.labels, one.labels, strict=True))
        told = ",".join(filter(None, (about, clean(",".join(own)))))
        return (metric.name if name else "").encode() + (f"{{{told}}}".encode() if told else b"")


def _places(answers: Iterable[Expected]) -> Mapping[Oid, tuple[Expected, int]]:
    return {name: (answer, at) for answer in answers for at, name in enumerate(answer.part.names)}


def _picker(places: Sequence[int]) -> Callable[[Sequence[Plain]], Sequence[Plain]]:
    """Return what takes the values at these places: a slice where they are evenly spaced."""
    step = places[1] - places[0] if len(places) > 1 else 1
    if step > 0 and all(after - before == step for before, after in pairwise(places)):
        return itemgetter(slice(places[0], places[-1] + 1, step))
    return itemgetter(*places)
