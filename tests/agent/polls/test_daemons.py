"""Probes of name and time servers beside unbound, chronyd and blackbox_exporter as Debian has them."""

from __future__ import annotations

import json
import socket
import subprocess
import urllib.request
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import pytest

from tests.agent.polls.asked import Asked, probe
from tests.agent.polls.daemons import (
    FOR_OTHERS,
    NAME_SERVER,
    NAME_SERVER_6,
    NOBODY,
    SERIAL,
    STRATUM,
    SYNCHRONISED,
    UNSYNCHRONISED,
    WITHOUT_TCP,
    daemons,
)
from tests.agent.polls.test_blackbox import compare
from tests.lab.waiting import until
from tests.parts import need_peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.host import Host

pytestmark = pytest.mark.daemons

SHORT_S = 1.0
"""For what never answers."""


@pytest.fixture(scope="module", name="host")
def _host() -> Iterator[Host]:
    with daemons() as host:
        yield host


class Case(NamedTuple):
    """A question, why the probe of it fails ("" where it does not), and the records of the answer's three sections."""

    record: str
    query: str
    detail: str = ""
    sections: tuple[int, int, int] = (1, 0, 0)


GOOD = (
    Case("A", "www.zandbeke.example"),
    Case("A", "WWW.Zandbeke.Example."),
    Case("AAAA", "www.zandbeke.example"),
    Case("A", "intranet.zandbeke.example", sections=(2, 0, 0)),
    Case("CNAME", "intranet.zandbeke.example"),
    Case("MX", "zandbeke.example", sections=(2, 0, 0)),
    Case("NS", "zandbeke.example", sections=(1, 0, 1)),
    Case("PTR", "80.0.12.10.in-addr.arpa"),
    Case("SOA", "zandbeke.example"),
    Case("SRV", "_ldap._tcp.dc._msdcs.zandbeke.example"),
    Case("TXT", "zandbeke.example"),
)
LONG = Case("TXT", "lang.zandbeke.example")
REFUSED = (
    Case("A", "weg.zandbeke.example", "the name server says NXDOMAIN", (0, 1, 0)),
    Case("A", "www.geweigerd.example", "the name server says REFUSED", (0, 0, 0)),
    Case("A", "www.stuk.example", "the name server says SERVFAIL", (0, 0, 0)),
)
WITHOUT_RECORD = (
    Case("MX", "www.zandbeke.example", "the name server knows no such record", (0, 1, 0)),
    Case("A", "oud.zandbeke.example", "the name server knows only an alias of it", (1, 0, 0)),
)
DROPPED = Case("A", "www.stil.example", f"no answer within {SHORT_S:g} s", (0, 0, 0))


def _ask(host: Host, case: Case, target: str = NAME_SERVER) -> Asked:
    timeout = {"timeout_s": SHORT_S} if case is DROPPED else {}
    with host.network():
        return probe("dns", target, **timeout, query=case.query, record=case.record)


def _sections(asked: Asked) -> tuple[float, ...]:
    return tuple(asked.value(f"probe_dns_{section}_rrs") for section in ("answer", "authority", "additional"))


@pytest.mark.parametrize("case", [*GOOD, LONG], ids=lambda case: f"{case.record} {case.query}")
def test_a_record_that_is_there_is_well(host: Host, case: Case) -> None:
    asked = _ask(host, case)
    assert asked.outcome.up, asked.outcome.detail
    assert _sections(asked) == case.sections
    assert asked.value("probe_dns_query_succeeded") == asked.value("probe_success") == 1
    serial = asked.values.get(("probe_dns_serial",))
    assert serial == (SERIAL if case.record == "SOA" else None)


@pytest.mark.parametrize("case", [*REFUSED, *WITHOUT_RECORD], ids=lambda case: case.query)
def test_a_name_server_that_gives_no_such_record_says_so(host: Host, case: Case) -> None:
    asked = _ask(host, case)
    assert (asked.outcome.up, asked.outcome.reason, asked.outcome.detail) == (False, "answer", case.detail)
    assert asked.value("probe_dns_query_succeeded") == 1
    assert _sections(asked) == case.sections


def test_a_name_that_a_name_server_drops_ends_with_the_time_out(host: Host) -> None:
    asked = _ask(host, DROPPED)
    assert (asked.outcome.reason, asked.outcome.detail) == ("timeout", DROPPED.detail)
    assert asked.value("probe_dns_query_succeeded") == 0
    assert _sections(asked) == DROPPED.sections


def test_a_long_answer_needs_tcp_and_where_there_is_none_that_is_what_it_says(host: Host) -> None:
    assert _ask(host, GOOD[0], WITHOUT_TCP).outcome.up
    asked = _ask(host, LONG, WITHOUT_TCP)
    assert asked.outcome.reason == "unreachable"
    assert asked.outcome.detail == "the answer is too long for a datagram, and over TCP: Connection refused"


