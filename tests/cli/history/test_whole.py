"""A past that an engine goes on from holds, of every server, what will come on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.history.made import END, page_of, past_of, samples_of

if TYPE_CHECKING:
    from pathlib import Path

STEP_S = 15
SIX_HOURS_S = 6 * 3600
WINDOW_S = 300
"""So far back the rules look."""


def test_the_rules_have_their_whole_window_when_the_past_is_over(tmp_path: Path) -> None:
    past = past_of()
    *_, path = past.files(tmp_path, whole=True)
    last = path.read_text(encoding="utf-8")
    held: dict[tuple[str, object], int] = {}
    for name, labels, _, at in samples_of(last):
        if at > END - WINDOW_S:
            held[name, labels] = held.get((name, labels), 0) + 1
    idle = [labels for labels in page_of(past, END + STEP_S)["node_cpu_seconds_total"] if ("mode", "idle") in labels]
    assert len({dict(labels)["instance"] + dict(labels)["gemeente"] for labels in idle}) > 5
    assert {held.get(("node_cpu_seconds_total", labels), 0) for labels in idle} == {WINDOW_S // STEP_S}


def test_a_server_that_fell_silent_shows_what_it_did_until_then(tmp_path: Path) -> None:
    past = past_of()
    silent = next(one for one in past.incidents if one.kind == "silent-agent" and one.until_s is None)
    moments = [
        at
        for path in past.files(tmp_path, whole=True)
        if path.name.startswith("raw")
        for name, labels, _, at in samples_of(path.read_text(encoding="utf-8"))
        if name == "node_cpu_seconds_total" and {("gemeente", silent.gemeente), ("instance", silent.asset)} <= labels
    ]
    assert END - SIX_HOURS_S - 3600 <= min(moments) <= END - SIX_HOURS_S
    assert silent.from_s - 60 <= max(moments) <= silent.from_s


def test_otherwise_only_the_measured_have_it(tmp_path: Path) -> None:
    past = past_of()
    measured = {asset.key for asset in past.measured}
    for path in past.files(tmp_path):
        if path.name.startswith("raw"):
            for name, labels, _, _ in samples_of(path.read_text(encoding="utf-8")):
                if name == "node_cpu_seconds_total":
                    found = dict(labels)
                    assert (found["gemeente"], found["instance"]) in measured
