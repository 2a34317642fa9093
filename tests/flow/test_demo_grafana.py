"""The demo in a Grafana of somebody's, for which the stand-in of the tests is played: none can run here."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_dashboards.boards import BOARDS
from tests.dashboards.rights.stand_in import TOKEN, State, stand_in
from tests.flow.demo_process import ALONE, running_demo, wait_for
from tests.flow.small_demo import COMMAND as SMALL
from tests.parts import need, need_engine, need_uplot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.tools, pytest.mark.timeout(600)]
GIVEN = ("--lang", "nl", "--grafana-token", "env:RW_TOKEN", "--grafana")


@pytest.fixture
def grafana() -> Iterator[tuple[str, State]]:
    need_engine()
    need("promtool")
    need_uplot()
    with stand_in() as (url, state):
        yield url, state


def test_the_machine_and_the_example_are_there_until_it_ends(grafana: tuple[str, State], tmp_path: Path) -> None:
    url, state = grafana
    with running_demo([*GIVEN, url], SMALL, TMPDIR=str(tmp_path), RW_TOKEN=TOKEN) as demo:
        wait_for(lambda: sum(line.startswith("grafana ") for line in demo.out) == 2, "both data sources", 270)
        assert {*state.dashboards} == {*BOARDS}
        assert demo.url("grafana") == f"{url}/d/rw-regio?var-datasource=rw-demo-machine"
        assert state.sources["rw-demo-machine"]["url"] == demo.url("prometheus")
        assert {source["name"] for source in state.sources.values()} == {
            "Regiowacht-demo: Deze machine",
            "Regiowacht-demo: Voorbeeldgegevens",
        }
        assert not any("bereikt" in line for line in demo.err)
        demo.process.send_signal(signal.SIGINT)
        wait_for(lambda: demo.process.poll() is not None, "the demo to end", 60)
        assert demo.process.returncode == 0, demo.err
        assert (state.dashboards, state.folders, state.sources) == ({}, {}, {})
        assert TOKEN not in "".join((*demo.out, *demo.err))


def test_a_grafana_that_goes_away_is_told_at_the_end(grafana: tuple[str, State], tmp_path: Path) -> None:
    url, state = grafana
    with running_demo([*GIVEN, url, ALONE], TMPDIR=str(tmp_path), RW_TOKEN=TOKEN) as demo:
        wait_for(lambda: any(line.startswith("grafana ") for line in demo.out), "it to be shown")
        state.answers["/api/folders/rw-regio-demo"] = (503, b"")
        demo.process.send_signal(signal.SIGINT)
        wait_for(lambda: demo.process.poll() is not None, "the demo to end", 60)
        assert demo.process.returncode == 0, demo.err
        wait_for(lambda: "niets blijft achter" in demo.err[-1], "its last word")
        assert any("in Grafana bleef iets van de demo staan" in line for line in demo.err)


def test_what_is_wrong_is_said_before_anything_starts(
    grafana: tuple[str, State], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, state = grafana
    monkeypatch.setenv("RW_TOKEN", "another")
    for code, words, said in (
        (1, ["--grafana", url, "--grafana-token", "env:RW_TOKEN"], "kent dit token of wachtwoord niet"),
        (1, ["--grafana", url], "Grafana vraagt een token"),
        (2, ["--grafana", url, "--grafana-token", TOKEN], "env:"),
        (2, ["--grafana-token", "env:RW_TOKEN"], "zonder --grafana"),
        (2, ["--grafana", "grafana.example"], "grafana.example"),
        (3, ["--grafana", "http://127.0.0.1:9"], "antwoordt niet"),
    ):
        assert main(["demo", "--lang", "nl", "--port", "0", *words], {"LANG": "nl_BE"}) == code, words
        told = capsys.readouterr()
        assert said in told.err, words
        assert "agent:" not in told.err
        assert TOKEN not in told.err
        assert told.out == ""
    assert state.changes == []
