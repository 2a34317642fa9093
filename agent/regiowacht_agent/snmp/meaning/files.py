"""Reads what stands in one file: its tables, and the series of each."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

from regiowacht_agent.snmp.meaning import checks, expression, words
from regiowacht_agent.snmp.meaning.row import INDEX
from regiowacht_agent.snmp.meaning.rule import FileRule, Lookup, SeriesRule, TableRule, columns_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from regiowacht_agent.snmp.meaning.checks import Place
    from regiowacht_agent.snmp.meaning.rule import Node, Template, TextRule
    from regiowacht_contract.metric import Metric


def texts(folder: str) -> dict[str, str]:
    """Return the files of a folder of this package, by name."""
    entries = (resources.files("regiowacht_agent.snmp") / folder).iterdir()
    found = {entry.name: entry for entry in entries if entry.name.endswith(".toml")}
    return {name.removesuffix(".toml"): found[name].read_text(encoding="utf-8") for name in sorted(found)}


def toml(place: Place, text: str) -> dict[str, Any]:
    """Return what a file says.

    Raises:
        CatalogueError: it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise place.bad("TOML", error) from None


def file_of(
    place: Place, told: Mapping[str, Any], tables: Sequence[Mapping[str, Any]], known: Mapping[str, Metric]
) -> FileRule:
    """Return the rules of a file whose own keys were checked.

    Raises:
        CatalogueError: something in it breaks the rules of the format.
    """
    place.known(told["checked"], checks.CHECKED, "checked")
    groups = {str(group): bool(is_on) for group, is_on in told.get("groups", {}).items()}
    enums = {key: {str(number): word for number, word in words.items()} for key, words in told.get("enums", {}).items()}
    rules = tuple(_Table(place, table, groups, enums, known).rule() for table in tables)
    if len({table.name for table in rules}) < len(rules):
        raise place.bad("name", "two tables have the same")
    without = tuple(map(str, told.get("without", [])))
    return FileRule(place.file, told["title"], told["source"], told["checked"], groups, rules, without)


