"""``regiowacht collector alerts|silence``, as somebody at the ICT-dienst uses them."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.alerts.manager.find import inspect as inspect_manager
from regiowacht_collector.alerts.notify.history import History, Told
from regiowacht_collector.alerts.routing import alertmanager_file
from regiowacht_collector.data_folder import DataFolder, Status
from regiowacht_collector.engine import inspect
from regiowacht_collector.samples import packed
from regiowacht_inventory import load
from tests.collector.alerts.manager.running import running_manager
from tests.collector.alerts.test_routing import OF_THE_REGION
from tests.collector.command import regiowacht
from tests.collector.repair.past import main_engine, write
from tests.inventory.base import BASE, write_base
from tests.parts import need_engine, need_peer

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_collector.alerts.manager.client import ManagerClient

pytestmark = pytest.mark.tools
LABELS = {
    "alertname": "AssetNeer", "severity": "critical", "gemeente": "aa", "site": "huis", "instance": "sw-1",
    "laag": "connectiviteit",
}  # fmt: skip


def _regiowacht(*words: str) -> subprocess.CompletedProcess[str]:
    return regiowacht("collector", *words)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[ManagerClient]:
    """Return an Alertmanager of a collector that seems to run in ``tmp_path/data``, with one alert that fires."""
    region = load(write_base(tmp_path / "region", {**BASE, "region.yml": BASE["region.yml"] + OF_THE_REGION}))
    config = alertmanager_file(region, [2026, 2027], "http://127.0.0.1:9")
    program = inspect_manager(need_peer("alertmanager", own_suite=True).path)
    engine = inspect(need_engine().prometheus)
    folder = DataFolder(tmp_path / "data")
    with main_engine(engine, tmp_path / "engine") as main, running_manager(program, config, tmp_path / "am") as client:
        now_s = time.time()
        series = {"ALERTS": ({**LABELS, "alertstate": "firing"}, 1.0), "ALERTS_FOR_STATE": (LABELS, now_s - 720)}
        rows = {
            tuple(sorted({**labels, "__name__": name}.items())): [(round(now_s * 1000), packed(value))]
            for name, (labels, value) in series.items()
        }
        write(main.client, rows)
        client.post_alerts([{"labels": LABELS, "annotations": {"summary_en": "sw-1 does not answer"}}])
        folder.write_status(Status(os.getpid(), main.client._url, managers=(client.url,)))
        try:
            yield client
        finally:
            folder.close()


def test_what_is_open_is_shown_with_its_age_and_who_was_told(manager: ManagerClient, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    [known] = manager.alerts()
    history = History(tmp_path / "data")
    alert: dict[str, str | bool] = {"fingerprint": known["fingerprint"], "gemeente": "aa", "firing": True}
    now_ms = round(time.time() * 1000)
    history.note(Told(now_ms, "ict", "mail", "sent", "", "k", "[CRITICAL] Aa: sw-1 does not answer", (alert,)))
    history.note(Told(now_ms, "wacht", "ntfy", "later", "ntfy.example: 503", "k", "[CRITICAL] Aa", (alert,)))
    history.close()

    shown = _regiowacht("alerts", "--data", data)
    assert shown.returncode == 0, shown.stderr
    [line] = shown.stdout.splitlines()
    assert line.startswith("CRITICAL  open  12m  aa  sw-1 does not answer  -  ict ")
    assert "1 alerts open" in shown.stderr

    [told] = json.loads(_regiowacht("alerts", "--data", data, "--json").stdout)
    assert told["receivers"] == ["ict", "wacht"]
    assert [one["receiver"] for one in told["told"]] == ["ict"]
    assert json.loads(_regiowacht("alerts", "--data", data, "--gemeente", "bb", "--json").stdout) == []

    past = _regiowacht("alerts", "--data", data, "--history")
    assert {row.split()[2] for row in past.stdout.splitlines()} == {"ict", "wacht"}
    assert "not yet (ntfy.example: 503)" in past.stdout


def test_a_silence_is_tried_made_listed_and_ended(manager: ManagerClient, tmp_path: Path) -> None:
    data, region = str(tmp_path / "data"), str(tmp_path / "region")
    words = ["silence", "aa", "--asset", "sw-1", "--for", "2h", "--reason", "nieuwe switch", "--data", data]
    tried = _regiowacht(*words, "--region", region, "--dry-run")
    assert "would be silent" in tried.stderr
    assert "(1 open alerts fall under it)" in tried.stderr
    assert manager.silences() == []

    made = _regiowacht(*words, "--region", region)
    assert made.returncode == 0, made.stderr
    listed = _regiowacht("silence", "--list", "--data", data)
    assert made.stdout.strip() in listed.stdout
    assert "instance=sw-1" in listed.stdout
    assert json.loads(_regiowacht("alerts", "--data", data, "--json").stdout)[0]["state"] == "silenced"

    other = _regiowacht("silence", "--end", "nope", "--data", data)
    assert other.returncode == 1
    assert "there is no silence nope" in other.stderr
    ended = _regiowacht("silence", "--end", made.stdout.strip(), "--data", data)
    assert ended.returncode == 0, ended.stderr
    assert "0 silences" in _regiowacht("silence", "--list", "--data", data).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--for", "2h", "--reason", "x"], "say of which gemeente"),
        (["aaa", "--for", "2h", "--reason", "x"], "'aaa'; do you mean aa?"),
        (["aa", "--asset", "sw-11", "--for", "2h", "--reason", "x"], "do you mean sw-1?"),
        (["aa", "--for", "2", "--reason", "x"], "'2' is no duration"),
        (["aa", "--for", "20d", "--reason", "x"], "longer than 14 days"),
        (["aa", "--for", "2h"], "--reason"),
    ],
    ids=["no gemeente", "other gemeente", "other asset", "no duration", "too long", "no reason"],
)
@pytest.mark.usefixtures("manager")
def test_what_is_wrong_is_said_with_what_would_be_right(tmp_path: Path, words: list[str], said: str) -> None:
    answer = _regiowacht("silence", *words, "--data", str(tmp_path / "data"), "--region", str(tmp_path / "region"))
    assert answer.returncode == 2
    assert said in answer.stderr


def test_where_no_collector_runs_that_is_said(tmp_path: Path) -> None:
    for verb in ("alerts", "silence"):
        answer = _regiowacht(verb, "--data", str(tmp_path))
        assert answer.returncode == 3, answer.stderr
