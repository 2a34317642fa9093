"""Probes of every kind against servers that answer well, badly or not at all."""

from __future__ import annotations

import errno
import socket
import struct
import time
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.probes import icmp, ntp
from regiowacht_agent.probes.dns import encode_name
from tests.agent.polls.asked import Asked, probe
from tests.agent.polls.servers import answers, head_of, make_pki, page, tcp, udp, udp_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NTP_EPOCH = 2_208_988_800
QUERY: dict[str, Any] = {"query": "www.zandbeke.example"}
A_RECORD = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes([10, 0, 0, 1])


def _free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _fails(asked: Asked, reason: str) -> None:
    assert (asked.outcome.up, asked.outcome.reason) == (False, reason), asked.outcome.detail
    assert asked.values.get(("up",)) == (None if reason == "rights" else 0)
    assert asked.value("probe_success") == 0
    assert [key[2] for key in asked.values if key[0] == "regiowacht_agent_poll_failed"] == [reason]


# tcp


def test_a_port_that_takes_connections_is_up_and_a_closed_one_is_not() -> None:
    with tcp(lambda sock: None) as port:
        asked = probe("tcp", f"127.0.0.1:{port}")
    assert asked.outcome.up
    assert asked.value("probe_success") == asked.value("up") == 1
    assert asked.value("probe_ip_protocol") == 4
    assert 0 <= asked.value("probe_dns_lookup_time_seconds") <= asked.value("probe_duration_seconds")
    _fails(probe("tcp", f"127.0.0.1:{_free_port()}"), "unreachable")
    _fails(probe("tcp", "no-such-host.invalid:25"), "name")


def test_a_name_with_two_addresses_is_asked_at_the_one_that_answers() -> None:
    with tcp(lambda sock: None) as port:  # it listens on 127.0.0.1 alone, whatever else localhost stands for
        assert probe("tcp", f"localhost:{port}").value("probe_ip_protocol") == 4


# http


def test_a_page_tells_its_status_phases_and_size() -> None:
    with tcp(answers(page("Welkom in Zandbeke", "text/html"))) as port:
        asked = probe("http", f"http://127.0.0.1:{port}/", contains="in Zandbeke")
    assert asked.outcome.up
    assert asked.value("probe_http_status_code") == 200
    assert asked.value("probe_http_version") == 1.1
    assert asked.value("probe_http_content_length") == asked.value("probe_http_uncompressed_body_length") == 18
    assert asked.value("probe_http_ssl") == 0
    phases = {key[1] for key in asked.values if key[0] == "probe_http_duration_seconds"}
    assert phases == {"resolve", "connect", "tls", "processing", "transfer"}
    total = sum(value for key, value in asked.values.items() if key[0] == "probe_http_duration_seconds")
    assert 0 < total <= asked.value("probe_duration_seconds")


def test_a_page_without_the_text_and_a_wrong_status_say_so() -> None:
    with tcp(answers(page("Onderhoud"))) as port:
        asked = probe("http", f"http://127.0.0.1:{port}/", contains="Welkom")
        _fails(asked, "body")
        assert asked.value("probe_failed_due_to_regex") == 1
        _fails(probe("http", f"http://127.0.0.1:{port}/", status=(401,)), "status")
    with tcp(answers(page("Nee", code="401 Unauthorized"))) as port:
        assert probe("http", f"http://127.0.0.1:{port}/", status=(200, 401)).outcome.up
        asked = probe("http", f"http://127.0.0.1:{port}/")
        _fails(asked, "status")
        assert asked.value("probe_http_status_code") == 401


def test_redirects_are_followed_to_an_end() -> None:
    seen: list[bytes] = []

    def handle(sock: socket.socket) -> None:
        path = head_of(sock).split()[1]
        seen.append(path)
        target = {b"/": b"/a?b=c", b"/a?b=c": b"d", b"/round": b"/round"}.get(path)
        if target is None:
            sock.sendall(page("einde"))
        else:
            sock.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n")

    with tcp(handle) as port:
        asked = probe("http", f"http://127.0.0.1:{port}/")
        assert seen == [b"/", b"/a?b=c", b"/d"]
        assert asked.value("probe_http_redirects") == 2
        assert asked.value("probe_http_status_code") == 200
        assert probe("http", f"http://127.0.0.1:{port}/", redirects=False, status=(302,)).outcome.up
        _fails(probe("http", f"http://127.0.0.1:{port}/round"), "redirects")
    with tcp(answers(b"HTTP/1.1 301 Moved\r\nLocation: ftp://x/\r\nContent-Length: 0\r\n\r\n")) as port:
        _fails(probe("http", f"http://127.0.0.1:{port}/"), "redirects")


