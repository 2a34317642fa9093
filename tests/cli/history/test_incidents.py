"""What went wrong stands in the figures of those it struck, from when until when the list says, and nowhere else."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from regiowacht.demo.history import DEMO, Incident, Size
from regiowacht.demo.history import incidents as placing
from regiowacht.demo.history.effects import behind, heard, states
from regiowacht.demo.history.incidents import KINDS, place_incidents, seconds
from regiowacht.demo.history.world import measured_assets
from regiowacht_contract.states import AssetState
from regiowacht_contract.thresholds import threshold
from regiowacht_inventory import Asset
from tests.cli.history.made import END, past_of, region_of, samples

FAR = ("line-down", "silent-agent")


def asset(name: str, kind: str, site: str, *, uplink: str = "", poller: str = "srv-1", job: str = "snmp") -> Asset:
    return Asset(
        gemeente="g",
        site=site,
        name=name,
        kind=kind,
        laag="connectiviteit",
        job=job,  # type: ignore[arg-type]
        leverancier="",
        uplink=uplink,
        poller=poller,
        address="",
    )


HALL = (
    asset("srv-1", "server", "hall", poller="", job="node"),
    asset("wan-hall-a", "link", "hall", uplink="rt-hall", job="probe"),
    asset("wan-hall-b", "link", "hall", uplink="rt-hall", job="probe"),
    asset("rt-hall", "router", "hall"),
)
LIBRARY = (
    asset("wan-lib", "link", "library", uplink="rt-lib", job="probe"),
    asset("rt-lib", "router", "library"),
    asset("sw-lib", "switch", "library", uplink="rt-lib"),
    asset("ap-lib", "access_point", "library", uplink="sw-lib"),
)
SHED = (
    asset("sw-shed", "switch", "shed", uplink="sw-lib"),
    asset("cam-shed", "camera", "shed", uplink="sw-shed"),
    asset("srv-shed", "server", "shed", poller="", job="node"),
)
DEPOT = (
    asset("srv-depot", "server", "depot", poller="", job="node"),
    asset("wan-depot", "link", "depot", uplink="rt-depot", poller="srv-depot", job="probe"),
    asset("rt-depot", "router", "depot", poller="srv-depot"),
)
ALL = (*HALL, *LIBRARY, *SHED, *DEPOT)


def struck(kind: placing.Kind, name: str) -> dict[str, AssetState]:
    """State during the incident, by name, of all that is not goed."""
    region = region_of(Size(1, 1))
    region = type(region)(**{field: getattr(region, field) for field in region.__dataclass_fields__} | {"assets": ALL})
    found = states(region, [Incident(kind, "g", name, 100, 200)], ())
    assert (
        {steps.at(99) for steps in found.values()} == {steps.at(200) for steps in found.values()} == {AssetState.GOED}
    )
    return {key[1]: AssetState(int(steps.at(150) or 0)) for key, steps in found.items() if steps.at(150)}


def test_a_site_with_another_line_keeps_working() -> None:
    assert behind(ALL, HALL[1]) == {"wan-hall-a"}
    assert struck("line-down", "wan-hall-a") == {"wan-hall-a": AssetState.NEER}


def test_all_behind_a_line_is_cut_off_also_a_site_that_hangs_on_it() -> None:
    assert behind(ALL, LIBRARY[0]) == {one.name for one in (*LIBRARY, *SHED)}
    assert struck("line-down", "wan-lib") == {
        **{one.name: AssetState.NEER for one in (*LIBRARY, *SHED)},
        "srv-shed": AssetState.STIL,
    }


def test_behind_a_line_with_its_own_poller_nobody_is_heard() -> None:
    assert struck("line-down", "wan-depot") == {one.name: AssetState.STIL for one in DEPOT}


def test_a_silent_agent_takes_along_what_it_asks() -> None:
    asked = {one.name for one in ALL if one.poller == "srv-1"}
    assert struck("silent-agent", "srv-1") == dict.fromkeys({"srv-1", *asked}, AssetState.STIL)
    assert struck("silent-agent", "srv-shed") == {"srv-shed": AssetState.STIL}


def test_two_incidents_at_once_show_the_worst() -> None:
    region = region_of(Size(1, 1))
    region = type(region)(**{field: getattr(region, field) for field in region.__dataclass_fields__} | {"assets": ALL})
    both = [Incident("line-down", "g", "wan-lib", 100, 300), Incident("silent-agent", "g", "srv-1", 150, 200)]
    found = states(region, both, ())["g", "sw-lib"]
    assert [found.at(at) for at in (99, 100, 150, 200, 300)] == [0, 1, 2, 1, 0]
    assert [heard(found).at(at) for at in (99, 100, 150, 200, 300)] == [1, 0, None, 0, 1]


def test_durations() -> None:
    assert [seconds(text) for text in ("25m", "1d6h", "3h20m")] == [1500, 108_000, 12_000]


@pytest.mark.parametrize("size", [DEMO, Size()], ids=["demo", "large"])
def test_every_kind_happened_and_what_is_under_way_is_seen_as_neer_and_as_stil(size: Size) -> None:
    past = past_of(size)
    assert {incident.kind for incident in past.incidents} == set(KINDS)
    assert list(past.incidents) == sorted(past.incidents, key=lambda incident: incident.from_s)
    now = [incident for incident in past.incidents if incident.until_s is None]
    assert {"line-down", "disk-filling", "silent-agent"} <= {incident.kind for incident in now}
    assert len({incident.gemeente for incident in now}) == len(now)
    [line] = [incident for incident in now if incident.kind == "line-down"]
    assert line.from_s == END - 25 * 60
    found = states(past.region, past.incidents, past.never)
    seen = [steps.at(END) for steps in found.values()]
    assert seen.count(AssetState.NEER) > 3
    assert seen.count(AssetState.STIL) >= 1
    assert seen.count(AssetState.GOED) > len(seen) / 2
    known = {incident.gemeente for incident in past.incidents if incident.kind in FAR}
    assert not known & {asset.gemeente for asset in past.measured}


def test_incidents_are_over_before_the_end_or_under_way() -> None:
    for incident in past_of(Size()).incidents:
        assert incident.from_s < END
        assert incident.until_s is None or incident.from_s < incident.until_s <= END
        assert END - incident.from_s < 90 * 86_400


def test_one_more_entry_is_one_more_incident(monkeypatch: pytest.MonkeyPatch) -> None:
    region = region_of(DEMO)
    before = place_incidents(region, measured_assets(region), END, 1)
    text = (resources.files("regiowacht.demo.history") / "incidents.toml").read_text(encoding="utf-8")
    more = tomllib.loads(text + '\n[[incident]]\nkind = "noisy-port"\nbegan = ["5h"]\nlasted = "10m"\n')["incident"]
    monkeypatch.setattr(placing, "_table", lambda: tuple(more))
    after = place_incidents(region, measured_assets(region), END, 1)
    [added] = set(after) - set(before)
    assert (added.kind, added.from_s, added.until_s) == ("noisy-port", END - 18_000, END - 17_400)


def around(incident: Incident) -> tuple[int, int]:
    """A moment within it, and one before it."""
    until = incident.until_s or END
    return (incident.from_s + until) // 2, incident.from_s - 600


def value(name: str, incident: Incident, at: int, **more: str) -> float | None:
    """The last value before ``at`` of the series of the incident's asset."""
    for prefix in ("raw", "week", "month", "older"):
        for labels, series in samples(prefix).get(name, {}).items():
            own = dict(labels)
            if (own["gemeente"], own["instance"]) == incident.key and more.items() <= own.items():
                near = [moment for moment in series if 0 <= at - moment <= 7200]
                if near:
                    return series[max(near)]
    return None


