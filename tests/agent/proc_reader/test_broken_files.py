"""Files of the kernel that are cut off, shuffled, doubled or hold other bytes: what no kernel does, until one does."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.block import render
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import PROC, FakeHost
from tests.agent.proc_reader import test_conntrack, test_mdadm, test_netstat, test_sockstat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TIMES = 120
SEED = 20_240_229
STRANGE = b' \n\t:.-0x\xff"\\[({%,='

SOCKETS = (
    "  sl  local_address rem_address st tx_queue rx_queue\n 1: 00000000:0035 00000000:0000 07 00000001:00000100 0\n"
)
MOUNTS = "36 35 8:1 / /no/such/mount rw shared:1 - ext4 /dev/sda1 rw\n37 35 8:2 / /nor/this ro - xfs /dev/sdb1 ro\n"
NEIGHBOURS = "IP address HW type Flags HW address Mask Device\n10.0.0.1 0x1 0x2 02:00:00:00:00:01 * eth0\n"
SOFTNET = f"{' '.join(['00000001'] * 13)}\n{' '.join(['00000002'] * 13)}\n"

FILES: dict[str, dict[str, str]] = {
    "arp": {"net/arp": NEIGHBOURS},
    "conntrack": {**test_conntrack.TABLE, "net/stat/nf_conntrack": test_conntrack.OLD},
    "diskstats": {"diskstats": PROC["diskstats"]},
    "filefd": {"sys/fs/file-nr": "1024\t0\t9223372036854775807\n"},
    "filesystem": {"1/mountinfo": MOUNTS},
    "mdadm": {"mdstat": test_mdadm.MDSTAT},
    "meminfo": {"meminfo": PROC["meminfo"]},
    "netdev": {"net/dev": PROC["net/dev"]},
    "netstat": {
        "net/netstat": test_netstat.NETSTAT,
        "net/snmp": test_netstat.SNMP,
        "net/snmp6": test_netstat.SNMP6,
    },
    "sockstat": {"net/sockstat": test_sockstat.SOCKSTAT, "net/sockstat6": test_sockstat.SOCKSTAT6},
    "softnet": {"net/softnet_stat": SOFTNET},
    "udp_queues": {"net/udp": SOCKETS, "net/udp6": SOCKETS},
}
"""The files of each family, by their place in /proc."""


def _broken(whole: bytes, chance: random.Random) -> bytes:
    """Return a file that something happened to."""
    lines = whole.split(b"\n")
    at = chance.randrange(len(lines))
    place = chance.randrange(len(whole))
    match chance.randrange(7):
        case 0:
            return whole[:place]
        case 1:
            return whole[:place] + bytes([chance.choice(STRANGE)]) + whole[place + 1 :]
        case 2:
            return b""
        case 3:
            chance.shuffle(lines)
        case 4:
            del lines[at]
        case 5:
            return whole[:place] + chance.randbytes(chance.randrange(40)) + whole[place:]
        case _:
            lines.insert(at, lines[at])
    return b"\n".join(lines)


def _page(readings: Readings) -> str:
    """Return one reading without how long it took."""
    rows = render(readings.take()).decode().splitlines(keepends=True)
    return "".join(row for row in rows if "_duration_seconds{" not in row)


def _told_twice(page: str) -> list[tuple[str, Mapping[str, str]]]:
    """Return series that stand on a page twice; raises what Prometheus's own parser raises of a page it cannot read."""
    told = [(one.name, one.labels) for family in text_string_to_metric_families(page) for one in family.samples]
    return [one for at, one in enumerate(told) if one in told[:at]]


@pytest.mark.parametrize("family", FILES)
def test_the_page_stays_readable_the_others_stay_and_the_next_reading_is_whole(tmp_path: Path, family: str) -> None:
    host = FakeHost.write(tmp_path, {**FILES[family], "loadavg": "0.25 0.5 0.75 1/2 3\n"})
    readings = Readings(host.reader(family, "loadavg", reader="proc"))
    whole = _page(readings)
    assert f'node_scrape_collector_success{{collector="{family}"}} 1\n' in whole
    chance = random.Random(SEED)
    for name, text in FILES[family].items():
        path = tmp_path / "proc" / name
        for _ in range(TIMES // len(FILES[family])):
            broken = _broken(text.encode(), chance)
            path.write_bytes(broken)
            page = _page(readings)
            assert _told_twice(page) == [], broken
            assert "node_load5 0.5\n" in page
            assert all(outcome.reason for outcome in readings.outcomes if outcome.state != "ok"), broken
            path.write_text(text)
            assert _page(readings) == whole, broken