@pytest.mark.parametrize(
    ("location", "asked_for"),
    [(b"/g\xc3\xa9meente?q=\xc3\xa9", b"/g%C3%A9meente?q=%C3%A9"), (b"/a b%20c", b"/a%20b%20c")],
)
def test_a_redirect_is_followed_where_a_browser_would_go(location: bytes, asked_for: bytes) -> None:
    seen: list[bytes] = []

    def handle(sock: socket.socket) -> None:
        seen.append(head_of(sock).split()[1])
        redirect = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
        sock.sendall(redirect if seen[-1] == b"/" else page("einde"))

    with tcp(handle) as port:
        assert probe("http", f"http://127.0.0.1:{port}/").outcome.up
    assert seen == [b"/", asked_for]


def test_an_endless_page_is_looked_at_as_far_as_it_goes() -> None:
    def handle(sock: socket.socket) -> None:
        head_of(sock)
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\nWelkom")
        while True:
            sock.sendall(b"x" * 65_536)

    with tcp(handle) as port:
        assert probe("http", f"http://127.0.0.1:{port}/", contains="Welkomxx").outcome.up


def test_a_silent_server_and_a_dripping_one_end_with_the_time_out() -> None:
    def drips(sock: socket.socket) -> None:
        head_of(sock)
        while True:
            sock.sendall(b"H")
            time.sleep(0.02)

    for handle in (drips, lambda sock: sock.recv(1) and sock.recv(100_000) and sock.recv(1)):
        with tcp(handle) as port:
            asked = probe("http", f"http://127.0.0.1:{port}/", timeout_s=0.5)
        assert asked.outcome.reason in {"timeout", "protocol"}
        assert asked.value("probe_http_status_code") == 0


def test_a_certificate_tells_until_when_it_holds(tmp_path: Path) -> None:
    pki = make_pki(tmp_path)
    with tcp(answers(page("ok")), pki.context) as port:
        asked = probe("http", f"https://localhost:{port}/", ca=str(pki.ca))
    assert asked.outcome.up, asked.outcome.detail
    assert asked.value("probe_ssl_earliest_cert_expiry") == pki.ends
    assert asked.value("probe_http_ssl") == 1
    assert asked.value("probe_http_duration_seconds", "tls") > 0
    assert asked.value("probe_tls_version_info", "TLS 1.3") == 1


@pytest.mark.parametrize(("days", "trusted"), [(-1, True), (30, False)])
def test_one_that_is_not_trusted_tells_that_too(tmp_path: Path, days: int, trusted: bool) -> None:
    pki = make_pki(tmp_path, days)
    with tcp(answers(page("ok")), pki.context) as port:
        asked = probe("http", f"https://localhost:{port}/", ca=str(pki.ca) if trusted else "")
    _fails(asked, "tls")
    assert "not trusted" in asked.outcome.detail
    assert asked.value("probe_ssl_earliest_cert_expiry") == pki.ends


# icmp


def _may_ping() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    except PermissionError:
        return False
    return True


@pytest.mark.skipif(not _may_ping(), reason="pinging through a raw socket needs CAP_NET_RAW; the lab tests it without")
@pytest.mark.parametrize(("target", "protocol"), [("127.0.0.1", 4), ("::1", 6)])
def test_the_loopback_answers_a_ping(target: str, protocol: int) -> None:
    asked = probe("icmp", target)
    assert asked.outcome.up, asked.outcome.detail
    assert asked.value("probe_ip_protocol") == protocol
    assert asked.value("probe_icmp_reply_hop_limit") == 64
    assert asked.value("probe_icmp_requests") == 1
    assert 0 < asked.value("probe_icmp_duration_seconds", "rtt") < asked.value("probe_duration_seconds")


