"""The benchmark of the world's expressions counts what it says it counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.expressions import Expression, judge, judge_all, main, read, rules

if TYPE_CHECKING:
    from pathlib import Path

IDLE = 'rate(node_cpu_seconds_total{job="node",mode="idle"}[1m])'
ALERT = 'node_load1{job="node"} > 100 and on (instance) count without (cpu) (node_cpu_seconds_total{job="node"})'
RULE = {
    "source": "node-mixin recording rules",
    "title": "instance:cpus:sum",
    "concrete": 'count(node_load1{job="node"})',
}


def _folder(folder: Path) -> Path:
    (folder / "a.json").write_text(json.dumps([{"source": "board", "concrete": IDLE}, RULE]), encoding="utf-8")
    (folder / "b.json").write_text(json.dumps([{"source": "alerts", "title": "x", "concrete": f" {IDLE}\n"}]))
    (folder / "notes.txt").write_text("no expressions")
    return folder


def test_expressions_of_a_folder_are_each_read_once(tmp_path: Path) -> None:
    assert [(one.source, one.text) for one in read(_folder(tmp_path))] == [
        ("board", IDLE),
        ("node-mixin recording rules", 'count(node_load1{job="node"})'),
    ]


def test_an_alert_that_is_silent_has_data_of_every_selector() -> None:
    told = {'node_load1{job="node"}', 'node_cpu_seconds_total{job="node"}'}
    found = judge(ALERT, told.__contains__)
    assert (found.answers, found.without) == (False, ())


@pytest.mark.parametrize("missing", ['node_load1{job="node"}', 'node_cpu_seconds_total{job="node"}'])
def test_a_selector_without_data_is_named(missing: str) -> None:
    assert judge(ALERT, lambda text: text != missing).without == (missing,)


def test_each_job_is_asked_for_its_own_and_a_selector_once() -> None:
    asked: list[str] = []

    def ask(text: str) -> bool:
        asked.append(text)
        return True

    found = judge_all([Expression("a", "", IDLE), Expression("b", "", f"sum({IDLE})")], "ours", ask)
    assert all(one.answers and not one.without for one in found.values())
    assert len(asked) == len(set(asked)) == 3
    assert all('job="ours"' in text and 'job="node"' not in text for text in asked)


def test_recording_rules_are_loaded_for_each_job(tmp_path: Path) -> None:
    groups = json.loads(rules(read(_folder(tmp_path)), ["ours", "peers"]))["groups"]
    assert [(group["name"], group["rules"]) for group in groups] == [
        (job, [{"record": "instance:cpus:sum", "expr": f'count(node_load1{{job="{job}"}})'}])
        for job in ("ours", "peers")
    ]


def test_without_a_folder_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert main([str(tmp_path / "none")]) == 0
    assert capsys.readouterr().out.count("skipped: there is no folder of expressions at ") == 2
