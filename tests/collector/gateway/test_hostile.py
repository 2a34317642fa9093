"""Clients that mean harm, or have a broken line: they hold nothing for long, and others get through."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import httpx

from regiowacht_collector.gateway.app import app
from regiowacht_collector.gateway.limits import Limits
from regiowacht_collector.gateway.proxies import IsProxy, no_proxy, proxies
from regiowacht_collector.gateway.running import RunningGateway, running_gateway
from tests.collector.authority import Authority
from tests.collector.gateway.test_app import HEADERS, Engines, check, identify
from tests.collector.live import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = "127.0.0.1"
HEAD = (
    "POST /api/v1/write HTTP/1.1\r\nHost: gateway\r\n"
    + "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
).encode()
QUICK = Limits(header_s=1.5, body_idle_s=1.5, idle_s=1.5, connections=1_000, connections_of_address=1_000)
PATIENT = Limits(header_s=300, body_idle_s=300, idle_s=300, connections=100, connections_of_address=50, stop_s=0.1)


@contextmanager
def gateway(
    limits: Limits,
    engines: Engines | None = None,
    tls: Callable[[], ssl.SSLContext] | None = None,
    is_proxy: IsProxy = no_proxy,
) -> Iterator[RunningGateway]:
    application = app(identify, check, engines or Engines(), limits)
    with running_gateway(application, limits, tls=tls, is_proxy=is_proxy) as running:
        yield running


def post(url: str, body: bytes = b"one", verify: ssl.SSLContext | bool = True) -> int:
    return httpx.post(f"{url}/api/v1/write", content=body, headers=HEADERS, timeout=60, verify=verify).status_code


def connect(running: RunningGateway, said: bytes = b"") -> socket.socket:
    connection = socket.create_connection((HOST, running.port), timeout=60)
    connection.sendall(said)
    return connection


def is_closed(connection: socket.socket) -> bool:
    """Tell whether the gateway has closed a connection; what it says before is thrown away."""
    try:
        return connection.recv(65_536) == b"" or is_closed(connection)
    except ConnectionError:
        return True


def test_800_half_open_connections_hold_nobody_up_and_are_closed() -> None:
    with gateway(QUICK) as running, ExitStack() as stack:
        threads = threading.active_count()
        half_open = [stack.enter_context(connect(running, HEAD[: number % 100])) for number in range(800)]
        assert post(running.url) == 204
        assert threading.active_count() - threads <= 1
        assert all(is_closed(connection) for connection in half_open)
        until(lambda: len(running.server.connections) == 0)
        assert running.server.timed_out >= 800


def test_a_head_that_comes_byte_by_byte_is_cut_off() -> None:
    with gateway(QUICK) as running, connect(running) as connection:
        sent = 0
        try:
            while sent < 10_000:
                connection.sendall(HEAD[sent % len(HEAD) : sent % len(HEAD) + 1])
                connection.settimeout(0.02)
                sent += 1
                try:
                    if connection.recv(1_000) == b"":
                        break
                except TimeoutError:
                    continue
        except ConnectionError:
            pass
        assert sent < len(HEAD)
        assert running.server.timed_out == 1


def test_a_body_that_never_ends_is_cut_off_and_is_not_stored() -> None:
    engines = Engines()
    with gateway(QUICK, engines) as running:
        with connect(running, HEAD + b"Content-Length: 1000\r\n\r\nhalf") as connection:
            assert is_closed(connection)
        assert post(running.url) == 204
    assert [body for _, body in engines.got] == [b"one"]


def test_a_body_that_drips_is_cut_off_in_all() -> None:
    """Each byte comes within the time between two; the whole does not come within its own."""
    limits = Limits(header_s=1.5, body_idle_s=300, body_bytes_a_second=100_000)
    with gateway(limits) as running, connect(running, HEAD + b"Content-Length: 100000\r\n\r\n") as connection:
        connection.settimeout(0.05)
        for _ in range(20_000):
            try:
                connection.sendall(b"x")
                if connection.recv(1_000) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert running.server.timed_out == 1


def test_a_connection_that_rests_is_closed() -> None:
    with gateway(QUICK) as running, connect(running, HEAD + b"Content-Length: 3\r\n\r\none") as connection:
        assert connection.recv(1_000).startswith(b"HTTP/1.1 204")
        assert is_closed(connection)


def test_a_long_head_is_refused() -> None:
    engines = Engines()
    for padding in (b"X-A: " + b"a" * 200_000, b"X-A: b\r\n" * 20_000):
        with gateway(PATIENT, engines) as running, connect(running) as connection:
            try:
                connection.sendall(HEAD + padding + b"\r\nContent-Length: 3\r\n\r\none")
                said = connection.recv(1_000)
            except ConnectionError:
                said = b""
            assert said == b"" or said.startswith(b"HTTP/1.1 431")
    assert engines.got == []


def test_what_is_no_http_is_refused() -> None:
    with gateway(PATIENT) as running:
        for said in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\x00/ HTTP/9\r\n\r\n", b"Content-Length: -1\r\n\r\n"):
            with connect(running, said + b"\r\n\r\n") as connection:
                assert connection.recv(1_000).startswith(b"HTTP/1.1 400")
        assert post(running.url) == 204


def test_two_lengths_are_refused() -> None:
    """What a proxy in front reads as one request and we as two would be written in another's name."""
    engines = Engines()
    smuggled = HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HEAD
    doubled = HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\none"
    with gateway(QUICK, engines) as running:
        for said in (smuggled, doubled):
            with connect(running, said) as connection:
                assert connection.recv(1_000).startswith(b"HTTP/1.1 400")
    assert engines.got == []