def test_who_may_not_ping_is_told_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> socket.socket:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("regiowacht_agent.probes.icmp.socket.socket", refuse)
    asked = probe("icmp", "127.0.0.1")
    _fails(asked, "rights")
    assert "ping_group_range" in asked.outcome.detail
    assert "CAP_NET_RAW" in asked.outcome.detail


def test_the_checksum_is_the_internets() -> None:
    packet = bytes.fromhex("0001f203f4f5f6f7")  # the example of RFC 1071, section 3
    assert icmp.checksum(packet) == ~0xDDF2 & 0xFFFF
    assert icmp.checksum(packet + b"\x01") == ~0xDEF2 & 0xFFFF


# dns


def _dns(flags: int = 0x8180, answers: int = 1, records: bytes = A_RECORD) -> Callable[[bytes], bytes]:
    def answer(query: bytes) -> bytes:
        return query[:2] + struct.pack("!HHHHH", flags, 1, answers, 0, 0) + query[12:] + records

    return answer


def _owned(name: bytes) -> bytes:
    return name + A_RECORD[2:]


OWN_PLACE = struct.pack("!H", 0xC000 | 12 + len(encode_name(QUERY["query"])) + 4)
"""A pointer to where the first record begins."""


def test_a_name_server_that_knows_the_name_is_up() -> None:
    with udp(_dns()) as port:
        asked = probe("dns", f"127.0.0.1:{port}", **QUERY)
    assert asked.outcome.up, asked.outcome.detail
    assert asked.value("probe_dns_query_succeeded") == 1
    assert asked.value("probe_dns_answer_rrs") == 1
    assert asked.value("probe_dns_duration_seconds", "request") > 0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (_dns(0x8183, 0, b""), "answer"),
        (_dns(0x8182, 0, b""), "answer"),
        (_dns(0x8180, 0, b""), "answer"),
        (_dns(0x8180, 1, b"\xc0"), "protocol"),
        (_dns(0x8180, 3, A_RECORD[:-4]), "protocol"),
        (_dns(0x8180, 1, _owned(OWN_PLACE)), "protocol"),  # a pointer to itself
        (_dns(0x8180, 1, _owned(b"\x01a" + OWN_PLACE)), "protocol"),  # a label and then the same again
        (_dns(0x8180, 1, _owned(b"\xc0\xff")), "protocol"),  # what comes later
        (_dns(0x8180, 1, _owned(b"\xc0\x04")), "protocol"),  # the header
        (_dns(0x8180, 1, _owned(b"\x40" + b"a" * 64 + b"\0")), "protocol"),  # neither a length nor a pointer
        (_dns(0x8180, 1, _owned((b"\x3f" + b"a" * 63) * 4 + b"\0")), "protocol"),  # longer than any name
        (lambda query: _dns()(query[:2] + query[2:].replace(b"www", b"ftp")), "protocol"),
    ],
)
def test_a_name_server_that_does_not_says_so(answer: Callable[[bytes], bytes], reason: str) -> None:
    with udp(answer) as port:
        asked = probe("dns", f"127.0.0.1:{port}", **QUERY)
    _fails(asked, reason)
    assert asked.value("probe_dns_query_succeeded") == 1


def test_an_answer_to_somebody_else_is_no_answer() -> None:
    with udp(lambda query: b"\0\0" + _dns()(query)[2:]) as port:
        _fails(probe("dns", f"127.0.0.1:{port}", timeout_s=0.5, **QUERY), "timeout")


def test_a_lost_question_is_asked_again() -> None:
    asked_before: list[bytes] = []

    def answer(query: bytes) -> bytes | None:
        asked_before.append(query)
        return _dns()(query) if len(asked_before) == 2 else None

    with udp(answer) as port:
        assert probe("dns", f"127.0.0.1:{port}", timeout_s=3, **QUERY).outcome.up
    assert len(asked_before) == 2


