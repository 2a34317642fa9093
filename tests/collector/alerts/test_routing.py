"""Alertmanager's configuration finds for every alert who is to hear of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

from regiowacht_collector.alerts.behind import behind, hangs_on
from regiowacht_collector.alerts.hours import days_off
from regiowacht_collector.alerts.routing import alertmanager_file, receivers, told
from regiowacht_inventory import load
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory import Region

OF_THE_REGION = """
alerts:
  smtp: {server: "mail.regiowacht.example:587", from: regiowacht@regiowacht.example}
  receivers:
    ict: {email: [ict@regiowacht.example]}
    wacht: {ntfy: "https://ntfy.example/wacht"}
  to:
    - {to: [ict]}
    - {to: [wacht], severity: critical}
"""
OF_AA = """
alerts:
  receivers:
    balie: {email: [balie@aa.example]}
  to:
    - {to: [balie], laag: infrastructuur}
"""


def _region(folder: Path, region: str = OF_THE_REGION, gemeente: str = OF_AA) -> Region:
    files = dict(BASE)
    files["region.yml"] += region
    files["gemeenten/aa.yml"] += gemeente
    return load(write_base(folder, files))


def _file(region: Region) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(alertmanager_file(region, [2026, 2027], "http://127.0.0.1:9786"))
    return found


def _who(region: Region, slug: str | None, laag: str, severity: str) -> dict[str, bool]:
    gemeente = next((one for one in region.gemeenten if one.gemeente == slug), None)
    return {one.receiver: one.hours is None for one in told(region, gemeente, laag, severity)}


def test_what_a_gemeente_takes_is_its_own_and_the_rest_is_the_regions(tmp_path: Path) -> None:
    region = _region(tmp_path)
    assert _who(region, "aa", "infrastructuur", "warning") == {"aa/balie": False}
    assert _who(region, "aa", "infrastructuur", "critical") == {"aa/balie": True}
    assert _who(region, "aa", "connectiviteit", "critical") == {"ict": True, "wacht": True}
    assert _who(region, None, "connectiviteit", "warning") == {"ict": False}
    assert receivers(region) == ("ict", "wacht", "aa/balie")


def test_who_is_told_always_is_not_told_in_office_hours_alone(tmp_path: Path) -> None:
    more = "    - {to: [ict], hours: always}\n"
    assert _who(_region(tmp_path, OF_THE_REGION + more), None, "connectiviteit", "warning") == {"ict": True}


def test_the_file_is_the_same_twice_and_names_only_receivers_there_are(tmp_path: Path) -> None:
    region = _region(tmp_path)
    assert alertmanager_file(region, [2026], "http://x") == alertmanager_file(region, [2026], "http://x")
    found = _file(region)
    names = {one["name"] for one in found["receivers"]}
    intervals = {one["name"] for one in found["time_intervals"]}

    def walk(route: dict[str, Any]) -> None:
        assert route["receiver"] in names
        assert {*route.get("active_time_intervals", ()), *route.get("mute_time_intervals", ())} <= intervals
        for below in route.get("routes", ()):
            walk(below)

    walk(found["route"])
    assert found["receivers"][-1]["webhook_configs"][0]["url"] == "http://127.0.0.1:9786/notify/aa%2Fbalie"


def test_a_router_has_behind_it_what_hangs_on_it_and_what_that_has(tmp_path: Path) -> None:
    found = behind(_region(tmp_path))
    assert {name for _, name in found["aa", "rt-1"]} >= {"sw-1", "wan-1"}
    assert {name for _, name in found["aa", "srv-1"]} >= {"rt-1", "sw-1"}
    assert all(key not in below for key, below in found.items())


BRANCH = """\
  werf:
    poller: srv-1
    uplinks:
      - {name: wan-werf, device: rt-werf, far_end: 10.255.0.5}
"""
BRANCH_DEVICES = """\
  - {name: rt-werf, site: werf, address: 10.0.8.1, kind: router, snmp: v3}
  - {name: sw-werf, site: werf, address: 10.0.8.2, kind: switch, uplink: rt-werf, snmp: v3}
