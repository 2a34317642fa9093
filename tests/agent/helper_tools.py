"""Programs of our own that speak like those of the system, for the helper to ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_agent.config_file import load
from regiowacht_agent.helper.apart import find_out
from regiowacht_agent.helper.outside import Outside

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.helper.task import Result

NOW = 1_790_000_000.0


@dataclass(frozen=True, slots=True)
class Machine:
    """A folder with programs and files, which is all that the helper sees."""

    folder: Path
    settings: dict[str, object] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """Where its files are."""
        return self.folder / "root"

    @property
    def outside(self) -> Outside:
        """It, as the helper's tasks see it."""
        return Outside(root=self.root, path=str(self.folder / "bin"), timeout_s=60, clock=lambda: NOW)

    def program(self, name: str, script: str) -> None:
        """Put a program there, written for sh."""
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def file(self, path: str, text: str = "") -> Path:
        """Put a file there."""
        at = self.root / path
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(text, encoding="utf-8")
        return at

    def result(self, task: str) -> Result:
        """Return how a task fares."""
        return find_out(task, load(None, self.settings), self.outside)

    def told(self, task: str) -> list[str]:
        """Return the series that a task tells, which goes well."""
        result = self.result(task)
        assert result.state == "ok", result
        return [row for row in result.text.splitlines() if not row.startswith("#")]
