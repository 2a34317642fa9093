"""TLS on the agent's server: real handshakes, slow ones, none at all, and files that change."""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
import signal
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_agent.http.connection import Limits
from regiowacht_agent.http.listen import open_listener
from regiowacht_agent.http.message import Request, Response, plain
from regiowacht_agent.http.server import HttpServer
from regiowacht_agent.http.tls import LOOK_EVERY_S, Tls
from regiowacht_agent.status import ask
from regiowacht_contract.errors import ConfigInvalid, RegiowachtError, Unavailable
from tests.agent.certificates import NOW, YEAR, certificate, make_key, private, write_pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.agent.agent_process import AgentProcess

DEADLINE_S = 20.0
BIG = os.urandom(16_000_000)
GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
GET_ONE = b"GET /metrics HTTP/1.0\r\n\r\n"


def _answer(request: Request) -> Response:
    bodies = {"/metrics": b"up 1\n", "/big": BIG}
    return Response(200, bodies[request.path]) if request.path in bodies else plain(404)


class _Running:
    """A server with TLS that turns in a thread of its own until told to stop."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.cert, self.key = write_pair(folder)
        self.tls = Tls(str(self.cert), str(self.key))
        self.server = HttpServer([open_listener("127.0.0.1:0")], _answer, limits, tls=self.tls)
        self.port = self.server.addresses[0][1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.server.turn(0.02)

    def client(self, **how: ssl.TLSVersion) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.cert))
        for name, value in how.items():
            setattr(context, name, value)
        return context

    def plain(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_S)

    def connect(self, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        return (context or self.client()).wrap_socket(self.plain(), server_hostname="127.0.0.1")

    def talk(self, data: bytes) -> bytes:
        with self.connect() as sock:
            sock.sendall(data)
            return rest(sock)

    def wait_closed(self, reason: str, count: int = 1) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while self.server.closed[reason] < count:
            assert time.monotonic() < deadline, self.server.closed
            time.sleep(0.02)

    def end(self) -> None:
        self._stop.set()
        self._thread.join(DEADLINE_S)
        self.server.close()


def rest(sock: socket.socket) -> bytes:
    with contextlib.suppress(ConnectionResetError):
        return b"".join(iter(lambda: sock.recv(65536), b""))
    return b""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., _Running]]:
    started: list[_Running] = []

    def start(**limits: float) -> _Running:
        started.append(_Running(tmp_path, Limits(**limits)))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for running in started:
        running.end()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_that_checks_the_certificate_gets_its_answers(
    serve: Callable[..., _Running], version: ssl.TLSVersion
) -> None:
    running = serve()
    context = running.client(maximum_version=version, minimum_version=version)
    connection = http.client.HTTPSConnection("127.0.0.1", running.port, timeout=DEADLINE_S, context=context)
    for _ in range(3):
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"up 1\n")
    connection.close()


def test_an_old_version_is_refused(serve: Callable[..., _Running]) -> None:
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


def test_a_large_answer_and_pipelined_requests_arrive_whole(serve: Callable[..., _Running]) -> None:
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


def test_a_request_in_many_small_records_is_one_request(serve: Callable[..., _Running]) -> None:
    running = serve()
    with running.connect() as sock:
        for at in range(len(GET_ONE)):
            sock.sendall(GET_ONE[at : at + 1])
        assert rest(sock).endswith(b"up 1\n")


def test_the_client_is_told_that_nothing_more_comes(serve: Callable[..., _Running]) -> None:
    running = serve()
    context = running.client()
    sock = context.wrap_socket(running.plain(), server_hostname="127.0.0.1", suppress_ragged_eofs=False)
    with sock:
        sock.sendall(GET_ONE)
        assert rest(sock).endswith(b"up 1\n"), "a connection cut off would raise SSLEOFError"


def test_who_speaks_plain_http_is_told_so(serve: Callable[..., _Running]) -> None:
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
def test_nonsense_is_let_go(serve: Callable[..., _Running], sent: bytes) -> None:
    running = serve(header_timeout_s=1.0)
    with running.plain() as sock:
        sock.sendall(sent)
        rest(sock)
    running.wait_closed("handshake")
    assert running.talk(GET_ONE).endswith(b"up 1\n")


def test_a_client_that_refuses_the_certificate_takes_nobody_along(serve: Callable[..., _Running]) -> None:
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
def test_a_handshake_that_stops_has_its_time_and_no_more(serve: Callable[..., _Running], part: int | None) -> None:
    running = serve(header_timeout_s=0.2, idle_timeout_s=60.0)
    with running.plain() as sock:
        sock.sendall(hello()[:part])
        rest(sock)
    running.wait_closed("handshake")


def test_a_handshake_that_drips_in_has_one_time_out_for_the_whole(serve: Callable[..., _Running]) -> None:
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


def test_silent_and_slow_after_the_handshake_are_as_without_tls(serve: Callable[..., _Running]) -> None:
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


def test_when_full_the_oldest_half_open_client_makes_room_for_a_scraper(serve: Callable[..., _Running]) -> None:
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


def test_many_handshakes_leave_no_descriptor_behind(serve: Callable[..., _Running]) -> None:
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


class _Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def presented(tls: Tls) -> bytes:
    """Return the certificate that a new connection is given."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = socket.create_connection(listener.getsockname())
        there, _ = listener.accept()
    there.setblocking(False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    served = tls.wrap(there)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with contextlib.suppress(BlockingIOError):
                served.recv(16_384)
            time.sleep(0.005)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with context.wrap_socket(here) as client:
            found = client.getpeercert(binary_form=True)
            assert found is not None
            return found
    finally:
        over.set()
        thread.join()
        served.close()


def test_changed_files_are_taken_once_both_are_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = _Clock()
    cert, key = write_pair(tmp_path)
    tls = Tls(str(cert), str(key), monotonic=clock)

    def look(times: int = 1) -> None:
        for _ in range(times):
            clock.now += LOOK_EVERY_S
            tls.look()

    before = presented(tls)
    look(3)
    assert presented(tls) == before
    new_key = make_key()
    new = certificate(new_key, NOW + 2 * YEAR)
    cert.write_bytes(new)
    look()
    key.write_bytes(private(new_key))
    look()
    assert presented(tls) == before, "what has just changed may change again"
    look()
    assert presented(tls) == ssl.PEM_cert_to_DER_cert(new.decode())
    assert tls.not_after == (NOW + 2 * YEAR).timestamp()
    assert [record.getMessage().split()[0] for record in caplog.records] == ["event=certificate-taken"]


def test_files_that_changed_a_while_ago_are_taken_at_the_first_look(tmp_path: Path) -> None:
    clock, day = _Clock(), _Clock()
    cert, key = write_pair(tmp_path)
    tls = Tls(str(cert), str(key), monotonic=clock, clock=day)
    write_pair(tmp_path, until=NOW + 2 * YEAR)
    day.now = time.time() + 2 * LOOK_EVERY_S
    clock.now += LOOK_EVERY_S
    tls.look()
    assert tls.not_after == (NOW + 2 * YEAR).timestamp()


@pytest.mark.parametrize("break_it", ["other", "gone", "empty"])
def test_changed_files_that_are_wrong_leave_the_old_ones_in_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, break_it: str
) -> None:
    clock = _Clock()
    cert, key = write_pair(tmp_path)
    tls = Tls(str(cert), str(key), monotonic=clock)
    before = presented(tls)
    good = key.read_bytes()
    if break_it == "gone":
        key.unlink()
    else:
        key.write_bytes(private(make_key()) if break_it == "other" else b"")
    for _ in range(5):
        clock.now += LOOK_EVERY_S
        tls.look()
    assert presented(tls) == before
    assert not tls.reload_worked
    assert len(caplog.records) == 1, "told once"
    assert "event=certificate-refused" in caplog.records[0].getMessage()
    key.write_bytes(good)
    for _ in range(3):
        clock.now += LOOK_EVERY_S
        tls.look()
    assert tls.reload_worked


