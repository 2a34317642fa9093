"""Pages of others: carried whole when they are good, and the reason told when they are not."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.agent.polls.asked import relay
from tests.agent.polls.servers import answers, head_of, make_pki, page, tcp
from tests.parts import need_peer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = "# HELP load The load.\n# TYPE load gauge\nload 0.5\n"
CHUNKS = b"3\r\nloa\r\n4;x=y\r\nd 1\n\r\n0\r\n\r\n"
FOREVER = b"x" * 65_536


def _endless(first: bytes) -> Callable[[socket.socket], None]:
    def handle(sock: socket.socket) -> None:
        head_of(sock)
        sock.sendall(first)
        while True:
            sock.sendall(FOREVER)

    return handle


def _drips(sock: socket.socket) -> None:
    head_of(sock)
    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        sock.sendall(b"a")
        time.sleep(0.05)


def _silent(sock: socket.socket) -> None:
    head_of(sock)
    sock.recv(1)


def _hangs_up(sock: socket.socket) -> None:
    head_of(sock)


def test_a_good_page_is_carried_with_the_labels_of_its_asset() -> None:
    with tcp(answers(page(GOOD))) as port:
        asked = relay(f"http://127.0.0.1:{port}/metrics")
    assert asked.outcome.up
    labels = 'gemeente="zandbeke",scope="zandbeke/overig",site="stadhuis",instance="srv-dc",job="relay"'
    assert f"# HELP load The load.\n# TYPE load gauge\nload{{{labels}}} 0.5\n" in asked.page
    assert asked.value("up") == 1
    assert asked.value("scrape_samples_scraped") == 1
    assert "regiowacht_agent_poll_failed" not in asked.page


@pytest.mark.parametrize(
    ("handle", "reason"),
    [
        (answers(page("<html><body>Sign in</body></html>", "text/html")), "format"),
        (answers(page("<!doctype html>\n<p>Sign in</p>\n")), "format"),
        (answers(page("")), "format"),
        (answers(page(b"load \xff\xfe\n")), "format"),
        (answers(page("{}", "application/json")), "format"),
        (answers(page(GOOD, code="503 Service Unavailable")), "status"),
        (answers(page(GOOD, code="401 Unauthorized")), "status"),
        (answers(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), "status"),
        (answers(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nload 1\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nload 1\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nload 1\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 8\r\n\r\nload 1\n\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 7, 8\r\n\r\nload 1\n\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 7,\r\n\r\nload 1\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", CHUNKS), "protocol"),
        (
            answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNKS),
            "protocol",
        ),
        (answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nload 1\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: notchunked\r\n\r\n", CHUNKS), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nload\r\n"), "protocol"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b"), "format"),
        (_hangs_up, "protocol"),
        (_endless(b"HTTP/1.1 200 OK\r\n\r\n"), "size"),
        (_endless(b"HTTP/1.1 200 OK\r\nX: "), "protocol"),
        (_endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n"), "size"),
        (_endless(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), "size"),
    ],
)
def test_a_bad_page_tells_why_and_nothing_else(handle: Callable[[socket.socket], None], reason: str) -> None:
    with tcp(handle) as port:
        asked = relay(f"http://127.0.0.1:{port}/metrics", size_max=200_000)
    assert (asked.outcome.up, asked.outcome.reason) == (False, reason)
    assert asked.outcome.detail
    assert asked.value("up") == 0
    assert asked.value("regiowacht_agent_poll_failed", "relay", reason) == 1
    assert "load" not in asked.page


@pytest.mark.parametrize("handle", [_drips, _silent])
def test_a_slow_page_ends_with_the_time_out(handle: Callable[[socket.socket], None]) -> None:
    with tcp(handle) as port:
        asked = relay(f"http://127.0.0.1:{port}/metrics", timeout_s=0.5)
    assert asked.outcome.reason == "timeout"


def test_nobody_there_and_no_such_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert relay(f"http://127.0.0.1:{port}/metrics").outcome.reason == "unreachable"
    assert relay("http://no-such-host.invalid/metrics").outcome.reason == "name"


def test_too_many_series_are_refused_whole() -> None:
    many = "".join(f'load{{n="{number}"}} 1\n' for number in range(11))
    with tcp(answers(page(many))) as port:
        asked = relay(f"http://127.0.0.1:{port}/metrics", series_max=10)
    assert asked.outcome.reason == "series"
    assert "load" not in asked.page


def test_a_length_that_is_told_twice_the_same_is_taken() -> None:
    for lengths in (b"Content-Length: 7\r\nContent-Length: 7", b"Content-Length: 7 , 07"):
        with tcp(answers(b"HTTP/1.1 200 OK\r\n", lengths, b"\r\n\r\nload 1\nload 2\n")) as port:
            assert relay(f"http://127.0.0.1:{port}/metrics").value("load") == 1


def test_chunks_are_put_together() -> None:
    with tcp(answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", CHUNKS)) as port:
        assert relay(f"http://127.0.0.1:{port}/metrics").value("load") == 1


def test_a_line_in_latin_1_costs_only_itself() -> None:
    ups = '# HELP ups_warmth In °C.\nups_warmth{unit="°C"} 21\nups_load{unit="%"} 30\n'.encode("latin-1")
    with tcp(answers(page(ups))) as port:
        asked = relay(f"http://127.0.0.1:{port}/metrics")
    assert asked.outcome.up
    assert asked.value("ups_load", "%") == 30
    assert "ups_warmth" not in asked.page
    assert asked.value("regiowacht_agent_relay_refused_lines", "not-utf8") == 1


@pytest.mark.parametrize("way", ["token", "basic"])
def test_a_page_behind_a_login_is_read_with_a_secret_by_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    heads: list[bytes] = []

    def handle(sock: socket.socket) -> None:
        heads.append(head_of(sock))
        sock.sendall(page(GOOD))

    (tmp_path / "secret").write_text("fake-secret\n")
    monkeypatch.setenv("FAKE_SECRET", "fake-secret")
    with tcp(handle) as port:
        url = f"http://127.0.0.1:{port}/metrics"
        if way == "token":
            asked = relay(url, token=f"file:{tmp_path}/secret")
        else:
            asked = relay(url, user="me", password="env:FAKE_SECRET")
    basic = base64.b64encode(b"me:fake-secret").decode()
    wanted = "Bearer fake-secret" if way == "token" else f"Basic {basic}"
    assert f"Authorization: {wanted}\r\n".encode() in heads[0]
    assert "fake-secret" not in asked.page


@pytest.mark.parametrize("kind", ["text/html", "application/json", "image/png"])
def test_what_a_server_calls_its_page_is_not_repeated(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """It may echo the login, hold control characters, or go on for pages."""

    def handle(sock: socket.socket) -> None:
        token = head_of(sock).partition(b"Bearer ")[2].partition(b"\r")[0].decode()
        sock.sendall(page("{}", f"{kind}{token}\x1b[31m{'x' * 30_000}; charset={token}", "200 OK"))

    monkeypatch.setenv("FAKE_SECRET", "fake-secret")
    with tcp(handle) as port:
        asked = relay(f"http://127.0.0.1:{port}/metrics", token="env:FAKE_SECRET")
    assert asked.outcome.reason == "format"
    assert asked.outcome.detail == f"no page of metrics: {kind.removesuffix('/png')}"


def test_a_page_that_is_compressed_unasked_says_so() -> None:
    with tcp(answers(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip fake-secret\r\n\r\n\x1f\x8b")) as port:
        asked = relay(f"http://127.0.0.1:{port}/metrics")
    assert asked.outcome.detail == "the page is compressed, which nobody asked for"


def test_a_secret_that_is_not_there_is_named_by_its_reference() -> None:
    asked = relay("http://127.0.0.1:1/metrics", token="file:/no/such/file")
    assert asked.outcome.reason == "secret"
    assert "file:/no/such/file" in asked.outcome.detail


def test_a_token_goes_out_as_it_was_written(tmp_path: Path) -> None:
    heads: list[bytes] = []

    def handle(sock: socket.socket) -> None:
        heads.append(head_of(sock))
        sock.sendall(page("a 1\n"))

    (tmp_path / "secret").write_text("fake-g\u00e9heim-\u20ac\n", encoding="utf-8")
    with tcp(handle) as port:
        assert relay(f"http://127.0.0.1:{port}/metrics", token=f"file:{tmp_path}/secret").outcome.up
    assert "Authorization: Bearer fake-g\u00e9heim-\u20ac\r\n".encode() in heads[0]


def test_a_secret_that_cannot_be_one_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "huge").write_text("x" * 70_000)
    for name, why in {"pipe": ": no ordinary file", "huge": " holds nothing", ".": ": Is a directory"}.items():
        asked = relay("http://127.0.0.1:1/metrics", token=f"file:{tmp_path}/{name}")
        assert asked.outcome.reason == "secret"
        assert f"{tmp_path}/{name}{why}" in asked.outcome.detail


def test_https_is_trusted_by_the_authority_that_was_named(tmp_path: Path) -> None:
    pki = make_pki(tmp_path)
    with tcp(answers(page(GOOD)), pki.context) as port:
        assert relay(f"https://127.0.0.1:{port}/metrics", ca=str(pki.ca)).value("load") == 0.5
        assert relay(f"https://127.0.0.1:{port}/metrics").outcome.reason == "tls"
        other = tmp_path / "other.pem"
        assert relay(f"https://127.0.0.1:{port}/metrics", ca=str(other)).outcome.reason == "tls"
        other.write_text("no certificates")
        assert relay(f"https://127.0.0.1:{port}/metrics", ca=str(other)).outcome.reason == "tls"
        other.write_bytes(pki.ca.read_bytes())
        assert relay(f"https://127.0.0.1:{port}/metrics", ca=str(other)).outcome.up
    with tcp(lambda sock: sock.sendall(page(GOOD))) as port:
        assert relay(f"https://127.0.0.1:{port}/metrics", ca=str(pki.ca)).outcome.reason == "tls"


@pytest.mark.slow
def test_a_real_node_exporter_is_carried_whole_with_its_types() -> None:
    program = need_peer("node_exporter").path
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [str(program), f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as exporter:
        try:
            deadline = time.monotonic() + 60
            while not (asked := relay(f"http://127.0.0.1:{port}/metrics")).outcome.up:
                assert time.monotonic() < deadline, asked.outcome.detail
                time.sleep(0.1)
        finally:
            exporter.kill()
    assert asked.outcome.refused == {}
    families = {family.name: family for family in text_string_to_metric_families(asked.page)}
    assert families["node_cpu_seconds"].type == "counter"
    assert families["node_memory_MemTotal_bytes"].type == "gauge"
    assert families["go_gc_duration_seconds"].type == "summary"
    assert families["node_memory_MemTotal_bytes"].samples[0].labels["scope"] == "zandbeke/infrastructuur"
    rows = [row for row in asked.page.splitlines() if not row.startswith(("#", "up{", "scrape_", "regiowacht_"))]
    assert len(rows) == asked.outcome.samples > 300
