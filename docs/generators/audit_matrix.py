"""The matrix of audit rules and platforms: which cells a sourced case that passes and one that fails prove."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_audit.judge.rule import rules
from regiowacht_audit.platform import platforms

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "reference/audit-matrix.md"
CASES = Path(__file__).resolve().parents[2] / "tests" / "audit" / "cases"
HEADER = """# Audit rules and platforms

A cell has **✓** where the tests hold a configuration that passes the rule and one that fails it, both written by hand
after the maker's documentation (below). **½** is one of the two; **·** is none: the rule does not apply there (switch
ports of a firewall), or what it asks does not stand in that configuration. What cannot be decided says `n/a`.

"""
Cells = dict[tuple[str, str], set[str]]


def page() -> str:
    """Return the page as Markdown."""
    proven, sources = _proven(), _sources()
    ids = [rule.id for rule in rules()]
    rows = [_row(platform.name, ids, proven, sources) for platform in platforms()]
    counts = sum(row.count("✓") for row in rows)
    share = f"{counts} of {len(rows) * len(ids)} cells ({100 * counts // (len(rows) * len(ids))} %) are proven.\n"
    head = [f"| platform | {' | '.join(name[3:] for name in ids)} |", "| --- |" + " --- |" * len(ids)]
    return HEADER + share + "\n" + "\n".join([*head, *rows, *_named(sources)])


def _row(platform: str, ids: list[str], proven: Cells, sources: dict[str, dict[str, str]]) -> str:
    cells = [_cell(proven[platform, rule], rule in sources.get(platform, {})) for rule in ids]
    return f"| `{platform}` | {' | '.join(cells)} |"


def _cell(found: set[str], is_sourced: bool) -> str:
    if len(found) == 2 and is_sourced:
        return "✓"
    return "½" if found else "·"


def _proven() -> Cells:
    cells: Cells = defaultdict(set)
    for path in CASES.glob("*/*.toml"):
        if path.name == "sources.toml":
            continue
        case = tomllib.loads(path.read_text(encoding="utf-8"))
        for platform in (path.parent.name, *case.get("platforms", [])):
            for status in ("pass", "fail"):
                for rule in case.get(status, {}):
                    cells[platform, rule].add(status)
    return cells


def _sources() -> dict[str, dict[str, str]]:
    return {path.parent.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in CASES.glob("*/sources.toml")}


def _named(sources: dict[str, dict[str, str]]) -> Iterator[str]:
    yield "\n## Sources"
    for platform in platforms():
        told = dict.fromkeys(sources.get(platform.name, {}).values())
        yield f"\n### {platform.title}\n"
        yield from (f"- {text}" for text in told)
