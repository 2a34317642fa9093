"""What a region says of alerts, and what is worth a word though it is no mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from regiowacht_inventory import load, over, overlapping, unheard
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

WINDOWS = """
alerts:
  windows:
    - {name: vroeger, from: "2026-01-01 22:00", until: "2026-01-02 04:00"}
    - {name: een, from: "2026-12-01 22:00", until: "2026-12-02 04:00", site: huis}
    - {name: twee, from: "2026-12-02T03:00", until: "2026-12-02 05:00", site: huis}
    - {name: elders, from: "2026-12-02 03:00", until: "2026-12-02 05:00", asset: wan-1}
    - {name: wekelijks, from: "03:00", until: "05:00", days: [sun]}
"""


def test_windows_that_are_over_and_over_each_other_are_named(tmp_path: Path) -> None:
    region = load(write_base(tmp_path, {**BASE, "gemeenten/aa.yml": BASE["gemeenten/aa.yml"] + WINDOWS}))
    assert over(region, datetime(2026, 11, 1, tzinfo=UTC)) == (("aa", "vroeger"),)
    assert overlapping(region) == ((("aa", "een"), ("aa", "twee")),)


HALF = """
alerts:
  smtp: {server: "mail.regio.example:587", from: regiowacht@regio.example}
  receivers:
    ict: {email: [ict@regio.example]}
  to:
    - {to: [ict], laag: infrastructuur}
    - {to: [ict], severity: warning}
"""
OWN = """
alerts:
  to:
    - {to: [ict], laag: infrastructuur, severity: critical}
"""


def test_a_critical_alert_that_finds_nobody_is_told_of_and_one_that_finds_somebody_is_not(tmp_path: Path) -> None:
    files = {**BASE, "region.yml": BASE["region.yml"] + HALF}
    region = load(write_base(tmp_path / "half", files))
    assert unheard(region) == (("", "connectiviteit"),)
    files["gemeenten/aa.yml"] += OWN
    assert unheard(load(write_base(tmp_path / "own", files))) == (("", "connectiviteit"), ("aa", "connectiviteit"))
    whole = {**files, "region.yml": files["region.yml"].replace("[ict], severity: warning", "[ict]")}
    assert unheard(load(write_base(tmp_path / "whole", whole))) == ()
    assert unheard(load(write_base(tmp_path / "nobody"))) == ()


def test_who_names_nobody_is_told_nothing_and_has_working_days(tmp_path: Path) -> None:
    region = load(write_base(tmp_path))
    assert region.alerts.to == ()
    assert region.alerts.office is None
    assert region.gemeenten[0].alerts.windows == ()
