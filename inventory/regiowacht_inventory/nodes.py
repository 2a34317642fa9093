"""Reads YAML into plain data in which every value is the text that stands in the file.

No YAML 1.1 guessing: ``NO`` stays ``NO``, ``0123`` stays ``0123``, ``on`` stays ``on``; the schema decides what a value
is. The nodes are composed by libyaml and know their lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from regiowacht_contract.errors import Problem
from regiowacht_inventory.shown import shown_key
from regiowacht_inventory.yaml_errors import explain_yaml_error

if TYPE_CHECKING:
    from collections.abc import Sequence

Raw: TypeAlias = "str | list[Raw] | dict[str, Raw] | None"
Path: TypeAlias = "tuple[str | int, ...]"
Index: TypeAlias = "dict[int, dict[str, tuple[Node, Node]]]"
"""Key and value by key's text, by ``id()`` of the mapping node; of a key that stands there twice the first."""

MAX_DEPTH = 20
"""The schema is 6 deep."""

MAX_VALUES = 500_000
"""Values in one file after its aliases are expanded."""

_IMPLICIT = "implicit"
EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


class _Composer(yaml.CSafeLoader):
    """libyaml's parser with every node's tag left implicit, unless the file names one."""

    def resolve(self, kind: type[Node], value: object, implicit: object) -> str:
        return _IMPLICIT

    def descend_resolver(self, current_node: object, current_index: object) -> None:
        return None

    def ascend_resolver(self) -> None:
        return None


@dataclass(slots=True)
class Document:
    """One file's data, with the mistakes in its YAML.

    Attributes:
        data: the top mapping; empty when the file could not be parsed.
        is_parsed: whether libyaml could read it as YAML with a mapping at the top.
        problems: mistakes that concern YAML itself, not the schema.
        plain_numbers: top-level keys whose value is a number without quotes.
    """

    data: dict[str, Raw] = field(default_factory=dict)
    is_parsed: bool = False
    problems: list[Problem] = field(default_factory=list)
    plain_numbers: set[str] = field(default_factory=set)


def read_document(file: str, content: bytes) -> Document:
    """Return what ``content`` (UTF-8) holds; ``file`` is how problems name it. Never raises for any content."""
    document = Document()
    try:
        root = compose(content)
    except yaml.YAMLError as error:
        document.problems.append(explain_yaml_error(file, content, error))
        return document
    if root is None:
        document.problems.append(Problem(file, 0, "inventory.empty-file"))
    elif not isinstance(root, MappingNode):
        document.problems.append(Problem(file, line_of(root), "inventory.no-mapping"))
    else:
        _build_document(file, root, document)
    return document


def compose(content: bytes) -> Node | None:
    """Return the root node of ``content``, or None of an empty document.

    Raises:
        yaml.YAMLError: it is not YAML, or more than one document.
    """
    loader = _Composer(content)
    try:
        root: Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return root


def line_of(node: Node) -> int:
    """Return the line a node starts at, from 1."""
    return int(node.start_mark.line) + 1


def locate(root: Node | None, path: Path, *, at_key: bool = False, index: Index | None = None) -> int:
    """Return the line of what ``path`` leads to, or of the last part of it that is there.

    With ``at_key`` the line of the last key itself, which differs from its value's when that starts on the next line.
    Who looks up many paths in one root passes the same ``index``, empty at first, each time.
    """
    node, line = root, 1
    index = {} if index is None else index
    for step in path:
        found = _step(node, step, index)
        if found is None:
            break
        key, node = found
        line = line_of(key if at_key or not isinstance(node, ScalarNode) else node)
    return line


def _step(node: Node | None, step: str | int, index: Index) -> tuple[Node, Node] | None:
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item
    if isinstance(node, MappingNode) and isinstance(step, str):
        pairs = index.get(id(node))
        if pairs is None:
            pairs = {key.value: (key, value) for key, value in reversed(node.value) if isinstance(key, ScalarNode)}
            index[id(node)] = pairs
        return pairs.get(step)
    return None


def _build_document(file: str, root: MappingNode, document: Document) -> None:
    builder = _Builder(file, document.problems)
    try:
        built = builder.build(root, 0)
    except _TooMuchError as refused:
        document.problems.append(Problem(file, line_of(refused.node), refused.key, {"limit": refused.limit}))
        return
    document.data = built if isinstance(built, dict) else {}
    document.is_parsed = True
    for key, value in root.value:
        if isinstance(value, ScalarNode) and not value.style and value.value.isdigit():
            document.plain_numbers.add(str(key.value))


class _TooMuchError(Exception):
    def __init__(self, key: str, node: Node, limit: int) -> None:
        super().__init__(key)
        self.key, self.node, self.limit = key, node, limit


class _Builder:
    """Turns nodes into plain data, noting duplicate keys, tags and other things that YAML has and a region has not."""

    __slots__ = ("_file", "_left", "_names", "_problems")

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._file = file
        self._problems = problems
        self._left = MAX_VALUES
        self._names: dict[str, str] = {}

    def build(self, node: Node, depth: int) -> Raw:
        self._left -= 1
        if self._left < 0:
            raise _TooMuchError("inventory.too-many-values", node, MAX_VALUES)
        if node.tag != _IMPLICIT:
            self._note(node, "inventory.tag")
        if isinstance(node, ScalarNode):
            text: str = node.value
            return None if not node.style and text in EMPTY else text
        if depth >= MAX_DEPTH:
            raise _TooMuchError("inventory.too-deep", node, MAX_DEPTH)
        if isinstance(node, MappingNode):
            return self._mapping(node.value, depth)
        return [self.build(item, depth + 1) for item in node.value]

    def _mapping(self, pairs: Sequence[tuple[Node, Node]], depth: int) -> dict[str, Raw]:
        built: dict[str, Raw] = {}
        lines: dict[str, int] = {}
        for key, value in pairs:
            if not isinstance(key, ScalarNode):
                self._note(key, "inventory.key-not-text")
                continue
            name = self._names.setdefault(key.value, key.value)
            if name in built:
                self._note(key, "inventory.key-twice", name=shown_key(name), other=f"{self._file}:{lines[name]}")
                continue
            lines[name] = line_of(key)
            built[name] = self.build(value, depth + 1)
        return built

    def _note(self, node: Node, text: str, **values: object) -> None:
        self._problems.append(Problem(self._file, line_of(node), text, values))
