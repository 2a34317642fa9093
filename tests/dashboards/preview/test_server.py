"""The preview's server: what it gives, and what it refuses."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from regiowacht_contract.errors import PortTaken, UsageError
from regiowacht_dashboards.preview import serve
from regiowacht_dashboards.preview.bounded import CONNECTIONS_MAX
from regiowacht_dashboards.preview.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_dashboards.preview import Preview


class Echo(BaseHTTPRequestHandler):
    """Tells what arrived, as JSON."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        heard = {"method": self.command, "path": self.path, "body": self.rfile.read(length).decode()}
        answer = json.dumps({"status": "success", "data": heard, "cookie": self.headers.get("Cookie")}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def served(uplot: Path, trial_folder: Path) -> Iterator[Preview]:
    """A preview in front of a server that echoes."""
    del uplot
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as echo:
        thread = threading.Thread(target=echo.serve_forever)
        thread.start()
        with serve(trial_folder, f"http://127.0.0.1:{echo.server_port}/prefix/", 0, "nl") as preview:
            yield preview
        echo.shutdown()
        thread.join()


def ask(
    preview: Preview, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=10)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers.items()), answer.read()
    finally:
        connection.close()


def test_questions_go_to_the_one_prometheus(served: Preview) -> None:
    status, _, answer = ask(served, "/api/v1/query?query=up&time=1", Cookie="secret=1")
    heard = json.loads(answer)
    assert (status, heard["data"]["path"], heard["cookie"]) == (200, "/prefix/api/v1/query?query=up&time=1", None)
    form = "application/x-www-form-urlencoded"
    _, _, answer = ask(served, "/api/v1/query_range", "POST", "query=up", Content_Type=form)
    assert json.loads(answer)["data"] == {"method": "POST", "path": "/prefix/api/v1/query_range", "body": "query=up"}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/admin/tsdb/delete_series",
        "/api/v1/write",
        "/api/v1/query/../admin/tsdb/snapshot",
        "/api/v1/label/a%2Fb/values",
        "/api/v1/status/config",
        "/-/quit",
        "/metrics",
        "//evil.example/api/v1/query",
        "/assets/../server.py",
        "/assets/%2e%2e/server.py",
        "/etc/passwd",
    ],
)
def test_nothing_else_gets_through(served: Preview, path: str) -> None:
    assert ask(served, path)[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9782", "127.0.0.1.evil.example", "", "[::2]"])
def test_a_foreign_host_name_is_refused(served: Preview, host: str) -> None:
    assert ask(served, "/", Host=host)[0] == 403
    assert ask(served, "/api/v1/query?query=up", Host=host)[0] == 403


def test_another_sites_page_cannot_ask(served: Preview) -> None:
    assert ask(served, "/api/v1/query?query=up", Sec_Fetch_Site="cross-site")[0] == 403
    assert ask(served, "/api/v1/query?query=up", Sec_Fetch_Site="same-origin")[0] == 200
    assert ask(served, "/", Sec_Fetch_Site="cross-site")[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "text/plain", "Content_Length": "1"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded", "Content_Length": "x"}, 411),
        ({"Content_Type": "application/x-www-form-urlencoded", "Content_Length": "99999999"}, 413),
    ],
)
def test_odd_bodies_are_refused(served: Preview, headers: dict[str, str], status: int) -> None:
    assert ask(served, "/api/v1/query", "POST", None, **headers)[0] == status


def test_other_methods_are_refused(served: Preview) -> None:
    assert ask(served, "/api/v1/query", "DELETE")[0] == 501


def test_every_answer_carries_the_policy(served: Preview) -> None:
    for path in ("/", "/d/proef", "/api/v1/labels", "/nothing"):
        headers = ask(served, path)[1]
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers


def test_titles_cannot_leave_the_data_block(served: Preview) -> None:
    page = ask(served, "/d/proef")[2].decode()
    assert page.count("</script>") == 3
    assert "<img" not in page
    assert ask(served, "/d/nergens")[0] == 404


