"""The past is whole, the same at every run, and looks like one."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from regiowacht.demo.history import DEMO, Past, Size, load_past, make_past
from regiowacht.demo.history.agents import needed_by_rules
from regiowacht.demo.history.effects import states
from regiowacht.demo.history.look import has_metric, is_there, label_rows, limits
from regiowacht.demo.history.pieces import MONTH, OLDER, RAW, WEEK, Steps, pieces
from regiowacht.demo.history.recorded import HOURLY, LINE_USAGE
from regiowacht.demo.history.server import RECORDED
from regiowacht_contract.catalogue import Metric, catalogue, family
from regiowacht_contract.errors import CatalogueError, PartMissing, Unavailable, UsageError
from regiowacht_contract.states import AssetState
from regiowacht_dashboards.interpolation import expressions
from regiowacht_inventory.kinds import ASSET_KINDS
from tests.cli.history.made import END, page_of, past_of, region_of, samples, samples_of, texts
from tests.dashboards.built import dashboard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric as Family

    from regiowacht.demo.history.series import Pace
    from regiowacht_contract.catalogue import Kind

SIX_HOURS_S = 21_600
STALE_S = 300
"""So far back an instant query looks."""


def test_the_same_seed_and_end_give_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from regiowacht_inventory import load\n"
        "from regiowacht.demo.history import *\n"
        "folder = Path(sys.argv[1]); write_region(folder / 'region', Size(3, 60))\n"
        f"make_past(load(folder / 'region'), {END}).write(folder / 'past')\n"
    )
    found: list[list[str]] = []
    for number in ("1", "2"):
        environ = {**os.environ, "PYTHONHASHSEED": number}
        subprocess.run([sys.executable, "-c", program, tmp_path / number], check=True, env=environ)
        files = sorted(path for path in (tmp_path / number).rglob("*") if path.is_file())
        found.append([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
    assert found[0] == found[1]
    assert len(found[0]) > 5


def test_another_seed_or_end_gives_another_past() -> None:
    page = past_of(Size(3, 60)).page(END)
    assert past_of(Size(3, 60), seed=2).page(END) != page
    assert make_past(region_of(Size(3, 60)), END, 2).page(END) != page
    assert past_of(Size(3, 60), END + 3600).incidents != past_of(Size(3, 60)).incidents


def some_of(text: str) -> str:
    """The text with one sample in fifty, so that another's slow reader can be asked about all its names."""
    lines = text.splitlines()
    return "\n".join(line for number, line in enumerate(lines) if line.startswith("#") or not number % 50) + "\n"


def test_files_are_openmetrics_and_pages_are_text() -> None:
    for text in texts().values():
        assert text.endswith("\n# EOF\n")
        parsed: list[Family] = list(parse_openmetrics(some_of(text)))  # type: ignore[no-untyped-call]
        assert sum(len(found.samples) for found in parsed) == sum(1 for _ in samples_of(some_of(text)))
    told = list(parse_text(past_of().page(END + 5).decode()))
    assert {found.name for found in told} >= {"up", "node_memory_MemTotal_bytes", "ifHCInOctets"}


def test_files_cover_their_own_time_and_all_of_it() -> None:
    spans = sorted(
        (min(moments), max(moments))
        for moments in (
            [int(line.rsplit(" ", 1)[1]) for line in text.splitlines()[:-1] if line[0] != "#"]
            for text in texts().values()
        )
    )
    assert all(earlier[1] < later[0] for earlier, later in itertools.pairwise(spans))
    assert END - spans[0][0] == pytest.approx(90 * 86_400, abs=86_400)
    assert END - 60 < spans[-1][1] <= END


