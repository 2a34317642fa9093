"""The page about scale shows what its sums come to."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.scale import rows, sums

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/scale.md"


def test_the_page_has_the_table_of_the_sums() -> None:
    assert "\n".join(rows()) in PAGE.read_text(encoding="utf-8")


def test_sums_grow_with_gemeenten_and_shrink_with_the_interval() -> None:
    assert sums(26).series == 2 * sums(13).series
    assert sums(1, server_interval_s=30).samples_s < sums(1).samples_s
