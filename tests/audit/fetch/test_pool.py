"""Many devices at once: nobody waits for one that hangs, and no gemeente is asked by too many at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.fetch.commands import Commands
from regiowacht_audit.fetch.guard import Guard, NotReadOnly
from regiowacht_audit.fetch.pool import read_all
from regiowacht_audit.fetch.said import Said
from regiowacht_audit.fetch.target import Login, Target
from regiowacht_audit.fetch.whole import check_whole, cleaned
from regiowacht_audit.platform import find_platform
from regiowacht_contract.errors import Found, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

IOS = find_platform("cisco_ios")
COMMANDS = Commands("cisco_ios", ("show running-config",), ("terminal length 0",))
WHOLE = "\n".join(["hostname sw-1", "!", *["interface Vlan1", " no ip address"] * 3, "line vty 0 4", "end", ""])


def target(name: str, gemeente: str = "zandbeke") -> Target:
    return Target(gemeente, name, "192.0.2.1", IOS, Login("ssh-audit", "audit"))


def test_one_that_hangs_is_passed_over_and_the_others_are_there() -> None:
    release = threading.Event()

    def read(one: Target) -> Said:
        if one.name == "hangs":
            release.wait(60)
        if one.name == "away":
            raise Unreachable("fetch.unreachable", device=one, address=one.address, port=22)
        if one.name == "odd":
            raise RuntimeError("password=hunter2")
        return Said(f"text of {one.name}")

    names = ("hangs", "away", "odd", "sw-1", "sw-2")
    try:
        got = {one.target.name: one for one in read_all(map(target, names), read, deadline_s=1.5)}
    finally:
        release.set()
    assert set(got) == set(names)
    assert got["sw-1"].said.text == "text of sw-1"
    assert got["sw-1"].error is None
    assert "niet te bereiken" in got["away"].error.message("nl")  # type: ignore[union-attr]
    assert "hunter2" not in str(got["odd"].error)
    assert "passed over" in str(got["hangs"].error)
    assert "text of" not in repr(got["sw-1"])


def test_no_gemeente_is_asked_by_more_than_its_share() -> None:
    lock = threading.Lock()
    now: dict[str, int] = {}
    most: dict[str, int] = {}
    gate = threading.Barrier(4, timeout=30)

    def read(one: Target) -> Said:
        with lock:
            now[one.gemeente] = now.get(one.gemeente, 0) + 1
            most[one.gemeente] = max(most.get(one.gemeente, 0), now[one.gemeente])
        gate.wait()  # four at a time: two of each gemeente
        with lock:
            now[one.gemeente] -= 1
        return Said()

    def targets() -> Iterator[Target]:
        for number in range(6):
            yield target(f"sw-{number}", "zandbeke")
        for number in range(6):
            yield target(f"sw-{number}", "oosthove")

    assert len(list(read_all(targets(), read, at_once=4, a_gemeente=2))) == 12
    assert most == {"zandbeke": 2, "oosthove": 2}


class Wire:
    sent: list[str]

    def write_channel(self, out_data: str) -> None:
        self.sent.append(out_data)


class Guarded(Guard, Wire):
    allowed = COMMANDS.allowed
    answers = frozenset({"not-a-secret"})

    def __init__(self) -> None:
        self.sent = []


@pytest.mark.parametrize(
    "line",
    [
        "configure terminal\n",
        "show running-config\nreload\n",
        "reload",
        "write memory\r\n",
        "show running-config | redirect x",
    ],
)
def test_nothing_but_reading_is_ever_sent(line: str) -> None:
    session = Guarded()
    with pytest.raises(NotReadOnly) as caught:
        session.write_channel(line)
    assert session.sent == []
    assert "not-a-secret" not in str(caught.value)


@pytest.mark.parametrize("line", ["show running-config\n", "terminal length 0\n", "\n", " ", "not-a-secret\n", "\r\n"])
def test_what_is_on_the_list_is_sent(line: str) -> None:
    session = Guarded()
    session.write_channel(line)
    assert session.sent == [line]


def test_a_whole_configuration_is_taken() -> None:
    assert check_whole(WHOLE, IOS, COMMANDS) == WHOLE


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (WHOLE.replace("line vty 0 4\nend", " no ip"), "fetch.incomplete"),
        (WHOLE.replace(" no ip address", " --More-- "), "fetch.paged"),
        ("% Invalid input detected at '^' marker.\n", "fetch.refused"),
        ("% Permission denied\n", "fetch.refused"),
        ("hostname sw-1\nend\n", "fetch.too-short"),
        (WHOLE + "\0", "fetch.binary"),
    ],
)
def test_what_is_not_whole_is_an_error_and_never_fine(text: str, key: str) -> None:
    with pytest.raises(Found) as caught:
        check_whole(text, IOS, COMMANDS)
    assert caught.value.key == key


def test_what_steers_a_terminal_is_no_part_of_a_configuration() -> None:
    raw = "\x1b[24;1Hhostname sw\r\r\n --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b!\r\nend\r\n"
    assert cleaned(raw) == "hostname sw\n!\nend\n"


def test_what_vtysh_says_of_its_own_settings_is_no_configuration() -> None:
    raw = (
        "% Can't open configuration file /etc/frr/vtysh.conf due to 'Permission denied'.\r\nfrr version 8.4\r\nend\r\n"
    )
    assert cleaned(raw) == "frr version 8.4\nend\n"
