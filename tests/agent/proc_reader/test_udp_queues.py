"""UDP sockets of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

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
