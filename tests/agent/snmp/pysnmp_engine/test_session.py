"""pysnmp's engine against a real snmpd: every way of asking brings what net-snmp's own programs bring."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.credential import Community, User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.oid import oid_text, parse_oid
from regiowacht_agent.snmp.pysnmp_engine.session import PysnmpSession
from regiowacht_agent.snmp.session import Target
from regiowacht_agent.snmp.value import Value
from regiowacht_contract.light import replace
from tests.agent.snmp import snmpd as net_snmp
from tests.agent.snmp.snmpd import (
    AUTH_SECRET,
    BOTH_SECURE,
    COMMUNITY,
    NARROW_COMMUNITY,
    PRIV_SECRET,
    SYS_NAME,
    SYS_UPTIME,
    USERS,
    client,
    free_port,
    has_ipv6,
)

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.snmp.credential import Credential
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Columns
    from tests.agent.snmp.snmpd import Snmpd

pytestmark = pytest.mark.snmp

NAME = parse_oid("1.3.6.1.2.1.1.5.0")
SERVICES = parse_oid("1.3.6.1.2.1.1.7.0")
OBJECT_ID = parse_oid("1.3.6.1.2.1.1.2.0")
NOT_THERE = parse_oid("1.3.6.1.2.1.1.55.0")
IF_NUMBER = parse_oid("1.3.6.1.2.1.2.1.0")
IF_TABLE = parse_oid("1.3.6.1.2.1.2.2.1")
IF_INDEX, IF_DESCR, IF_TYPE, IF_IN_OCTETS = ((*IF_TABLE, column) for column in (1, 2, 3, 10))
OR_TABLE = parse_oid("1.3.6.1.2.1.1.9.1")
OR_DESCR = (*OR_TABLE, 3)
NO_COLUMN = (*IF_TABLE, 55)
QUICK_S = 0.5


def session(device: Snmpd, credential: Credential, host: str = "127.0.0.1", **how: object) -> PysnmpSession:
    """Return a session that waits as long as a busy machine may need."""
    how = {"timeout_s": 20.0, "retries": 0, "port": device.port, **how}
    return PysnmpSession(Target(host, credential, **how))  # type: ignore[arg-type]


def fails(device: Snmpd, credential: Credential, host: str = "127.0.0.1", **how: object) -> SnmpFailed:
    """Return why a session comes to nothing."""
    with closing(session(device, credential, host, **how)) as one, pytest.raises(SnmpFailed) as failed:
        one.get([NAME])
    said = str(failed.value)
    for secret in (AUTH_SECRET, PRIV_SECRET, COMMUNITY, b"wrong-not-a-secret"):
        assert secret.decode() not in said
    return failed.value


def walked(device: Snmpd, column: Oid) -> list[Oid]:
    """Return the rows that net-snmp's own walk finds."""
    where = ("-v2c", "-c", COMMUNITY.decode(), f"127.0.0.1:{device.port}")
    lines = client("snmpbulkwalk", *where, oid_text(column)).splitlines()
    names = [parse_oid(line.partition(" = ")[0]) for line in lines if line.startswith("." + oid_text(column) + ".")]
    return [name[len(column) :] for name in names]


def check(found: Columns, device: Snmpd) -> None:
    """Check that the columns have the rows that net-snmp's own walk finds, in order."""
    assert found.troubles == ()
    for column, cells in found.cells.items():
        assert list(cells) == walked(device, column)


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6"))]
)
def test_communities(snmpd: Snmpd, version: str, host: str) -> None:
    credential = snmpd.v1 if version == "1" else snmpd.v2c
    with closing(session(snmpd, credential, host)) as one:
        told = one.get([NAME, NOT_THERE, SERVICES, OBJECT_ID, SYS_UPTIME])
        columns = one.columns([IF_INDEX, IF_DESCR, NO_COLUMN, OR_DESCR])
    assert told.troubles == ()
    assert told.values.keys() == {NAME, SERVICES, OBJECT_ID, SYS_UPTIME}
    assert told.values[NAME] == Value(tags.OCTETS, SYS_NAME.encode())
    assert told.values[SERVICES] == Value(tags.INTEGER, 76)
    assert told.values[OBJECT_ID] == Value(tags.OBJECT, parse_oid("1.3.6.1.4.1.8072.3.2.10"))
    assert told.values[SYS_UPTIME].tag == tags.TICKS
    check(columns, snmpd)
    assert columns.cells[NO_COLUMN] == {}
    assert Value(tags.OCTETS, b"lo") in columns.cells[IF_DESCR].values()


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
def test_users(snmpd: Snmpd, user: User) -> None:
    with closing(session(snmpd, user)) as one:
        assert one.engine == "pysnmp"
        assert one.get([NAME]).values == {NAME: Value(tags.OCTETS, SYS_NAME.encode())}
        check(one.columns([IF_DESCR, IF_TYPE]), snmpd)
        assert one.effort.sent == one.effort.answered
        assert one.effort.retried == 0


def test_values_have_the_types_of_the_wire(snmpd: Snmpd) -> None:
    with closing(session(snmpd, snmpd.v2c)) as one:
        cells = one.columns([(*IF_TABLE, column) for column in range(1, 23)]).cells
        address = one.columns([parse_oid("1.3.6.1.2.1.4.20.1.1")]).cells
    kinds = {column[-1]: {value.tag for value in rows.values()} for column, rows in cells.items()}
    assert kinds[1] == kinds[3] == {tags.INTEGER}
    assert kinds[5] == {tags.GAUGE32}
    assert kinds[10] == {tags.COUNTER32}
    assert kinds[9] == {tags.TICKS}
    assert kinds[22] == {tags.OBJECT}
    assert cells[(*IF_TABLE, 22)].popitem()[1].data == (0, 0)
    assert Value(tags.IP, bytes((127, 0, 0, 1))) in address[parse_oid("1.3.6.1.2.1.4.20.1.1")].values()