def test_a_long_answer_comes_over_tcp_and_a_zone_tells_its_serial_number() -> None:
    name = encode_name("ns.zandbeke.example")
    soa = name + name + struct.pack("!IIIII", 2026112601, 1, 1, 1, 1)
    record = b"\xc0\x0c" + struct.pack("!HHIH", 6, 1, 60, len(soa)) + soa

    def over_tcp(sock: socket.socket) -> None:
        size = int.from_bytes(sock.recv(2), "big")
        answer = _dns(records=record)(sock.recv(size))
        for part in (struct.pack("!H", len(answer)), answer[:9], answer[9:]):
            sock.sendall(part)

    with tcp(over_tcp) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", port))
        sock.settimeout(20)
        with udp_on(sock, _dns(0x8380, 0, b"")):
            asked = probe("dns", f"127.0.0.1:{port}", query="zandbeke.example", record="SOA")
    assert asked.outcome.up, asked.outcome.detail
    assert asked.value("probe_dns_serial") == 2026112601


def test_a_name_becomes_what_the_wire_carries() -> None:
    assert encode_name("a.bc.") == b"\x01a\x02bc\0"
    assert encode_name(".") == b"\0"
    for bad in ("a..b", "x" * 64, "a." * 127 + "b", "é.be"):
        with pytest.raises(ValueError):  # noqa: PT011 - the name is all it says
            encode_name(bad)


# ntp


def _stamp(seconds: float) -> bytes:
    whole, part = divmod(seconds + NTP_EPOCH, 1)
    return struct.pack("!II", int(whole) % 2**32, int(part * 2**32))


def _clock(ahead_s: float = 0.0, flags: int = 0x24, stratum: int = 2) -> Callable[[bytes], bytes]:
    def answer(query: bytes) -> bytes:
        now = time.time() + ahead_s
        times = (_stamp(now - 60), query[40:48], _stamp(now), _stamp(now))
        return ntp.PACKET.pack(flags, stratum, 6, -20, 0x8000, 0x4000, 0, *times)

    return answer


@pytest.mark.parametrize("ahead_s", [0.0, 100.0, -3000.0])
def test_a_time_server_tells_how_far_its_clock_is_from_ours(ahead_s: float) -> None:
    with udp(_clock(ahead_s)) as port:
        asked = probe("ntp", f"127.0.0.1:{port}")
    assert asked.outcome.up, asked.outcome.detail
    assert abs(asked.value("probe_ntp_offset_seconds") - ahead_s) <= asked.value("probe_duration_seconds") + 0.001
    assert asked.value("probe_ntp_stratum") == 2
    assert asked.value("probe_ntp_leap") == 0
    assert asked.value("probe_ntp_root_delay_seconds") == 0.5
    assert asked.value("probe_ntp_root_dispersion_seconds") == 0.25
    assert 0 <= asked.value("probe_ntp_rtt_seconds") <= asked.value("probe_duration_seconds")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(_clock(stratum=0), "answer"), (_clock(stratum=16), "answer"), (_clock(flags=0xE4), "answer"),
     (_clock(flags=0x23), "protocol")],
)  # fmt: skip
def test_a_time_server_without_the_time_is_not_well(answer: Callable[[bytes], bytes], reason: str) -> None:
    with udp(answer) as port:
        _fails(probe("ntp", f"127.0.0.1:{port}"), reason)


@pytest.mark.parametrize("code", ["DENY", "RSTR", "RATE"])
def test_a_time_server_that_wants_to_be_left_alone_says_so(code: str) -> None:
    def answer(query: bytes) -> bytes:
        return _clock(flags=0xE4, stratum=0)(query)[:12] + code.encode() + _clock()(query)[16:]

    with udp(answer) as port:
        asked = probe("ntp", f"127.0.0.1:{port}")
    _fails(asked, "answer")
    assert asked.outcome.detail == f"the time server refuses: {code}"


def test_a_time_server_that_answers_another_question_is_not_heard() -> None:
    with udp(lambda query: _clock()(query[:40] + b"\0" * 8)) as port:
        _fails(probe("ntp", f"127.0.0.1:{port}", timeout_s=0.5), "timeout")


def test_time_goes_on_after_2036() -> None:
    later = 2_100_000_000.0  # NTP's seconds begin anew on 7 February 2036
    assert ntp._time(_stamp(later), later - 5) == pytest.approx(later)


@pytest.mark.parametrize("kind", ["dns", "ntp"])
def test_nobody_at_the_port_is_told_at_once(kind: str) -> None:
    settings: dict[str, Any] = QUERY if kind == "dns" else {}
    _fails(probe(kind, f"127.0.0.1:{_free_port(socket.SOCK_DGRAM)}", **settings), "unreachable")
