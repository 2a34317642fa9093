"""The application in front of a check and an engine that a test makes up."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from httpx import Client
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from regiowacht_collector.gateway.accounts import Accounts
from regiowacht_collector.gateway.app import app
from regiowacht_collector.gateway.books import Books
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


def identify(token: str, _machine: str, _boot: str, /) -> Writer:
    if token != TOKEN:
        raise JoiningRefused("unknown")
    return WRITER


def check(body: bytes, _: Writer) -> Checked:
    if body == b"bad":
        raise WriteRefused(400, "not-snappy")
    return Checked(fresh=body, samples=3, series=3, refused={"foreign": 1} if body == b"mixed" else {})


class Engines:
    """Keeps what it gets; refuses the samples of ``refusing``."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.refusing: dict[bytes, dict[str, int]] = {}

    async def __call__(self, checked: Checked, writer: Writer, /) -> dict[str, int]:
        if checked.fresh == b"busy":
            raise Refused(503, "busy", retry_after_s=2.5)
        self.got.append((writer.server, checked.fresh))
        return self.refusing.get(checked.fresh, {})


async def hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


@contextmanager
def client(
    limits: Limits | None = None, engines: Engines | None = None, books: Books | None = None
) -> Iterator[Client]:
    chosen = limits or Limits()
    accounts = replace(Accounts.within(chosen), books=books or Books())
    application = app(identify, check, engines or Engines(), chosen, [Route("/hello", hello)], accounts)
    with running_gateway(application, chosen) as gateway, Client(base_url=gateway.url, timeout=30) as asking:
        yield asking


def test_what_was_checked_is_handed_on_as_the_writers() -> None:
    engines = Engines()
    with client(engines=engines) as asking:
        answers = [asking.post("/api/v1/write", content=body, headers=HEADERS) for body in (b"one", b"two")]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert engines.got == [("srv-files", b"one"), ("srv-files", b"two")]


def test_what_is_refused_of_a_write_is_told_and_counted_and_costs_nothing_else() -> None:
    engines, books = Engines(), Books(clock=lambda: 12.5)
    engines.refusing = {b"mixed": {"too-old": 1}, b"old": {"too-old": 3}}
    with client(engines=engines, books=books) as asking:
        mixed = asking.post("/api/v1/write", content=b"mixed", headers=HEADERS)
        old = asking.post("/api/v1/write", content=b"old", headers=HEADERS)
    assert (mixed.status_code, mixed.headers["X-Regiowacht-Refused"]) == (204, "foreign=1,too-old=1")
    assert (old.status_code, old.text.partition(":")[0]) == (400, "nothing-left")
    assert "too-old=3" in old.text
    who = ("zandbeke", "srv-files")
    assert books.accepted == {who: 2}
    assert books.refused == {(who, "foreign"): 1, (who, "too-old"): 4}
    assert books.writes == {(who, "accepted"): 1, (who, "nothing-left"): 1}
    assert books.latest[who].write_s == 12.5


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-Type", "text/plain"),
        ("Content-Type", "application/x-protobuf;proto=io.prometheus.write.v2.Request"),
        ("X-Prometheus-Remote-Write-Version", "2.0.0"),
        ("Content-Encoding", "gzip"),
        ("Content-Encoding", "zstd"),
    ],
)
def test_what_is_not_remote_write_1_in_snappy_is_not_read(header: str, value: str) -> None:
    engines, books = Engines(), Books()
    with client(engines=engines, books=books) as asking:
        answer = asking.post("/api/v1/write", content=b"one", headers={**HEADERS, header: value})
    assert answer.status_code == 415
    assert engines.got == []
    assert sum(books.writes.values()) == 1


def test_a_client_that_leaves_away_what_it_need_not_say_is_understood() -> None:
    with client() as asking:
        headers = {"Authorization": HEADERS["Authorization"]}
        assert asking.post("/api/v1/write", content=b"one", headers=headers).status_code == 204
        told = {**HEADERS, "Content-Type": "application/x-protobuf;proto=prometheus.WriteRequest"}
        assert asking.post("/api/v1/write", content=b"one", headers=told).status_code == 204


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [(None, "no-token"), ("Bearer", "no-token"), ("Basic abc", "no-token"), ("Bearer other", "unknown")],
)
def test_nobody_is_let_in_without_a_credential(authorization: str | None, reason: str) -> None:
    headers = {**HEADERS, "Authorization": authorization} if authorization else {}
    books = Books()
    with client(books=books) as asking:
        answer = asking.post("/api/v1/write", content=b"one", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.text.startswith(f"{reason}: ")
    assert "other" not in answer.text
    assert books.strangers == {reason: 1}


def test_a_refusal_tells_its_word_and_when_to_come_again() -> None:
    with client() as asking:
        bad = asking.post("/api/v1/write", content=b"bad", headers=HEADERS)
        busy = asking.post("/api/v1/write", content=b"busy", headers=HEADERS)
    assert (bad.status_code, bad.text.partition(":")[0]) == (400, "not-snappy")
    assert (busy.status_code, busy.text.partition(":")[0], busy.headers["Retry-After"]) == (503, "busy", "3")


def test_a_large_body_is_refused_before_it_is_whole() -> None:
    def unmeasured() -> Iterator[bytes]:
        yield from (b"x" * 500, b"x" * 501)

    with client(Limits(body_bytes=1_000)) as asking:
        measured = asking.post("/api/v1/write", content=b"x" * 1_001, headers=HEADERS)
        chunked = asking.post("/api/v1/write", content=unmeasured(), headers=HEADERS)
    for answer in (measured, chunked):
        assert (answer.status_code, answer.text.partition(":")[0]) == (413, "body-too-large")


def test_other_routes_join() -> None:
    with client() as asking:
        assert asking.get("/hello").text == "hello"
        assert asking.get("/api/v1/write").status_code == 405
        assert asking.get("/else").status_code == 404