class _Table:
    """Reads one table."""

    def __init__(
        self,
        place: Place,
        told: Mapping[str, Any],
        groups: Mapping[str, bool],
        enums: Mapping[str, Mapping[str, str]],
        known: Mapping[str, Metric],
    ) -> None:
        self._place = place.at(str(told.get("name", "-")))
        self._place.keys(told, checks.TABLE, ("name", "columns", "series"))
        self._file = place.file
        self._told = told
        self._groups = groups
        self._enums = enums
        self._known = known
        self._columns = {key: self._place.oid(oid) for key, oid in told["columns"].items()}
        self._index = tuple(self._index_part(part) for part in told.get("index", []))
        self._lookups = told.get("lookups", {})
        self._values = {*self._columns, *self._lookups}
        self._texts: dict[str, TextRule] = {}
        self._names = {*self._values, *(part for part, _kind in self._index), INDEX}
        self._check_names()

    def rule(self) -> TableRule:
        """Return its rule."""
        told, place = self._told, self._place
        anchors = told.get("anchor", next(iter(self._columns)))
        anchors = [anchors] if isinstance(anchors, str) else anchors
        return TableRule(
            name=f"{self._file}/{told['name']}",
            columns=self._columns,
            lookups={key: self._lookup(key, one) for key, one in self._lookups.items()},
            parts=self._index,
            fixed=tuple(place.known(one, self._values, "column") for one in told.get("fixed", [])),
            anchors=tuple(self._columns[place.known(one, self._columns, "column")] for one in anchors),
            scalars=told.get("scalars", False),
            instead_of=tuple(told.get("instead_of", [])),
            behind=tuple(told.get("behind", [])),
            idle=self._tests("idle", told.get("idle", {}), self._columns),
            show={
                place.known(key, self._names, "column"): place.at("show").show(how, self._names, self._enums)
                for key, how in told.get("show", {}).items()
            },
            texts=self._texts,
            series=tuple(self._series(one) for one in told["series"]),
        )

    def _check_names(self) -> None:
        for name in self._names:
            if not checks.IDENTIFIER.fullmatch(name):
                raise self._place.bad("name", name)
        if len(self._names) < len(self._columns) + len(self._lookups) + len(self._index) + 1:
            raise self._place.bad("name", "two columns, lookups or index parts have the same")
        for name, told in self._told.get("texts", {}).items():
            if not checks.IDENTIFIER.fullmatch(name) or name in self._names:
                raise self._place.bad("texts", name)
            self._texts[name] = self._place.at(name).text(told, self._names)
            self._names.add(name)

    def _index_part(self, told: object) -> tuple[str, str]:
        name, _, kind = str(told).partition(":")
        return name, self._place.known(kind or "number", checks.INDEX_KINDS, "index")

    def _lookup(self, key: str, told: Mapping[str, Any]) -> Lookup:
        place = self._place.at(key)
        place.keys(told, checks.LOOKUP, ("oid",))
        if len({"by", "row", "where"} & told.keys()) != 1:
            raise place.bad("by, row, where", "one of them")
        by = tuple(place.known(one, self._names - {INDEX}, "column") for one in told.get("by", []))
        row = tuple(map(int, str(told["row"]).split("."))) if "row" in told else None
        where = told.get("where")
        if where is not None:
            place.keys(where, checks.WHERE, ("oid", "is"))
        return Lookup(
            place.oid(told["oid"]), by, row, (place.oid(where["oid"]), tuple(map(str, where["is"]))) if where else None
        )

    def _tests(self, what: str, told: Mapping[str, Any], names: Collection[str]) -> tuple[tuple[str, Any], ...]:
        place = self._place.at(what)
        return tuple((place.known(key, names, "column"), place.test(test)) for key, test in told.items())

    def _series(self, told: Mapping[str, Any]) -> SeriesRule:
        place = self._place.at(str(told.get("metric", "-")))
        place.keys(told, checks.SERIES, ("metric", "value"))
        metric = self._known[place.known(told["metric"], self._known, "metric")]
        value = self._expression(place, "value", str(told["value"]))
        rows = told.get("rows", "")
        if rows:
            place.known(rows, self._columns, "column")
        elif not set(columns_of(value)) & self._columns.keys():
            raise place.bad("value", "without a column it takes rows")
        meanings, other = words.of(place, told)
        scale = told.get("scale", 1)
        if not scale:
            raise place.bad("scale", scale)
        return SeriesRule(
            metric=metric.name,
            value=value,
            rows=rows,
            labels=self._labels(place, metric, told),
            group=place.known(told["group"], self._groups, "group") if "group" in told else "",
            slow=told.get("slow", False),
            always=told.get("always", False),
            absent=tuple(place.known(one, self._values, "column") for one in told.get("absent", [])),
            when=self._tests("when", told.get("when", {}), self._names - {INDEX}),
            unless=self._tests("unless", told.get("unless", {}), self._names - {INDEX}),
            require=self._expression(place, "require", told["require"]) if "require" in told else None,
            scale=scale,
            offset=told.get("offset", 0),
            sentinels=tuple(told.get("sentinels", [])),
            range=words.limits(place, told),
            text=words.pattern(place, told),
            words=meanings,
            other=other,
        )

    def _expression(self, place: Place, what: str, text: str) -> Node:
        try:
            node = expression.parse(text)
        except expression.NoExpression as error:
            raise place.bad(what, f"{text}: {error}") from None
        for name in columns_of(node):
            place.known(name, self._values, "column")
        return node

    def _labels(
        self, place: Place, metric: Metric, told: Mapping[str, Any]
    ) -> tuple[tuple[str, tuple[Template, ...]], ...]:
        """Return the templates of each label that the metric has; a column of a label's name fills it by itself."""
        given = dict(told.get("labels", {}))
        if "name" in told:
            place.known("name", metric.labels, "label")
        for label in given:
            place.known(label, metric.labels, "label")
        name = told.get("name", self._told.get("row_name"))
        found = []
        for label in metric.labels:
            if label == "name" and name is not None:
                templates = name
            elif label in given:
                templates = given[label]
            elif label in self._names:
                templates = f"{{{label}}}"
            else:
                raise place.bad("labels", f"{label}: -")
            found.append((label, self._templates(place, templates)))
        return tuple(found)

    def _templates(self, place: Place, told: object) -> tuple[Template, ...]:
        texts = told if isinstance(told, list) else [told]
        return tuple(self._template(place, str(text)) for text in texts)

    def _template(self, place: Place, text: str) -> Template:
        """Return pairs of literal text and the name behind it."""
        pieces = checks.PLACEHOLDER.split(text)
        literals, names = pieces[::2], [place.known(one, self._names, "column") for one in pieces[1::2]]
        return tuple(zip(literals, [*names, ""], strict=True))
