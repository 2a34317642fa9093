"""A real engine starts on the past, shows it without holes, and goes on from it without a seam."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht.demo.history import DEMO, Past, load_past, make_past
from regiowacht.demo.history.effects import states
from regiowacht.demo.history.pieces import DAY_S, HOUR_S, MINUTE_S
from regiowacht_collector.client import Client
from regiowacht_collector.exporter import Exporter
from regiowacht_contract.states import AssetState
from regiowacht_dashboards.interpolation import expressions
from tests.cli.history.made import region_of
from tests.collector.live import collecting, until
from tests.dashboards.built import UIDS, dashboard
from tests.dashboards.choices import choice, in_trouble, may_be_empty
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_collector import RunningCollector

pytestmark = pytest.mark.tools

RATE = "rate(node_network_receive_bytes_total[1m])"


@dataclass(frozen=True, slots=True)
class Live:
    """A collector on a past that ended moments ago, and goes on."""

    past: Past
    collector: RunningCollector

    def states(self) -> dict[tuple[str, str], float]:
        found = Client(self.collector.url).query("regiowacht:asset_state")
        return {(labels["gemeente"], labels["instance"]): value for labels, value in found}

    def over(self, expr: str, start: float, end: float, step: int) -> list[dict[str, Any]]:
        """What a graph asks: moments on multiples of its step."""
        asked = {"query": expr, "start": start // step * step, "end": end // step * step, "step": step}
        address = f"{self.collector.url}/api/v1/query_range?{urllib.parse.urlencode(asked)}"
        with urllib.request.urlopen(address, timeout=60) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found

    def at(self, expr: str, when: float) -> list[dict[str, Any]]:
        address = f"{self.collector.url}/api/v1/query?{urllib.parse.urlencode({'query': expr, 'time': when})}"
        with urllib.request.urlopen(address, timeout=60) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with going_on(tmp_path_factory.mktemp("live")) as found:
        yield found


@contextmanager
def going_on(folder: Path) -> Iterator[Live]:
    past = make_past(region_of(DEMO), int(time.time()))
    load_past(past, folder / "storage", Path(need("promtool")))
    page = Exporter(0, lambda: past.page(time.time()))
    try:
        with collecting(past.region, folder, carried=(f"127.0.0.1:{page.port}",)) as collector:
            yield Live(past, collector)
    finally:
        page.close()


def test_nothing_but_blocks_stays_in_the_storage(live: Live) -> None:
    left = [path.name for path in (live.collector.folder.path / "storage").iterdir() if path.name.startswith(".")]
    assert left == []


def test_the_engines_own_rules_agree_with_the_past_and_go_on(live: Live) -> None:
    """Every state that the rules compute live is the one that the incidents under way make."""
    wanted = {
        key: steps.at(time.time())
        for key, steps in states(live.past.region, live.past.incidents, live.past.never).items()
    }
    assert set(wanted.values()) == set(AssetState)
    until(lambda: live.at("count(timestamp(regiowacht:asset_state) > bool 0)", time.time()) != [], live.collector)
    until(lambda: live.past.end_s + 15 < newest(live, "regiowacht:asset_state"), live.collector)
    assert live.states() == wanted


def newest(live: Live, name: str) -> float:
    found = Client(live.collector.url).query(f"max(timestamp({name}))")
    return found[0][1] if found else 0


def _without_data(uid: str, live: Live) -> list[tuple[str, str]]:
    asked = expressions(dashboard(uid), choice(uid, live.past))
    elsewhere = expressions(dashboard(uid), in_trouble(uid, live.past))
    assert asked
    return [
        (title, expr)
        for (title, expr), (_, other) in zip(asked, elsewhere, strict=True)
        if not may_be_empty(expr) and not any(live.at(one, live.past.end_s) for one in (expr, other))
    ]


@pytest.mark.parametrize("uid", UIDS)
def test_every_panel_has_data_at_the_end_of_the_past(uid: str, live: Live) -> None:
    """But for the alerts that are open: the engine has not evaluated any yet."""
    assert _without_data(uid, live) == []


def test_rates_over_a_minute_are_there_all_six_hours(live: Live) -> None:
    end = live.past.end_s
    found = live.over(RATE, end - 6 * HOUR_S + 2 * MINUTE_S, end, 15)
    assert len(found) == 6
    assert all(len(series["values"]) >= (6 * HOUR_S - 2 * MINUTE_S) // 15 for series in found)
    assert all(float(value) >= 0 for series in found for _, value in series["values"])


@pytest.mark.parametrize(
    ("days", "step", "name"),
    [
        (7, 5 * MINUTE_S, "regio:regiowacht_assets:reached_ratio"),
        (7, 15 * MINUTE_S, "regiowacht:asset_state"),
        (7, 20 * MINUTE_S, "regiowacht:asset_state"),
        (7, 10 * MINUTE_S, "instance:node_cpu_usage:ratio_rate5m"),
        (30, 20 * MINUTE_S, "gemeente:regiowacht_assets:count"),
        (30, HOUR_S, "regiowacht:asset_state"),
        (90, HOUR_S, "regio:node_cpu_usage:avg_ratio_rate5m"),
        (90, 2 * HOUR_S, "instance:node_filesystem_usage:max_ratio"),
        (30, 30 * MINUTE_S, "regio:regiowacht_assets:reached_ratio"),
        (90, 3 * HOUR_S, "regiowacht:asset_state"),
        (90, 6 * HOUR_S, "instance:node_filesystem_usage:max_ratio"),
    ],
)
def test_graphs_have_no_holes(days: int, step: int, name: str, live: Live) -> None:
    """As wide as the longest range that Grafana asks at such a step; only who was silent may miss some."""
    struck = {incident.gemeente for incident in live.past.incidents if incident.kind in {"line-down", "silent-agent"}}
    end = live.past.end_s // step * step
    found = live.over(name, end - days * DAY_S + step, end, step)
    assert found
    whole = [series for series in found if series["metric"]["gemeente"] not in struck or not name.startswith("inst")]
    assert {len(series["values"]) for series in whole} == {days * DAY_S // step}


def test_live_goes_on_where_the_past_ends(live: Live) -> None:
    """Counters never fall, and graphs have a value in every quarter of a minute over the seam."""
    until(lambda: newest(live, "node_network_receive_bytes_total") > live.past.end_s + 30, live.collector)
    end = newest(live, "node_network_receive_bytes_total")
    for name in ("node_cpu_seconds_total", "node_network_receive_bytes_total", "ifHCInOctets", "ifInErrors"):
        [resets] = live.at(f"sum(resets({name}[10m]))", end)
        [grown] = live.at(f"count({name})", end)
        assert (float(resets["value"][1]), float(grown["value"][1]) > 2) == (0, True)
    seam = live.over("instance:node_cpu_usage:ratio_rate5m", live.past.end_s - 300, end, 15)
    assert seam
    for series in seam:
        values = [float(value) for _, value in series["values"]]
        assert len(values) == int((end // 15 * 15 - (live.past.end_s - 300) // 15 * 15) // 15) + 1
