"""The snmpd that other tests take for the truth says what it was told to, to every kind of asker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agent.snmp.snmpd import COMMUNITY, NARROW_COMMUNITY, SYS_NAME, USERS, client, has_ipv6, options, snmpd

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.snmp.credential import User
    from tests.agent.snmp.snmpd import Snmpd

pytestmark = pytest.mark.snmp

NAME = ".1.3.6.1.2.1.1.5.0"
BOOTS = ".1.3.6.1.6.3.10.2.1.2.0"
TOLD = SYS_NAME.encode().hex(" ").upper()


def name(device: Snmpd, *words: str, host: str = "127.0.0.1", oid: str = NAME) -> str:
    """Return what net-snmp's own snmpget is told."""
    return client("snmpget", *words, f"{host}:{device.port}", oid)


@pytest.mark.parametrize("version", ["-v1", "-v2c"])
def test_a_community_is_answered(snmpd: Snmpd, version: str) -> None:
    assert TOLD in name(snmpd, version, "-c", COMMUNITY.decode())


def test_a_narrow_community_sees_little(snmpd: Snmpd) -> None:
    words = ("-v2c", "-c", NARROW_COMMUNITY.decode())
    assert TOLD in name(snmpd, *words)
    assert "No Such" in name(snmpd, *words, oid=".1.3.6.1.2.1.2.1.0")


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
def test_a_user_is_answered(snmpd: Snmpd, user: User) -> None:
    assert TOLD in name(snmpd, *options(user))


@pytest.mark.skipif(not has_ipv6(), reason="this machine's loopback has no IPv6")
def test_it_listens_on_ipv6(snmpd: Snmpd) -> None:
    assert TOLD in name(snmpd, "-v2c", "-c", COMMUNITY.decode(), host="udp6:[::1]")


def test_a_restart_keeps_the_engine_and_its_users(tmp_path: Path) -> None:
    told = []
    port = None
    for _boot in range(2):
        with snmpd(tmp_path, port=port) as device:
            port = device.port
            told.append(name(device, *options(USERS[-1]), oid=BOOTS))
    first, second = (int(line.rpartition(" ")[2]) for line in told)
    assert second == first + 1
