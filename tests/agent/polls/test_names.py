"""Names are looked up within the deadline of who asks, also where the system's resolver does not let go."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.polls.names import Names, resolve
from regiowacht_agent.polls.network import Address, Deadline
from regiowacht_agent.polls.outcome import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
WITHIN_S = 60.0
HERE = Address(socket.AF_INET, "127.0.0.1")


class Resolver:
    """A resolver that answers when a test lets it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.let_go = threading.Event()

    def __call__(self, host: str) -> list[Address]:
        self.asked.append(host)
        assert self.let_go.wait(WITHIN_S)
        if host == "nowhere":
            raise Failed("name", "nowhere: not known")
        if host == "odd":
            raise ZeroDivisionError
        return [HERE]


@contextmanager
def _waiting(names: Names, *hosts: str) -> Iterator[list[str]]:
    """Have threads wait for names; yields what each was told, complete at the end of the block."""
    told: list[str] = []

    def wait(host: str) -> None:
        try:
            told.append(names.find(host, Deadline(WITHIN_S))[0].text)
        except Failed as failed:
            told.append(f"{failed.reason}: {failed.detail}")

    threads = [threading.Thread(target=wait, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    yield told
    for thread in threads:
        thread.join(WITHIN_S)
        assert not thread.is_alive()


def _until_asked(resolver: Resolver, hosts: set[str]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while set(resolver.asked) != hosts:
        assert time.monotonic() < deadline, resolver.asked
        time.sleep(0.01)


def test_who_waits_gives_up_in_time_and_the_next_one_joins_what_is_under_way() -> None:
    resolver = Resolver()
    names = Names(resolver)
    for _ in range(3):
        with pytest.raises(Failed, match=r"^slow: no answer within 0.1 s from this system's resolver$") as failed:
            names.find("slow", Deadline(0.1))
        assert failed.value.reason == "name"
    assert resolver.asked == ["slow"]
    with _waiting(names, "slow", "slow") as told:
        resolver.let_go.set()
    assert told == ["127.0.0.1", "127.0.0.1"]
    assert names.asked == ()
    assert names.find("slow", Deadline(WITHIN_S)) == [HERE]
    assert resolver.asked == ["slow", "slow"]  # an answer is never told a second time


def test_never_more_lookups_than_allowed_and_others_get_their_turn() -> None:
    resolver = Resolver()
    names = Names(resolver, lookups_max=2)
    with _waiting(names, "a", "b") as told:
        _until_asked(resolver, {"a", "b"})
        with pytest.raises(Failed, match="still to say where 2 others are") as failed:
            names.find("c", Deadline(0.1))
        assert failed.value.reason == "name"
        assert set(names.asked) == {"a", "b"}
        with _waiting(names, "c") as turn:
            resolver.let_go.set()
    assert told == ["127.0.0.1", "127.0.0.1"]
    assert turn == ["127.0.0.1"]


def test_each_who_waits_is_told_why_there_is_no_address() -> None:
    resolver = Resolver()
    names = Names(resolver)
    with _waiting(names, "nowhere", "nowhere", "odd") as told:
        _until_asked(resolver, {"nowhere", "odd"})
        resolver.let_go.set()
    assert sorted(told) == ["internal: odd: ZeroDivisionError", *["name: nowhere: not known"] * 2]
    assert names.asked == ()


def test_a_written_address_is_not_looked_up_and_a_name_is() -> None:
    assert resolve("127.0.0.1", Deadline(WITHIN_S)) == [HERE]
    assert resolve("::1", Deadline(WITHIN_S)) == [Address(socket.AF_INET6, "::1")]
    assert HERE in resolve("localhost", Deadline(WITHIN_S))
    with pytest.raises(Failed, match=r"^no-such-host\.invalid: ") as failed:
        resolve("no-such-host.invalid", Deadline(WITHIN_S))
    assert failed.value.reason == "name"


ALONE = """
ip link set lo up
printf 'nameserver 127.0.0.1\\noptions timeout:30 attempts:5\\n' >"$1/resolv.conf"
printf 'hosts: files dns\\n' >"$1/nsswitch.conf"
for file in resolv.conf nsswitch.conf; do
    [ -e "/etc/$file" ] || continue
    mount --bind "$1/$file" "$(readlink -f "/etc/$file")"
done
shift
exec "$@"
"""

SCRIPT = """
import json, socket
from regiowacht_agent.polls.names import NAMES
from tests.agent.polls.asked import probe, relay

def told(asked):
    return [asked.outcome.up, asked.outcome.reason, asked.outcome.detail, list(NAMES.asked)]

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent, socket.create_server(("127.0.0.1", 0)) as there:
    silent.bind(("127.0.0.1", 53))
    port = there.getsockname()[1]
    name = "srv-files.zandbeke.example"
    print(json.dumps([
        told(probe("tcp", f"{name}:{port}", timeout_s=0.5)),
        told(probe("http", f"http://{name}:{port}/", timeout_s=0.5)),
        told(relay(f"http://{name}:{port}/metrics", timeout_s=0.5)),
        told(probe("tcp", f"127.0.0.1:{port}")),
        told(probe("tcp", f"localhost:{port}")),
        silent.recv(512).count(b"srv-files"),
    ]))
"""


@pytest.mark.lab
def test_a_name_server_that_never_answers_costs_the_time_out_and_one_thread(tmp_path: Path) -> None:
    words = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--propagation", "private"]
    done = subprocess.run(
        [*words, "sh", "-euc", ALONE, "sh", str(tmp_path), sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S * 3,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *by_name, address, local, asked = json.loads(done.stdout)
    name = "srv-files.zandbeke.example"
    late = [False, "name", f"{name}: no answer within 0.5 s from this system's resolver", [name]]
    assert by_name == [late, late, late]
    assert address == local == [True, "", "", [name]]
    assert asked == 1


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 64}.example", ".example"])
def test_what_cannot_be_a_name_is_said_in_words(host: str) -> None:
    with pytest.raises(Failed, match="no name that there can be") as caught:
        resolve(host, Deadline(WITHIN_S))
    assert caught.value.reason == "name"
