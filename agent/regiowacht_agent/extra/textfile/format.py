"""Reads the text format as scripts write it into files, line by line: a broken line costs only itself.

Source: "Exposition formats", Text-based format, in the documentation of Prometheus; where that leaves room, what the
parser of node_exporter takes. CRLF and a byte order mark, as Windows tools write them, are let pass.
"""

from __future__ import annotations

import re

from regiowacht_contract.defaults import LABEL_NAME_MAX, LABEL_VALUE_MAX_BYTES
from regiowacht_contract.light import NamedTuple, dataclass, field

TIMESTAMP = "timestamp"
UNFINISHED = "unfinished"
DUPLICATE = "duplicate"
GARBAGE = "garbage"
WHY = {
    TIMESTAMP: "a sample has a time of its own, which would be wrong at every later scrape; the whole file is refused",
    UNFINISHED: "the last line has no end; write to another name first and rename",
    DUPLICATE: "the same series was told before, here or in a file before this one",
    "sample": 'neither a comment nor NAME{LABEL="VALUE"} NUMBER',
    "labels": 'the labels are not NAME="VALUE", with each name once, 30 at most, none too long',
    "number": "the value is no number",
    "comment": "HELP or TYPE of what is no metric name, or without a text or type",
    "type": "no type of the text format: counter, gauge, histogram, summary, untyped",
    "type-late": "TYPE after samples of its metric, or a second one",
    "help-twice": "a second HELP of the same metric",
    "part": "no part of a histogram or summary: bare name, missing or wrong le or quantile",
    "not-utf8": "bytes that are no UTF-8, or a null character",
    GARBAGE: "more than 1000 broken lines; the whole file is refused",
}
"""Why a line is refused, by the word that the metric has for it. Never what stands in the line: it may be a secret."""

TYPES = ("counter", "gauge", "histogram", "summary", "untyped")
PARTS = {"histogram": ("_bucket", "_count", "_sum"), "summary": ("_count", "_sum")}
NUMBER_LENGTH_MAX = 64
LABELS_MAX = 30
REFUSED_MAX = 1000
"""Broken lines in a file that is read to its end."""

# Possessive repetitions: no line, however it is made, takes more than one walk.
ROW = re.compile(
    r'([a-zA-Z_:][a-zA-Z0-9_:]*+)(?:[ \t]*+\{((?:[^"}]++|"(?:[^"\\]++|\\.)*+")*+)\}[ \t]*+|[ \t]++)'
    r"([^ \t]++)(?:[ \t]++(-?[0-9]++))?"
)
LABEL = re.compile(r'[ \t]*+([a-zA-Z_][a-zA-Z0-9_]*+)[ \t]*+=[ \t]*+"((?:[^"\\]++|\\[\\"n])*+)"[ \t]*+(?:,[ \t]*+|$)')
NUMBER = re.compile(
    r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|[+-]?inf(?:inity)?|nan", re.I | re.A
)
COMMENT = re.compile(r"#[ \t]*+(HELP|TYPE)(?=[ \t]|$)(?:[ \t]++([a-zA-Z_:][a-zA-Z0-9_:]*+)(?:[ \t]++(.*))?$)?")
ESCAPE = re.compile(r'\\([\\"n])')


class Row(NamedTuple):
    """One series: the line it stands in, its name, names and values of its labels, its value as it was written."""

    line: int
    name: str
    labels: tuple[str, ...]
    values: tuple[str, ...]
    number: str


