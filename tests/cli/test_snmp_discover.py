"""``regiowacht snmp discover``: credentials by name, networks within bounds, and what a person is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht.main import main
from regiowacht.verbs.snmp_discover import ADDRESSES_MAX, _lines, addresses
from regiowacht_agent.snmp.discover import Discovery
from regiowacht_contract.errors import EXIT_FINE, EXIT_UNAVAILABLE, EXIT_USAGE, UsageError
from tests.agent.snmp.agent_v3 import AUTH_SECRET, PRIV_SECRET, AgentV3
from tests.agent.snmp.fake_agent import Agent, answer_community
from tests.agent.snmp.poll.switch import switch
from tests.agent.snmp.test_discover import Street, nobody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.agent.snmp.test_discover import Answer

EN = {"LANG": "en_GB.UTF-8"}
BY_COMMUNITY, BY_USER, QUIET = "127.78.0.1", "127.78.0.2", "127.78.0.3"
NETWORK = "127.78.0.0/30"
V3_WORDS = "snmp-v3=user=monitor,auth=sha,auth-secret=env:FAKE_AUTH,priv=aes128,priv-secret=env:FAKE_PRIV"
REGION = """\
name: Voorbeeldregio
regio: voorbeeld
language: en
credentials:
  snmp-v3:
    version: 3
    user: monitor
    auth: {protocol: sha, secret: "env:FAKE_AUTH"}
    priv: {protocol: aes128, secret: "env:FAKE_PRIV"}
  snmp-v2: {version: 2c, community: "env:FAKE_COMMUNITY"}
  ssh-audit: {user: audit, password: "env:NOT_READ"}
"""
GEMEENTE = """\
gemeente: zandbeke
id: 12
name: Zandbeke
country: BE
code: "44999"
sites:
  stadhuis: {poller: srv-1}
servers:
  - {name: srv-1, site: stadhuis, address: 10.12.0.10, os: linux}
devices:
  - {name: sw-1, site: stadhuis, address: 127.78.0.9, kind: switch, snmp: snmp-v2}
"""


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_COMMUNITY", "not-a-secret")
    monkeypatch.setenv("FAKE_AUTH", AUTH_SECRET.decode())
    monkeypatch.setenv("FAKE_PRIV", PRIV_SECRET.decode())
    monkeypatch.setenv("LANG", EN["LANG"])


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    answers: dict[str, Answer] = {
        BY_COMMUNITY: answer_community(Agent(switch((1, 2))), b"not-a-secret"),
        BY_USER: AgentV3(Agent(switch((1, 2))).handle),
        QUIET: nobody,
    }
    with Street(answers).run() as running:
        yield running


@pytest.fixture
def region(tmp_path: Path) -> str:
    (tmp_path / "gemeenten").mkdir()
    (tmp_path / "region.yml").write_text(REGION)
    (tmp_path / "gemeenten" / "zandbeke.yml").write_text(GEMEENTE)
    return str(tmp_path)


def discover(street: Street, *words: str) -> int:
    return main(["snmp", "discover", "--port", str(street.port), "--rate", "500", *words], EN)


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_each_device_names_the_credential_that_works(street: Street, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--credential", V3_WORDS, "--credential", "snmp-v2=env:FAKE_COMMUNITY", "--json")
    assert discover(street, NETWORK, QUIET, *words) == EXIT_FINE
    found = told(capsys)
    assert {one["address"]: one["credential"] for one in found["devices"]} == {
        BY_COMMUNITY: "snmp-v2",
        BY_USER: "snmp-v3",
    }
    assert found["complete"]
    assert (found["addresses"], found["asked"]) == (3, 3)
    assert "secret" not in json.dumps(found)


def test_a_gemeente_asks_with_what_its_devices_use(
    street: Street, region: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--region", region, "--gemeente", "zandbeke")
    assert discover(street, NETWORK, *words, "--json") == EXIT_FINE
    found = told(capsys)
    assert found["credentials"] == ["snmp-v2"]
    assert [one["address"] for one in found["devices"]] == [BY_COMMUNITY]


def test_a_person_reads_a_line_a_device(street: Street, capsys: pytest.CaptureFixture[str]) -> None:
    assert discover(street, BY_COMMUNITY, QUIET, "--credential", "snmp-v2=env:FAKE_COMMUNITY") == EXIT_FINE
    out, err = capsys.readouterr()
    head, line = out.splitlines()
    assert head.startswith("ADDRESS")
    assert line.split() == [BY_COMMUNITY, "sw-1", "other", "-", "-", "-", "-", "snmp-v2"]
    assert "1 devices found at 2 addresses" in err


def test_a_text_without_an_end_does_not_push_the_others_away() -> None:
    device: dict[str, object] = {"address": BY_COMMUNITY, "name": "A" * 900, "kind": "switch", "credential": "snmp-v2"}
    head, line = _lines([device], "en")
    assert len(line) < 150
    assert line.split()[1:3] == ["A" * 39 + "…", "switch"]
    assert line.index("switch") == head.index("KIND")


def test_what_is_broken_off_is_told_and_says_so(
    street: Street, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Discovery.run

    def broken(self: Discovery, _tell: object) -> None:
        def enough(so_far: Discovery) -> None:
            if so_far.found:
                raise KeyboardInterrupt

        run(self, enough)

    monkeypatch.setattr(Discovery, "run", broken)
    assert discover(street, BY_COMMUNITY, QUIET, "--credential", "a=env:FAKE_COMMUNITY", "--json") == 130
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert not found["complete"]
    assert [one["address"] for one in found["devices"]] == [BY_COMMUNITY]
    assert "broken off" in err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((NETWORK,), EXIT_USAGE, "--credential NAME=REF"),
        ((NETWORK, "--gemeente", "zandbeke", "--credential", "a=public"), EXIT_USAGE, "--region"),
        (("10.0.0.0/16", "--credential", "a=public"), EXIT_USAGE, "65536 addresses, more than 4096"),
        (("town-hall", "--credential", "a=public"), EXIT_USAGE, "no network"),
        ((NETWORK, "--credential", "a=hunter2"), EXIT_USAGE, "no reference"),
        ((NETWORK, "--credential", "hunter2"), EXIT_USAGE, "wants a name"),
        ((NETWORK, "--credential", "a=public", "--credential", "a=public"), EXIT_USAGE, "twice"),
        ((NETWORK, "--credential", "a=user=x,auth=md6"), EXIT_USAGE, "sha256"),
        ((NETWORK, "--credential", "a=env:NOT_THERE"), EXIT_UNAVAILABLE, "NOT_THERE"),
        ((NETWORK, "--credential", "a=public", "--rate", "9999"), EXIT_USAGE, "--rate"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    street: Street, words: tuple[str, ...], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        ended = main(["snmp", "discover", "--port", str(street.port), *words], EN)
    except SystemExit as left:
        ended = int(str(left.code))
    err = capsys.readouterr().err
    assert (ended, says in err) == (code, True), err
    assert "hunter2" not in err


def test_networks_are_bounded_together() -> None:
    assert addresses(["10.1.2.3", "10.1.2.0/30", "fd00::1"]) == ["10.1.2.3", "10.1.2.1", "10.1.2.2", "fd00::1"]
    assert len(addresses(["10.0.0.0/20"])) == ADDRESSES_MAX - 2
    with pytest.raises(UsageError):
        addresses(["10.0.0.0/20", "10.1.0.0/24"])
