"""Puts new lines and keys into a gemeente file where they belong and leaves every other byte as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from regiowacht_inventory.importing.yaml_text import flow, value
from regiowacht_inventory.nodes import EMPTY, compose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class NotEditableError(Exception):
    """The file is written in a way that new lines cannot be put into; ``lines`` is what to paste."""

    def __init__(self, key: str, lines: Sequence[str]) -> None:
        super().__init__(key)
        self.key = key
        self.lines = tuple(lines)


class Editor:
    """Collects insertions into one file; what stands in the file itself is never touched."""

    def __init__(self, content: bytes) -> None:
        self._text = content.decode("utf-8")
        root = compose(content)
        if not isinstance(root, MappingNode) or root.flow_style:
            raise NotEditableError("", ())
        self._root = root
        self._lines = self._text.splitlines(keepends=True)
        self._insertions: dict[int, list[str]] = {}
        self._within: list[tuple[int, int, str]] = []

    def add_items(self, section: str, items: Sequence[Mapping[str, str]]) -> None:
        """Add items to the list under a top-level key."""
        self._add_to_list(self._root, section, items, indent="")

    def add_site(self, slug: str, site: Mapping[str, str], uplinks: Sequence[Mapping[str, str]]) -> None:
        """Add a site."""
        sites = _get(self._root, "sites")
        indent = " " * sites.value[0][0].start_mark.column if isinstance(sites, MappingNode) and sites.value else "  "
        lines = site_lines(slug, site, uplinks, indent)
        if sites is None:
            self._insert(len(self._lines), ["sites:", *lines])
        elif _is_empty(sites):
            self._insert(_line_of_key(self._root, "sites") + 1, lines)
        elif isinstance(sites, MappingNode) and not sites.flow_style:
            self._insert(_last_line(sites) + 1, lines)
        else:
            raise NotEditableError("sites", lines)

    def add_uplinks(self, slug: str, uplinks: Sequence[Mapping[str, str]]) -> None:
        """Add uplinks to a site that is there."""
        sites = _get(self._root, "sites")
        site = _get(sites, slug) if isinstance(sites, MappingNode) else None
        if not isinstance(site, MappingNode) or site.flow_style:
            raise NotEditableError(f"sites.{slug}", [f"- {flow(link)}" for link in uplinks])
        self._add_to_list(site, "uplinks", uplinks, indent=" " * site.value[0][0].start_mark.column)

    def set_key(self, section: str, name: str, key: str, text: str, *, after: Sequence[str] = ()) -> None:
        """Give an item of a list a key that it has not, behind those of ``after`` that it has, else at its end.

        Raises:
            NotEditableError: there is no such item, it has the key, or it is written as a whole elsewhere.
        """
        told = f"{key}: {value(key, text)}"
        item = self._item(section, name)
        if item is None or not item.value or _get(item, key) is not None:
            raise NotEditableError(section, [told])
        before = [one for known, one in item.value if known.value in after] or [item.value[-1][1]]
        if item.flow_style:
            end = before[-1].end_mark
            self._within.append((end.line, end.column, f", {told}"))
        else:
            self._insert(_last_line(before[-1]) + 1, [" " * item.value[0][0].start_mark.column + told])

    def _item(self, section: str, name: str) -> MappingNode | None:
        items = _get(self._root, section)
        for item in items.value if isinstance(items, SequenceNode) else ():
            known = _get(item, "name") if isinstance(item, MappingNode) else None
            if isinstance(known, ScalarNode) and known.value == name:
                return item if isinstance(item, MappingNode) else None
        return None

    def _add_to_list(self, parent: MappingNode, key: str, items: Sequence[Mapping[str, str]], indent: str) -> None:
        there = _get(parent, key)
        lines = [f"{indent}  - {flow(item)}" for item in items]
        if there is None:
            after = len(self._lines) if parent is self._root else _last_line(parent) + 1
            blank = [""] if parent is self._root else []
            self._insert(after, [*blank, f"{indent}{key}:", *lines])
        elif _is_empty(there):
            self._insert(_line_of_key(parent, key) + 1, lines)
        elif isinstance(there, SequenceNode) and not there.flow_style:
            dash = " " * there.start_mark.column
            self._insert(_last_line(there) + 1, [f"{dash}- {flow(item)}" for item in items])
        else:
            raise NotEditableError(key, lines)

    def _insert(self, line: int, lines: list[str]) -> None:
        self._insertions.setdefault(line, []).extend(lines)

    def content(self) -> bytes:
        """Return the file with every insertion made."""
        ending = "\r\n" if self._lines and self._lines[0].endswith("\r\n") else "\n"
        lines = list(self._lines)
        for line, column, new in sorted(self._within, reverse=True):
            lines[line] = lines[line][:column] + new + lines[line][column:]
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += ending
        # From the bottom up, so that line numbers above stay right.
        for at, added in sorted(self._insertions.items(), reverse=True):
            lines[at:at] = [line + ending for line in added]
        return "".join(lines).encode("utf-8")


def site_lines(
    slug: str, site: Mapping[str, str], uplinks: Sequence[Mapping[str, str]], indent: str = "  "
) -> list[str]:
    """Return the lines of a site, below ``sites:``."""
    lines = [f"{indent}{slug}:", *(f"{indent}  {key}: {value(key, text)}" for key, text in site.items())]
    if uplinks:
        lines += [f"{indent}  uplinks:", *(f"{indent}    - {flow(link)}" for link in uplinks)]
    return lines if len(lines) > 1 else [f"{indent}{slug}: {{}}"]


def _get(parent: MappingNode, key: str) -> Node | None:
    return next((item for name, item in parent.value if isinstance(name, ScalarNode) and name.value == key), None)


def _line_of_key(parent: MappingNode, key: str) -> int:
    return int(next(name for name, _ in parent.value if name.value == key).start_mark.line)


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.style and node.value in EMPTY


def _last_line(node: Node) -> int:
    """Return the line, from 0, of a node's last character; libyaml's own end of a block is past the comments."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        key, item = last if isinstance(last, tuple) else (last, last)
        return max(_last_line(key), _last_line(item))
    if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
        return max(int(node.start_mark.line), int(node.end_mark.line) - 1)
    return int(node.end_mark.line)
