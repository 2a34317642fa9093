"""The values of a configuration in JSON or in XML, each behind the names that enclose it, as a `set` line has them.

Junos and PAN-OS write theirs in either form. A value may stand in another row than its name, or in the same row as
hundreds of others; neither matters here. What is cut off or not well-formed is read as far as it goes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

HEAD: Final = 4_000
"""Characters in which a document begins: a prompt, a comment and the question may stand in front."""
IS_JSON: Final = re.compile(r'^[ \t]{0,64}[{\[]\s{0,200}["{\[]', re.MULTILINE)
IS_XML: Final = re.compile(
    r"^[ \t]{0,64}<(?!secret(?::[0-9a-f]{8})?>(?!<!))(?:\?xml|[A-Za-z][\w:.-]{0,99}(?:\s[^<>]{0,999})?>)"
    r"[^<]{0,999}<[/A-Za-z!]",
    re.MULTILINE,
)
JSON: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
XML: Final = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    r"|</(?P<close>[^<>\s]*)[^<>]*>|<(?P<open>[^<>/\s!?]+)(?P<rest>[^<>]*)>|(?P<text>[^<]+)|<",
    re.DOTALL,
)
ENTRY: Final = re.compile(r"""\bname=(?:"([^"]*)"|'([^']*)')""")
NAMES: Final = frozenset({"name", "data", "entry"})
"""Elements that say nothing themselves: the name of an entry, its value in Junos' long JSON."""
TEXT: Final = "description"
DEPTH_MAX: Final = 64
VALUE_MAX: Final = 20_000
WORD_MAX: Final = 200


class Leaf(NamedTuple):
    """A value: the names in front of it, and where it begins and ends in the text, without quotes."""

    path: tuple[str, ...]
    begin: int
    end: int


class Node:
    """An element or object that stands open: its name, the key that a value is awaited of, the name of its entry."""

    __slots__ = ("entry", "key", "name")

    def __init__(self, name: str, entry: str = "") -> None:
        self.name = name
        self.key = ""
        self.entry = entry


def leaves(text: str, syntax: str) -> Iterator[Leaf]:
    """Yield the values of a text that is a document in JSON, or in XML where that is what a platform writes."""
    head = text[:HEAD]
    if syntax == "statements" and IS_XML.search(head):
        yield from _of_xml(text)
    elif IS_JSON.search(head):
        yield from _of_json(text)


def _path(stack: list[Node], *more: str) -> tuple[str, ...]:
    names = [
        word for node in stack[-DEPTH_MAX:] for word in (node.name, node.entry) if word and word.lower() not in NAMES
    ]
    return (*names, *(word for word in more if word and word.lower() not in NAMES))


def _of_json(text: str) -> Iterator[Leaf]:
    stack = [Node("")]
    pending: tuple[int, int] | None = None
    for found in JSON.finditer(text):
        sign = found.group()
        if sign not in {"{", "}", "[", "]", ",", ":"}:
            is_text = sign[0] == '"'
            pending = (found.start() + is_text, found.end() - (is_text and len(sign) > 1 and sign[-1] == '"'))
            continue
        node = stack[-1]
        if sign == ":" and pending:
            node.key = text[slice(*pending)][:WORD_MAX]
        elif pending:
            yield Leaf(_path(stack, node.key), *pending)
            if node.key.lower() in NAMES:
                node.entry = _word(text[slice(*pending)])
        pending = None
        if sign in "{[":
            stack.append(Node(node.key))
        elif sign in "}]" and len(stack) > 1:
            stack.pop()
        elif sign == "," and len(stack) > 1 and not node.key:
            node.entry = ""


def _of_xml(text: str) -> Iterator[Leaf]:
    stack = [Node("")]
    for found in XML.finditer(text):
        kind = found.lastgroup
        if kind == "rest" and not found["rest"].endswith("/"):
            entry = ENTRY.search(found["rest"])
            stack.append(
                Node(found["open"].rpartition(":")[2][:WORD_MAX], _word(entry[1] or entry[2]) if entry else "")
            )
        elif kind == "close":
            name = found["close"].rpartition(":")[2]
            while len(stack) > 1 and any(node.name == name for node in stack[-DEPTH_MAX:]):
                if stack.pop().name == name:
                    break
        elif (
            kind in {"text", "data", "comment"}
            and (len(stack) > 1 or kind == "comment")
            and (bare := found[kind].strip())
        ):
            begin = found.start(kind) + found[kind].index(bare)
            yield Leaf((TEXT,) if kind == "comment" else _path(stack), begin, begin + len(bare))
            if stack[-1].name.lower() == "name" and len(stack) > 1 and kind == "text":
                stack[-2].entry = _word(bare)


def _word(name: str) -> str:
    """Return a name as one word of a path."""
    return re.sub(r"\s+", "_", name.strip())[:WORD_MAX]
