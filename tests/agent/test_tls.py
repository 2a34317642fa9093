"""TLS on the agent's server: real handshakes, slow ones, and none at all."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.http.connection import Limits
from regiowacht_agent.http.tls import Tls
from tests.agent.certificates import write_pair
from tests.agent.running_server import BIG, DEADLINE_S, GET, GET_ONE, RunningServer, rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., RunningServer]]:
    started: list[RunningServer] = []

    def start(**limits: float) -> RunningServer:
        started.append(RunningServer(Limits(**limits), folder=tmp_path))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for running in started:
        running.end()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_that_checks_the_certificate_gets_its_answers(
    serve: Callable[..., RunningServer], version: ssl.TLSVersion
) -> None:
    running = serve()
    context = running.client(maximum_version=version, minimum_version=version)
    connection = http.client.HTTPSConnection("127.0.0.1", running.port, timeout=DEADLINE_S, context=context)
    for _ in range(3):
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"up 1\n")
    connection.close()


def test_an_old_version_is_refused(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    context = running.client()
    context.check_hostname = False
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        running.connect(context)
    running.wait_closed("handshake")


def test_a_large_answer_and_pipelined_requests_arrive_whole(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    assert running.talk(b"GET /big HTTP/1.0\r\n\r\n").endswith(BIG)
    told = running.talk(GET * 40 + GET_ONE)
    assert told.count(b"up 1\n") == 41


def test_an_answer_of_many_records_does_not_wait_for_acknowledgements(tmp_path: Path) -> None:
    cert, key = write_pair(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        served = Tls(str(cert), str(key)).wrap(accepted)
        assert served._sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        served.close()


def test_a_request_in_many_small_records_is_one_request(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    with running.connect() as sock:
        for at in range(len(GET_ONE)):
            sock.sendall(GET_ONE[at : at + 1])
        assert rest(sock).endswith(b"up 1\n")


def test_the_client_is_told_that_nothing_more_comes(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    context = running.client()
    sock = context.wrap_socket(running.plain(), server_hostname="127.0.0.1", suppress_ragged_eofs=False)
    with sock:
        sock.sendall(GET_ONE)
        assert rest(sock).endswith(b"up 1\n"), "a connection cut off would raise SSLEOFError"


def test_who_speaks_plain_http_is_told_so(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    with running.plain() as sock:
        sock.sendall(GET)
        told = rest(sock)
    head, _, body = told.partition(b"\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 400 ")
    assert b"HTTPS" in body
    assert f"Content-Length: {len(body)}".encode() in head.splitlines()
    running.wait_closed("handshake")


@pytest.mark.parametrize("sent", [b"\x00" * 100, b"\x16\x03\x01\xff\xff" + b"a" * 100, b"SSH-2.0-x\r\n"])
def test_nonsense_is_let_go(serve: Callable[..., RunningServer], sent: bytes) -> None:
    running = serve(header_timeout_s=1.0)
    with running.plain() as sock:
        sock.sendall(sent)
        rest(sock)
    running.wait_closed("handshake")
    assert running.talk(GET_ONE).endswith(b"up 1\n")


def test_a_client_that_refuses_the_certificate_takes_nobody_along(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    for _ in range(20):
        with pytest.raises(ssl.SSLCertVerificationError):
            running.connect(ssl.create_default_context())
    assert running.talk(GET_ONE).endswith(b"up 1\n")


def hello(version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> bytes:
    """Return the first message of a handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = version
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname="x").do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("part", [0, 1, 100, None], ids=["silent", "a byte", "half a hello", "a hello"])
def test_a_handshake_that_stops_has_its_time_and_no_more(serve: Callable[..., RunningServer], part: int | None) -> None:
    running = serve(header_timeout_s=0.2, idle_timeout_s=60.0)
    with running.plain() as sock:
        sock.sendall(hello()[:part])
        rest(sock)
    running.wait_closed("handshake")


def test_a_handshake_that_drips_in_has_one_time_out_for_the_whole(serve: Callable[..., RunningServer]) -> None:
    running = serve(header_timeout_s=0.3, idle_timeout_s=60.0)
    data = hello()
    with running.plain() as sock:
        for at in range(1000):
            if running.server.closed["handshake"]:
                break
            with contextlib.suppress(OSError):
                sock.sendall(data[at % len(data) : at % len(data) + 1] if at < len(data) - 1 else b"")
            time.sleep(0.02)
        assert running.server.closed["handshake"] == 1


def test_silent_and_slow_after_the_handshake_are_as_without_tls(serve: Callable[..., RunningServer]) -> None:
    running = serve(header_timeout_s=0.3, idle_timeout_s=0.3, write_timeout_s=0.5)
    with running.connect() as silent, running.connect() as slow, running.connect() as deaf:
        slow.sendall(b"GET /metrics HTT")
        deaf.sendall(b"GET /big HTTP/1.0\r\n\r\n")
        assert rest(silent) == b""
        assert rest(slow).startswith(b"HTTP/1.1 408")
        running.wait_closed("write")
    assert {reason: running.server.closed[reason] for reason in ("idle", "header", "handshake")} == {
        "idle": 1,
        "header": 1,
        "handshake": 0,
    }


def test_when_full_the_oldest_half_open_client_makes_room_for_a_scraper(serve: Callable[..., RunningServer]) -> None:
    running = serve(connections_max=8, idle_timeout_s=60.0, header_timeout_s=60.0)
    first = hello()
    with contextlib.ExitStack() as stack:
        for at in range(90):
            sock = stack.enter_context(running.plain())
            with contextlib.suppress(OSError):
                sock.sendall(first[: (0, 100, len(first))[at % 3]])
        for _ in range(10):
            assert running.talk(GET_ONE).endswith(b"up 1\n")
        assert running.server.open_connections <= 8
        assert running.server.closed["full"] >= 82


def test_many_handshakes_leave_no_descriptor_behind(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    running.talk(GET_ONE)
    before = descriptors()
    for at in range(100):
        if at % 2:
            running.talk(GET_ONE)
        else:
            with running.plain() as sock:
                sock.sendall(GET)
                rest(sock)
    deadline = time.monotonic() + DEADLINE_S
    while running.server.open_connections:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert descriptors() <= before + 1


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
