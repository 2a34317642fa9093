"""Keeps the types and help of a page, as both formats write them.

Source: "Exposition formats" in Prometheus' documentation; OpenMetrics 1.0.
"""

from __future__ import annotations

import re

HEAD = re.compile(r"#[ \t]+(TYPE|HELP)[ \t]+([a-zA-Z_:][a-zA-Z0-9_:]*)(?:[ \t]+(.*))?")
TYPES = frozenset({"counter", "gauge", "histogram", "summary", "untyped"})
PARTS = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "summary": ("_count", "_sum", "_created"),
    "info": ("_info",),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
}
"""What the names of a family's series end on, beside the family's own name."""

HELP_MAX = 1_000
HEADS_MAX = 50_000


class Heads:
    """The families of a page: their types and help.

    Args:
        is_openmetrics: a counter's family is called without ``_total``, as OpenMetrics has it.
    """

    def __init__(self, is_openmetrics: bool) -> None:
        self.is_openmetrics = is_openmetrics
        self._types: dict[str, str] = {}
        self._help: dict[str, str] = {}

    def read(self, line: str) -> None:
        """Take in a comment; of two about the same the first one holds."""
        match = HEAD.fullmatch(line)
        if match is None or len(self._types) > HEADS_MAX:
            return
        what, name, text = match[1], match[2], match[3] or ""
        if what == "HELP":
            self._help.setdefault(name, text[:HELP_MAX])
        else:
            self._types.setdefault(name, text.strip().lower())

    def family(self, series: str) -> str:
        """Return the name under which a series stands in the text format 0.0.4."""
        told = self._declared(series)
        kind = self._types.get(told, "")
        if kind in {"histogram", "summary"} and not series.endswith("_created"):
            return told
        return series

    def text(self, family: str) -> str:
        """Return the HELP and TYPE lines of a family in the text format 0.0.4."""
        told = self._declared(family)
        kind = self._types.get(told, "untyped")
        if kind in {"info", "stateset"} or family.endswith("_created"):
            kind = "gauge"
        elif kind not in TYPES or (told != family and kind not in {"counter"}):
            kind = "untyped"
        words = _escaped(self._help.get(told, ""))
        return (f"# HELP {family} {words}\n" if words else "") + f"# TYPE {family} {kind}\n"

    def _declared(self, series: str) -> str:
        """Return the family that a series was declared under, or its own name."""
        if series in self._types:
            return series
        for kind, endings in PARTS.items():
            for ending in endings:
                base = series.removesuffix(ending)
                if base != series and self._types.get(base) == kind and self._may_have(kind, ending):
                    return base
        return series

    def _may_have(self, kind: str, ending: str) -> bool:
        return self.is_openmetrics or kind in {"histogram", "summary"} or ending == "_created"


def _escaped(text: str) -> str:
    """Return help whose backslashes are all escapes that the format knows."""
    return re.sub(r"\\(?![\\n])", r"\\\\", text) if "\\" in text else text
