"""snmp_exporter and the tables say the same of the same device: name, type, labels and value of each series.

Its configuration is made of our own tables, so that a name or an object that is mistaken there is no oracle's fault.
"""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.exposition import head, series
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.fast_session import FastSession
from regiowacht_agent.snmp.meaning import loader
from regiowacht_agent.snmp.meaning.convert import plain
from regiowacht_agent.snmp.meaning.lay_out import Options
from regiowacht_agent.snmp.oid import oid_text, parse_oid
from regiowacht_agent.snmp.session import Target
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.fake_agent import serving
from tests.agent.snmp.meaning.readings import known_book
from tests.parts import need_peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_agent.snmp.oid import Oid
    from tests.agent.snmp.snmpd import Snmpd

DEADLINE_S = 60.0
EVERYTHING = Options(frozenset({"all"}))
NAMES = {"ifAlias", "ifDescr", "ifName"}
TYPES = {"ifPhysAddress": "PhysAddress48", "ifSpecific": "OctetString", "ifType": "EnumAsInfo"}
MIB2 = "1.3.6.1.2.1"
Samples = dict[tuple[str, str, tuple[tuple[str, str], ...]], float]


def exporters_configuration(community: str) -> str:
    """Return ``snmp.yml``: the module if_mib, as its generator would make it."""
    book = known_book()
    columns = {
        "ifIndex" if name == "number" else name: (oid, table.scalars)
        for _file, table in book.tables(book.anchors(["if_mib"]))
        for name, oid in table.columns.items()
    }
    columns["sysUpTime"] = (parse_oid(f"{MIB2}.1.3"), True)
    module = {
        "walk": [f"{MIB2}.2", f"{MIB2}.31.1.1"],
        "get": [f"{MIB2}.1.3.0"],
        "metrics": [
            _metric(name, oid, is_scalar, columns) for name, (oid, is_scalar) in columns.items() if name not in NAMES
        ],
    }
    return yaml.safe_dump({"auths": {"test": {"version": 2, "community": community}}, "modules": {"if_mib": module}})


def _metric(name: str, oid: Oid, is_scalar: bool, columns: dict[str, tuple[Oid, bool]]) -> dict[str, Any]:
    known = loader.metrics()
    kind = known[name].kind if name in known and name not in TYPES else "gauge"
    told: dict[str, Any] = {"name": name, "oid": oid_text(oid), "type": TYPES.get(name, kind), "help": "-"}
    if not is_scalar:
        told["indexes"] = [{"labelname": "ifIndex", "type": "gauge"}]
        told["lookups"] = [
            {"labels": ["ifIndex"], "labelname": one, "oid": oid_text(columns[one][0]), "type": "DisplayString"}
            for one in sorted(NAMES)
        ]
    if name == "ifType":
        (show,) = (table.show["ifType"] for _f, table in known_book().tables([columns["ifDescr"][0]]))
        told["enum_values"] = {int(number): word for number, word in show[1].items()}
    return told


@contextmanager
def exporter(folder: Path, community: str) -> Iterator[int]:
    """Run snmp_exporter; yields its port."""
    program = need_peer("snmp_exporter").path
    (folder / "snmp.yml").write_text(exporters_configuration(community))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    words = [str(program), f"--config.file={folder}/snmp.yml", f"--web.listen-address=127.0.0.1:{port}"]
    with (folder / "log").open("w") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            deadline = time.monotonic() + DEADLINE_S
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
                    break
                except OSError:
                    assert process.poll() is None, (folder / "log").read_text()[:2000]
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield port
        finally:
            process.kill()


def theirs(port: int, device_port: int) -> Samples:
    words = urlencode({"module": "if_mib", "auth": "test", "target": f"127.0.0.1:{device_port}"})
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/snmp?{words}", timeout=DEADLINE_S) as reply:
        found = parsed(reply.read().decode())
    return {key: number for key, number in found.items() if not key[0].startswith("snmp_")}


def ours(device_port: int, community: bytes) -> Samples:
    """Return what the tables make of what the fast engine reads."""
    book = known_book()
    anchors = book.anchors(["if_mib", "system"])
    session = FastSession(Target("127.0.0.1", Community("2c", community), port=device_port))
    try:
        needs = book.needs(anchors, EVERYTHING)
        read = session.columns([*dict.fromkeys((*needs.slow, *needs.fast))])
    finally:
        session.close()
    assert not read.troubles
    layout = book.lay_out(read.cells, anchors, loader.metrics(), EVERYTHING)
    assert not layout.troubles
    lines = []
    for one in layout.series:
        values = [plain(read.cells[cell.column][cell.row]) for cell in one.cells]
        number = values[0] if one.convert is None else one.convert(*values)
        lines.append(f"{head(one.metric)}{series(one.metric, one.labels)} {number!r}\n")
    found = parsed("".join(lines))
    return {key: number for key, number in found.items() if key[0].startswith(("if", "sysUpTime"))}


