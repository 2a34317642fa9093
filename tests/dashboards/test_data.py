"""Every expression of every panel gives data on a real Prometheus that holds the example region's past."""

from __future__ import annotations

import json
import subprocess
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_contract.states import AssetState
from regiowacht_contract.texts import say
from regiowacht_dashboards.interpolation import expressions
from regiowacht_dashboards.leads import BY_KIND
from tests.dashboards import region_history as history
from tests.dashboards.built import dashboard, example, panel
from tests.dashboards.preview.engine import prometheus
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("history")
    (folder / "past.om").write_text(history.openmetrics(example()), encoding="utf-8")
    command = [need("promtool"), "tsdb", "create-blocks-from", "openmetrics", "past.om", "data"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    with prometheus(folder / "data", folder) as running:
        yield running.url


def ask(url: str, expr: str) -> list[dict[str, Any]]:
    """What an expression gives at the end of the past."""
    body = urllib.parse.urlencode({"query": expr, "time": history.END}).encode()
    with urllib.request.urlopen(f"{url}/api/v1/query", data=body, timeout=30) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    return found


def server() -> dict[str, str]:
    """A server of the example that polls others, as the variables of rw-server choose it."""
    pollers = {(asset.gemeente, asset.poller) for asset in example().assets if asset.poller}
    chosen = next(asset for asset in example().assets if asset.job == "node" and asset.key in pollers)
    return {"regio": example().regio, "gemeente": chosen.gemeente, "site": chosen.site, "instance": chosen.name}


def number(found: list[dict[str, Any]]) -> float:
    [only] = found
    return float(only["value"][1])


@pytest.mark.parametrize("uid", ["rw-regio", "rw-server"])
def test_every_panel_has_data(uid: str, url: str) -> None:
    variables = server() if uid == "rw-server" else {}
    asked = expressions(dashboard(uid), variables)
    assert asked
    assert [(title, expr) for title, expr in asked if not ask(url, expr)] == []


@pytest.mark.parametrize("gemeenten", [["zandbeke"], ["zandbeke", "oosthove"]])
def test_the_overview_follows_the_choice_of_gemeenten(gemeenten: Sequence[str], url: str) -> None:
    asked = expressions(dashboard("rw-regio"), {"gemeente": gemeenten})
    answers = [series["metric"].get("gemeente") for _, expr in asked for series in ask(url, expr)]
    assert {name for name in answers if name} == set(gemeenten)


def test_every_declared_asset_stands_in_the_table_with_its_state(url: str) -> None:
    [expr] = [e for title, e in expressions(dashboard("rw-regio"), {}) if title == say("rw-regio.all-assets", "nl")]
    rows = {(s["metric"]["gemeente"], s["metric"]["instance"]): s for s in ask(url, expr)}
    assert sorted(rows) == sorted(asset.key for asset in example().assets)
    for index, asset in enumerate(example().assets):
        row = rows[asset.key]
        assert float(row["value"][1]) == history.state(index)
        assert row["metric"].get("leverancier", "") == asset.leverancier
        assert row["metric"].get("dashboard", "") == BY_KIND.get(asset.kind, "")


def test_the_tiles_count_what_is_declared(url: str) -> None:
    wanted = [history.state(index) for index in range(len(example().assets))]
    asked = dict(expressions(dashboard("rw-regio"), {}))
    keys = {"goed": 0, "neer": 1, "stil": 2, "unconnected": 3}
    found = {key: number(ask(url, asked[say(f"rw-regio.{key}", "nl")])) for key in keys}
    assert found == {key: wanted.count(AssetState(value)) for key, value in keys.items()}
    connected = len(wanted) - wanted.count(AssetState.NOG_NIET_AANGESLOTEN)
    reached = wanted.count(AssetState.GOED) / connected
    assert number(ask(url, asked[say("rw-regio.reached", "nl")])) == pytest.approx(reached)


def attention(url: str, **chosen: Sequence[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows of what needs attention, by (gemeente, instance)."""
    asked = dict(expressions(dashboard("rw-regio"), chosen))
    rows = ask(url, asked[say("rw-regio.attention", "nl")])
    found = {(row["metric"]["gemeente"], row["metric"]["instance"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def test_what_needs_attention_is_all_that_is_not_goed_and_waits_for_no_server(url: str) -> None:
    waiting = history.waiting(example())
    rows = attention(url)
    behind = {asset.key for assets in waiting.values() for asset in assets}
    assert len(behind) > len(waiting) > 1
    wanted = {
        asset.key: history.state(index)
        for index, asset in enumerate(example().assets)
        if history.state(index) != AssetState.GOED and asset.key not in behind
    }
    assert {key: float(row["value"][1]) for key, row in rows.items()} == wanted
    assert {float(row["value"][1]) for row in rows.values()} == {1.0, 2.0, 3.0}
    told = {key: int(row["metric"]["waiting"]) for key, row in rows.items() if "waiting" in row["metric"]}
    assert told == {server.key: len(assets) for server, assets in waiting.items()}


def test_what_waits_for_a_server_that_is_not_chosen_has_its_own_row(url: str) -> None:
    server, (first, *_) = next(iter(history.waiting(example()).items()))
    rows = attention(url, gemeente=[server.gemeente], instance=[first.name])
    assert list(rows) == [first.key]
    assert "waiting" not in rows[first.key]["metric"]
    both = attention(url, gemeente=[server.gemeente], instance=[first.name, server.name])
    assert list(both) == [server.key]


def test_a_site_is_cut_off_when_something_is_neer_and_nothing_answers(url: str) -> None:
    states: dict[tuple[str, str], set[AssetState]] = {}
    for index, asset in enumerate(example().assets):
        states.setdefault((asset.gemeente, asset.site), set()).add(history.state(index))
    cut_off = sum(AssetState.GOED not in seen and AssetState.NEER in seen for seen in states.values())
    asked = dict(expressions(dashboard("rw-regio"), {}))
    assert number(ask(url, asked[say("rw-regio.sites-cut-off", "nl")])) == cut_off


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Draait al", history.END - history.START + 86_400),
        ("Swap", 0.25),
        ("Volste schijf", 0.7),
        ("Belasting/cpu", 0.5),
        ("Meetfouten", 0),
    ],
)
def test_a_servers_tiles_say_what_was_measured(title: str, value: float, url: str) -> None:
    raw = dashboard("rw-server")
    raw["panels"] = [panel(raw, title)]
    [(_, expr)] = expressions(raw, server())
    assert number(ask(url, expr)) == pytest.approx(value)


def test_a_server_shows_itself_and_what_it_polls(url: str) -> None:
    chosen = server()
    raw = dashboard("rw-server")
    raw["panels"] = [panel(raw, say("rw-server.timeline", "nl"))]
    shown = {s["metric"]["instance"] for _, expr in expressions(raw, chosen) for s in ask(url, expr)}
    polled = {
        asset.name
        for asset in example().assets
        if (asset.gemeente, asset.poller) == (chosen["gemeente"], chosen["instance"])
    }
    assert polled
    assert shown == polled | {chosen["instance"]}