def test_an_expired_certificate_is_used_and_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = _Clock()
    cert, key = write_pair(tmp_path, until=datetime(2020, 2, 29, 12, 0, 5, tzinfo=UTC))
    tls = Tls(str(cert), str(key), monotonic=clock)
    for _ in range(3):
        clock.now += LOOK_EVERY_S
        tls.look()
    assert [record.getMessage() for record in caplog.records] == [
        f"event=certificate-expired file={cert} valid_until=2020-02-29T12:00:05Z"
    ]
    assert tls.reload_worked


def test_one_that_expires_while_the_agent_runs_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock, day = _Clock(), _Clock()
    day.now = NOW.timestamp()
    cert, key = write_pair(tmp_path, until=NOW + YEAR)
    tls = Tls(str(cert), str(key), monotonic=clock, clock=day)
    assert not caplog.records
    day.now += YEAR.total_seconds()
    clock.now += LOOK_EVERY_S
    tls.look()
    assert "event=certificate-expired" in caplog.text


CERT, KEY = "cert.pem", "key.pem"


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        (CERT, None, Unavailable, "cannot read .*cert.pem: No such file"),
        (KEY, None, Unavailable, "cannot read .*key.pem: No such file"),
        (CERT, b"", ConfigInvalid, "cert.pem holds no certificate in PEM"),
        (CERT, b"\x30\x82\x01", ConfigInvalid, "cert.pem holds no certificate in PEM"),
        (CERT, "der", ConfigInvalid, "cert.pem holds no certificate in PEM"),
        (CERT, "key", ConfigInvalid, "cert.pem holds no certificate in PEM"),
        (CERT, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ConfigInvalid, "no certificate"),
        (KEY, b"", ConfigInvalid, "key.pem holds no key in PEM"),
        (KEY, "cert", ConfigInvalid, "key.pem holds no key in PEM"),
        (KEY, "other", ConfigInvalid, "key in .*key.pem does not belong to the certificate in .*cert.pem"),
        (KEY, "passphrase", ConfigInvalid, "key in .*key.pem has a passphrase.*openssl pkey"),
        (KEY, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", ConfigInvalid, "cannot be used"),
    ],
)
def test_wrong_files_are_told_by_name(
    tmp_path: Path, name: str, content: bytes | str | None, error: type[RegiowachtError], says: str
) -> None:
    cert, key = write_pair(tmp_path)
    told = {
        "key": key.read_bytes(),
        "cert": cert.read_bytes(),
        "der": ssl.PEM_cert_to_DER_cert(cert.read_text()),
        "other": private(make_key()),
        "passphrase": private(make_key(), b"not-a-real-passphrase"),
    }
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(told[content] if isinstance(content, str) else content)
    with pytest.raises(error, match=says):
        Tls(str(cert), str(key))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    cert, key = write_pair(tmp_path)
    key.unlink()
    os.mkfifo(key)
    with pytest.raises(Unavailable, match="not an ordinary file"):
        Tls(str(cert), str(key))


