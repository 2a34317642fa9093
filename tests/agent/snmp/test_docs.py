"""Every reason has its row in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

from regiowacht_agent.snmp.failure import REASONS

HOW_TOS = Path(__file__).resolve().parents[3] / "docs/how-to"


def test_every_reason_has_its_row_and_no_row_is_of_another() -> None:
    page = (HOW_TOS / "troubleshooting.md").read_text(encoding="utf-8")
    section = page.partition("## A device tells nothing, or not everything")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    assert sorted(reason for row in rows for reason in re.findall(r"`(\w+)`", row)) == sorted(REASONS)
