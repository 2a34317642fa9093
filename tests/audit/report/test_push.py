"""Pushing: what may be tried again is, what may not is told, and no token goes where it should not."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.report.push import PAUSES_S, WRITE_PATH, Gateway
from regiowacht_contract.errors import RegiowachtError, UsageError
from regiowacht_contract.wire.snappy import decompress

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "token-not-a-secret"
Answer = tuple[int, dict[str, str], str]


@contextmanager
def gateway(*answers: Answer) -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """A gateway that gives these answers in turn; yields its address and what it was asked."""
    left = list(answers)
    asked: list[tuple[str, str, bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, self.headers["Authorization"], decompress(body, 1 << 20)))
            code, fields, said = left.pop(0)
            self.send_response(code)
            for name, value in {**fields, "Content-Length": str(len(said))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.encode())

        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization", ""), b""))
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join(20)


def wrong(url: str, slept: list[float] | None = None) -> RegiowachtError:
    with pytest.raises(RegiowachtError) as caught:
        Gateway(url, sleep=(slept if slept is not None else []).append).write("zandbeke", TOKEN, b"body")
    assert TOKEN not in caught.value.message("en")
    return caught.value


def test_a_body_arrives_with_its_token() -> None:
    with gateway((204, {}, "")) as (url, asked):
        Gateway(f"{url}/").write("zandbeke", TOKEN, b"body")
    assert asked == [(WRITE_PATH, f"Bearer {TOKEN}", b"body")]


def test_what_is_busy_is_asked_again_and_given_the_time_it_wants() -> None:
    slept: list[float] = []
    with gateway(
        (503, {}, "busy"), (429, {"Retry-After": "7"}, ""), (500, {"Retry-After": "9999"}, ""), (204, {}, "")
    ) as (
        url,
        asked,
    ):
        Gateway(url, sleep=slept.append).write("zandbeke", TOKEN, b"body")
    assert len(asked) == 4
    assert slept == [PAUSES_S[0], PAUSES_S[1], PAUSES_S[-1]]


def test_what_stays_busy_is_told() -> None:
    slept: list[float] = []
    with gateway(*[(503, {}, "busy: come again")] * 4) as (url, _):
        told = wrong(url, slept)
    assert told.key == "audit-push.refused"
    assert "503 busy: come again" in told.message("en")
    assert len(slept) == len(PAUSES_S)


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ((401, {}, "unknown-credential: nobody"), "audit-push.credential"),
        ((400, {}, "bad: no"), "audit-push.refused"),
        ((204, {"X-Regiowacht-Refused": "too-old=3"}, ""), "audit-push.part"),
        ((302, {"Location": "/elsewhere"}, ""), "audit-push.refused"),
    ],
    ids=["credential", "refused", "part", "redirect"],
)
def test_what_is_refused_is_not_tried_again(answer: Answer, key: str) -> None:
    with gateway(answer) as (url, asked):
        assert wrong(url).key == key
    assert len(asked) == 1


def test_nobody_there_is_told_after_some_tries() -> None:
    with gateway() as (url, _):
        pass
    slept: list[float] = []
    assert wrong(url, slept).key == "audit-push.unreachable"
    assert slept == list(PAUSES_S)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("", "audit-push.no-url"),
        ("regiowacht.example", "audit-push.no-url"),
        ("ftp://regiowacht.example", "audit-push.no-url"),
        ("http://regiowacht.example", "audit-push.in-the-clear"),
    ],
)
def test_a_token_goes_over_https_alone(url: str, key: str) -> None:
    with pytest.raises(UsageError) as caught:
        Gateway(url)
    assert caught.value.key == key


def test_authorities_that_cannot_be_read_are_told() -> None:
    with pytest.raises(UsageError) as caught:
        Gateway("https://regiowacht.example", "/nonexistent/ca.pem")
    assert "/nonexistent/ca.pem" in caught.value.message("en")
