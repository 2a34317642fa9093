"""UDP sockets of a recorded host."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

HEAD = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref drops\n"


def _row(number: int, queues: str) -> str:
    return f"{number:5d}: 00000000:0035 00000000:0000 07 {queues} 00:00000000 00000000     0        0 2740 2 0 0\n"


def test_what_waits_is_summed_over_all_sockets(tmp_path: Path) -> None:
    many = "".join(_row(number, "00000001:00000100") for number in range(100))
    udp = HEAD + many + _row(100_000, "0000000F:00000000") + _row(7, "00000000:00000000")
    udp6 = HEAD + _row(1, "00000000:00000003")
    told = FakeHost.write(tmp_path, {"net/udp": udp, "net/udp6": udp6}).exposition("udp_queues", reader="proc")
    assert told == (
        'node_udp_queues{ip="v4",queue="tx"} 115\n'
        'node_udp_queues{ip="v4",queue="rx"} 25600\n'
        'node_udp_queues{ip="v6",queue="tx"} 0\n'
        'node_udp_queues{ip="v6",queue="rx"} 3\n'
    )


def test_a_kernel_without_ipv6_and_no_socket_at_all(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path, {"net/udp": HEAD}).exposition("udp_queues", reader="proc")
    assert told == 'node_udp_queues{ip="v4",queue="tx"} 0\nnode_udp_queues{ip="v4",queue="rx"} 0\n'


def test_a_kernel_without_udp_has_no_data(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path).reader("udp_queues", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "no-data"


def _live() -> dict[tuple[str, str], float]:
    reader = open_reader(load(None, {"reader": "proc", "disable_defaults": True, "families.udp_queues": True}))
    block = reader.families["udp_queues"].read(reader.host)
    reader.close()
    return {(version, queue): value for _metric, (version, queue), value in block.samples()}


@pytest.mark.parametrize(("version", "kind", "here"), [("v4", "AF_INET", "127.0.0.1"), ("v6", "AF_INET6", "::1")])
def test_what_waits_in_a_socket_of_this_kernel_is_found(version: str, kind: str, here: str) -> None:
    path = Path("/proc/net", {"v4": "udp", "v6": "udp6"}[version])
    if not path.exists():
        pytest.skip(f"no {path}")
    assert path.stat().st_size == 0, "how a file of the kernel is known from a recorded one"
    with socket.socket(getattr(socket, kind), socket.SOCK_DGRAM) as sock:
        sock.bind((here, 0))
        sock.sendto(b"waits", sock.getsockname())
        assert _live()[version, "rx"] >= len(b"waits")


def test_a_list_that_is_empty_by_the_kernels_count_is_not_asked_for(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"net/udp": "", "net/sockstat": "sockets: used 9\nUDP: inuse 0 mem 0\n"})
    reader = host.reader("udp_queues", reader="proc")
    reader.families["udp_queues"].read(reader.host)
    (tmp_path / "proc/net/udp").write_text(HEAD + _row(1, "00000001:00000002"))
    assert [float(value) for value in reader.families["udp_queues"].read(reader.host).values] == [0, 0]
    (tmp_path / "proc/net/sockstat").write_text("sockets: used 9\nUDP: inuse 1 mem 0\n")
    assert [float(value) for value in reader.families["udp_queues"].read(reader.host).values] == [1, 2]


def test_a_recorded_list_is_read_whatever_its_count_says(tmp_path: Path) -> None:
    files = {"net/udp": HEAD + _row(1, "00000001:00000002"), "net/sockstat": "UDP: inuse 0 mem 0\n"}
    told = FakeHost.write(tmp_path, files).exposition("udp_queues", reader="proc")
    assert told == 'node_udp_queues{ip="v4",queue="tx"} 1\nnode_udp_queues{ip="v4",queue="rx"} 2\n'