def test_requests_that_do_not_wait_for_an_answer_are_not_read() -> None:
    engines = Engines()
    request = HEAD + b"Content-Length: 3\r\n\r\none"
    with gateway(PATIENT, engines) as running, connect(running, request * 50) as connection:
        assert is_closed(connection)
    assert len(engines.got) == 1


def test_the_oldest_half_open_connection_makes_room() -> None:
    with gateway(PATIENT) as running, ExitStack() as stack:
        half_open = [stack.enter_context(connect(running, b"POST ")) for _ in range(50)]
        until(lambda: len(running.server.connections) == 50)
        assert post(running.url) == 204
        assert is_closed(half_open[0])
        assert running.server.connections.made_room == 1


def test_an_address_has_so_many_places_and_a_proxy_more() -> None:
    for is_proxy, places in ((no_proxy, 50), (proxies(("127.0.0.0/8",)), 100)):
        with gateway(PATIENT, is_proxy=is_proxy) as running, ExitStack() as stack:
            for _ in range(places):
                working = stack.enter_context(connect(running, HEAD + b"Content-Length: 3\r\n\r\none"))
                assert working.recv(1_000).startswith(b"HTTP/1.1 204")
            with connect(running, HEAD) as refused:
                assert is_closed(refused)
            assert running.server.connections.refused == 1


def test_who_never_shakes_hands_is_counted_and_closed(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=authority.ca)
    server.load_cert_chain(*authority.issue(HOST))
    with gateway(QUICK, tls=lambda: server) as running, ExitStack() as stack:
        silent = [stack.enter_context(connect(running)) for _ in range(100)]
        halfway = [stack.enter_context(connect(running, b"\x16\x03\x01\x02\x00\x01")) for _ in range(100)]
        until(lambda: len(running.server.connections) >= 200)
        assert post(running.url, verify=client) == 204
        assert all(is_closed(connection) for connection in (*silent, *halfway))
        until(lambda: len(running.server.connections) == 0)
        with connect(running, b"GET / HTTP/1.1\r\n\r\n") as plain:
            assert is_closed(plain)
        assert post(running.url, verify=client) == 204
        assert running.server.failed_handshakes >= 200


def test_who_goes_away_in_the_middle_leaves_nothing_behind() -> None:
    with gateway(PATIENT) as running:
        for cut in (3, 100, len(HEAD) + 30):
            with connect(running, (HEAD + b"Content-Length: 1000\r\n\r\nhalf")[:cut]) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        until(lambda: len(running.server.connections) == 0)
        assert post(running.url) == 204
