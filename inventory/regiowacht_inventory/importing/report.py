"""What an import did, or would do."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_contract.errors import Problem
    from regiowacht_contract.texts import Lang


@dataclass(frozen=True, slots=True)
class Change:
    """One gemeente file.

    Attributes:
        file: path as people may type it.
        before: what stands in it; empty for a new file.
        after: what will stand in it.
        is_new: whether there is no such file yet.
    """

    file: str
    before: bytes
    after: bytes
    is_new: bool


@dataclass(slots=True)
class Report:
    """What became of a spreadsheet.

    Attributes:
        rows: rows with something in them.
        placed: rows that stand in a gemeente file now (or would, for a dry run).
        unplaced: why each other row does not.
        notes: columns and cells that mean nothing here.
        invalid: what would be wrong with the region; then nothing was written.
        changes: files that change.
        written: files that were written.
    """

    rows: int
    placed: int = 0
    unplaced: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    invalid: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every row found its place and the region is right."""
        return not self.invalid and self.placed == self.rows

    @property
    def verdict(self) -> str:
        """Key of the text that sums it up."""
        if self.invalid:
            return "inventory.import-invalid"
        return "inventory.import-done" if self.written else "inventory.import-nothing"

    def diff(self) -> str:
        """Return the changes as a unified diff."""
        parts: list[str] = []
        for change in self.changes:
            before = change.before.decode("utf-8").splitlines(keepends=True)
            after = change.after.decode("utf-8").splitlines(keepends=True)
            start = "/dev/null" if change.is_new else change.file
            lines = difflib.unified_diff(before, after, start, change.file)
            parts += [line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines]
        return "".join(parts)

    def as_json(self, lang: Lang) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {
            "rows": self.rows,
            "placed": self.placed,
            "unplaced": [problem.as_json(lang) for problem in sorted(self.unplaced)],
            "notes": [problem.as_json(lang) for problem in sorted(self.notes)],
            "invalid": [problem.as_json(lang) for problem in sorted(self.invalid)],
            "written": self.written,
            "diff": self.diff(),
        }
