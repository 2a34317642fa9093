"""What a device of a family is to the region folder: its kind, and its platform for audits (``kinds.toml``)."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import Any, NamedTuple

OTHER = "other"


class Kind(NamedTuple):
    """What a device is to the region folder.

    Attributes:
        kind: a kind of device, or ``server``.
        platform: as netmiko names it; "" where it knows none.
    """

    kind: str
    platform: str


UNKNOWN = Kind(OTHER, "")


class Except(NamedTuple):
    """Devices of a family that are of another kind than most.

    Attributes:
        family: its name.
        find: is found in their model, or where they tell none in sysDescr.
        what: they are.
    """

    family: str
    find: str
    what: Kind


def kind_of(family: str, model: str = "", descr: str = "") -> Kind:
    """Return what a device is; ``other`` for a family that is unknown, or that the table says nothing of."""
    for one in exceptions():
        if one.family == family and re.search(one.find, model or descr):
            return one.what
    return families().get(family, UNKNOWN)


@functools.cache
def families() -> dict[str, Kind]:
    """Return what most devices of each family are."""
    return {
        family: Kind(kind, platform)
        for kind, told in _told().items()
        if kind != "except"
        for family, platform in told.items()
    }


@functools.cache
def exceptions() -> tuple[Except, ...]:
    """Return the exceptions, the first that holds first."""
    return tuple(Except(one["family"], one["find"], Kind(one["kind"], one["platform"])) for one in _told()["except"])


@functools.cache
def _told() -> dict[str, Any]:
    text = (resources.files("regiowacht_agent.snmp") / "kinds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
