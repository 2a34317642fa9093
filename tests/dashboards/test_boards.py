"""What each dashboard is made of: no holes, no missing words, the contract's thresholds, links that lead on."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.promql import counter
from regiowacht_contract.states import AssetState
from regiowacht_contract.texts import LANGS, Lang, keys, say
from regiowacht_contract.thresholds import threshold
from regiowacht_dashboards.boards import board
from regiowacht_dashboards.layout import Line
from regiowacht_dashboards.leads import BY_KIND
from regiowacht_dashboards.panels import Text
from regiowacht_dashboards.words import Words
from regiowacht_inventory.kinds import ASSET_KINDS
from tests.dashboards.built import UIDS, dashboard, panel, panels

VARIABLES = ["datasource", "regio", "gemeente", "site", "instance", "port"]


@pytest.mark.parametrize("uid", UIDS)
def test_the_grid_has_no_hole(uid: str) -> None:
    cells: Counter[tuple[int, int]] = Counter()
    for place in (p["gridPos"] for p in dashboard(uid)["panels"]):
        cells.update(
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        )
    height = max(y for _, y in cells) + 1
    assert set(cells.values()) == {1}
    assert len(cells) == 24 * height


def test_a_line_that_does_not_fill_the_width_is_refused() -> None:
    with pytest.raises(ValueError, match="24 columns wide, this one 20: a, b"):
        Line(4, ((12, Text(key="a")), (8, Text(key="b"))))


@pytest.mark.parametrize("uid", UIDS)
def test_languages_differ_in_words_alone(uid: str) -> None:
    dutch, english = dashboard(uid, "nl"), dashboard(uid, "en")
    assert [p["id"] for p in dutch["panels"]] == [p["id"] for p in english["panels"]]
    assert [p.get("targets") and [t["expr"] for t in p["targets"]] for p in dutch["panels"]] == [
        p.get("targets") and [t["expr"] for t in p["targets"]] for p in english["panels"]
    ]
    for one, other in zip(panels(uid, "nl"), panels(uid, "en"), strict=True):
        assert one["description"] != other["description"]
        assert len(one["description"]) > 60


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("uid", UIDS)
def test_every_text_of_a_dashboard_is_shown(uid: str, lang: Lang, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    own = Words.own

    def listening(words: Words, name: str) -> str:
        asked.add(f"{words.texts}{name}")
        return own(words, name)

    monkeypatch.setattr(Words, "own", listening)
    board(uid, lang).render(timezone="UTC", refresh="10s", time_from="now-3h")
    elsewhere = {f"{uid}.questions", f"{uid}.link"}
    assert {key for key in keys() if key.startswith(f"{uid}.")} == asked | elsewhere


@pytest.mark.parametrize("uid", UIDS)
def test_variables_are_chained_in_one_order(uid: str) -> None:
    variables = dashboard(uid)["templating"]["list"]
    names = [v["name"] for v in variables]
    assert names == [name for name in VARIABLES if name in names]
    assert set(VARIABLES[:3]) <= set(names)
    before = {"gemeente": "$regio", "site": "$gemeente", "instance": "$site", "port": "$instance"}
    assert all(before[v["name"]] in v["query"] for v in variables if v["name"] in before)


def test_all_gemeenten_can_be_chosen_on_the_overview_and_one_on_a_server() -> None:
    overview = {v["name"]: v for v in dashboard("rw-regio")["templating"]["list"]}
    server = {v["name"]: v for v in dashboard("rw-server")["templating"]["list"]}
    assert overview["gemeente"]["multi"]
    assert overview["gemeente"]["includeAll"]
    assert overview["gemeente"]["allValue"] == ".+"
    assert not server["gemeente"]["multi"]
    assert not server["instance"]["includeAll"]


@pytest.mark.parametrize(
    ("uid", "title", "name"),
    [
        ("rw-server", "Processor", "cpu_usage"),
        ("rw-server", "Volste schijf", "filesystem_usage"),
        ("rw-server", "Inodes in gebruik", "inode_usage"),
        ("rw-server", "Bezet", "disk_busy"),
        ("rw-server", "Belasting/cpu", "load_per_cpu"),
        ("rw-regio", "Geheugen", "memory_usage"),
    ],
)
def test_thresholds_are_the_contracts(uid: str, title: str, name: str) -> None:
    steps = panel(dashboard(uid), title)["fieldConfig"]["defaults"]["thresholds"]["steps"]
    limit = threshold(name)
    assert [step["value"] for step in steps] == [None, limit.warning, limit.critical]


def test_a_threshold_where_less_is_worse_turns_the_other_way() -> None:
    steps = panel(dashboard("rw-regio"), "Bereikt")["fieldConfig"]["defaults"]["thresholds"]["steps"]
    limit = threshold("assets_reached")
    assert [step["value"] for step in steps] == [None, limit.critical, limit.warning]


@pytest.mark.parametrize("lang", LANGS)
def test_the_four_states_are_told_apart_in_words_and_colours(lang: Lang) -> None:
    raw = dashboard("rw-regio", lang)
    table = panel(raw, say("rw-regio.all-assets", lang))
    mapping = _override(table, say("dashboards.column-state", lang))["mappings"][0]["options"]
    shown = [mapping[str(int(state))] for state in AssetState]
    assert [entry["text"] for entry in shown] == [state.text(lang) for state in AssetState]
    assert len({entry["color"] for entry in shown}) == len(AssetState)
    nothing = {p["fieldConfig"]["defaults"]["noValue"] for p in raw["panels"] if p.get("targets")}
    assert not nothing & {entry["text"] for entry in shown}


def test_upper_layers_are_said_to_be_not_measured() -> None:
    table = panel(dashboard("rw-regio"), "Wat gemeten wordt")
    assert _override(table, "Laag")["mappings"][0]["options"]["daarboven"]["text"] == "alles daarboven"
    shown = _override(table, "Gemeten")["mappings"][0]["options"]
    assert {number: entry["text"] for number, entry in shown.items()} == {
        "1": "gemeten",
        "0": "nog niet gemeten",
        "-1": "niet gemeten",
    }


def test_an_asset_in_a_table_leads_to_the_dashboard_of_its_kind() -> None:
    table = panel(dashboard("rw-regio"), "Wat aandacht vraagt")
    shown = _override(table, "Meer")
    assert {uid: entry["text"] for uid, entry in shown["mappings"][0]["options"].items()} == {
        uid: say(f"{uid}.dashboard", "nl") for uid in BY_KIND.values()
    }
    assert set(BY_KIND) <= set(ASSET_KINDS)
    url = shown["links"][0]["url"]
    assert url.startswith("/d/${__value.raw}?${__url_time_range}&")
    assert 'var-gemeente=${__data.fields["Gemeente"]}' in url
    assert 'var-instance=${__data.fields["Naam"]}' in url


def test_a_wrong_name_cannot_be_written() -> None:
    with pytest.raises(CatalogueError, match="node_cpu_seconds_total"):
        counter("node_cpu_second_total")


def _override(found: dict[str, Any], name: str) -> dict[str, Any]:
    override = next(o for o in found["fieldConfig"]["overrides"] if o["matcher"]["options"] == name)
    return {entry["id"]: entry["value"] for entry in override["properties"]}
