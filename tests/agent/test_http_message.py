"""Heads of requests: what is understood, what is refused and how."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.http.message import BadRequest, Request, Response, parse, split_head, write


@pytest.mark.parametrize(
    ("head", "path", "keep_alive", "gzip"),
    [
        (b"GET /metrics HTTP/1.1\r\nHost: x", "/metrics", True, False),
        (b"GET /metrics HTTP/1.0", "/metrics", False, False),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive", "/", True, False),
        (b"HEAD /metrics?a=b HTTP/1.1\r\nhost:x\r\nConnection: foo, close", "/metrics", False, False),
        (b"GET http://x:9780/metrics HTTP/1.1\r\nHost: x", "/metrics", True, False),
        (b"GET http://x HTTP/1.1\r\nHost: x", "/", True, False),
        (b"GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: deflate, gzip;q=0.5", "/", True, True),
        (b"GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip;q=0", "/", True, False),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0", "/", True, False),
        (b"GET / HTTP/1.0\n\r\nHost: x".replace(b"\n\r\n", b"\n"), "/", False, False),
    ],
)
def test_understood(head: bytes, path: str, keep_alive: bool, gzip: bool) -> None:
    request = parse(head)
    assert (request.path, request.keep_alive, request.gzip) == (path, keep_alive, gzip)


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"", 400),
        (b"GET", 400),
        (b"GET /metrics", 400),
        (b"GET  /metrics HTTP/1.1\r\nHost: x", 400),
        (b"GET /a b HTTP/1.1\r\nHost: x", 400),
        (b"GET metrics HTTP/1.1\r\nHost: x", 400),
        (b"GET ftp://x/ HTTP/1.1\r\nHost: x", 400),
        (b"GET / HTTP/1.1", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y", 400),
        (b"GET / HTTP/1.1\r\nHost : x", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n folded", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5", 400),
        (b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5", 405),
        (b"DELETE / HTTP/1.1\r\nHost: x", 405),
        (b"GET / HTTP/2.0\r\nHost: x", 505),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: \xff\x00", 200),
    ],
)
def test_refused(head: bytes, code: int) -> None:
    if code == 200:
        assert parse(head).path == "/"
        return
    with pytest.raises(BadRequest) as refused:
        parse(head)
    assert refused.value.code == code


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_bad_one(data: bytes) -> None:
    told: Request | BadRequest
    try:
        told = parse(data)
    except BadRequest as bad:
        told = bad
    assert told.path.startswith("/") if isinstance(told, Request) else told.code in {400, 405, 505}


def test_heads_are_taken_off_one_by_one() -> None:
    received = bytearray(b"\r\n\r\nGET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\n\nGET /c")
    assert split_head(received) == b"GET /a HTTP/1.0"
    assert split_head(received) == b"GET /b HTTP/1.0"
    assert split_head(received) is None
    assert received == b"GET /c"


def test_an_answer_to_head_tells_the_length_without_the_body() -> None:
    response = Response(200, b"12345", (("Content-Type", "text/plain"),))
    assert write(response, close=True, body=False, now=0) == (
        b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
        b"X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    assert write(response, close=False, now=0).endswith(b"Connection: keep-alive\r\n\r\n12345")
