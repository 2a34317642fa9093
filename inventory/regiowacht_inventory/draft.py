"""One file of the region while it is being checked: its data, its model if it has one, its mistakes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem
from regiowacht_inventory.nodes import compose, locate, read_document
from regiowacht_inventory.shown import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from yaml.nodes import Node

    from regiowacht_inventory.nodes import Path, Raw
    from regiowacht_inventory.source import Source

    Item: TypeAlias = "tuple[Path, Mapping[str, Raw]]"


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

    __slots__ = ("_content", "_mistakes", "_problems", "_root", "data", "file", "is_parsed", "plain_numbers", "slug")

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
        self._root: Node | None = None

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
        """Keep a mistake at ``path``."""
        self._mistakes.append(Mistake(path, key, values, at_key, other))

    def has_mistakes(self) -> bool:
        """Tell whether anything is wrong in this file."""
        return bool(self._problems or self._mistakes)

    def problems(self) -> list[Problem]:
        """Return every mistake with its line, each once."""
        found = list(self._problems)
        # Nodes take much memory: they are composed again for a file with mistakes, and let go of after it.
        self._root = root = compose(self._content) if self._mistakes else None
        for mistake in self._mistakes:
            values = dict(mistake.values)
            if mistake.other:
                draft, path = mistake.other
                values["other"] = draft.place(path)
            found.append(Problem(self.file, locate(root, mistake.path, at_key=mistake.at_key), mistake.key, values))
        self._root = None
        return found

    def place(self, path: Path) -> str:
        """Return ``file:line`` of what ``path`` leads to."""
        return f"{self.file}:{locate(self._root or compose(self._content), path)}"

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
