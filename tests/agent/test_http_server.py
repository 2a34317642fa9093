"""The server on real sockets: half-open clients, slow ones, many of them, and a scraper that still gets in."""

from __future__ import annotations

import contextlib
import http.client
import socket
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.http.connection import Limits
from regiowacht_agent.http.listen import open_listener
from regiowacht_agent.http.message import Request, Response
from regiowacht_agent.http.server import HttpServer
from regiowacht_contract.errors import PortTaken, Unavailable
from tests.agent.running_server import BIG, DEADLINE_S, GET, GET_ONE, RunningServer, rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def serve() -> Iterator[Callable[..., RunningServer]]:
    started: list[RunningServer] = []

    def start(address: str = "127.0.0.1:0", **limits: float) -> RunningServer:
        started.append(RunningServer(Limits(**limits), address))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for running in started:
        running.end()


@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::1]:0", "localhost:0"])
def test_it_answers_on_both_protocols(serve: Callable[..., RunningServer], address: str) -> None:
    running = serve(address)
    connection = http.client.HTTPConnection(running.host, running.port, timeout=DEADLINE_S)
    for _ in range(3):
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"up 1\n")
    connection.request("HEAD", "/metrics")
    response = connection.getresponse()
    assert (response.status, response.read(), response.headers["Content-Length"]) == (200, b"", "5")
    connection.close()


def test_every_address_takes_ipv4_and_ipv6(serve: Callable[..., RunningServer]) -> None:
    running = serve("[::]:0")
    for host in ("127.0.0.1", "::1"):
        with socket.create_connection((host, running.port), timeout=DEADLINE_S) as sock:
            sock.sendall(GET_ONE)
            assert rest(sock).endswith(b"up 1\n")


def test_pipelined_requests_are_answered_in_order(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    told = running.talk(GET * 40 + last)
    assert told.count(b"HTTP/1.1 200 OK") == 40
    assert told.count(b"up 1\n") == 40
    assert told.endswith(b"404 Not Found\n")


def test_a_client_that_closed_its_side_still_gets_its_answer(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    with running.connect() as sock:
        sock.sendall(GET)
        sock.shutdown(socket.SHUT_WR)
        assert rest(sock).endswith(b"up 1\n")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", b"405"),
        (b"GET / HTTP/3.0\r\n\r\n", b"505"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000, b"431"),
    ],
)
def test_a_bad_request_is_refused_and_the_connection_closed(
    serve: Callable[..., RunningServer], sent: bytes, code: bytes
) -> None:
    told = serve().talk(sent + GET)
    assert told.startswith(b"HTTP/1.1 " + code)
    assert told.count(b"HTTP/1.1") == 1


def test_a_half_sent_header_is_given_up_with_408(serve: Callable[..., RunningServer]) -> None:
    running = serve(header_timeout_s=0.1, idle_timeout_s=30.0)
    assert running.talk(b"GET /metrics HTT").startswith(b"HTTP/1.1 408")
    assert running.server.closed["header"] == 1


def test_a_header_that_drips_in_has_one_time_out_for_the_whole(serve: Callable[..., RunningServer]) -> None:
    running = serve(header_timeout_s=0.3, idle_timeout_s=30.0)
    with running.connect() as sock:
        sock.settimeout(0.02)
        told = b""
        for _ in range(1000):
            with contextlib.suppress(TimeoutError):
                told = sock.recv(1000)
                break
            with contextlib.suppress(OSError):
                sock.sendall(b"G")
        assert told.startswith(b"HTTP/1.1 408")


def test_a_silent_client_is_let_go_without_a_word(serve: Callable[..., RunningServer]) -> None:
    running = serve(idle_timeout_s=0.1)
    assert running.talk(b"") == b""
    assert running.server.closed["idle"] == 1


def test_a_connection_that_stays_open_is_let_go_after_its_answer(serve: Callable[..., RunningServer]) -> None:
    running = serve(idle_timeout_s=0.2)
    assert running.talk(GET).endswith(b"up 1\n")
    assert running.server.closed["idle"] == 1


def test_a_reader_that_does_not_read_is_bounded_and_blocks_nobody(serve: Callable[..., RunningServer]) -> None:
    running = serve(write_timeout_s=0.5)
    with running.connect() as slow:
        slow.sendall(b"GET /big HTTP/1.0\r\n\r\n")
        assert running.talk(GET_ONE).endswith(b"up 1\n")
        assert running.server.closed["write"] == 0
        running.wait_closed("write")
        assert running.server.closed["write"] == 1


def test_a_large_answer_arrives_whole(serve: Callable[..., RunningServer]) -> None:
    assert serve().talk(b"GET /big HTTP/1.0\r\n\r\n").endswith(BIG)


def test_when_full_the_oldest_silent_client_makes_room_for_a_scraper(serve: Callable[..., RunningServer]) -> None:
    running = serve(connections_max=8, idle_timeout_s=30.0, header_timeout_s=30.0)
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(running.connect()) for _ in range(100)]
        for sock in silent[::2]:
            with contextlib.suppress(OSError):
                sock.sendall(b"GET /metrics HTTP/1.1\r\nHo")
        for _ in range(20):
            assert running.talk(GET_ONE).endswith(b"up 1\n")
        assert running.server.open_connections <= 8
        assert running.server.closed["full"] >= 92


def test_a_client_is_not_let_go_for_the_time_that_another_ones_answer_took() -> None:
    now = [0.0]

    def slow(request: Request) -> Response:
        now[0] += 60.0 if request.path == "/slow" else 0.0
        return Response(200, b"done")

    server = HttpServer([open_listener("127.0.0.1:0")], slow, Limits(), clock=lambda: now[0])
    with (
        socket.create_connection(server.addresses[0]) as first,
        socket.create_connection(server.addresses[0]) as second,
    ):
        while server.open_connections < 2:
            server.turn(0.1)
        first.sendall(b"GET /slow HTTP/1.0\r\n\r\n")
        while server.codes[200] < 1:
            server.turn(0.1)
        second.sendall(b"GET /quick HTTP/1.0\r\n\r\n")
        while server.codes[200] < 2:
            assert server.closed["idle"] == 0
            server.turn(0.1)
    server.close()


def test_thousands_of_connections_leave_no_descriptor_behind(serve: Callable[..., RunningServer]) -> None:
    running = serve(connections_max=8)
    for _ in range(500):
        running.connect().close()
        with running.connect() as sock:
            sock.sendall(GET_ONE)
    assert running.talk(GET_ONE).endswith(b"up 1\n")
    assert running.server.open_connections <= 8


def test_a_taken_port_says_so(serve: Callable[..., RunningServer]) -> None:
    running = serve()
    with pytest.raises(PortTaken, match=f"127.0.0.1:{running.port}"):
        open_listener(f"127.0.0.1:{running.port}")


@pytest.mark.parametrize("address", ["192.0.2.1:0", "no.such.host.invalid:0"])
def test_an_address_of_another_machine_says_so(address: str) -> None:
    with pytest.raises(Unavailable, match="cannot listen"):
        open_listener(address)
