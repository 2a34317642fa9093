"""A device that waits for a command is not waited for, and what it says tells what it is."""

from __future__ import annotations

import pytest

from regiowacht_audit.fetch.ear import BEFORE_S, STUCK_S, Ear
from regiowacht_audit.platform import find_platform, platforms
from tests.audit.fetch.dialogues import DIALOGUES

PROMPTS = sorted({dialogue.prompt.replace("{n}", "7") for dialogue in DIALOGUES.values()})


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def after(*said: str, typed: str = "show it\n", seconds: float = STUCK_S + 1) -> bool:
    """Tell whether it is stuck so many seconds after something was typed and the device said all that."""
    clock = Clock()
    ear = Ear(clock)
    ear.hear("Welcome\r\nsw-1#")
    ear.typed(typed)
    for one in said:
        clock.now_s += 1
        ear.hear(one)
    clock.now_s += seconds
    return ear.is_stuck


@pytest.mark.parametrize("prompt", PROMPTS)
def test_silence_at_a_prompt_is_the_end(prompt: str) -> None:
    assert after("show it\r\n% Invalid input\r\n", prompt)
    assert not after("show it\r\n% Invalid input\r\n", prompt, seconds=STUCK_S - 1)


def test_the_prompt_that_stood_there_already_is_none() -> None:
    assert not after()
    assert not after("show it")
    assert after("show it\r\n", "sw-1#")


@pytest.mark.parametrize(
    "row",
    [
        "",
        "Password:",
        " --More-- ",
        "hostname sw-1",
        " description 5 > 4",
        "banner motd #hallo",
        "Are you sure? [y/n]",
        "!",
    ],
)
def test_silence_elsewhere_may_go_on(row: str) -> None:
    assert not after(f"show it\r\n{row}")


def test_a_prompt_that_was_told_with_a_row_behind_it_is_none() -> None:
    assert not after("show it\r\nsw-1#\r\nhostname sw-1\r\n")


def test_what_it_says_first_is_a_prompt_too() -> None:
    clock = Clock()
    ear = Ear(clock)
    ear.hear("Linux srv-1\r\n\x1b[0maudit@srv-1:~$ ")
    clock.now_s = STUCK_S + 1
    assert not ear.is_stuck, "a banner may follow"
    clock.now_s = BEFORE_S + 1
    assert ear.is_stuck


def heard(real: str) -> Ear:
    dialogue = DIALOGUES[real]
    ear = Ear()
    ear.hear(f"{dialogue.prompt}show it\r\n{dialogue.unknown}\r\n\r\n{dialogue.prompt}".replace("{n}", "1"))
    return ear


@pytest.mark.parametrize("real", sorted(DIALOGUES))
def test_every_platform_is_known_by_how_it_refuses(real: str) -> None:
    ear = heard(real)
    assert ear.others(find_platform(real)) == []
    for other in platforms():
        told = [one.name for one in ear.others(other)]
        assert other.name not in told
        if told:
            assert real in told
    assert sum(bool(ear.others(other)) for other in platforms()) >= len(platforms()) - 3


def test_what_nobody_knows_is_called_nothing() -> None:
    ear = Ear()
    ear.hear("Login ok\r\n$$$ ")
    assert ear.others(find_platform("cisco_ios")) == []