def parsed(text: str) -> Samples:
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, family.type, tuple(sorted(sample.labels.items())))
            assert key not in found
            found[key] = sample.value
    return found


def port_rows(index: int) -> dict[Oid, Value]:
    """Return one port with every column, and odd values in some."""
    low = dict.fromkeys([*range(10, 21)], tags.COUNTER32) | {3: tags.INTEGER, 4: tags.INTEGER, 7: tags.INTEGER}
    low |= {8: tags.INTEGER, 5: tags.GAUGE32, 9: tags.TICKS, 21: tags.GAUGE32}
    high = dict.fromkeys(range(2, 6), tags.COUNTER32) | dict.fromkeys(range(6, 14), tags.COUNTER64)
    high |= {14: tags.INTEGER, 15: tags.GAUGE32, 16: tags.INTEGER, 17: tags.INTEGER, 19: tags.TICKS}
    entry, x_entry = parse_oid(f"{MIB2}.2.2.1"), parse_oid(f"{MIB2}.31.1.1.1")
    found = {(*entry, column, index): Value(tag, index % 1000 * 1000 + column) for column, tag in low.items()}
    found |= {(*x_entry, column, index): Value(tag, index % 1000 * 1000 + column) for column, tag in high.items()}
    texts = {
        (*entry, 2, index): f"GigabitEthernet0/{index}".encode(),
        (*entry, 6, index): bytes.fromhex("0edf010203") + bytes([index % 256]),
        (*x_entry, 1, index): f"Gi0/{index}".encode(),
        (*x_entry, 18, index): "Loket één".encode(),
    }
    found |= {oid: Value(tags.OCTETS, text) for oid, text in texts.items()}
    found[*entry, 1, index] = Value(tags.INTEGER, index)
    found[*entry, 3, index] = Value(tags.INTEGER, (6, 24, 53, 131, 161, 4711)[index % 6])
    found[*entry, 22, index] = Value(tags.OBJECT, (0, 0))
    return found


def odd_switch() -> dict[Oid, Value]:
    """Return a switch whose ports differ: old ones, ones without a name, with line breaks, NUL, and large numbers."""
    found = {parse_oid(f"{MIB2}.1.3.0"): Value(tags.TICKS, 4_000_000_000)}
    found[parse_oid(f"{MIB2}.2.1.0")] = Value(tags.INTEGER, 8)
    for index in (1, 2, 3, 4, 5, 6, 10101, 2_147_483_647):
        found |= port_rows(index)
    entry, x_entry = parse_oid(f"{MIB2}.2.2.1"), parse_oid(f"{MIB2}.31.1.1.1")
    found = {oid: one for oid, one in found.items() if oid[:-2] != x_entry or oid[-1] != 2}  # an old port
    found[*entry, 2, 3] = Value(tags.OCTETS, b'a "quoted"\\name\r\nin\x00lines')
    found[*x_entry, 18, 3] = Value(tags.OCTETS, b"")
    found[*entry, 6, 4] = Value(tags.OCTETS, b"")
    found[*entry, 6, 5] = Value(tags.OCTETS, bytes(range(8)))
    found[*x_entry, 6, 6] = Value(tags.COUNTER64, 2**64 - 1)
    found[*x_entry, 10, 6] = Value(tags.COUNTER64, 2**53 + 3)
    found[*entry, 10, 6] = Value(tags.COUNTER32, 2**32 - 1)
    found[*entry, 5, 6] = Value(tags.GAUGE32, 2**32 - 1)
    found[*entry, 2, 1] = found[*entry, 2, 2]
    return found


@pytest.mark.snmp
def test_a_real_agent_is_told_as_snmp_exporter_tells_it(snmpd: Snmpd, tmp_path: Path) -> None:
    community = snmpd.v2c.community
    with exporter(tmp_path, community.decode()) as port:
        before = ours(snmpd.port, community)
        between = theirs(port, snmpd.port)
        after = ours(snmpd.port, community)
    assert len(between) > 20
    assert before.keys() == between.keys() == after.keys()
    for key, number in between.items():
        low, high = sorted((before[key], after[key]))
        assert low <= number <= high, key


def test_an_odd_switch_is_told_as_snmp_exporter_tells_it(tmp_path: Path) -> None:
    with serving(odd_switch()) as (_agent, server), exporter(tmp_path, "public") as port:
        mine, other = ours(server.port, b"public"), theirs(port, server.port)
    assert len(other) > 250
    assert mine == other
