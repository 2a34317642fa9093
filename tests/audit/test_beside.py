"""What a file alone does not tell is never passed; what a device or a region tells beside it is judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.facts.fact import Item
from regiowacht_audit.judge.baseline import find_baseline, read_baseline
from regiowacht_audit.judge.beside import Beside, Startup
from regiowacht_audit.judge.check import Judged, check_text, judge_again
from regiowacht_audit.platform import find_platform
from tests.audit.case_files import FINE

if TYPE_CHECKING:
    from regiowacht_audit.judge.finding import Finding

ROWS = [
    "hostname sw-stadhuis-1",
    "username noodgeval secret 9 $9$examplehash",
    "snmp-server community kX4vlinder-example RO 10",
    "snmp-server location Stadhuis, kelder",
    "interface Vlan1",
    " no ip address",
    "line vty 0 4",
    "end",
]
IOS = find_platform("cisco_ios")
SHARED = Item("also at another gemeente", (2,), {"elsewhere": True, "twice": False})
AT_HOME = Item("also on zandbeke/sw-2", (2,), {"elsewhere": False, "twice": True})


def judged(beside: Beside | None, baseline: str = "recommended") -> Judged:
    return check_text("\n".join(ROWS), IOS, find_baseline(baseline), beside)


def of(answer: Judged, rule: str) -> Finding:
    return next(one for one in answer.findings if one.rule == rule)


@pytest.mark.parametrize("baseline", ["minimal", "recommended"])
def test_a_file_alone_never_passes_what_it_does_not_tell(baseline: str) -> None:
    alone = judged(None, baseline)
    assert (of(alone, "RW-OPS-01").status, of(alone, "RW-OPS-01").why) == ("n/a", "unknown")
    if baseline == "recommended":
        assert (of(alone, "RW-SEC-02").status, of(alone, "RW-SEC-02").why) == ("n/a", "unknown")


@pytest.mark.parametrize(
    ("beside", "status", "lines", "names"),
    [
        (FINE, "pass", (1, 4), ()),
        (replace(FINE, startup=None), "n/a", (), ()),
        (replace(FINE, backup_days=None), "n/a", (), ()),
        (replace(FINE, startup=Startup(differs=True, lines=(3,))), "fail", (3,), ("running \N{NOT EQUAL TO} startup",)),
        (replace(FINE, backup_days=30), "pass", (1, 4), ()),
        (replace(FINE, backup_days=31), "fail", (), ("backup: 31 d",)),
    ],
    ids=["fine", "startup-unknown", "backup-unknown", "not-saved", "backup-just-fresh", "backup-old"],
)
def test_saved_and_fresh(beside: Beside, status: str, lines: tuple[int, ...], names: tuple[str, ...]) -> None:
    found = of(judged(beside), "RW-OPS-01")
    assert (found.status, found.lines, found.names) == (status, lines, names)


@pytest.mark.parametrize(
    ("shared", "status"),
    [
        ((), "pass"),
        ((SHARED,), "fail"),
        ((AT_HOME,), "pass"),
        ((Item("", (2,), {"elsewhere": None, "twice": False}),), "n/a"),
    ],
    ids=["nothing", "elsewhere", "at-home", "unsure"],
)
def test_a_secret_that_another_gemeente_has_fails(shared: tuple[Item, ...], status: str) -> None:
    found = of(judged(replace(FINE, shared=shared)), "RW-SEC-02")
    assert found.status == status
    if status == "fail":
        assert (found.lines, found.names) == ((2,), ("also at another gemeente",))


def test_a_region_may_forbid_reuse_at_home() -> None:
    text = "version: '1'\ntitle: {nl: Eigen, en: Own}\nrules: {RW-SEC-02: {judge_reuse_at_home: true}}\n"
    own = read_baseline("own", text, "own.yaml")
    found = of(check_text("\n".join(ROWS), IOS, own, replace(FINE, shared=(AT_HOME,))), "RW-SEC-02")
    assert (found.status, found.names) == ("fail", ("also on zandbeke/sw-2",))


def test_what_becomes_known_later_changes_the_rules_that_ask_for_it_and_no_other() -> None:
    before = judged(Beside())
    after = judge_again(before, FINE)
    changed = {one.rule for one, other in zip(before.findings, after.findings, strict=True) if one != other}
    assert changed == {"RW-OPS-01", "RW-SEC-02"}
    assert after.findings == judged(FINE).findings
