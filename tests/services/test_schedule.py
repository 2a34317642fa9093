"""Audits at set times: what is written, what stays, what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht.services import schedule, units
from regiowacht.services.program import Program
from regiowacht.services.schedule import Schedule, next_time, require_seen
from regiowacht.services.systemd import Systemd, UnitState
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = Program("/opt/regiowacht/bin/regiowacht", "venv", "1.0", "build")


class Remembering(Systemd):
    """Stands in for a systemd, which a folder of a test's own has none of; remembers what it was asked."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked: list[tuple[str, ...]] = []
        self.file, self.active = "disabled", "inactive"

    def state(self, unit: str) -> UnitState:
        load = "loaded" if (self.units / unit).exists() else "not-found"
        return UnitState(load, self.active, "", "success", 0, 0, self.file, "")

    def _do(self, *words: str, may_fail: bool = False) -> str:
        del may_fail
        self.asked.append(words)
        if "enable" in words:
            self.file = "enabled"
        if "restart" in words:
            self.active = "active"
        if "disable" in words:
            self.file, self.active = "disabled", "inactive"
        return ""


@pytest.fixture
def systemd(tmp_path: Path) -> Remembering:
    (tmp_path / "root/etc/systemd/system").mkdir(parents=True)
    return Remembering(tmp_path / "root")


def setting(systemd: Systemd, calendar: str = "daily", *, dry_run: bool = False) -> Sequence[str]:
    one = Schedule(systemd, dry_run=dry_run)
    one.set(PROGRAM, Path("/etc/regiowacht/region"), calendar)
    return [change.item for change in one.changes.done if change.is_change]


def line_of(systemd: Systemd, name: str) -> str:
    return (systemd.units / name).read_text().splitlines()[-1]


def test_set_times_are_a_timer_of_the_units_and_twice_is_once(systemd: Remembering) -> None:
    assert len(setting(systemd)) == 8
    assert line_of(systemd, f"{units.AUDIT_TIMER}.d/calendar.conf") == "OnCalendar=daily"
    command = "audit run --region /etc/regiowacht/region --store /var/lib/regiowacht-audit"
    assert line_of(systemd, f"{units.AUDIT}.d/options.conf") == f"ExecStart={PROGRAM.command} {command}"
    assert ("--no-block", "restart", units.AUDIT_TIMER) in systemd.asked
    systemd.asked.clear()
    assert setting(systemd) == []
    assert not any("restart" in words for words in systemd.asked)
    assert setting(systemd, "weekly")[0].endswith("calendar.conf")


def test_tokens_that_are_there_are_pushed_with(systemd: Remembering) -> None:
    (systemd.root / "etc/regiowacht/secrets/audit-tokens").mkdir(parents=True)
    setting(systemd)
    line = line_of(systemd, f"{units.AUDIT}.d/options.conf")
    assert line.endswith(" --push /etc/regiowacht/secrets/audit-tokens")


def test_a_dry_run_writes_nothing(systemd: Remembering) -> None:
    before = sorted(systemd.root.rglob("*"))
    assert len(setting(systemd, dry_run=True)) == 8
    assert sorted(systemd.root.rglob("*")) == before
    assert systemd.asked == []


def test_off_leaves_nothing_of_it(systemd: Remembering) -> None:
    before = sorted(systemd.root.rglob("*"))
    setting(systemd)
    ending = Schedule(systemd)
    ending.end()
    left = set(systemd.root.rglob("*")) - set(before)
    assert {path.name for path in left} <= {"regiowacht"}
    assert ("stop", units.AUDIT_TIMER, units.AUDIT) in systemd.asked
    again = Schedule(systemd)
    again.end()
    assert [change for change in again.changes.done if change.is_change] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
def test_a_calendar_is_systemds() -> None:
    assert "02:30" in next_time("Mon *-*-* 02:30")
    for calendar in ("every now and then", "2001-01-01", "daily\nX=1", "--help"):
        with pytest.raises(UsageError):
            next_time(calendar)


def test_a_region_that_the_service_cannot_read_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="a service does not see /home"):
        require_seen(Path("/home/klant/region"))
    monkeypatch.setattr(schedule, "HIDDEN", ())
    region = tmp_path / "region"
    (region / ".git").mkdir(parents=True)
    (region / "region.yml").touch()
    (region / ".git").chmod(0o700)
    monkeypatch.setattr(Path, "parents", ())  # above it are folders that pytest keeps to itself
    require_seen(region)
    (region / "region.yml").chmod(0o600)
    with pytest.raises(UsageError, match=f"{region}/region.yml .*chmod -R o\\+rX {region}"):
        require_seen(region)