@pytest.mark.parametrize("target", [NAME_SERVER_6, f"[{NAME_SERVER_6}]:53", f"{NAME_SERVER}:53", "localhost"])
@pytest.mark.parametrize("case", [GOOD[0], LONG], ids=lambda case: case.query)
def test_a_name_server_is_asked_over_either_protocol(host: Host, target: str, case: Case) -> None:
    asked = _ask(host, case, target)
    assert asked.outcome.up, asked.outcome.detail
    if target != "localhost":
        assert asked.value("probe_ip_protocol") == (6 if NAME_SERVER_6 in target else 4)


def test_a_time_server_that_has_the_time_tells_what_it_is(host: Host) -> None:
    with host.network():
        asked = probe("ntp", SYNCHRONISED)
    assert asked.outcome.up, asked.outcome.detail
    assert asked.value("probe_ntp_stratum") == STRATUM
    assert asked.value("probe_ntp_leap") == 0
    # It is this machine's own clock: the offset is what the way there and back may differ by.
    assert abs(asked.value("probe_ntp_offset_seconds")) <= asked.value("probe_duration_seconds") + 0.001
    assert 0 <= asked.value("probe_ntp_rtt_seconds") <= asked.value("probe_duration_seconds")
    for name in ("root_delay_seconds", "root_dispersion_seconds", "reference_timestamp_seconds"):
        assert asked.value(f"probe_ntp_{name}") >= 0


@pytest.mark.parametrize(
    ("target", "reason", "detail"),
    [
        (UNSYNCHRONISED, "answer", "the time server has no time itself"),
        (FOR_OTHERS, "timeout", f"no answer within {SHORT_S:g} s"),
        (NOBODY, "unreachable", "Connection refused"),
    ],
)
def test_a_time_server_without_the_time_for_us_says_so(host: Host, target: str, reason: str, detail: str) -> None:
    with host.network():
        asked = probe("ntp", target, **({"timeout_s": SHORT_S} if target == FOR_OTHERS else {}))
    assert (asked.outcome.up, asked.outcome.reason, asked.outcome.detail) == (False, reason, detail)
    assert asked.values.get(("probe_ntp_leap",)) == (3 if target == UNSYNCHRONISED else None)
    assert asked.values.get(("probe_ntp_stratum",)) == (0 if target == UNSYNCHRONISED else None)


# blackbox_exporter, which asks each question as a module of its own


@pytest.fixture(scope="module", name="blackbox")
def _blackbox(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run blackbox_exporter beside the daemons; yields its URL in that network."""
    config: Path = tmp_path_factory.mktemp("blackbox") / "blackbox.yml"
    modules = {
        f"{case.record} {case.query}": {
            "prober": "dns",
            "timeout": f"{SHORT_S if case is DROPPED else 20:g}s",
            "dns": {"query_name": case.query, "query_type": case.record},
        }
        for case in (*GOOD, LONG, *REFUSED, *WITHOUT_RECORD, DROPPED)
    }
    config.write_text(json.dumps({"modules": modules}))
    program = need_peer("blackbox_exporter").path
    words = host.network_command(str(program), f"--config.file={config}", "--web.listen-address=127.0.0.1:9115")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: _takes_connections(host, 9115), 10, "blackbox_exporter")
            yield "http://127.0.0.1:9115"
        finally:
            process.kill()


def _takes_connections(host: Host, port: int) -> bool:
    try:
        with host.network():
            socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _theirs(host: Host, url: str, case: Case) -> str:
    asked = urlencode({"module": f"{case.record} {case.query}", "target": NAME_SERVER})
    with host.network(), urllib.request.urlopen(f"{url}/probe?{asked}", timeout=60) as reply:
        text: str = reply.read().decode()
    return text


@pytest.mark.slow
@pytest.mark.parametrize("case", [*GOOD, *REFUSED, DROPPED], ids=lambda case: f"{case.record} {case.query}")
def test_blackbox_exporter_tells_the_same(host: Host, blackbox: str, case: Case) -> None:
    compare(_ask(host, case).page, _theirs(host, blackbox, case))


@pytest.mark.slow
@pytest.mark.parametrize("case", WITHOUT_RECORD, ids=lambda case: case.query)
def test_it_takes_an_answer_without_the_record_for_good(host: Host, blackbox: str, case: Case) -> None:
    theirs = _theirs(host, blackbox, case)
    assert "\nprobe_success 1\n" in theirs
    compare(_ask(host, case).page, theirs.replace("\nprobe_success 1\n", "\nprobe_success 0\n"))


@pytest.mark.slow
def test_it_takes_an_answer_that_was_cut_off_for_good(host: Host, blackbox: str) -> None:
    theirs = _theirs(host, blackbox, LONG)
    assert "\nprobe_success 1\n" in theirs
    assert "\nprobe_dns_answer_rrs 0\n" in theirs
    compare(_ask(host, LONG).page, theirs.replace("\nprobe_dns_answer_rrs 0\n", "\nprobe_dns_answer_rrs 1\n"))