@pytest.mark.parametrize("end_s", [END, 4374 * 3600 * 112 + 86_400 * 40, 4374 * 3600 * 112])
def test_no_file_reaches_over_the_border_of_two_blocks(end_s: int) -> None:
    cut = pieces(end_s)
    assert all(piece.from_s // (4374 * 3600) == (piece.until_s - 1) // (4374 * 3600) for piece in cut[:-1])
    ordered = sorted(cut, key=lambda piece: piece.from_s)
    assert all(before.until_s == after.from_s for before, after in itertools.pairwise(ordered))


GRAFANA_ROUNDS = (
    (3.5, 2),
    (7.5, 5),
    (12.5, 10),
    (17.5, 15),
    (25, 20),
    (45, 30),
    (90, 60),
    (150, 120),
    (270, 180),
    (540, 360),
)
"""What Grafana makes of a range divided by a width (``roundInterval``): below the first, the second; minutes."""


def grafana_step_s(days: int, width: int) -> int:
    minutes = days * 1440 / width
    return next(step for below, step in GRAFANA_ROUNDS if minutes < below) * 60


@pytest.mark.parametrize(
    ("steps", "days", "pace", "widths"),
    [
        (WEEK, 7, "total", (330, 2800)),
        (WEEK, 7, "state", (330, 800)),
        (WEEK, 7, "server", (330, 1340)),
        (MONTH, 30, "total", (330, 2050)),
        (MONTH, 30, "state", (330, 950)),
        (OLDER, 90, "total", (330, 1900)),
        (OLDER, 90, "state", (330, 860)),
        (OLDER, 90, "server", (330, 1430)),
    ],
)
def test_graphs_of_usual_widths_have_a_value_at_every_point(
    steps: Steps, days: int, pace: Pace, widths: tuple[int, int]
) -> None:
    for width in range(*widths, 10):
        asked = grafana_step_s(days, width)
        assert any(asked % step == 0 for step in steps[pace]), (width, asked)


def test_an_instant_query_sees_what_hardly_changes() -> None:
    seen = {pace: steps for pace, steps in RAW.items() if pace != "hourly"}  # that is asked for over a range
    assert max(step for steps in seen.values() for step in steps) < STALE_S
    assert RAW["measured"] == (15,)


def test_samples_stand_on_round_moments() -> None:
    for name, step in (
        ("instance:node_cpu_usage:ratio_rate5m", 60),
        ("node_cpu_seconds_total", 15),
        ("node_load1", 60),
        ("up", 240),
    ):
        moments = {at for series in samples("raw")[name].values() for at in series}
        assert {at % step for at in moments} == {0}


def test_every_series_of_the_last_hours_is_seen_all_the_time() -> None:
    """Unless an incident silenced it, no two samples are further apart than an instant query looks back."""
    struck = {incident.gemeente for incident in past_of().incidents if incident.kind in {"line-down", "silent-agent"}}
    for name, by_labels in samples("raw").items():
        if name == "regiowacht:asset_seen" or "count_by_value" in name or name.endswith(HOURLY):
            continue
        for labels, series in by_labels.items():
            if dict(labels)["gemeente"] not in struck:
                moments = sorted(series)
                assert moments[0] <= END - SIX_HOURS_S
                assert END - moments[-1] < STALE_S
                assert all(later - earlier < STALE_S for earlier, later in itertools.pairwise(moments))


def test_every_asset_has_a_state_and_an_up_unless_it_was_never_connected() -> None:
    past = past_of()
    raw = samples("raw")
    keys = [
        {
            (dict(labels)["gemeente"], dict(labels)["instance"])
            for labels in raw[name]
            if ("job", "regiowacht") not in labels
        }
        for name in ("regiowacht:asset_state", "up")
    ]
    assert keys[0] == {asset.key for asset in past.region.assets}
    assert keys[1] == keys[0] - past.never
    assert past.never
    new = {labels: series for labels, series in raw["regiowacht:asset_state"].items() if set(series.values()) == {3.0}}
    assert {(dict(labels)["gemeente"], dict(labels)["instance"]) for labels in new} == past.never


def test_the_history_has_every_name_that_overview_boards_read() -> None:
    asked = " ".join(expr for _, expr in expressions(dashboard("rw-regio"), {}))
    names = {name for name in catalogue() if name in asked}
    assert len(names) > 4
    of_alerts = {found.name for found in family("engine_alerts")}  # what the engine keeps while it evaluates
    assert names - of_alerts <= set(samples("raw"))


WHILE_SILENT = {"regiowacht:asset_waiting", "regiowacht:poller_silent"}
"""What is recorded as long as a server that asks others is silent, and not else."""


def test_all_recorded_names_are_there_for_the_last_hours_and_for_ninety_days() -> None:
    found_in = {prefix: set(samples(prefix)) for prefix in ("raw", "week", "month", "older")}
    for names in found_in.values():
        assert {found.name for found in family("recorded")} - WHILE_SILENT <= names
    assert set().union(*found_in.values()) >= WHILE_SILENT
    assert {found.name for found in family("recorded") if found.name.startswith("instance:")} == {*RECORDED, LINE_USAGE}


def measured_with(found: Metric) -> Iterator[tuple[str, str]]:
    """Kind and job under which a metric has to be there."""
    for kind, job in {(asset.kind, asset.job) for asset in past_of().measured}:
        if has_metric(kind, found) and job in found.jobs:
            yield kind, job
        elif has_metric(kind, found) and "audit" in found.jobs and job == "snmp":
            yield kind, "audit"


@pytest.mark.parametrize(
    "found",
    [m for m in catalogue().values() if set(m.jobs) - {"regiowacht"} and is_there(m)],
    ids=lambda m: m.name,
)
def test_every_metric_of_the_catalogue_is_there_for_two_assets_of_each_kind(found: Metric) -> None:
    kinds = {asset.key: asset.kind for asset in past_of().region.assets}
    there: dict[tuple[str, str], set[str]] = {}
    page = page_of(past_of(), END + 10)
    for labels in samples("raw")[found.name]:
        own = dict(labels)
        if own["job"] == "regiowacht":
            continue  # the collector's own
        there.setdefault((kinds[own["gemeente"], own["instance"]], own["job"]), set()).add(own["instance"])
        assert {"gemeente", "scope", "site", "instance", "job"} <= set(own)
        if own["gemeente"] == next(iter(past_of().measured)).gemeente:
            assert labels in page[found.name]
    wanted = list(measured_with(found))
    assert wanted
    assert all(len(there[sort]) >= 2 for sort in wanted)


def test_what_tells_of_trouble_alone_is_not_there() -> None:
    absent = {found.name for found in catalogue().values() if not is_there(found)}
    assert "regiowacht_backup_problem_info" in absent
    assert not absent & {*samples("raw"), *page_of(past_of(), END)}


def test_a_backup_is_made_every_day_that_the_demo_goes_on() -> None:
    for day in range(4):
        made = page_of(past_of(), END + day * 86_400)["regiowacht_backup_last_success_timestamp_seconds"]
        assert made
        assert all(0 <= END + day * 86_400 - value <= 86_400 for value in made.values())


def test_a_series_of_a_metric_may_have_values_of_its_own() -> None:
    found = catalogue()["probe_icmp_duration_seconds"]
    assert limits(found, {"phase": "resolve"}) == (0, 0)
    assert limits(found, {"phase": "rtt"}) == limits(found)


def test_two_assets_of_every_kind_are_measured_in_one_gemeente() -> None:
    measured = past_of().measured
    assert len({asset.gemeente for asset in measured}) == 1
    assert {asset.kind for asset in measured} == set(ASSET_KINDS)
    assert all(sum(asset.kind == kind for asset in measured) >= 2 for kind in ASSET_KINDS)


def test_a_metric_and_a_label_that_are_new_get_values_without_code() -> None:
    new = Metric(
        "snmp_pump_speed_rpm", "gauge", "rpm", "Speed.", ("pump", "mode"), "infrastructuur", "pumps", monotonic=False
    )
    rows = list(label_rows(new, "sensor"))
    assert {row["pump"] for row in rows} == {"pump-1"}
    assert len(rows) == 8


@pytest.mark.parametrize(
    ("name", "kind", "unit", "wanted"),
    [
        ("node_pump_faulty_total", "counter", "operations", (3, 80)),
        ("node_pump_errors_total", "counter", "operations", (0, 0)),
        ("node_pump_alarm", "gauge", "", (0, 0)),
        ("node_pump_online", "gauge", "", (1, 1)),
        ("node_pump_speed_max_rpm", "gauge", "rpm", (2600, 2600)),
        ("node_pump_speed_min_rpm", "gauge", "rpm", (1200, 1200)),
        ("node_pump_turns_total", "counter", "operations", (3, 80)),
        ("node_pump_failed_info", "info", "", (1, 1)),
    ],
)
def test_what_goes_wrong_stays_nothing_and_limits_stay(
    name: str, kind: Kind, unit: str, wanted: tuple[float, float]
) -> None:
    assert limits(Metric(name, kind, unit, "It.", (), "infrastructuur", "pumps", monotonic=kind == "counter")) == wanted


def test_a_series_of_no_metric_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECORDED, "instance:renamed:ratio", next(iter(RECORDED.values())))
    with pytest.raises(CatalogueError, match="instance:renamed:ratio"):
        make_past(region_of(Size(1, 3)), END)


