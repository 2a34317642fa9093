"""The documentation is complete, its links lead somewhere, and its commands work."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.catalogue import catalogue
from regiowacht_contract.thresholds import thresholds
from tests.docs.pages import PAGES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)(#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    dead = [
        target for target, _ in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / target).exists()
    ]
    assert dead == []


def test_every_page_is_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md") if p.name != "README.md"]
    assert [page for page in pages if f"({page})" not in index and f"({page}#" not in index] == []


def test_every_metric_and_threshold_has_its_row() -> None:
    text = (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
    assert [name for name in (*catalogue(), *thresholds()) if f"`{name}`" not in text] == []


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8").lower()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = project.partition("[project.optional-dependencies]")[2].partition("[project.scripts]")[0]
    dev = project.partition("dev = [")[2].partition("]")[0]
    names = {re.split(r"[>=<\[]", name)[0].lower() for name in re.findall(r'"([A-Za-z][\w.-]*[^"]*)"', extras + dev)}
    assert [name for name in sorted(names - {"regiowacht"}) if name not in text and not name.startswith("types-")] == []


def test_readme_has_the_two_commands_on_its_first_screen() -> None:
    first = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40]
    assert any(line.startswith("make demo") for line in first)
    assert any(line.startswith("make test") for line in first)


def test_reference_pages_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
