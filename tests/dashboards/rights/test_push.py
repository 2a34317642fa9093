"""Organisation, teams and rights are what the region says, twice changes nothing, and what others gave stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_dashboards.provisioning.folders import FOLDERS, folder_uid
from regiowacht_inventory import example_path
from tests.dashboards.built import example
from tests.dashboards.rights.stand_in import PASSWORD, TOKEN, USER, State, stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator

UIDS = [folder_uid(folder) for folder in FOLDERS]
ADMIN = ("--user", USER, "--credential", "env:RW_PASSWORD")
TEAMS = 1 + len(example().gemeenten)


@pytest.fixture
def grafana() -> Iterator[tuple[str, State]]:
    with stand_in() as (url, state):
        state.add_folders(1, *UIDS)
        yield url, state


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_TOKEN", TOKEN)
    monkeypatch.setenv("RW_PASSWORD", PASSWORD)


def push(url: str, *words: str) -> int:
    chosen = words if "--credential" in words else ("--credential", "env:RW_TOKEN", *words)
    return main(["dashboards", "push", "--region", str(example_path()), "--grafana", url, *chosen], {"LANG": "nl_BE"})


def test_each_gemeente_has_a_team_and_teams_alone_see_the_folders(grafana: tuple[str, State]) -> None:
    url, state = grafana
    assert push(url) == 0
    names = {f"Regiowacht {gemeente.name}" for gemeente in example().gemeenten} | {"Regiowacht ICT-dienst"}
    assert set(state.teams[1]) == names
    wanted = sorted(state.teams[1].values())
    for uid in UIDS:
        assert sorted(item["teamId"] for item in state.rights[1][uid]) == wanted
        assert {item["permission"] for item in state.rights[1][uid]} == {1}


def test_twice_changes_nothing(grafana: tuple[str, State], capsys: pytest.CaptureFixture[str]) -> None:
    url, state = grafana
    push(url)
    state.changes.clear()
    capsys.readouterr()
    assert push(url, "--json") == 0
    assert state.changes == []
    told = json.loads(capsys.readouterr().out)
    assert {one["change"] for one in told} == {"unchanged"}
    assert len(told) == TEAMS + len(FOLDERS)


def test_a_dry_run_tells_the_same_and_changes_nothing(
    grafana: tuple[str, State], capsys: pytest.CaptureFixture[str]
) -> None:
    url, state = grafana
    assert push(url, "--dry-run", "--json") == 0
    planned = json.loads(capsys.readouterr().out)
    assert state.changes == []
    push(url, "--json")
    assert json.loads(capsys.readouterr().out) == planned


def test_what_was_given_to_others_stays(grafana: tuple[str, State]) -> None:
    url, state = grafana
    theirs = [{"userId": 7, "permission": 2}, {"teamId": 9, "permission": 4}]
    state.rights[1][UIDS[0]] += [dict(item) for item in theirs]
    push(url)
    assert [item for item in state.rights[1][UIDS[0]] if item in theirs] == theirs
    state.changes.clear()
    push(url)
    assert state.changes == []


def test_a_team_of_a_gemeente_that_left_is_said_and_kept(
    grafana: tuple[str, State], capsys: pytest.CaptureFixture[str]
) -> None:
    url, state = grafana
    state.teams[1]["Regiowacht Weggegaan"] = 55
    push(url)
    assert "van geen gemeente meer, haal het zelf weg: team Regiowacht Weggegaan" in capsys.readouterr().out
    assert "Regiowacht Weggegaan" in state.teams[1]
    assert all(item.get("teamId") != 55 for item in state.rights[1][UIDS[0]])


def test_many_teams_are_read_page_by_page(grafana: tuple[str, State]) -> None:
    url, state = grafana
    state.teams[1] |= {f"A{number:03}": 1000 + number for number in range(250)}
    push(url)
    state.changes.clear()
    assert push(url) == 0
    assert state.changes == []


def test_an_organisation_is_made_once_and_the_rest_is_done_in_it(
    grafana: tuple[str, State], capsys: pytest.CaptureFixture[str]
) -> None:
    url, state = grafana
    assert push(url, *ADMIN, "--organisation", "Regio Voorbeeld / 2") == 1
    told = capsys.readouterr()
    assert "nieuw: organisatie Regio Voorbeeld / 2" in told.out
    assert "regiowacht dashboards provision" in told.err
    number = state.organisations["Regio Voorbeeld / 2"]
    assert len(state.teams[number]) == TEAMS
    assert state.teams[1] == {}
    state.add_folders(number, *UIDS)
    assert push(url, *ADMIN, "--organisation", "Regio Voorbeeld / 2") == 0
    assert len(state.organisations) == 2
    assert all(organisation == number for _, path, organisation in state.changes if path != "/api/orgs")


def test_a_dry_run_makes_no_organisation(grafana: tuple[str, State]) -> None:
    url, state = grafana
    assert push(url, *ADMIN, "--organisation", "Nieuw", "--dry-run") == 0
    assert state.changes == []


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        (500, b"{}", 3, "zelf een fout"),
        (302, b"", 3, "verwijst door"),
        (200, b"<html>", 3, "geen Grafana"),
        (200, b"[1]", 3, "anders dan zijn documentatie"),
        (200, b'{"teams": 1}', 3, "anders dan zijn documentatie"),
        (403, b'{"message": "no"}', 1, "rol Admin"),
        (422, b'{"message": "bad"}', 1, "HTTP 422"),
    ],
)
def test_what_answers_otherwise_is_said_in_one_line(
    status: int, body: bytes, code: int, said: str, grafana: tuple[str, State], capsys: pytest.CaptureFixture[str]
) -> None:
    url, state = grafana
    state.answers["/api/teams/search"] = (status, body)
    assert push(url) == code
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1
    assert TOKEN not in told
    assert state.changes == []


def test_a_wrong_token_and_a_silent_grafana(
    grafana: tuple[str, State], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _ = grafana
    monkeypatch.setenv("RW_TOKEN", "not-this-one")
    assert push(url) == 1
    assert "kent dit token of wachtwoord niet" in capsys.readouterr().err
    assert push("http://127.0.0.1:9") == 3
    assert "antwoordt niet" in capsys.readouterr().err


def test_a_token_cannot_be_given_itself(grafana: tuple[str, State], capsys: pytest.CaptureFixture[str]) -> None:
    url, _ = grafana
    assert push(url, "--credential", TOKEN) == 2
    assert TOKEN not in capsys.readouterr().err


def test_a_right_of_an_unknown_kind_stops_before_it_would_be_lost(grafana: tuple[str, State]) -> None:
    url, state = grafana
    state.rights[1][UIDS[0]].append({"robot": 3, "permission": 1})
    before = [dict(item) for item in state.rights[1][UIDS[0]]]
    assert push(url) == 1
    assert state.rights[1][UIDS[0]] == before