"""


def _with_a_branch(
    folder: Path, sites: str = BRANCH, devices: str = BRANCH_DEVICES, server: str = "servers:\n"
) -> Region:
    files = dict(BASE)
    text = files["gemeenten/aa.yml"].replace("servers:\n", f"{sites}{server}")
    files["gemeenten/aa.yml"] = text.replace("services:\n", f"{devices}services:\n")
    return load(write_base(folder, files))


def test_a_circuit_is_behind_its_device_where_it_is_asked_and_before_it_from_afar(tmp_path: Path) -> None:
    region = _with_a_branch(tmp_path)
    found = behind(region)
    assert {name for _, name in found["aa", "wan-werf"]} == {"rt-werf", "sw-werf"}
    assert {name for _, name in found["aa", "rt-werf"]} == {"sw-werf"}
    above = hangs_on(region)
    assert above["aa", "wan-1"] == {"rt-1"}
    assert above["aa", "sw-werf"] == {"rt-werf", "wan-werf"}
    assert ("aa", "wan-werf") not in above


def test_a_server_hangs_on_a_circuit_that_is_asked_from_another_site(tmp_path: Path) -> None:
    server = "servers:\n  - {name: srv-werf, site: werf, address: 10.0.8.3, os: linux}\n"
    region = _with_a_branch(tmp_path, server=server)
    assert hangs_on(region)["aa", "srv-werf"] == {"wan-werf"}
    assert ("aa", "srv-1") not in hangs_on(region)


def test_what_hangs_on_each_other_hides_neither(tmp_path: Path) -> None:
    region = _region(tmp_path)
    assets = {one.name: one for one in region.assets}
    made = [
        replace(assets["sw-1"], name=name, uplink=uplink)
        for name, uplink in (("a", "b"), ("b", "c"), ("c", "a"), ("leaf", "a"))
    ]
    ringed = replace(region, assets=(*region.assets, *made))
    assert {key[1]: set(names) for key, names in hangs_on(ringed).items() if key[1] in {"a", "b", "c", "leaf"}} == {
        "leaf": {"a", "b", "c"}
    }
    assert {name for _, name in behind(ringed)["aa", "a"]} == {"leaf"}


def test_what_has_two_circuits_hangs_on_both_together(tmp_path: Path) -> None:
    two = BRANCH + "      - {name: wan-werf-2, device: rt-werf, far_end: 10.255.0.9}\n"
    above = hangs_on(_with_a_branch(tmp_path, sites=two))
    assert above["aa", "rt-werf"] == {""}
    assert above["aa", "sw-werf"] == {"", "rt-werf"}


def test_holidays_are_those_that_all_share() -> None:
    shared = set(days_off(("BE", "NL"), [2026]))
    assert {date(2026, 1, 1), date(2026, 12, 25)} <= shared < set(days_off(("BE",), [2026]))
    assert date(2026, 7, 21) not in shared  # Belgium's own


def test_receivers_may_be_called_what_they_like_and_the_regions_serve_a_gemeente_too(tmp_path: Path) -> None:
    region = _region(
        tmp_path,
        OF_THE_REGION.replace("    wacht:", "    nobody: {email: [n@regiowacht.example]}\n    wacht:")
        .replace("    ict:", "    watchdog: {email: [w@regiowacht.example]}\n    ict:")
        .replace("  to:", "  watchdog: https://hond.example/x\n  to:", 1),
        OF_AA.replace("[balie]", "[balie, wacht, nobody, watchdog]"),
    )
    names = [one["name"] for one in _file(region)["receivers"]]
    assert len(names) == len(set(names)) == 7
    assert _who(region, "aa", "infrastructuur", "critical") == dict.fromkeys(
        ("aa/balie", "nobody", "wacht", "watchdog"), True
    )


def test_the_watchdog_is_told_again_each_time_that_its_group_is_looked_at(tmp_path: Path) -> None:
    region = _region(tmp_path, OF_THE_REGION.replace("  to:", "  watchdog: https://hond.example/x\n  to:", 1))
    (route,) = [one for one in _file(region)["route"]["routes"] if one["matchers"] == ['alertname="Waakhond"']]
    assert (route["group_interval"], route["repeat_interval"]) == ("1m", "50s")
