"""One file of the region while it is being checked: its data, its model if it has one, its mistakes."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem
from regiowacht_contract.nearest import nearest
from regiowacht_inventory.nodes import compose, locate, read_document
from regiowacht_inventory.shown import printable, shown_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import TypeAlias

    from yaml.nodes import Node

    from regiowacht_inventory.nodes import Index, Path, Raw
    from regiowacht_inventory.source import Source

    Item: TypeAlias = "tuple[Path, Mapping[str, Raw]]"

MAX_MISTAKES = 200
"""Mistakes of one file that are told in full; whoever made more will check again after mending these."""

MAX_CANDIDATES = 500
"""Among more names than this the nearest one is not looked for; a gemeente has some 200 assets."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake at a place in the data; its line is looked up only when there is one.

    Attributes:
        path: keys and indexes that lead to it.
        key: key of the text.
        values: what fills the text's placeholders; never a secret.
        at_key: the mistake is the key, not its value.
        other: another place the text names, as ``{other}``.
    """

    path: Path
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    at_key: bool = False
    other: tuple[Draft, Path] | None = None


class Draft:
    """One file being checked.

    Attributes:
        file: path as it may be printed.
        slug: the file's name without ``.yml``.
        data: what stands in it; empty when it is not YAML.
        is_parsed: whether it is YAML with a mapping at the top.
        plain_numbers: top-level keys whose value is a number without quotes.
    """

    __slots__ = (
        "_content",
        "_index",
        "_mistakes",
        "_problems",
        "_root",
        "_untold",
        "data",
        "file",
        "is_parsed",
        "plain_numbers",
        "slug",
    )

    def __init__(self, source: Source) -> None:
        shown = printable(source.file)
        document = read_document(shown, source.content)
        self.file = shown
        self.slug = source.slug
        self.data = document.data
        self.is_parsed = document.is_parsed
        self.plain_numbers = document.plain_numbers
        self._content = source.content
        self._problems = document.problems
        self._mistakes: list[Mistake] = []
        self._untold = 0
        self._root: Node | None = None
        self._index: Index = {}

    def note(
        self,
        path: Path,
        key: str,
        /,
        *,
        at_key: bool = False,
        other: tuple[Draft, Path] | None = None,
        **values: object,
    ) -> None:
        """Keep a mistake at ``path``; of very many only count it."""
        if self.is_full():
            self._untold += 1
            return
        self._mistakes.append(Mistake(path, key, values, at_key, other))

    def nearest(self, name: str, known: Collection[str]) -> str | None:
        """Return the known name closest to ``name`` where it will be told and is found soon, else None."""
        return None if self.is_full() or len(known) > MAX_CANDIDATES else nearest(name, known)

    def some_of(self, known: Iterable[str]) -> str:
        """Return the first of the known names as a text tells them, or nothing where it will not be told."""
        return "" if self.is_full() else ", ".join(map(shown_text, heapq.nsmallest(8, known))) or "-"

    def is_full(self) -> bool:
        """Tell whether further mistakes are only counted."""
        return len(self._mistakes) >= MAX_MISTAKES

    def has_mistakes(self) -> bool:
        """Tell whether anything is wrong in this file."""
        return bool(self._problems or self._mistakes)

    def problems(self) -> list[Problem]:
        """Return every mistake with its line, each once."""
        found = list(self._problems)
        self._index = {}
        # Nodes take much memory: they are composed again for a file with mistakes, and let go of after it.
        self._root = root = compose(self._content) if self._mistakes else None
        for mistake in self._mistakes:
            values = dict(mistake.values)
            if mistake.other:
                draft, path = mistake.other
                values["other"] = draft.place(path)
            found.append(
                Problem(
                    self.file, locate(root, mistake.path, at_key=mistake.at_key, index=self._index), mistake.key, values
                )
            )
        self._root, self._index = None, {}
        return self._first(found)

    def _first(self, found: list[Problem]) -> list[Problem]:
        """Return the first of many mistakes, and one more that counts the others."""
        count = len(found) + self._untold - MAX_MISTAKES
        if count <= 0:
            return found
        last = self._content.rstrip().count(b"\n") + 1  # so that it is told after them
        more = Problem(self.file, last, "inventory.more-mistakes", {"count": count})
        return [*sorted(found)[:MAX_MISTAKES], more]

    def place(self, path: Path) -> str:
        """Return ``file:line`` of what ``path`` leads to."""
        root = self._root or compose(self._content)
        return f"{self.file}:{locate(root, path, index=self._index if self._root else None)}"

    def items(self, section: str) -> Iterator[Item]:
        """Yield path and data of every mapping in the list under a top-level key; what is no mapping is passed over."""
        yield from items_of(self.data.get(section), (section,))

    def sites(self) -> Iterator[tuple[str, Mapping[str, Raw]]]:
        """Yield slug and data of every site; a site without data counts as an empty one."""
        sites = self.data.get("sites")
        if isinstance(sites, dict):
            for slug, site in sites.items():
                yield slug, site if isinstance(site, dict) else {}

    def uplinks(self) -> Iterator[Item]:
        """Yield path and data of every uplink of every site."""
        for slug, site in self.sites():
            yield from items_of(site.get("uplinks"), ("sites", slug, "uplinks"))


def items_of(raw: Raw, path: Path) -> Iterator[Item]:
    """Yield path and data of every mapping in a list."""
    if isinstance(raw, list):
        for index, item in enumerate(raw):
            if isinstance(item, dict):
                yield (*path, index), item


def text_of(raw: Mapping[str, Raw], key: str) -> str | None:
    """Return the text under ``key``, or None where there is none or something else."""
    value = raw.get(key)
    return value if isinstance(value, str) else None
