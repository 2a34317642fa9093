"""A report of a device holds what a family is made of, and nothing of whose device it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.dump import OBJECTS_MAX, dump
from regiowacht_agent.snmp.oid import Oid, parse_oid
from regiowacht_agent.snmp.scrub import Scrubber
from regiowacht_agent.snmp.session import Target
from regiowacht_agent.snmp.value import Value
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND, EXIT_USAGE
from tests.agent.snmp.fake_agent import Agent, Quirks, Server, answer_community, serving
from tests.agent.snmp.poll.switch import text

if TYPE_CHECKING:
    from pathlib import Path

EN = {"LANG": "en_GB.UTF-8"}
COMMUNITY = "lindemeer-leest"


def octets(told: str) -> Value:
    return Value(tags.OCTETS, bytes.fromhex(told))


OBJECTS: dict[Oid, Value] = {
    parse_oid(oid): value
    for oid, value in {
        "1.3.6.1.2.1.1.1.0": text("Acme OS version 7.4.2.1 on sw-lindemeer-3 (10.12.0.9)"),
        "1.3.6.1.2.1.1.2.0": Value(tags.OBJECT, parse_oid("1.3.6.1.4.1.99999.7")),
        "1.3.6.1.2.1.1.3.0": Value(tags.TICKS, 4200),
        "1.3.6.1.2.1.1.4.0": text("An Peeters, an@lindemeer.example, +32 2 000 00 00"),
        "1.3.6.1.2.1.1.5.0": text("sw-lindemeer-3.lindemeer.example"),
        "1.3.6.1.2.1.1.6.0": text("Kerkstraat 1, kelder"),
        "1.3.6.1.2.1.2.2.1.2.1": text("GigabitEthernet1/0/1"),
        "1.3.6.1.2.1.2.2.1.6.1": octets("0000c1a2b3c4"),
        "1.3.6.1.2.1.4.20.1.1.10.12.0.9": Value(tags.IP, bytes((10, 12, 0, 9))),
        "1.3.6.1.2.1.17.4.3.1.1.0.0.193.162.179.200": octets("0000c1a2b3c8"),
        "1.3.6.1.2.1.31.1.1.1.18.1": text("camera raadzaal"),
        "1.3.6.1.2.1.47.1.1.1.1.11.1": text("SGX0042-77"),
        "1.3.6.1.2.1.47.1.1.1.1.13.1": text("AC-4800XG"),
        "1.3.6.1.4.1.99999.1.1.0": text("Inlet temperature"),
        "1.3.6.1.4.1.99999.1.2.0": text("normal"),
        "1.3.6.1.4.1.99999.1.3.0": text(f"trap community {COMMUNITY} to 10.12.0.77"),
        "1.3.6.1.4.1.99999.1.4.0": text("serial SGX0042-77, model AC-4800XG"),
        "1.3.6.1.4.1.99999.1.5.0": Value(tags.IP, bytes((10, 12, 0, 77))),
        "1.3.6.1.4.1.99999.1.6.0": text("password=hunter2"),
        "1.3.6.1.4.1.99999.1.7.0": text("s3cr3tW0rd99"),
        "1.3.6.1.4.1.99999.1.8.0": text("00:00:C1:A2:B3:C4 fd00:12::7 12:34:56"),
        "1.3.6.1.4.1.99999.1.9.0": Value(tags.GAUGE32, 42),
        "1.3.6.1.4.1.99999.2.10.64.50.3.0": Value(tags.GAUGE32, 43),
        "1.3.6.1.4.1.99999.2.1.1.0.0.193.162.179.196": Value(tags.INTEGER, 1),
        "1.3.6.1.4.1.99999.3.1.1.192.168.4.5": Value(tags.INTEGER, 1),
        "1.3.6.1.4.1.99999.4.1.15." + ".".join(map(str, b"camera raadzaal")): Value(tags.INTEGER, 1),
        "1.3.6.1.6.3.18.1.1.1.2.1": text(COMMUNITY),
    }.items()
}
GONE = (
    "lindemeer", "leest", "Peeters", "+32", "Kerkstraat", "raadzaal", "10.12.0", "SGX0042", "hunter2", "s3cr3t",
    "0000c1", "00:00:c1", "193.162.179", "192.168.4.5", "fd00:12", "99.97.109.101.114.97",
)  # fmt: skip
STAYS = (
    "Acme OS version 7.4.2.1", "GigabitEthernet1/0/1", "|AC-4800XG", "model AC-4800XG", "Inlet temperature", "|normal",
    "1.3.6.1.4.1.99999.1.9.0|66|42", "1.3.6.1.4.1.99999.2.10.64.50.3.0|66|43",
    "|6|1.3.6.1.4.1.99999.7", "12:34:56",
)  # fmt: skip


def report(port: int, *words: str) -> int:
    os.environ["FAKE_DUMP_COMMUNITY"] = COMMUNITY
    try:
        options = ("--port", str(port), "--community", "env:FAKE_DUMP_COMMUNITY", *words)
        return main(["snmp", "identify", "127.0.0.1", *options], EN)
    finally:
        del os.environ["FAKE_DUMP_COMMUNITY"]


def test_a_report_holds_no_address_name_place_serial_number_or_secret() -> None:
    objects = sorted(OBJECTS.items())
    told = "\n".join(Scrubber(objects, [COMMUNITY]).lines(objects))
    assert [one for one in GONE if one.casefold() in told.casefold()] == []
    assert [one for one in STAYS if one not in told] == []


def test_the_same_thing_has_the_same_stand_in_everywhere() -> None:
    objects = sorted(OBJECTS.items())
    by_name = dict(line.split("|")[::2] for line in Scrubber(objects).lines(objects))
    assert by_name["1.3.6.1.4.1.99999.1.3.0"].endswith(by_name["1.3.6.1.4.1.99999.1.5.0"])
    own = by_name["1.3.6.1.2.1.2.2.1.6.1"]
    assert by_name["1.3.6.1.4.1.99999.1.8.0"].startswith(bytes.fromhex(own).hex(":"))
    assert f"1.3.6.1.4.1.99999.2.1.1.{'.'.join(map(str, bytes.fromhex(own)))}" in by_name
    assert by_name["1.3.6.1.2.1.47.1.1.1.1.11.1"] in by_name["1.3.6.1.4.1.99999.1.4.0"]


def test_serial_numbers_stay_where_somebody_wants_them() -> None:
    objects = sorted(OBJECTS.items())
    told = "\n".join(Scrubber(objects, [COMMUNITY], keeps_serials=True).lines(objects))
    assert "serial SGX0042-77" in told
    assert "Peeters" not in told


def test_a_report_is_written_from_a_device_and_says_what_was_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.txt"
    agent = Agent(OBJECTS)
    with Server(answer_community(agent, COMMUNITY.encode())).run() as server:
        assert report(server.port, "--dump", str(file)) == EXIT_FINE
        said = capsys.readouterr()
        assert report(server.port, "--dump", "-") == EXIT_FINE
        assert capsys.readouterr().out == file.read_text()
        assert report(server.port, "--dump", "-", "--json") == EXIT_USAGE
    told = file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert said.out == ""
    assert "2 contact" in said.err or "1 contact" in said.err
    assert "read it" in said.err or "through before you hand it on" in said.err
    assert [one for one in GONE if one.casefold() in (told + said.err).casefold()] == []
    names = {line.split("|")[0] for line in told.splitlines() if not line.startswith("#")}
    assert "1.3.6.1.4.1.99999.1.9.0" in names
    assert not [name for name in names if name.startswith(("1.3.6.1.2.1.4.20.", "1.3.6.1.2.1.17.4.", "1.3.6.1.6."))]


@pytest.mark.parametrize("version", ["1", "2c"])
def test_all_of_it_is_read(version: str) -> None:
    with serving(OBJECTS) as (_agent, server):
        told = dump(Target(server.host, Community(version, b"public"), server.port))  # type: ignore[arg-type]
    assert told.cut == ""
    assert {name for name, _value in told.objects} == {
        name for name in OBJECTS if name[:7] != (1, 3, 6, 1, 2, 1, 4) and name[:8] != (1, 3, 6, 1, 2, 1, 17, 4) and
        name[:5] != (1, 3, 6, 1, 6)
    }  # fmt: skip


def test_a_device_that_never_ends_is_cut_off() -> None:
    with serving(OBJECTS, Quirks(endless="1.3.6.1.4.1.99999.5.1")) as (_agent, server):
        target = Target(server.host, Community("2c", b"public"), server.port)
        told = dump(target)
        assert len(told.objects) <= OBJECTS_MAX
        ticks = iter(range(0, 10_000, 50))
        assert dump(target, clock=lambda: float(next(ticks))).cut == "seconds"
    with serving(OBJECTS, Quirks(stuck_at="1.3.6.1.4.1.99999.1.2.0")) as (_agent, server):
        assert dump(Target(server.host, Community("2c", b"public"), server.port)).cut == "order"


def test_what_is_cut_off_is_said() -> None:
    with serving(OBJECTS, Quirks(stuck_at="1.3.6.1.4.1.99999.1.2.0")) as (_agent, server):
        words = ("--port", str(server.port), "--community", "public", "--dump", "-")
        assert main(["snmp", "identify", "127.0.0.1", *words], EN) == EXIT_FOUND