def of_kind(kind: str) -> list[Incident]:
    found = [incident for incident in past_of().incidents if incident.kind == kind]
    assert found
    return found


def test_a_ups_runs_on_its_battery_which_empties() -> None:
    for incident in of_kind("ups-on-battery"):
        within, before = around(incident)
        assert value("snmp_ups_on_battery", incident, before) == 0
        assert value("snmp_ups_charge_ratio", incident, before) == 1
        if (incident.until_s and incident.until_s - incident.from_s > 7200) or incident.from_s > END - 21_600:
            assert value("snmp_ups_on_battery", incident, within) == 1
            assert (value("snmp_ups_charge_ratio", incident, within) or 1) < 0.99
            assert (value("snmp_ups_runtime_seconds", incident, within) or 9999) < 2380


def test_a_port_is_noisy_while_it_is() -> None:
    for incident in of_kind("noisy-port"):
        port = {"ifIndex": "3"}
        moments = (incident.from_s - 600, incident.from_s, incident.until_s or END, END)
        quiet, start, stop, end = (value("ifInErrors", incident, at, **port) or 0 for at in moments)
        assert start - quiet < 5
        assert stop - start > 40 * 3600
        assert end - stop < 42 * 30


def test_an_audit_fails_while_it_does() -> None:
    for incident in of_kind("failed-audit"):
        within, before = around(incident)
        assert (value("regiowacht_audit_score_ratio", incident, before) or 0) > 0.9
        assert (value("regiowacht_audit_score_ratio", incident, within) or 1) < 0.7
        assert value("regiowacht_audit_findings", incident, before, severity="high") == 0
        assert (value("regiowacht_audit_findings", incident, within, severity="high") or 0) > 0


def test_a_disk_fills_up_past_its_threshold() -> None:
    limit = threshold("filesystem_usage").critical
    name = "instance:node_filesystem_usage:max_ratio"
    for incident in of_kind("disk-filling"):
        _, before = around(incident)
        last = (incident.until_s or END) - 60
        assert (value(name, incident, before) or 1) < 0.8
        assert (value(name, incident, last) or 0) > limit - 0.02
    others = {
        (dict(labels)["gemeente"], dict(labels)["instance"]): max(series.values())
        for labels, series in samples("raw")[name].items()
    }
    assert [key for key, full in others.items() if full >= limit] == [
        incident.key for incident in of_kind("disk-filling") if incident.until_s is None
    ]


def test_states_in_the_history_are_those_of_the_incidents_and_of_nothing_else() -> None:
    past = past_of()
    wanted = states(past.region, past.incidents, past.never)
    seen: set[float] = set()
    for prefix in ("raw", "week", "month", "older"):
        for labels, series in samples(prefix)["regiowacht:asset_state"].items():
            steps = wanted[dict(labels)["gemeente"], dict(labels)["instance"]]
            assert all(steps.at(at) == found for at, found in series.items())
            if prefix != "raw":
                seen |= set(series.values())
    assert seen == {0, 1, 2, 3}


def test_a_silent_server_tells_nothing_and_one_behind_a_cut_line_is_down() -> None:
    past = past_of()
    found = states(past.region, past.incidents, past.never)
    ups = {
        (dict(labels)["gemeente"], dict(labels)["instance"]): series for labels, series in samples("raw")["up"].items()
    }
    at = END // 240 * 240
    for key, steps in found.items():
        if key not in past.never:
            told = ups[key].get(at)
            assert (
                told
                == {AssetState.GOED: 1, AssetState.NEER: 0, AssetState.STIL: None}[AssetState(int(steps.at(at) or 0))]
            )
