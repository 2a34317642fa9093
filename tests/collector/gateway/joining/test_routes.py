"""Joining over HTTPS, through a real gateway."""

from __future__ import annotations

import json
import ssl
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette

from regiowacht_collector.gateway.joining.office import Office
from regiowacht_collector.gateway.joining.roll import Roll
from regiowacht_collector.gateway.joining.routes import routes
from regiowacht_collector.gateway.joining.store import DAY_S
from regiowacht_collector.gateway.limits import Limits
from regiowacht_collector.gateway.running import running_gateway
from regiowacht_contract.join_code import new_code, new_token
from tests.agent.certificates import write_pair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUNDLE = b'language = "nl"\n'
ROLL = Roll({"zandbeke": 12}, {("zandbeke", "srv-app"): BUNDLE, ("zandbeke", "srv-files"): b""})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "data")
    made.publish(ROLL)
    yield made
    made.close()


@pytest.fixture
def client(tmp_path: Path, office: Office) -> Iterator[httpx.Client]:
    cert, key = write_pair(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    application = Starlette(routes=routes(office))
    with (
        running_gateway(application, Limits(), tls=lambda: context) as gateway,
        httpx.Client(base_url=gateway.url, verify=ssl.create_default_context(cafile=str(cert))) as made,
    ):
        yield made


def question(code: str, **changes: object) -> dict[str, object]:
    return {"code": code, "token": new_token(), "server": "", "machine": "ab" * 16, "time": time.time()} | changes


def code_for(office: Office, server: str = "srv-app") -> str:
    return office.store.invite("zandbeke", server, 1, DAY_S)[1]


def bearer(token: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_hello_tells_the_time(client: httpx.Client) -> None:
    told = client.get("/v1/hello").json()
    assert told["product"] == "regiowacht"
    assert abs(told["time"] - time.time()) < 120


def test_join_then_bundle_then_not_modified_then_another_bundle(client: httpx.Client, office: Office) -> None:
    asked = question(code_for(office))
    joined = client.post("/v1/join", json=asked)
    assert joined.status_code == 200
    assert joined.json()["server"] == "srv-app"
    assert joined.headers["cache-control"] == "no-store"
    first = client.get("/v1/bundle", headers=bearer(asked["token"]))
    assert (first.status_code, first.content) == (200, BUNDLE)
    known = bearer(asked["token"]) | {"If-None-Match": first.headers["etag"]}
    same = client.get("/v1/bundle", headers=known)
    assert (same.status_code, same.content) == (304, b"")
    office.publish(Roll(ROLL.tenants, {("zandbeke", "srv-app"): b'language = "en"\n'}))
    assert client.get("/v1/bundle", headers=known).content == b'language = "en"\n'
    assert office.answers == {("join", "ok"): 1, ("bundle", "ok"): 3}


def test_who_leaves_ends_its_own_credential_and_no_other(client: httpx.Client, office: Office) -> None:
    app, files = question(code_for(office)), question(code_for(office, "srv-files"))
    for asked in (app, files):
        assert client.post("/v1/join", json=asked).status_code == 200
    assert client.post("/v1/leave").json()["reason"] == "no-token"
    assert client.post("/v1/leave", headers=bearer(new_token())).json()["reason"] == "unknown"
    office.publish(Roll({"zandbeke": 12}, {}))  # it may leave after it left the region folder
    left = client.post("/v1/leave", headers=bearer(app["token"]))
    assert (left.status_code, left.json()) == (200, {"gemeente": "zandbeke", "server": "srv-app"})
    office.publish(ROLL)
    for path in ("/v1/leave", "/v1/renew"):
        again = client.post(path, headers=bearer(app["token"]), json={"token": new_token()})
        assert (again.status_code, again.json()["reason"]) == (401, "revoked")
    assert client.get("/v1/bundle", headers=bearer(app["token"])).status_code == 401
    assert client.get("/v1/bundle", headers=bearer(files["token"])).status_code == 200
    assert office.answers["leave", "ok"] == 1
    assert client.post("/v1/join", json=question(code_for(office))).status_code == 200


def test_each_server_has_its_own_bundle_and_nobody_elses(client: httpx.Client, office: Office) -> None:
    asked = question(code_for(office, "srv-files"))
    client.post("/v1/join", json=asked)
    assert client.get("/v1/bundle", headers=bearer(asked["token"])).content == b""


def test_renewal(client: httpx.Client, office: Office) -> None:
    asked, new = question(code_for(office)), new_token()
    client.post("/v1/join", json=asked)
    assert client.post("/v1/renew", json={"token": new}, headers=bearer(asked["token"])).status_code == 200
    assert client.get("/v1/bundle", headers=bearer(new)).status_code == 200


def test_refusal_says_its_reason_in_both_languages_and_is_counted(client: httpx.Client, office: Office) -> None:
    answer = client.post("/v1/join", json=question(new_code()))
    assert answer.status_code == 404
    assert answer.json()["reason"] == "code-unknown"
    assert set(answer.json()["message"]) == {"nl", "en"}
    assert office.answers["join", "code-unknown"] == 1


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}])
def test_nobody_gets_a_bundle_without_a_credential(client: httpx.Client, headers: dict[str, str]) -> None:
    answer = client.get("/v1/bundle", headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (401, "no-token")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"{" * 2000, b"[" * 4000, b" " * 5000,
    json.dumps({"code": 7}).encode(), json.dumps({"code": "A\x1b[2J"}).encode(),
    json.dumps({"code": "A" * 301}).encode(),
    json.dumps({"code": "", "time": True}).encode(), json.dumps({"code": "", "time": "now"}).encode(),
    b'{"code": "", "time": 1' + b"0" * 400 + b"}",
])  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/v1/join", content=body)
    assert (answer.status_code, answer.json()["reason"]) == (400, "bad-request")


def test_times_that_are_no_time_are_a_wrong_clock(client: httpx.Client, office: Office) -> None:
    body = json.dumps(question(code_for(office), time=float("nan")))
    assert client.post("/v1/join", content=body).json()["reason"] == "clock"
