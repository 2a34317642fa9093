"""What the page about being told says is so: its example is a region that is right, and tells whom it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from regiowacht_collector.alerts.notify.history import FILE, KEEP_MS
from regiowacht_collector.alerts.notify.notifier import TWICE_MS
from regiowacht_collector.alerts.routing import REPEAT, alertmanager_file, is_left_to_region, told
from regiowacht_collector.alerts.rule import alert
from regiowacht_inventory import load

if TYPE_CHECKING:
    from regiowacht_inventory import Region

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/be-told-what-is-wrong.md").read_text(encoding="utf-8")


def _region(folder: Path) -> Region:
    for name, text in re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, re.DOTALL):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return load(folder)


def _who(region: Region, laag: str, severity: str) -> dict[str, bool]:
    return {one.receiver: one.hours is None for one in told(region, region.gemeenten[0], laag, severity)}


def test_its_example_is_right_and_tells_whom_it_says(tmp_path: Path) -> None:
    region = _region(tmp_path)
    assert _who(region, "infrastructuur", "critical") == {"wachtdienst": True, "zandbeke/ict-zandbeke": True}
    assert _who(region, "infrastructuur", "warning") == {"zandbeke/ict-zandbeke": False}
    assert _who(region, "connectiviteit", "warning") == {"ict-dienst": False, "ploeg": False}
    about = {"gemeente": "zandbeke", "laag": "connectiviteit"}
    assert is_left_to_region(region, {**about, "severity": "warning"})
    assert not is_left_to_region(region, {**about, "severity": "critical"})
    assert len(region.gemeenten[0].alerts.windows) == 3


def test_its_times_are_those_of_the_code(tmp_path: Path) -> None:
    route = yaml.safe_load(alertmanager_file(_region(tmp_path), (2026,), "http://127.0.0.1:1"))["route"]
    assert (route["group_wait"], route["group_interval"], REPEAT) == ("10s", "1m", {"critical": "12h", "warning": "7d"})
    assert route["group_by"] == ["alertname", "gemeente", "site"]
    assert KEEP_MS == 400 * 86_400_000
    assert f"`{FILE}`" in PAGE
    assert TWICE_MS == 15 * 60_000
    assert (alert("MeldingBlijftLiggen").for_, alert("MeldingNietBezorgd").for_) == ("10m", "0s")
