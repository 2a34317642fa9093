"""How a body gets to the collector: kept connections, broken ones, TLS, proxies, credentials."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.push.post import Line, ProxyRefused, Stopped
from regiowacht_agent.push.receiver import Receiver as To
from regiowacht_contract.wire.encode import request
from regiowacht_contract.wire.snappy import compress
from tests.agent.certificates import write_pair
from tests.agent.push.made import NOW_MS, push, shape
from tests.agent.push.receiver import DEADLINE_S, Answer, Receiver, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def _body() -> bytes:
    return compress(request(shape().heads, [1.0, 2.0, 3.0], NOW_MS))


def _line(url: str, **settings: object) -> Line:
    return Line(To(push(url, **settings)))


def test_bodies_go_over_one_connection(receiver: Receiver) -> None:
    line = _line(f"{receiver.url}/base")
    assert [line.post(_body()).code for _ in range(3)] == [204] * 3
    line.close()
    assert line.opened == 1
    assert {write.path for write in receiver.writes} == {"/base/api/v1/write"}
    assert receiver.of("made_up") == {NOW_MS: 3.0}
    said = receiver.writes[0].fields
    assert said["content-encoding"] == "snappy"
    assert said["content-type"] == "application/x-protobuf"
    assert said["x-prometheus-remote-write-version"] == "0.1.0"
    assert "authorization" not in said


def test_the_credential_is_read_again_when_its_file_is_another(receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "credential"
    file.write_text("rwt_first\n")
    line = _line(receiver.url, credential=str(file))
    line.post(_body())
    new = tmp_path / "new"
    new.write_text("rwt_the-second\n")
    new.replace(file)
    line.post(_body())
    line.close()
    assert [write.fields["authorization"] for write in receiver.writes] == ["Bearer rwt_first", "Bearer rwt_the-second"]


def test_a_credential_that_cannot_be_read_is_no_reason_to_write_without(receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "credential"
    file.write_text("")
    with pytest.raises(Failed) as raised:
        _line(receiver.url, credential=str(file)).post(_body())
    assert raised.value.reason == "secret"
    assert receiver.writes == []


def test_what_is_said_with_a_refusal_is_read(receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(400, b"no-token: there is none\n" + b"x" * 100_000)
    line = _line(receiver.url)
    reply = line.post(_body())
    assert (reply.code, reply.body[:9]) == (400, b"no-token:")
    receiver.answer = lambda _: Answer()
    assert line.post(_body()).code == 204
    line.close()


def test_a_connection_that_the_other_side_closed_is_made_again(receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(204, fields={"Connection": "close"})
    line = _line(receiver.url)
    assert [line.post(_body()).code for _ in range(2)] == [204] * 2
    assert line.opened == 2
    line.close()


@contextmanager
def _listening(serve: Callable[[socket.socket], object], times: int = 1) -> Iterator[int]:
    """Serve so many connections one after the other, each by a function that may leave it as it is."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(DEADLINE_S)
    taken: list[socket.socket] = []

    def work() -> None:
        for _ in range(times):
            sock, _where = listener.accept()
            sock.settimeout(DEADLINE_S)
            taken.append(sock)
            serve(sock)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    thread.join(DEADLINE_S)
    for sock in taken:
        sock.close()
    listener.close()


