"""One family of the proc reader on a recorded host, read again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from regiowacht_agent.reader import Reader


@dataclass
class Turns:
    """A family of a host whose files can change between the readings."""

    family: str
    folder: Path
    settings: Mapping[str, object]
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = FakeHost(self.folder).reader(self.family, reader="proc", **self.settings)

    def told(self) -> str:
        """Return the exposition of one more reading, without comments."""
        text = self.reader.families[self.family].read(self.reader.host).text()
        return "".join(row for row in text.splitlines(keepends=True) if not row.startswith("#"))

    def after(self, readings: int) -> str:
        """Return the last of so many more readings."""
        return [self.told() for _ in range(readings)][-1]

    def write(self, name: str, text: str) -> None:
        """Write a file of /sys."""
        path = self.folder / "sys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")


def turns(family: str, folder: Path, sys: Mapping[str, str | None], **settings: object) -> Turns:
    """Return a family of a host that has these files in /sys, each with a newline after it."""
    FakeHost.write(folder, sys={name: None if text is None else f"{text}\n" for name, text in sys.items()})
    return Turns(family, folder, settings)
