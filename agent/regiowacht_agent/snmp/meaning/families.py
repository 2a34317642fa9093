"""Reads files of families: tables as elsewhere, and besides how a device is recognised and what it says it is."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from regiowacht_agent.snmp.meaning import checks
from regiowacht_agent.snmp.meaning.checks import Place
from regiowacht_agent.snmp.meaning.files import file_of, texts, toml
from regiowacht_agent.snmp.meaning.recognise import UNKNOWN, Family, Way

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from regiowacht_contract.metric import Metric

FILE = {**checks.FILE, "recognise": list, "identity": dict, "without": list, "also": list}
WAY = {"objects": list, "descr": str, "probe": str, "value": str, "rank": int}
LABELS = ("vendor", "model", "os", "version", "serial")
IDENTITY = {**dict.fromkeys(LABELS, (str, list)), "columns": dict, "lookups": dict, "texts": dict, "show": dict}
STANDARD = "system"
"""Table ``system/system`` tells what standard MIBs know of a device; a family's identity is that one and more."""

ENTERPRISES = (1, 3, 6, 1, 4, 1)


def read(name: str, text: str, known: Mapping[str, Metric]) -> Family:
    """Return a family.

    Args:
        name: of the file, without ``.toml``; the family is called so.
        text: what stands in it.
        known: metrics that it may tell.

    Raises:
        CatalogueError: it breaks the rules of the format; the error says where, and what is near.
    """
    place = Place(name)
    told = toml(place, text)
    place.keys(told, FILE, ("title", "source", "checked", "recognise", "identity"))
    if not checks.IDENTIFIER.fullmatch(name) or name == UNKNOWN:
        raise place.bad("name", name)
    ways = tuple(way for one in told["recognise"] for way in _ways(place.at("recognise"), name, one))
    if not ways:
        raise place.bad("recognise", "-")
    identity = _identity(place.at("identity"), name, told["identity"])
    told["without"] = [*told.get("without", []), f"{STANDARD}/{STANDARD}"]
    return Family(file_of(place, told, [identity, *told.get("table", [])], known), ways, tuple(told.get("also", [])))


def together(families: Sequence[Family]) -> list[Family]:
    """Return the families, each with the tables that it has of others.

    Raises:
        CatalogueError: there is no such table.
    """
    tables = {table.name: table for family in families for table in family.file.tables}
    found = []
    for family in families:
        place = Place(family.file.name, "also")
        others = tuple(tables[place.known(name, tables, "table")] for name in family.also)
        found.append(family._replace(file=family.file._replace(tables=(*family.file.tables, *others))))
    return found


def check_together(families: Sequence[Family], others: Collection[str]) -> None:
    """Check that no two families are recognised in the same way, and none is called like a file of tables.

    Raises:
        CatalogueError: a device would be of two families at once.
    """
    known: dict[tuple[object, ...], str] = {}
    for family in families:
        if family.file.name in others:
            raise Place(family.file.name).bad("name", "a file of tables has the same")
        for way in family.ways:
            key = (way.prefix, way.descr, way.probe, way.value)
            other = known.setdefault(key, family.file.name)
            if other != family.file.name:
                raise Place(family.file.name, "recognise").bad(way.words, f"{other} is recognised by the same")


def _ways(place: Place, family: str, told: Mapping[str, Any]) -> tuple[Way, ...]:
    """Return the ways that one entry comes to: one for each prefix."""
    place.keys(told, WAY)
    if "value" in told and "probe" not in told:
        raise place.bad("value", "without a probe there is none")
    descr, value = place.regex(told.get("descr", "")), place.regex(told.get("value", ""))
    probe = place.oid(told["probe"]) if "probe" in told else ()
    prefixes = [place.oid(text) for text in told.get("objects", [])] or [()]
    if not prefixes[0] and not descr and not probe:
        raise place.bad("objects, descr, probe", "-")
    for prefix in prefixes:
        if prefix and (prefix[: len(ENTERPRISES)] != ENTERPRISES or len(prefix) == len(ENTERPRISES)):
            raise place.bad("objects", "no object of an enterprise")
    return tuple(Way(family, prefix, descr, probe, value, told.get("rank", 0)) for prefix in prefixes)


@functools.cache
def _standard() -> Mapping[str, Any]:
    """Return what the table says that tells of any device what it is."""
    (table,) = toml(Place(STANDARD), texts("tables")[STANDARD])["table"]
    return table  # type: ignore[no-any-return] # TOML


def _identity(place: Place, family: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table that tells what a device of a family is: the standard one, with what its file knows better."""
    place.keys(told, IDENTITY, ("vendor", "os"))
    standard = _standard()
    series = [
        {**one, "labels": _labels(one["labels"], family, told)} if "labels" in one else one
        for one in standard["series"]
    ]
    added = {key: {**standard.get(key, {}), **told.get(key, {})} for key in ("columns", "lookups", "texts", "show")}
    return {**standard, **added, "name": "identity", "series": series}


def _labels(standard: Mapping[str, Any], family: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return templates for each label: the family's, then what standard MIBs tell."""
    own = {label: _as_list(told[label]) + _as_list(standard[label]) for label in LABELS if label in told}
    return {**standard, **own, "family": family}


def _as_list(told: Any) -> list[Any]:
    return list(told) if isinstance(told, list) else [told]


__all__ = ["LABELS", "Family", "check_together", "read", "together"]