def test_assets_may_be_kept_for_ever(served: Preview) -> None:
    page = ask(served, "/")[2].decode()
    path = page.split('type="module"', maxsplit=1)[0].rsplit('src="', maxsplit=1)[1].split('"')[0]
    status, headers, content = ask(served, path)
    assert (status, headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert "immutable" in headers["Cache-Control"]
    assert b"import { Board }" in content


def test_what_only_readers_of_code_need_is_not_sent(served: Preview) -> None:
    page = ask(served, "/")[2].decode()
    scripts = [part.split('"')[0] for part in page.split('modulepreload" href="')[1:]]
    assert len(scripts) > 10
    for path in scripts:
        status, _, content = ask(served, path)
        assert status == 200
        assert b"/**" not in content
        assert b"@param" not in content


def test_one_connection_too_many_is_told(served: Preview) -> None:
    peers = [socket.create_connection(("127.0.0.1", served.port), timeout=10) for _ in range(CONNECTIONS_MAX)]
    try:
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as extra:
            assert extra.recv(100).startswith(b"HTTP/1.1 503")
    finally:
        for peer in peers:
            peer.close()


def test_a_taken_port_is_one_clear_error(served: Preview, trial_folder: Path) -> None:
    with pytest.raises(PortTaken, match=str(served.port)), serve(trial_folder, "http://127.0.0.1:1", served.port):
        pass


@pytest.mark.parametrize("port", [-3, 65536, 99999])
def test_a_port_that_is_none_is_one_clear_error(uplot: Path, trial_folder: Path, port: int) -> None:
    del uplot
    with pytest.raises(UsageError, match=str(port)), serve(trial_folder, "http://127.0.0.1:1", port):
        pass


def test_everything_is_gone_afterwards(uplot: Path, trial_folder: Path) -> None:
    del uplot
    before = threading.active_count()
    with serve(trial_folder, "http://127.0.0.1:1", 0) as preview:
        idle = socket.create_connection(("127.0.0.1", preview.port), timeout=10)
        assert ask(preview, "/")[0] == 200
    assert idle.recv(1) == b""
    idle.close()
    assert threading.active_count() == before
    with serve(trial_folder, "http://127.0.0.1:1", preview.port) as again:
        assert urlsplit(again.url).port == preview.port


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:9783",
        "ftp://x",
        "file:///etc/passwd",
        "http://",
        "http://a:b",
        "http://u:geheim@x:1",
        "http://[x",
        "http://:geheim@x",
        "http://u:geheim@[x",
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Upstream(url)
    assert "geheim" not in str(caught.value)


def test_no_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"), serve(tmp_path / "nowhere", "http://127.0.0.1:1", 0):
        pass


def raw(preview: Preview, request: str) -> str:
    """Return the status line that exactly these bytes are answered with."""
    with socket.create_connection(("127.0.0.1", preview.port), timeout=10) as connection:
        connection.sendall(request.encode())
        return connection.makefile("rb").readline().decode().strip()


OWN = "Host: 127.0.0.1\r\n"
POST = f"POST /api/v1/query HTTP/1.1\r\n{OWN}Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: evil@127.0.0.1\r\n\r\n", 400),
        (f"GET / HTTP/1.1\r\n{OWN}Host: evil.example\r\n\r\n", 400),
        (f"GET http://[::1 HTTP/1.1\r\n{OWN}\r\n", 400),
        (f"GET http://evil.example/api/v1/query?query=up HTTP/1.1\r\n{OWN}\r\n", 400),
        (f"GET http://127.0.0.1/ HTTP/1.1\r\n{OWN}\r\n", 200),
        (f"{POST}Content-Length: {'9' * 5000}\r\n\r\n", 413),
        (f"{POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (f"{POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na", 400),
    ],
)
def test_requests_of_two_meanings_are_refused(
    served: Preview, request_text: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert raw(served, request_text).split()[1] == str(status)
    assert not [record for record in caplog.records if record.exc_info]


def test_the_absolute_form_is_never_passed_on(served: Preview) -> None:
    heard = json.loads(ask(served, "http://127.0.0.1/api/v1/query?query=up")[2])
    assert heard["data"]["path"] == "/prefix/api/v1/query?query=up"


def test_head_is_get_without_a_body(served: Preview) -> None:
    status, headers, body = ask(served, "/", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 100


@pytest.mark.parametrize(
    "drip",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
    ],
)
def test_a_prometheus_that_drips_is_cut_off(drip: bytes) -> None:
    def trickle(server: socket.socket, stop: threading.Event) -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(drip)
            while not stop.wait(0.05):
                connection.sendall(b"X: y\r\n" if drip.endswith(b"OK\r\n") else b" ")

    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=trickle, args=(server, stop))
        thread.start()
        upstream = Upstream(f"http://127.0.0.1:{server.getsockname()[1]}", timeout_s=0.5)
        answer = upstream.ask("GET", "/api/v1/query?query=up", b"", {})
        stop.set()
        thread.join()
    assert answer.status == 504
    assert json.loads(answer.body)["errorType"] == "preview-timeout"


def test_a_redirect_is_no_answer() -> None:
    class Redirect(Echo):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", "http://evil.example/")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Redirect) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        answer = Upstream(f"http://127.0.0.1:{server.server_port}").ask("GET", "/api/v1/query?query=up", b"", {})
        server.shutdown()
        thread.join()
    assert answer.status == 502
