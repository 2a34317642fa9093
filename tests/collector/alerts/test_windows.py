"""Windows become silences at the right moments, over changes of the clock too, and only theirs are ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.alerts.manager.find import inspect
from regiowacht_collector.alerts.routing import alertmanager_file
from regiowacht_collector.alerts.windows import keep_up, occurrences
from regiowacht_inventory import load
from tests.collector.alerts.manager.running import running_manager
from tests.inventory.base import BASE, write_base
from tests.parts import need_peer

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory import Region


def _region(folder: Path, *windows: str) -> Region:
    files = dict(BASE)
    files["gemeenten/aa.yml"] += "alerts:\n  windows:\n" + "".join(f"    - {{{window}}}\n" for window in windows)
    return load(write_base(folder, files))


def _times(region: Region, now: str) -> list[tuple[str, str]]:
    found = occurrences(region, datetime.fromisoformat(now).replace(tzinfo=UTC))
    return [(f"{one.starts:%m-%d %H:%M}", f"{one.ends:%m-%d %H:%M}") for one in found]


def test_one_that_is_once_is_seen_a_week_ahead_and_until_it_ends(tmp_path: Path) -> None:
    region = _region(tmp_path, 'name: Glas, from: "2026-12-01 22:00", until: "2026-12-02 04:00", asset: wan-1')
    assert _times(region, "2026-11-20") == []
    assert _times(region, "2026-11-25") == [("12-01 21:00", "12-02 03:00")]  # Brussels is an hour ahead of UTC
    assert _times(region, "2026-12-02T03:01") == []


def test_one_that_comes_back_runs_over_midnight_and_keeps_its_hour_when_the_clock_changes(tmp_path: Path) -> None:
    region = _region(tmp_path, 'name: Updates, from: "23:00", until: "04:00", days: [sat]')
    assert _times(region, "2026-10-23") == [("10-24 21:00", "10-25 03:00")]
    assert _times(region, "2026-10-30") == [("10-31 22:00", "11-01 03:00")]
    assert _times(region, "2026-10-31T23:59") == [("10-31 22:00", "11-01 03:00"), ("11-07 22:00", "11-08 03:00")]


def test_a_window_in_the_hour_that_the_clock_leaves_out_is_none_and_holds_up_no_other(tmp_path: Path) -> None:
    first, second = (
        f'name: N, from: "{begin}", until: "{end}", days: [sun]'
        for begin, end in (("02:15", "03:00"), ("02:30", "03:45"))
    )
    assert _times(_region(tmp_path, first, second), "2027-03-27") == [("03-28 01:30", "03-28 01:45")]
    assert len(_times(_region(tmp_path, first, second), "2027-04-03")) == 2


@pytest.mark.parametrize(("week", "days"), [("2", ["12-08"]), ("last", ["12-29"]), ("1", ["12-01"])])
def test_the_nth_day_of_a_month(tmp_path: Path, week: str, days: list[str]) -> None:
    region = _region(tmp_path, f'name: Patch, from: "02:00", until: "05:00", days: [tue], week: {week}')
    starts = [
        _times(region, f"2026-{month}-{day:02}") for month, day in ((11, 30), (12, 6), (12, 13), (12, 20), (12, 27))
    ]
    assert [one[0][:5] for found in starts for one in found] == days


@pytest.mark.tools
def test_what_people_silenced_by_hand_is_left_alone(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    day = f"{now + timedelta(days=2):%Y-%m-%d}"
    window = f'name: Glas, from: "{day} 01:00", until: "{day} 02:00", site: huis, leverancier: telco-a'
    region = _region(tmp_path / "one", window)
    manager = inspect(need_peer("alertmanager", own_suite=True).path)
    with running_manager(
        manager, alertmanager_file(region, [now.year], "http://127.0.0.1:9"), tmp_path / "m"
    ) as client:
        by_hand = client.silence(
            {
                "matchers": [{"name": "site", "value": "huis", "isRegex": False, "isEqual": True}],
                "startsAt": now.isoformat(),
                "endsAt": (now + timedelta(hours=1)).isoformat(),
                "createdBy": "jan",
                "comment": "bezig",
            }
        )
        assert keep_up(client, region, now) == (1, 0)
        assert keep_up(client, region, now) == (0, 0)
        labels = {matcher["name"] for one in client.silences() if one["id"] != by_hand for matcher in one["matchers"]}
        assert labels == {"alertname", "gemeente", "site", "leverancier"}
        assert keep_up(client, _region(tmp_path / "two", window.replace("02:00", "03:00")), now) == (1, 1)
        assert keep_up(client, load(write_base(tmp_path / "three")), now) == (0, 1)
        states = {one["id"]: one["status"]["state"] for one in client.silences()}
        assert states.pop(by_hand) == "active"
        assert set(states.values()) == {"expired"}
