"""Cases as data: configurations written by hand, and what every rule must say of them.

``cases/PLATFORM/NAME.toml``::

    title = "what the configuration shows"
    platforms = ["cisco_xe"]          # other platforms that must judge it in the same way
    baseline = "recommended"
    excerpt = false
    config = '''...'''
    [pass]
    RW-ACC-01 = ["transport input ssh"]      # the lines that decide, by their text; [] for an absence
    [fail]
    RW-TIM-01 = []
    [undecided]
    RW-ACC-04 = "unknown"                    # not-applicable, unknown or excerpt
    [facts]
    "ntp.servers" = ["192.0.2.1"]

``cases/PLATFORM/sources.toml`` says per rule which page of the maker the cases rest on: a cell of the matrix counts
when a source, a case that passes and a case that fails are there.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from regiowacht_audit.judge.beside import Beside, Startup

FINE = Beside(startup=Startup(differs=False), backup_days=0, shared=())
"""A device of a region that was read today, starts with what runs, and shares no secret: what cases are judged by."""

CASES = Path(__file__).resolve().parent / "cases"


@dataclass(frozen=True)
class Case:
    """One configuration with what is expected of it."""

    name: str
    platform: str
    config: str
    baseline: str = "recommended"
    excerpt: bool = False
    passes: dict[str, list[str] | bool] = field(default_factory=dict)
    fails: dict[str, list[str] | bool] = field(default_factory=dict)
    undecided: dict[str, str] = field(default_factory=dict)
    facts: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.platform}/{self.name}"


def cases() -> list[Case]:
    """Every case of every platform, by its file's name."""
    files = sorted(path for path in CASES.glob("*/*.toml") if path.name != "sources.toml")
    return [case for path in files for case in _of_file(path)]


def sources() -> dict[str, dict[str, str]]:
    """Return per platform and rule what the cases rest on."""
    return {path.parent.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in CASES.glob("*/sources.toml")}


def _of_file(path: Path) -> list[Case]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Case(
            path.stem,
            platform,
            table["config"].lstrip("\n"),
            table.get("baseline", "recommended"),
            table.get("excerpt", False),
            table.get("pass", {}),
            table.get("fail", {}),
            table.get("undecided", {}),
            table.get("facts", {}),
        )
        for platform in (path.parent.name, *table.get("platforms", []))
    ]