def _read_request(sock: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        got += sock.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    size = next((int(row[15:]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")), 0)
    while len(body) < size:
        body += sock.recv(65_536)
    return head


def test_a_kept_connection_that_ends_without_an_answer_is_made_again_once() -> None:
    def serve(sock: socket.socket) -> None:
        _read_request(sock)
        sock.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        sock.shutdown(socket.SHUT_WR)

    with _listening(serve, times=2) as port:
        line = _line(f"http://127.0.0.1:{port}")
        assert [line.post(_body()).code for _ in range(2)] == [204, 204]
        assert line.opened == 2
        line.close()


def test_a_new_connection_that_ends_without_an_answer_fails() -> None:
    with _listening(lambda sock: sock.shutdown(socket.SHUT_RDWR)) as port, pytest.raises(Failed) as raised:
        _line(f"http://127.0.0.1:{port}").post(_body())
    assert raised.value.reason in {"protocol", "unreachable"}


def test_a_half_open_connection_fails_in_time_and_the_next_one_works(receiver: Receiver) -> None:
    with _listening(lambda _sock: None) as port:
        line = _line(f"http://127.0.0.1:{port}", timeout_s=1.0)
        with pytest.raises(Failed, match=r"no answer within 1 s"):
            line.post(_body())
    line.close()
    other = _line(receiver.url)
    assert other.post(_body()).code == 204
    other.close()


def test_who_stops_lets_go_of_who_waits() -> None:
    with _listening(_read_request) as port:
        line = _line(f"http://127.0.0.1:{port}", timeout_s=300.0)
        found: list[Stopped] = []

        def post() -> None:
            try:
                line.post(_body())
            except Stopped as error:
                found.append(error)

        thread = threading.Thread(target=post, daemon=True)
        thread.start()
        wait_for(lambda: line.opened == 1, "a connection")
        line.stop()
        thread.join(DEADLINE_S)
        assert len(found) == 1
        line.close()


def test_nobody_listens_there(receiver: Receiver) -> None:
    receiver.close()
    with pytest.raises(Failed) as raised:
        _line(receiver.url).post(_body())
    assert raised.value.reason == "unreachable"


def _context(cert: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def test_tls_with_an_authority_of_its_own(tmp_path: Path) -> None:
    cert, key = write_pair(tmp_path)
    receiver = Receiver(context=_context(cert, key))
    line = _line(receiver.url, ca=str(cert))
    assert [line.post(_body()).code for _ in range(2)] == [204, 204]
    assert line.opened == 1
    line.close()
    untrusting = _line(receiver.url)
    with pytest.raises(Failed, match="not trusted") as raised:
        untrusting.post(_body())
    assert raised.value.reason == "tls"
    receiver.close()
    assert len(receiver.writes) == 2


@pytest.mark.parametrize("content", [None, b"no certificate\n"])
def test_a_file_of_authorities_that_cannot_be_used_is_named(
    receiver: Receiver, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Failed, match=str(file)):
        _line(receiver.url.replace("http", "https"), ca=str(file)).post(_body())


def _proxy(asked: list[bytes], to_port: int, answer: bytes = b"HTTP/1.1 200 Go on\r\n\r\n") -> Callable[..., None]:
    """Return a proxy for one connection, which notes what it is asked."""

    def serve(sock: socket.socket) -> None:
        asked.append(_read_request(sock))
        sock.sendall(answer)
        if b" 200 " not in answer:
            return
        there = socket.create_connection(("127.0.0.1", to_port))
        back = threading.Thread(target=_copy, args=(there, sock), daemon=True)
        back.start()
        _copy(sock, there)
        back.join(DEADLINE_S)
        there.close()

    return serve


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_tls_through_a_proxy_with_a_login(tmp_path: Path) -> None:
    cert, key = write_pair(tmp_path)
    login = tmp_path / "login"
    login.write_text("agent:not-a-secret\n")
    receiver = Receiver(context=_context(cert, key))
    asked: list[bytes] = []
    with _listening(_proxy(asked, receiver.port)) as port:
        proxy = f"http://127.0.0.1:{port}"
        line = _line(receiver.url, ca=str(cert), proxy=proxy, proxy_login=f"file:{login}")
        assert [line.post(_body()).code for _ in range(2)] == [204, 204]
        line.close()
    receiver.close()
    (said,) = asked
    assert said.startswith(f"CONNECT 127.0.0.1:{receiver.port} HTTP/1.1\r\n".encode())
    assert b"Proxy-Authorization: Basic YWdlbnQ6bm90LWEtc2VjcmV0" in said
    assert all("proxy-authorization" not in write.fields for write in receiver.writes)


def test_a_proxy_that_refuses_is_told_by_its_words(tmp_path: Path) -> None:
    asked: list[bytes] = []
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with (
        _listening(_proxy(asked, 0, refusal)) as port,
        pytest.raises(ProxyRefused, match="407 Proxy Authentication Required"),
    ):
        _line("https://collector.example", proxy=f"http://127.0.0.1:{port}").post(_body())
    assert asked[0].startswith(b"CONNECT collector.example:443 ")


def test_without_tls_a_proxy_gets_the_whole_url(receiver: Receiver) -> None:
    line = _line("http://collector.example", proxy=receiver.url)
    assert line.post(_body()).code == 204
    line.close()
    assert receiver.writes[0].path == "http://collector.example/api/v1/write"
    assert receiver.writes[0].fields["host"] == "collector.example"