@dataclass(slots=True)
class Group:
    """What a file tells of one metric; a histogram's or summary's rows have suffixes to its name.

    Attributes:
        name: of the metric.
        line: where it is first spoken of.
        kind: word of its TYPE line, "" without one.
        help: text of its HELP line, "" without one.
        rows: its series in the order of the file.
    """

    name: str
    line: int
    kind: str = ""
    help: str = ""
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Refused:
    """What was refused of one file: how many lines, and the first of them with its reason (a key of ``WHY``)."""

    count: int = 0
    line: int = 0
    reason: str = ""

    def add(self, line: int, reason: str) -> None:
        """Count one more; lines need not come in order."""
        self.count += 1
        if not self.reason or line < self.line:
            self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds: the metrics that can be told, and what cannot."""

    groups: tuple[Group, ...]
    refused: Refused


class _Broken(Exception):
    """A line that is refused; its message is a key of ``WHY``."""


def parse(data: bytes) -> Parsed:
    """Return what a file holds; never raises, whatever it holds."""
    return _Parser().read(data)


def is_number(text: str) -> bool:
    """Whether it is a number that both Go's ParseFloat and Python's float take."""
    if len(text) > NUMBER_LENGTH_MAX or NUMBER.fullmatch(text) is None:
        return False
    return abs(float(text)) != float("inf") or "inf" in text.lower()


class _Parser:
    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._refused = Refused()
        self._labels: dict[tuple[str, ...], tuple[str, ...]] = {}

    def read(self, data: bytes) -> Parsed:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
        *lines, rest = text.split("\n")
        check = not text.isascii() or "\0" in text
        for at, raw in enumerate(lines, 1):
            line = raw.strip(" \t\r")
            if not line:
                continue
            try:
                self._line(at, line, check)
            except _Broken as broken:
                if str(broken) == TIMESTAMP:
                    return Parsed((), Refused(1, at, TIMESTAMP))
                self._refused.add(at, str(broken))
                if self._refused.count > REFUSED_MAX:
                    return Parsed((), Refused(1, at, GARBAGE))
        if rest.strip(" \t\r"):
            self._refused.add(len(lines) + 1, UNFINISHED)
        return Parsed(tuple(group for group in self._groups.values() if group.rows), self._refused)

    def _line(self, at: int, line: str, check: bool) -> None:
        if check and not _is_text(line):
            raise _Broken("not-utf8")
        if line[0] == "#":
            self._comment(at, line)
        else:
            self._row(at, line)

    def _comment(self, at: int, line: str) -> None:
        match = COMMENT.match(line)
        if match is None:
            return
        word, name, text = match.groups()
        if not name:
            raise _Broken("comment")
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = Group(name, at)
        if word == "HELP":
            if group.help:
                raise _Broken("help-twice")
            group.help = _unescape(text or "")
            return
        kind = (text or "").lower()
        if kind not in TYPES:
            raise _Broken("type")
        if group.kind or group.rows:
            raise _Broken("type-late")
        group.kind = kind

    def _row(self, at: int, line: str) -> None:
        match = ROW.fullmatch(line)
        if match is None or len(match[1]) > LABEL_VALUE_MAX_BYTES:
            raise _Broken("sample")
        name, inside, number, timestamp = match.groups()
        labels, values = _labels(inside) if inside else ((), ())
        if not is_number(number):
            raise _Broken("number")
        if timestamp is not None:
            raise _Broken(TIMESTAMP)
        group = self._group(at, name)
        if group.kind in PARTS and not _is_part(group, name, labels, values):
            raise _Broken("part")
        labels = self._labels.setdefault(labels, labels)  # one object for the many series that have the same
        group.rows.append(Row(at, name, labels, values, number))

    def _group(self, at: int, name: str) -> Group:
        """Return the metric that a series belongs to; made when nothing was said of it before."""
        group = self._groups.get(name)
        if group is not None:
            return group
        base, _, suffix = name.rpartition("_")
        whole = self._groups.get(base)
        if whole is not None and f"_{suffix}" in PARTS.get(whole.kind, ()):
            return whole
        group = self._groups[name] = Group(name, at)
        return group


def _labels(inside: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names and values of what stands between the braces."""
    names: list[str] = []
    values: list[str] = []
    at = 0
    inside = inside.strip(" \t")
    while at < len(inside):
        match = LABEL.match(inside, at)
        if match is None or match[1] in names or match[1].startswith("__") or len(names) == LABELS_MAX:
            raise _Broken("labels")
        names.append(match[1])
        values.append(_unescape(match[2]))
        if len(match[1]) > LABEL_NAME_MAX or len(values[-1].encode()) > LABEL_VALUE_MAX_BYTES:
            raise _Broken("labels")
        at = match.end()
    return tuple(names), tuple(values)


def _is_part(group: Group, name: str, labels: tuple[str, ...], values: tuple[str, ...]) -> bool:
    """Whether a series can be one of a histogram's or summary's."""
    suffix = name[len(group.name) :]
    wanted = {"histogram": ("_bucket", "le"), "summary": ("", "quantile")}[group.kind]
    if suffix != wanted[0]:
        return suffix in PARTS[group.kind]
    bounds = [value for label, value in zip(labels, values, strict=True) if label == wanted[1]]
    return bool(bounds) and is_number(bounds[0])


def _is_text(line: str) -> bool:
    return "\0" not in line and (line.isascii() or not any("\ud800" <= character <= "\udfff" for character in line))


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], text)
