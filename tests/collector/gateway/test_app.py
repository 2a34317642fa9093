"""The application in front of a check and an engine that a test makes up."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from regiowacht_collector.gateway.app import app
from regiowacht_collector.gateway.joining.refused import Refused as JoiningRefused
from regiowacht_collector.gateway.limits import Limits
from regiowacht_collector.gateway.refused import Refused
from regiowacht_collector.gateway.running import running_gateway
from regiowacht_collector.gateway.write import Checked
from regiowacht_collector.gateway.write import Refused as WriteRefused
from regiowacht_collector.gateway.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

TOKEN = "not-a-secret"
WRITER = Writer("c-1", "zandbeke", 12, "srv-files")
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


def identify(token: str) -> Writer:
    if token != TOKEN:
        raise JoiningRefused("unknown")
    return WRITER


def check(body: bytes, _: Writer) -> Checked:
    if body == b"bad":
        raise WriteRefused(400, "not-snappy")
    return Checked(fresh=body, samples=1, series=1)


async def forward(checked: Checked, writer: Writer) -> Response:
    if checked.fresh == b"busy":
        raise Refused(503, "busy", retry_after_s=2.5)
    return PlainTextResponse(f"{writer.server} {checked.fresh.decode()}")


async def hello(_: Request) -> Response:
    return PlainTextResponse("hello")


@contextmanager
def client(limits: Limits | None = None) -> Iterator[httpx.Client]:
    chosen = limits or Limits()
    application = app(identify, check, forward, chosen, [Route("/hello", hello)])
    with running_gateway(application, chosen) as gateway, httpx.Client(base_url=gateway.url, timeout=30) as asking:
        yield asking


def test_what_was_checked_is_handed_on_as_the_writers() -> None:
    with client() as asking:
        for body in (b"one", b"two"):
            answer = asking.post("/api/v1/write", content=body, headers=HEADERS)
            assert (answer.status_code, answer.text) == (200, f"srv-files {body.decode()}")


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [(None, "no-token"), ("Bearer", "no-token"), ("Basic abc", "no-token"), ("Bearer other", "unknown")],
)
def test_nobody_is_let_in_without_a_credential(authorization: str | None, reason: str) -> None:
    headers = {**HEADERS, "Authorization": authorization} if authorization else {}
    with client() as asking:
        answer = asking.post("/api/v1/write", content=b"one", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.text.startswith(f"{reason}: ")
    assert "other" not in answer.text


def test_a_refusal_tells_its_word_and_when_to_come_again() -> None:
    with client() as asking:
        bad = asking.post("/api/v1/write", content=b"bad", headers=HEADERS)
        busy = asking.post("/api/v1/write", content=b"busy", headers=HEADERS)
    assert (bad.status_code, bad.text.partition(":")[0]) == (400, "not-snappy")
    assert (busy.status_code, busy.text.partition(":")[0], busy.headers["Retry-After"]) == (503, "busy", "3")


def test_a_large_body_is_refused_before_it_is_whole() -> None:
    with client(Limits(body_bytes=1_000)) as asking:
        answer = asking.post("/api/v1/write", content=b"x" * 1_001, headers=HEADERS)
    assert (answer.status_code, answer.text.partition(":")[0]) == (413, "body-too-large")


def test_other_routes_join() -> None:
    with client() as asking:
        assert asking.get("/hello").text == "hello"
        assert asking.get("/api/v1/write").status_code == 405
        assert asking.get("/else").status_code == 404