def test_series_that_only_grow_grow_and_go_on_on_the_pages() -> None:
    past = past_of()
    pages = [page_of(past, END + seconds) for seconds in (1, 16, 3600, 86_400 * 3)]
    grown = [found for found in catalogue().values() if found.monotonic and found.name in samples("raw")]
    assert len(grown) > 20
    for found in grown:
        for labels, series in samples("raw")[found.name].items():
            values = [series[at] for at in sorted(series)]
            values += [page[found.name][labels] for page in pages if labels in page.get(found.name, {})]
            assert all(later >= earlier for earlier, later in itertools.pairwise(values)), (found.name, labels)
            assert max(series) > END - 60


def test_the_page_says_at_the_end_what_the_history_says() -> None:
    at = END // 15 * 15
    page = page_of(past_of(), at)
    checked = 0
    for name, by_labels in page.items():
        for labels, value in by_labels.items():
            if at in samples("raw").get(name, {}).get(labels, {}):
                assert samples("raw")[name][labels][at] == value
                checked += 1
    assert checked > 300


def test_the_page_has_what_rules_need_of_every_server_that_answers_and_nothing_of_the_collectors() -> None:
    past = past_of()
    page = page_of(past, END + 30)
    silent = {labels for labels, value in page["up"].items() if value}
    answering = {
        dict(labels)["instance"] + dict(labels)["gemeente"] for labels in silent if dict(labels)["job"] == "node"
    }
    assert len(needed_by_rules()) > 8
    for name in needed_by_rules():
        assert {dict(labels)["instance"] + dict(labels)["gemeente"] for labels in page[name]} == answering
    assert not [name for name in page if ":" in name or name.startswith(("regiowacht_asset", "regiowacht_gemeente"))]


