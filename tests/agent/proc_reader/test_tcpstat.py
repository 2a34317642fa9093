"""TCP connections of a recorded host, and what the kernel says of sockets of our own."""

from __future__ import annotations

import dataclasses
import socket
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config import Config
from regiowacht_agent.family import Metrics
from regiowacht_agent.files import Files
from regiowacht_agent.host import Host
from regiowacht_agent.proc_reader import sock_diag
from regiowacht_agent.proc_reader.tcpstat import STATES, Tcpstat, from_files
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
TCP = f"""{HEAD}\
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F91 0100007F:A1B2 01 0000000A:00000010 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
   2: 0100007F:1F92 0100007F:A1B3 06 00000000:00000000 03:00000017 00000000     0        0 0 3 0
   3: 0100007F:1F92 0100007F:A1B3 7F 00000000:00000000 03:00000017 00000000     0        0 0 3 0
"""
ROW6 = f"   0: {'0' * 32}:0016 {'0' * 32}:0000 0A 00000001:00000002 00:00000000 00000000     0        0 4 1 0\n"
EXPECTED = """\
node_tcp_connection_states{state="established"} 1
node_tcp_connection_states{state="listen"} 2
node_tcp_connection_states{state="rx_queued_bytes"} 18
node_tcp_connection_states{state="time_wait"} 1
node_tcp_connection_states{state="tx_queued_bytes"} 11
node_tcp_connection_states{state="unknown"} 1
"""


def test_both_versions_of_the_protocol_are_counted_together(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"net/tcp": TCP, "net/tcp6": HEAD + ROW6})
    assert host.exposition("tcpstat", reader="proc") == EXPECTED


def test_a_host_without_ipv6_is_told(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path, {"net/tcp": TCP}).exposition("tcpstat", reader="proc")
    assert 'state="listen"} 1\n' in told


def test_a_host_without_connections_tells_nothing_and_is_well(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path, {"net/tcp": HEAD}).reader("tcpstat", reader="proc"))
    readings.take()
    assert [(outcome.state, outcome.samples) for outcome in readings.outcomes] == [("ok", 0)]


def test_more_than_a_page_is_read_whole(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"net/tcp": HEAD, "net/tcp6": HEAD + ROW6 * 3700})
    assert 'state="listen"} 3700\n' in host.exposition("tcpstat", reader="proc")


def _states(told: tuple[dict[int, int], int, int]) -> dict[str, int]:
    return {STATES[number]: count for number, count in told[0].items()}


def test_the_kernel_tells_of_our_own_sockets_by_netlink_what_the_files_tell() -> None:
    try:
        before = sock_diag.states()
    except OSError as error:
        pytest.skip(f"this kernel does not tell by sock_diag(7): {error}")
    connections = 60
    with socket.create_server(("127.0.0.1", 0), backlog=connections) as server:
        ends = [socket.create_connection(server.getsockname(), timeout=60) for _ in range(connections)]
        ends += [server.accept()[0] for _ in range(connections)]
        try:
            ends[0].sendall(b"x" * 5000)
            asked, read = sock_diag.states(), from_files(Host(), "/proc")
        finally:
            for end in ends:
                end.close()
    # Other tests of the same machine open and close connections meanwhile, so ours is what must be there at least.
    for told in (asked, read):
        assert _states(told)["established"] >= 2 * connections
        assert _states(told)["listen"] >= 1
        assert told[1] >= 5000, "what nobody has read waits"
    assert before[0].keys() <= set(range(len(STATES)))


def test_where_the_kernel_does_not_tell_by_netlink_the_files_do() -> None:
    def refuse() -> tuple[dict[int, int], int, int]:
        raise PermissionError(1, "not permitted")

    with socket.create_server(("127.0.0.1", 0)):
        family = Tcpstat(Config(), Metrics.of("tcpstat"), refuse)
        host = Host()
        told = {labels[0]: value for _metric, labels, value in family.read(host).samples()}
        host.files.close()
    assert told["listen"] >= 1


def test_a_copy_of_proc_is_read_as_the_files_it_is(tmp_path: Path) -> None:
    def ask() -> tuple[dict[int, int], int, int]:
        pytest.fail("asked the kernel of this machine about another one")

    FakeHost.write(tmp_path, {"net/tcp": TCP})
    config = dataclasses.replace(Config(), paths=dataclasses.replace(Config().paths, procfs=str(tmp_path / "proc")))
    family = Tcpstat(config, Metrics.of("tcpstat"), ask)
    assert len(family.read(Host(procfs=str(tmp_path / "proc"), files=Files())).values) == 6