def test_one_of_the_two_files_is_not_enough(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('[http]\ntls_cert = "/x/cert.pem"\n')
    assert main(["agent", "check", "--config", str(config), "--lang", "en"]) == 1
    assert "agent.toml:2: http.tls_cert is of no use without http.tls_key" in capfd.readouterr().err


def test_check_tells_of_a_wrong_key(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = with_tls(tmp_path)
    (tmp_path / KEY).write_bytes(private(make_key()))
    assert main(["agent", "check", "--config", str(config), "--lang", "en"]) == 1
    assert "does not belong to the certificate" in capfd.readouterr().err


def with_tls(folder: Path) -> Path:
    """Write a pair and a configuration that names it."""
    write_pair(folder)
    config = folder / "agent.toml"
    config.write_text(
        f'listen = "127.0.0.1:0"\n[http]\nidle_timeout_s = 1\n'
        f'tls_cert = "{folder / CERT}"\ntls_key = "{folder / KEY}"\n'
    )
    return config


def scrape(agent: AgentProcess, folder: Path) -> str:
    context = ssl.create_default_context(cafile=str(folder / CERT))
    connection = http.client.HTTPSConnection("127.0.0.1", agent.port, timeout=DEADLINE_S, context=context)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_a_real_agent_answers_over_https_and_takes_a_new_certificate(
    start_agent: Callable[..., AgentProcess], tmp_path: Path
) -> None:
    agent = start_agent("--config", str(with_tls(tmp_path)))
    assert "https://127.0.0.1:" in agent.wait_said("agent listening on ")
    told = scrape(agent, tmp_path)
    assert "\nregiowacht_agent_http_certificate_reload_success 1\n" in told
    assert f"\nregiowacht_agent_http_certificate_expiry_timestamp_seconds {(NOW + YEAR).timestamp():.0f}\n" in told
    assert ask(f"127.0.0.1:{agent.port}", has_tls=True).url.startswith("https://")
    write_pair(tmp_path, until=NOW + 2 * YEAR)
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_said("event=reloaded")
    assert f"{(NOW + 2 * YEAR).timestamp():.0f}" in scrape(agent, tmp_path)
    (tmp_path / KEY).write_bytes(b"")
    agent.process.send_signal(signal.SIGHUP)
    assert "holds no key" in agent.wait_said("event=reload-failed")
    assert "\nregiowacht_agent_config_reload_success 0\n" in scrape(agent, tmp_path)


def test_tls_can_be_switched_on_by_a_reload(start_agent: Callable[..., AgentProcess], tmp_path: Path) -> None:
    config = with_tls(tmp_path)
    full = config.read_text()
    config.write_text('listen = "127.0.0.1:0"\n')
    agent = start_agent("--config", str(config))
    assert agent.get()[0] == 200
    config.write_text(full)
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_said("event=reloaded")
    assert "regiowacht_agent_info" in scrape(agent, tmp_path)


def test_ssl_is_not_loaded_without_a_certificate(start_agent: Callable[..., AgentProcess]) -> None:
    agent = start_agent()
    agent.get()
    loaded = Path(f"/proc/{agent.process.pid}/maps").read_text()
    assert "python" in loaded
    assert "libssl" not in loaded
    assert "_ssl." not in loaded