def test_a_view_hides_without_a_word(snmpd: Snmpd) -> None:
    with closing(session(snmpd, Community("2c", NARROW_COMMUNITY))) as one:
        assert one.get([NAME, IF_NUMBER]).values.keys() == {NAME}
        assert one.columns([IF_DESCR]).cells == {IF_DESCR: {}}


def test_a_level_that_the_view_does_not_take_is_told_for_each_object(snmpd: Snmpd) -> None:
    with closing(session(snmpd, replace(BOTH_SECURE, priv=""))) as one:
        told = one.get([NAME])
        columns = one.columns([IF_DESCR])
    assert [(trouble.reason, trouble.oid) for trouble in told.troubles] == [("access", NAME)]
    assert [(trouble.reason, trouble.oid) for trouble in columns.troubles] == [("access", IF_DESCR)]


def test_more_rows_than_wanted_are_a_trouble(snmpd: Snmpd) -> None:
    for credential in (snmpd.v1, snmpd.v2c):
        with closing(session(snmpd, credential)) as one:
            found = one.columns([OR_DESCR], rows_max=3)
        assert len(found.cells[OR_DESCR]) == 3
        assert [trouble.reason for trouble in found.troubles] == ["limit"]


@pytest.mark.parametrize(
    ("credential", "reason"),
    [
        (User("nobody", "sha256", AUTH_SECRET), "user"),
        (User("nobody"), "user"),
        (replace(BOTH_SECURE, auth_secret=b"wrong-not-a-secret"), "auth"),
        (replace(BOTH_SECURE, auth="md5"), "auth"),
        (User("auth-sha256", "sha256", AUTH_SECRET, "aes128", PRIV_SECRET), "level"),
        (User("plain", "sha256", AUTH_SECRET), "level"),
        (User("plain", "", b"", "aes128", PRIV_SECRET), "level"),
        (replace(BOTH_SECURE, auth_secret=b""), "secret"),
        (replace(BOTH_SECURE, priv_secret=b""), "secret"),
    ],
)
def test_who_is_not_let_in_is_told_why(snmpd: Snmpd, credential: User, reason: str) -> None:
    assert fails(snmpd, credential).reason == reason


@pytest.mark.parametrize(
    ("credential", "reason"),
    [
        (Community("2c", b"wrong-not-a-secret"), "timeout"),
        (Community("1", b"wrong-not-a-secret"), "timeout"),
        (replace(BOTH_SECURE, priv_secret=b"wrong-not-a-secret"), "priv"),
        (replace(BOTH_SECURE, priv="des"), "priv"),
        (replace(BOTH_SECURE, context="elsewhere"), "access"),
    ],
)
def test_silence_is_told_apart(snmpd: Snmpd, credential: Credential, reason: str) -> None:
    assert fails(snmpd, credential, timeout_s=QUICK_S, retries=1).reason == reason


@pytest.mark.parametrize(
    "host", ["127.0.0.1", pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6"))]
)
def test_icmp_is_heard(snmpd: Snmpd, host: str) -> None:
    failed = fails(snmpd, snmpd.v2c, host, port=free_port())
    assert (failed.reason, failed.detail) == ("unreachable", "Connection refused")


@pytest.mark.parametrize("host", ["nowhere.invalid", "a..b", "\udcff", "x" * 300])
def test_a_name_that_does_not_resolve(snmpd: Snmpd, host: str) -> None:
    assert fails(snmpd, snmpd.v2c, host).reason == "name"


def test_another_host_that_answers_is_told_from_silence(snmpd: Snmpd) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        asked.bind(("127.0.0.1", 0))
        asked.settimeout(60)
        other.bind(("127.0.0.1", 0))

        def answer() -> None:
            question, address = asked.recvfrom(2000)
            other.sendto(question.replace(b"\xa0", b"\xa2", 1), address)

        thread = threading.Thread(target=answer)
        thread.start()
        failed = fails(snmpd, snmpd.v2c, port=asked.getsockname()[1], timeout_s=2.0)
        thread.join()
        assert failed.reason == "address"
        assert str(other.getsockname()[1]) in failed.detail


def test_a_session_serves_again_and_closes_twice(snmpd: Snmpd) -> None:
    with closing(session(snmpd, BOTH_SECURE)) as one:
        assert one.get([NAME]).values
        first = one.effort.sent
        assert first > 1  # it asked who the device is and what time it has
        assert one.get([NAME]).values
        assert one.effort.sent == first + 1
    one.close()


def test_a_device_that_restarted_is_known_again(tmp_path: Path) -> None:
    with net_snmp.snmpd(tmp_path) as device:
        one = session(device, BOTH_SECURE, retries=2)
        assert one.get([NAME]).values
    with closing(one), net_snmp.snmpd(tmp_path, port=device.port):
        assert one.get([NAME]).values


def test_another_device_in_its_place_is_known_too(tmp_path: Path) -> None:
    places = [tmp_path / "old", tmp_path / "new"]
    for place in places:
        place.mkdir()
    with net_snmp.snmpd(places[0], f"exactEngineID 0x80001f8801{'11' * 4}") as device:
        one = session(device, BOTH_SECURE, timeout_s=5.0)
        assert one.get([NAME]).values
    with closing(one), net_snmp.snmpd(places[1], f"exactEngineID 0x80001f8801{'22' * 4}", port=device.port):
        assert one.get([NAME]).values