def test_memory_and_disks_add_up() -> None:
    page = page_of(past_of(), END)
    for parts, whole in (
        (("node_filesystem_avail_bytes", "node_filesystem_free_bytes"), "node_filesystem_size_bytes"),
        (("node_memory_MemFree_bytes", "node_memory_MemAvailable_bytes"), "node_memory_MemTotal_bytes"),
        (("node_memory_SwapFree_bytes",), "node_memory_SwapTotal_bytes"),
        (("node_filesystem_files_free",), "node_filesystem_files"),
    ):
        for part in parts:
            assert page[part]
            assert all(0 <= value <= page[whole][labels] for labels, value in page[part].items())
    for name, by_labels in page.items():
        if catalogue()[name].unit == "ratio":
            assert all(0 <= value <= 1 for value in by_labels.values())


def test_processors_have_one_second_in_each_second() -> None:
    raw = samples("raw")["node_cpu_seconds_total"]
    whole: dict[tuple[str, str], float] = {}
    for labels, series in raw.items():
        first, last = min(series), max(series)
        own = dict(labels)
        key = own["instance"], own["cpu"]
        whole[key] = whole.get(key, 0) + (series[last] - series[first]) / (last - first)
    assert whole
    assert all(value == pytest.approx(1, abs=0.01) for value in whole.values())


def test_what_is_recorded_is_what_the_rules_make_of_the_raw_series() -> None:
    raw = samples("raw")
    busy = {
        dict(labels)["instance"] + dict(labels)["gemeente"]: series
        for labels, series in raw["instance:node_cpu_usage:ratio_rate5m"].items()
    }
    idle: dict[str, float] = {}
    at = END // 300 * 300
    for labels, series in raw["node_cpu_seconds_total"].items():
        own = dict(labels)
        if own["mode"] in {"idle", "iowait"}:
            key = own["instance"] + own["gemeente"]
            idle[key] = idle.get(key, 0) + (series[at] - series[at - 300]) / 300 / 4
    assert len(idle) == 2
    for key, share in idle.items():
        assert busy[key][at] == pytest.approx(1 - share, abs=0.05)


def hourly(name: str) -> dict[tuple[int, int], float]:
    """Average by (weekday, hour), local time, over the 30 days before the last week."""
    values: dict[tuple[int, int], list[float]] = {}
    for series in samples("month")[name].values():
        for at, value in series.items():
            local = datetime.fromtimestamp(at, ZoneInfo("Europe/Brussels"))
            values.setdefault((local.weekday(), local.hour), []).append(value)
    return {moment: sum(found) / len(found) for moment, found in values.items()}


def test_a_day_and_a_week_have_their_shape() -> None:
    busy = hourly("regio:node_cpu_usage:avg_ratio_rate5m")
    for weekday in range(5):
        assert busy[weekday, 10] > 2 * busy[weekday, 3]
    for weekday in (5, 6):
        assert busy[weekday, 10] < busy[2, 10] / 2


