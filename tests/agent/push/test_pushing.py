"""What the main loop does for pushing: what was told last is kept, however short before the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.polls.nobody import schedule_of
from regiowacht_agent.push import pushing
from regiowacht_agent.push.nobody import push_of
from regiowacht_agent.snmp.nobody import NoDevices
from tests.agent.push.receiver import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.push.receiver import Receiver

LINE = """
[polls]
interval_s = {interval_s}
timeout_s = 1
[[probe]]
instance = "line"
site = "hall"
laag = "connectiviteit"
kind = "tcp"
target = "127.0.0.1:9"
"""


def test_what_was_told_after_the_last_look_is_kept_at_a_stop(tmp_path: Path, receiver: Receiver) -> None:
    file = tmp_path / "agent.toml"
    who = '[asset]\ngemeente = "zandbeke"\nsite = "hall"\ninstance = "srv-1"\n'
    push = f'[push]\nurl = "{receiver.url}"\nstate = "{tmp_path}"\n'
    file.write_text(who + push + LINE.format(interval_s=1))
    config = load(file, {})
    made, polls, devices = push_of(config), schedule_of(config), NoDevices()

    def ended() -> list[float]:
        return [taken.ended for _, taken in polls.told()]

    made.start()
    polls.start()
    try:
        wait_for(lambda: bool(ended()), "an answer")
        before = ended()
        made.turn(list, polls, devices)
        wait_for(lambda: ended() != before, "another answer")
    finally:
        polls.stop()
        made.stop(polls, devices)
    told = sorted(value for value in receiver.of("up").values() if value == 0)
    assert told == [0, 0]


def test_a_main_loop_that_was_held_up_misses_nothing_that_was_told(tmp_path: Path, receiver: Receiver) -> None:
    file = tmp_path / "agent.toml"
    who = '[asset]\ngemeente = "zandbeke"\nsite = "hall"\ninstance = "srv-1"\n'
    push = f'[push]\nurl = "{receiver.url}"\nstate = "{tmp_path}"\n'
    file.write_text(who + push + LINE.format(interval_s=1))
    config = load(file, {})
    made, polls, devices = push_of(config), schedule_of(config), NoDevices()
    seen: set[float] = set()

    def saw(count: int) -> bool:
        seen.update(taken.ended for _, taken in polls.told())
        return len(seen) >= count

    made.start()
    polls.start()
    try:
        wait_for(lambda: saw(3), "three answers, while the main loop does something else")
    finally:
        polls.stop()
        made.turn(list, polls, devices)
        made.stop(polls, devices)
    assert len([value for value in receiver.of("up").values() if value == 0]) >= 3


@pytest.mark.parametrize(
    ("interval_s", "most_s"), [(1, 0.1), (5, 0.5), (15, 1.0)], ids=["each-second", "often", "usual"]
)
def test_it_is_looked_more_often_than_is_asked(tmp_path: Path, interval_s: int, most_s: float) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(
        f'[asset]\ngemeente = "zandbeke"\nsite = "hall"\ninstance = "srv-1"\n[push]\nurl = "http://127.0.0.1:9"\n'
        f'interval_s = 60\nstate = "{tmp_path}"\n' + LINE.format(interval_s=interval_s)
    )
    config = load(file, {})
    made, polls, devices = push_of(config), schedule_of(config), NoDevices()
    made.turn(list, polls, devices)
    assert isinstance(made, pushing.Pushing)
    assert 0 < made.wait_s() <= most_s
