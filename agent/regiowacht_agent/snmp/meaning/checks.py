"""What may stand in a file of tables: keys, and what each holds; errors say where, and what is near."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from regiowacht_agent.snmp.meaning.rule import TextRule
from regiowacht_agent.snmp.oid import parse_oid
from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from regiowacht_agent.snmp.meaning.rule import Show, Test
    from regiowacht_agent.snmp.oid import Oid

FILE = {"title": str, "source": str, "checked": str, "groups": dict, "enums": dict, "table": list}
TABLE = {
    "name": str, "columns": dict, "lookups": dict, "index": list, "fixed": list, "anchor": (str, list),
    "scalars": bool, "instead_of": list, "behind": list, "idle": dict, "show": dict, "texts": dict,
    "row_name": (str, list), "series": list,
}  # fmt: skip
LOOKUP = {"oid": str, "by": list, "row": str, "where": dict}
TEXT = {"of": str, "find": (str, list), "words": dict}
WHERE = {"oid": str, "is": list}
SERIES = {
    "metric": str, "value": (str, int), "rows": str, "name": (str, list), "labels": dict, "group": str, "slow": bool,
    "always": bool, "absent": list, "when": dict, "unless": dict, "require": str, "scale": (int, float),
    "offset": (int, float), "sentinels": list, "range": list, "text": (str, bool), "states": dict, "map": dict,
}  # fmt: skip
TEST = {"min": (int, float), "max": (int, float)}
CHECKED = ("recording", "documentation")
INDEX_KINDS = ("number", "text", "rest", "rest-text", "mac", "ipv4")
SHOWS = ("text", "raw", "mac", "mac48", "id", "time")
STATES = {"ok": 0.0, "warning": 1.0, "critical": 2.0, "unknown": 3.0}
ABSENT = "absent"
IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Place:
    """Where in a file something stands, for the error.

    Args:
        file: the file's name.
        where: table and series in words; "" for the file itself.
    """

    def __init__(self, file: str, where: str = "") -> None:
        self.file = file
        self.where = where

    def at(self, where: str) -> Place:
        """Return a place within this one."""
        return Place(self.file, f"{self.where}, {where}" if self.where else where)

    def bad(self, what: str, value: object) -> CatalogueError:
        """Return the error that something is not right there."""
        return CatalogueError("snmp-tables.bad-value", file=self.file, where=self.where or "-", what=what, value=value)

    def keys(self, told: Mapping[str, Any], known: Mapping[str, Any], needed: Iterable[str] = ()) -> None:
        """Check keys and the types of what they hold.

        Raises:
            CatalogueError: one is not known, is missing, or holds something else.
        """
        for key, value in told.items():
            if key not in known:
                raise CatalogueError(
                    "snmp-tables.no-key",
                    file=self.file,
                    where=self.where or "-",
                    key=key,
                    nearest=nearest(key, known) or "-",
                )
            if not isinstance(value, known[key]):
                raise self.bad(key, value)
        for key in needed:
            if key not in told:
                raise self.bad(key, "-")

    def known(self, name: str, names: Collection[str], what: str) -> str:
        """Return a name.

        Raises:
            CatalogueError: it is none of the names that there are.
        """
        if name in names:
            return name
        raise CatalogueError(
            "snmp-tables.no-name",
            file=self.file,
            where=self.where or "-",
            what=what,
            name=name,
            nearest=nearest(str(name), names) or "-",
        )

    def oid(self, text: object) -> Oid:
        """Return an object identifier.

        Raises:
            CatalogueError: it is none.
        """
        try:
            return parse_oid(str(text))
        except ValueError as error:
            raise self.bad(str(error), text) from None

    def regex(self, text: str) -> str:
        """Return a regular expression.

        Raises:
            CatalogueError: it is none.
        """
        try:
            re.compile(text)
        except re.error as error:
            raise self.bad(str(error), text) from None
        return text

    def test(self, told: object) -> Test:
        """Return a test: a list of values, a regular expression, or a least and a most.

        Raises:
            CatalogueError: it is none.
        """
        if isinstance(told, list) and told and all(isinstance(one, int | str) for one in told):
            return ("in", tuple(map(str, told)))
        if isinstance(told, str):
            return ("match", self.regex(told))
        if isinstance(told, dict) and told:
            self.keys(told, TEST)
            return ("from", told.get("min"), told.get("max"))
        raise self.bad("test", told)

    def text(self, told: object, names: Collection[str]) -> TextRule:
        """Return how a text is made of another one.

        Raises:
            CatalogueError: it says nothing, or something else.
        """
        if not isinstance(told, dict):
            raise self.bad("texts", told)
        self.keys(told, TEXT, ("of",))
        find = told.get("find", [])
        patterns = tuple(map(self.regex, map(str, find if isinstance(find, list) else [find])))
        words = {str(key): str(word) for key, word in told.get("words", {}).items()}
        if not patterns and not words:
            raise self.bad("find, words", "-")
        return TextRule(self.known(told["of"], names, "column"), patterns, words)

    def show(self, told: object, names: Collection[str], enums: Mapping[str, Mapping[str, str]]) -> Show:
        """Return how a column is shown.

        Raises:
            CatalogueError: there is no such way.
        """
        if isinstance(told, dict) and "by" in told:
            by = self.known(told["by"], names, "column")
            rest = {str(key): self.show(value, names, enums) for key, value in told.items() if key != "by"}
            return ("by", by, rest)
        if not isinstance(told, str):
            raise self.bad("show", told)
        if told.startswith("enum:"):
            return ("enum", dict(enums[self.known(told.removeprefix("enum:"), enums, "enum")]))
        return (self.known(told, SHOWS, "show"),)