def test_disks_and_use_grow() -> None:
    full = samples("older")["instance:node_filesystem_usage:max_ratio"]
    filling = {incident.key for incident in past_of().incidents if incident.kind == "disk-filling"}
    for labels, series in full.items():
        if (dict(labels)["gemeente"], dict(labels)["instance"]) not in filling:
            assert series[max(series)] > series[min(series)]


def test_what_waits_for_a_silent_server_is_stil_and_counted_behind_it() -> None:
    for prefix in ("raw", "week", "month", "older"):
        told = samples(prefix)
        waiting: dict[tuple[str, str, str, int], int] = {}
        state = {(dict(k)["gemeente"], dict(k)["instance"]): v for k, v in told["regiowacht:asset_state"].items()}
        for labels, series in told.get("regiowacht:asset_waiting", {}).items():
            own = dict(labels)
            for at in series:
                assert state[own["gemeente"], own["instance"]][at] == AssetState.STIL
                assert state[own["gemeente"], own["poller"]][at] != AssetState.GOED
                key = (own["gemeente"], own["poller"], own["scope"], at)
                waiting[key] = waiting.get(key, 0) + 1
        counted = {
            (dict(labels)["gemeente"], dict(labels)["instance"], dict(labels)["scope"], at): value
            for labels, series in told.get("regiowacht:poller_silent", {}).items()
            for at, value in series.items()
        }
        assert counted == waiting


def test_counts_are_those_of_the_states() -> None:
    raw = samples("raw")
    for at in sorted({at for series in raw["regiowacht:asset_state"].values() for at in series})[::10]:
        states: dict[tuple[str, str], list[float]] = {}
        for labels, series in raw["regiowacht:asset_state"].items():
            states.setdefault((dict(labels)["gemeente"], dict(labels)["laag"]), []).append(series[at])
        for labels, series in raw["gemeente:regiowacht_assets:count"].items():
            own = dict(labels)
            wanted = ["goed", "neer", "stil", "nog-niet-aangesloten"].index(own["state"])
            assert series[at] == states[own["gemeente"], own["laag"]].count(wanted)
        for labels, series in raw["regio:regiowacht_assets:reached_ratio"].items():
            here = [
                state
                for (_, laag), found in states.items()
                if laag == dict(labels)["laag"]
                for state in found
                if state != 3
            ]
            assert series[at] == pytest.approx(here.count(0) / len(here), rel=1e-3)


def stil(past: Past) -> list[tuple[str, str]]:
    """Assets that nobody can tell of at the end."""
    found = states(past.region, past.incidents, past.never)
    return [key for key, steps in found.items() if steps.at(END) == AssetState.STIL]


@pytest.mark.parametrize(
    "size", [Size(1, 1), Size(1, 2), Size(2, 40)], ids=lambda size: f"{size.gemeenten}-{size.devices}"
)
def test_small_regions_have_a_past_too_and_no_aggregate_of_few(size: Size, tmp_path: Path) -> None:
    past = past_of(size)
    text = "".join(path.read_text(encoding="utf-8") for path in past.write(tmp_path))
    assert text.count("\nup{") > 50
    assert "\nregio:" not in text
    assert past.page(END + 1).count(b"\nup{") == size.devices - len(past.never) - len(stil(past))


def test_a_folder_that_cannot_be_written_is_named_and_no_half_file_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="file"):
        past_of(Size(1, 1)).write(tmp_path / "file" / "past")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """A file that leads to the device that is always full."""
    (tmp_path / f"{pieces(END)[0].name}.om").symlink_to("/dev/full")
    with pytest.raises(Unavailable, match="No space left on device"):
        past_of(Size(1, 1)).write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_end_in_the_future_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="3600 s in the future"):
        load_past(past_of(), tmp_path / "storage", None, now_s=END - 3600)
    assert not (tmp_path / "storage").exists()


def test_without_promtool_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "storage/.past-text-killed").mkdir(parents=True)
    with pytest.raises(PartMissing, match="promtool"):
        load_past(past_of(DEMO), tmp_path / "storage", None)
    assert list((tmp_path / "storage").iterdir()) == []


def test_incidents_of_ones_own_take_the_place_of_the_tables() -> None:
    region = region_of(DEMO)
    quiet = make_past(region, END, incidents=())
    assert quiet.incidents == ()
    told = [one for one in quiet.curves("up") if one.curve.at(END - 60) != 1]
    assert told == []
    assert any(one.curve.at(END - 60) != 1 for one in past_of().curves("up"))
    assert len(quiet.curves("regiowacht_asset_info")) == len(region.assets)
