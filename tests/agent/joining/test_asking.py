"""How the process that measures has another one ask: one at a time, within a time, and whatever comes of it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.joining.asking import CHILD_S, EVERY_S, FIRST_WITHIN_S, JITTER, Asking, read_asked
from regiowacht_agent.joining.nobody import NotJoined, asking_of

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_contract.metric import Metric

DEADLINE_S = 30.0


class Clock:
    """Monotonic seconds that tests move."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def asking(folder: Path, program: str, clock: Clock) -> Asking:
    return Asking({"state": str(folder), "command": [sys.executable, "-c", program], "task": b""}, clock)


def run(made: Asking, clock: Clock, lasts_s: float = 0.0) -> list[bool]:
    """Ask once, to its end; return what each turn said."""
    clock.now += made.wait_s()
    said = [made.turn()]
    clock.now += lasts_s
    deadline = time.monotonic() + DEADLINE_S
    while made.wait_s() < 1 and time.monotonic() < deadline:
        time.sleep(0.01)
        said.append(made.turn())
    return said


def told(made: Asking) -> dict[str, float]:
    def key(metric: Metric, labels: tuple[str, ...]) -> str:
        return "".join([metric.name.removeprefix("regiowacht_agent_"), *(f" {label}" for label in labels)])

    return {key(sample.metric, sample.labels): sample.value for sample in made.samples()}


def program(folder: Path, rows: str) -> str:
    return f"open({str(folder / 'asked')!r}, 'w').write({rows!r})"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_asks_soon_after_a_start_and_then_every_five_minutes_or_so(tmp_path: Path, clock: Clock) -> None:
    made = asking(tmp_path, program(tmp_path, "result=same\nat=5\nexpires=9\nhash=ab\n"), clock)
    assert made.wait_s() <= FIRST_WITHIN_S
    assert run(made, clock)[-1] is False
    assert EVERY_S * (1 - JITTER) <= made.wait_s() <= EVERY_S * (1 + JITTER)
    seen = told(made)
    assert seen["bundle_asks_total same"] == 1
    assert seen["bundle_answered_timestamp_seconds"] == 5
    assert seen["credential_expiry_timestamp_seconds"] == 9
    assert seen["bundle_info ab"] == 1


def test_who_is_not_reached_is_asked_again_sooner_and_then_every_two_minutes(tmp_path: Path, clock: Clock) -> None:
    made = asking(tmp_path, program(tmp_path, "result=unreachable\nreason=no route\n"), clock)
    waits = []
    for _ in range(4):
        run(made, clock)
        waits.append(made.wait_s())
    for wait_s, about_s in zip(waits, (30, 60, 120, 120), strict=True):
        assert about_s * (1 - JITTER) <= wait_s <= about_s * (1 + JITTER)
    made._command = [sys.executable, "-c", program(tmp_path, "result=same\nat=5\n")]
    run(made, clock)
    assert made.wait_s() >= EVERY_S * (1 - JITTER)


def test_another_configuration_is_told_once(tmp_path: Path, clock: Clock) -> None:
    made = asking(tmp_path, program(tmp_path, "result=new\nat=5\n"), clock)
    assert run(made, clock).count(True) == 1
    assert told(made)["bundle_refused"] == 0
    made.put_back("why")
    assert told(made)["bundle_refused"] == 1


@pytest.mark.parametrize("rows", ["", "result=unheard-of\n", "\0\n=\n", "result", "result=same=\nat=x\n"])
def test_what_makes_no_sense_is_a_failure(tmp_path: Path, clock: Clock, rows: str) -> None:
    made = asking(tmp_path, program(tmp_path, rows), clock)
    assert not any(run(made, clock))
    assert told(made)["bundle_asks_total failed"] == 1


def test_a_process_that_ends_badly_is_a_failure_whatever_it_wrote_before(tmp_path: Path, clock: Clock) -> None:
    made = asking(tmp_path, program(tmp_path, "result=new\n") + "; raise SystemExit(1)", clock)
    assert not any(run(made, clock))
    assert told(made)["bundle_asks_total failed"] == 1


def test_a_process_that_hangs_is_ended(tmp_path: Path, clock: Clock) -> None:
    made = asking(tmp_path, "import time; time.sleep(600)", clock)
    assert not any(run(made, clock, lasts_s=CHILD_S + 1))
    assert told(made)["bundle_asks_total failed"] == 1


def test_a_process_that_cannot_be_started_is_a_failure_and_tried_again(tmp_path: Path, clock: Clock) -> None:
    made: Any = Asking({"state": str(tmp_path), "command": [str(tmp_path / "no")], "task": b""}, clock)
    for _ in range(2):
        run(made, clock)
    assert told(made)["bundle_asks_total failed"] == 2


def test_stop_ends_the_process_that_asks(tmp_path: Path, clock: Clock) -> None:
    made = asking(tmp_path, "import time; time.sleep(600)", clock)
    clock.now += made.wait_s()
    made.turn()
    made.stop()
    assert made.wait_s() > 1


def test_asked_that_is_no_file_is_empty(tmp_path: Path) -> None:
    assert read_asked(str(tmp_path)) == read_asked(str(tmp_path / "no")) == {}


def test_who_has_not_joined_asks_nobody() -> None:
    made = asking_of(None)
    assert isinstance(made, NotJoined)
    assert not made.turn()
    assert list(made.samples()) == []
