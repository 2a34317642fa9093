"""Dashboards that are guests of a Grafana: all of them, in folders of their own, and gone without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_contract.errors import Found, Unavailable, Unreachable
from regiowacht_contract.texts import LANGS, Lang
from regiowacht_dashboards.boards import BOARDS
from regiowacht_dashboards.provisioning.folders import FOLDERS, folder_uid, of_dashboards
from regiowacht_dashboards.provisioning.guest import Guest, guest_folder
from regiowacht_dashboards.provisioning.tree import Source
from regiowacht_dashboards.rights.grafana import Credential, Grafana
from regiowacht_dashboards.settings import Settings
from tests.dashboards.rights.stand_in import TOKEN, State, stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = "http://127.0.0.1:9"
SOURCE = Source(NOBODY, "Demo $1", uid="rw-demo-machine")
NL = Settings(lang="nl", timezone="Europe/Brussels")


@pytest.fixture
def grafana() -> Iterator[tuple[str, State]]:
    with stand_in() as (url, state):
        yield url, state


def guest(url: str, lang: Lang = "nl", token: str | None = TOKEN) -> Guest:
    return Guest(Grafana.at(url, Credential(token) if token else None), lang)


def put(url: str, lang: Lang = "nl") -> None:
    one = guest(url, lang)
    one.refuse_others()
    one.put_source(SOURCE)
    one.put_dashboards(Settings(lang=lang, timezone="Europe/Brussels"), SOURCE)


@pytest.mark.parametrize("lang", LANGS)
def test_every_dashboard_stands_in_its_folder_and_opens_on_its_source(lang: Lang, grafana: tuple[str, State]) -> None:
    url, state = grafana
    put(url, lang)
    assert {uid: folder for uid, (_, folder) in state.dashboards.items()} == {
        uid: guest_folder(folder) for uid, folder in of_dashboards(lang).items()
    }
    for saved, _ in state.dashboards.values():
        [source] = [one for one in saved["templating"]["list"] if one["type"] == "datasource"]
        assert source["current"] == {"text": SOURCE.name, "value": SOURCE.uid}
    assert {*state.folders} == {guest_folder(folder) for folder in FOLDERS}
    assert all(title.endswith(" (demo)") for title in state.folders.values())


def test_its_data_source_is_one_among_others(grafana: tuple[str, State]) -> None:
    url, state = grafana
    state.sources["theirs"] = {"name": "Prometheus", "uid": "theirs", "isDefault": True}
    put(url)
    assert state.sources["theirs"]["isDefault"]
    ours = state.sources[SOURCE.uid]
    assert (ours["name"], ours["url"], ours["isDefault"]) == (SOURCE.name, SOURCE.url, False)
    assert {"access", "type", "jsonData"} <= {*ours}


def test_twice_leaves_the_same_and_then_nothing(grafana: tuple[str, State]) -> None:
    url, state = grafana
    put(url)
    before = dict(state.dashboards)
    put(url)
    assert state.dashboards == before
    one = guest(url)
    one.leave([SOURCE.uid, "never-put"])
    assert (state.dashboards, state.folders, state.sources) == ({}, {}, {})
    one.leave([SOURCE.uid])


def test_what_a_region_really_has_is_not_overwritten(grafana: tuple[str, State]) -> None:
    url, state = grafana
    uid = list(BOARDS)[-1]
    theirs: dict[str, tuple[dict[str, Any], str]] = {uid: ({"uid": uid}, folder_uid("regio"))}
    state.dashboards = dict(theirs)
    with pytest.raises(Found) as caught:
        put(url)
    assert uid in caught.value.message("nl")
    assert (state.dashboards, state.changes) == (theirs, [])


def test_it_is_told_whether_grafana_reaches_the_source(grafana: tuple[str, State]) -> None:
    url, _ = grafana
    assert guest(url).put_source(SOURCE) is False
    assert guest(url).put_source(Source(url, "Demo", uid="well")) is False  # it answers, and is no Prometheus


def test_without_a_token_it_is_told_to_give_one(grafana: tuple[str, State]) -> None:
    url, state = grafana
    with pytest.raises(Found) as caught:
        guest(url, token=None).refuse_others()
    assert "env:NAAM" in caught.value.message("nl")
    with pytest.raises(Found) as caught:
        guest(url, token="another").refuse_others()
    assert "kent dit token" in caught.value.message("nl")
    assert state.changes == []


@pytest.mark.parametrize(
    ("path", "status", "body", "kind"),
    [
        ("/api/datasources", 403, b'{"message": "no"}', Found),
        ("/api/datasources", 409, b'{"message": "same name"}', Found),
        ("/api/folders", 412, b'{"message": "same title"}', Found),
        ("/api/dashboards/db", 400, b'{"message": "Cannot save provisioned dashboard"}', Found),
        ("/api/dashboards/db", 200, b"<html>", Unavailable),
        ("/api/dashboards/uid/rw-regio", 502, b"", Unreachable),
        ("/api/dashboards/uid/rw-regio", 200, b"[]", Found),
    ],
)
def test_a_refusal_is_said_as_it_is(
    path: str, status: int, body: bytes, kind: type[Exception], grafana: tuple[str, State]
) -> None:
    url, state = grafana
    state.answers[path] = (status, body)
    with pytest.raises(kind):
        put(url)


def test_a_silent_one_is_said_to_be(grafana: tuple[str, State]) -> None:
    del grafana
    with pytest.raises(Unreachable):
        guest(NOBODY).refuse_others()
