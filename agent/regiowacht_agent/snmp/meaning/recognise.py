"""Which family a device is of: by what it says it is, and where many say the same, by what it has.

A way leads to a family: a prefix of sysObjectID, a regular expression for sysDescr, an object that the device must
have; whatever a way names must hold. Of the ways that hold, the one counts that has the highest rank, then the longest
prefix, then the most conditions. So devices are asked for an object only where something that goes before depends on
it.
"""

from __future__ import annotations

import re

from regiowacht_agent.snmp.meaning import show
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from regiowacht_agent.snmp.meaning.rule import FileRule
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value

UNKNOWN = "unknown"
"""What a device is called whose family no file describes."""


class Way(NamedTuple):
    """A way to recognise a family.

    Attributes:
        family: its name.
        prefix: sysObjectID is this, or lies below; () for any.
        descr: is found in sysDescr, on one line; "" for any.
        probe: column or object that the device has; () for none.
        value: is found in the first value there; "" for any.
        rank: goes before everything else; 0 as a rule.
    """

    family: str
    prefix: Oid
    descr: str
    probe: Oid
    value: str
    rank: int

    @property
    def weight(self) -> tuple[int, int, int]:
        """How much it counts against others that hold too."""
        return self.rank, len(self.prefix), sum(map(bool, (self.descr, self.probe, self.value)))

    @property
    def words(self) -> str:
        """What it looks at, for a person."""
        told = []
        if self.prefix:
            told.append(f"sysObjectID below {oid_text(self.prefix)}")
        if self.descr:
            told.append(f"sysDescr matches {self.descr}")
        if self.probe:
            told.append(f"has {oid_text(self.probe)}" + (f" that matches {self.value}" if self.value else ""))
        return ", ".join(told)


class Family(NamedTuple):
    """A family's file.

    Attributes:
        file: its tables.
        ways: how its devices are recognised.
        also: tables of other families that its devices have too.
    """

    file: FileRule
    ways: tuple[Way, ...]
    also: tuple[str, ...] = ()


class Recognised(NamedTuple):
    """What a device was recognised as.

    Attributes:
        family: name of the family; "" where no file describes it.
        why: what that was decided by, in words; "" likewise.
        rivals: families that a way leads to which counts just as much: their files want a ``rank``.
    """

    family: str
    why: str
    rivals: tuple[str, ...] = ()


NOTHING = Recognised("", "")


def candidates(ways: Iterable[Way], object_id: Oid, descr: Value | None) -> tuple[Way, ...]:
    """Return the ways that may hold, what counts most first, up to the first that needs nothing more to be asked."""
    text = show.plain_text(descr)
    holding = [
        way
        for way in ways
        if object_id[: len(way.prefix)] == way.prefix and (not way.descr or re.search(way.descr, text))
    ]
    holding.sort(key=lambda way: (*(-one for one in way.weight), way.family))
    sure = next((way.weight for way in holding if not way.probe), None)
    return tuple(way for way in holding if sure is None or way.weight >= sure)


def probes(ways: Iterable[Way]) -> tuple[Oid, ...]:
    """Return what a device must be asked for, each once: what follows each name decides."""
    return tuple(dict.fromkeys(way.probe for way in ways if way.probe))


def decide(ways: Sequence[Way], found: Mapping[Oid, Value]) -> Recognised:
    """Return what a device is.

    Args:
        ways: candidates, in their order.
        found: the first value at or below each probe that has one.
    """
    holding = [way for way in ways if _holds(way, found)]
    if not holding:
        return NOTHING
    first = holding[0]
    rivals = {way.family for way in holding if way.weight == first.weight} - {first.family}
    return Recognised(first.family, first.words, tuple(sorted(rivals)))


def _holds(way: Way, found: Mapping[Oid, Value]) -> bool:
    if not way.probe:
        return True
    value = found.get(way.probe)
    return value is not None and (not way.value or re.search(way.value, show.plain_text(value)) is not None)
