"""The pages of the documentation, their fenced blocks, and every shell command that they show."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SHELLS = frozenset({"sh", "bash", "console"})
_BLOCK = re.compile(
    r"^(?P<indent>[ ]*)```(?P<lang>\w*)(?P<options>[^\n]*)\n(?P<body>.*?)^(?P=indent)```[ ]*$", re.MULTILINE | re.DOTALL
)
_HERE = re.compile(r"<<-?'?(\w+)'?")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its ``name=value`` words, its text."""

    lang: str
    options: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a shell block.

    Attributes:
        page: the page it stands on, from the root of the house.
        text: itself, on one line unless it holds a here-document; without its comment.
        exits: the exit code that the page announces (``exit=1`` beside the block's language).
    """

    page: str
    text: str
    exits: int = 0

    def __str__(self) -> str:
        return f"{self.page}: {self.text}"


def name_of(page: Path) -> str:
    """Return a page's path from the root of the house."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, those in lists too."""
    return [
        Block(
            found["lang"],
            dict(word.split("=", 1) for word in found["options"].split() if "=" in word),
            textwrap.dedent(found["body"]),
        )
        for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))
    ]


@cache
def commands() -> tuple[Command, ...]:
    """Return every command of every shell block of the README and of all pages under docs."""
    return tuple(
        Command(name_of(page), text, int(block.options.get("exit", 0)))
        for page in PAGES
        for block in blocks(page)
        if block.lang in SHELLS or (not block.lang and page.name == "README.md")
        for text in _commands(block.body)
    )


def _commands(body: str) -> list[str]:
    """Return the commands of a shell script: continued lines are joined, a here-document is part of its command."""
    found: list[str] = []
    end = ""
    for line in body.replace("\\\n", " ").splitlines():
        if end:
            found[-1] += f"\n{line}"
            end = "" if line.strip() == end else end
        elif line.strip() and not line.lstrip().startswith("#"):
            text = re.sub(r"\s+#\s.*$", "", line).strip().removeprefix("$ ")
            found += re.split(r"\s&&\s", re.sub(r"(?<=\S)[ ]{2,}", " ", text))
            here = _HERE.search(text)
            end = here.group(1) if here else ""
    return found
