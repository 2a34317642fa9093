"""Installers and packages over HTTP, through a real gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette

from regiowacht_collector.gateway.installing import routes as told
from regiowacht_collector.gateway.installing import shelf
from regiowacht_collector.gateway.installing.routes import routes
from regiowacht_collector.gateway.installing.wheels import Wheel
from regiowacht_collector.gateway.joining.attempts import FAILED_MAX
from regiowacht_collector.gateway.joining.exchange import Asked
from regiowacht_collector.gateway.joining.office import Office
from regiowacht_collector.gateway.joining.roll import Roll
from regiowacht_collector.gateway.joining.store import DAY_S, Invite
from regiowacht_collector.gateway.limits import Limits
from regiowacht_collector.gateway.running import running_gateway
from regiowacht_contract.join_code import new_token
from tests.collector.gateway.joining.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, SCRIPT = "regiowacht-1-py3-none-any.whl", "#!/bin/sh\n# één\n"
CONTENT = bytes(range(256)) * 1000
WHEELS = (Wheel(NAME, len(CONTENT), "0"), Wheel("gone-1-py3-none-any.whl", 1, "0"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    made = Office(tmp_path, clock)
    made.publish(Roll({"zandbeke": 12}, {("zandbeke", "srv-app"): b""}))
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / NAME).write_bytes(CONTENT)
    (tmp_path / "packages/secret-1-py3-none-any.whl").write_bytes(b"not of this invitation")
    yield made
    made.close()


@pytest.fixture
def client(tmp_path: Path, office: Office) -> Iterator[httpx.Client]:
    application = Starlette(routes=routes(office, tmp_path))
    with running_gateway(application, Limits()) as gateway, httpx.Client(base_url=gateway.url) as made:
        yield made


def invited(office: Office, uses: int = 1) -> tuple[Invite, str]:
    made, code = office.store.invite("zandbeke", "srv-app" if uses == 1 else "", uses, DAY_S)
    shelf.put(office.store, made.id, SCRIPT, WHEELS, "en")
    return made, code


def test_an_installer_and_its_packages_are_served(client: httpx.Client, office: Office) -> None:
    made, _ = invited(office)
    script = client.get(f"/install/{made.id}")
    assert (script.status_code, script.content) == (200, SCRIPT.encode())
    assert script.headers["cache-control"] == "no-store"
    package = client.get(f"/install/{made.id}/packages/{NAME}")
    assert (package.status_code, package.content) == (200, CONTENT)
    rest = client.get(f"/install/{made.id}/packages/{NAME}", headers={"Range": "bytes=1000-"})
    assert (rest.status_code, rest.content) == (206, CONTENT[1000:])
    assert office.answers["install", "ok"] == 3


@pytest.mark.parametrize("name", [
    "secret-1-py3-none-any.whl", "gone-1-py3-none-any.whl", "..%2fgateway%2fcredentials.sqlite", "%2e%2e", "SHA256SUMS",
])  # fmt: skip
def test_only_what_belongs_to_the_invitation_is_served(client: httpx.Client, office: Office, name: str) -> None:
    made, _ = invited(office)
    answer = client.get(f"/install/{made.id}/packages/{name}")
    assert answer.status_code == 404
    assert b"not of this" not in answer.content


def test_nobody_elses_package_is_had_with_an_id_of_none(client: httpx.Client, office: Office) -> None:
    invited(office)
    answer = client.get(f"/install/i-0000000000/packages/{NAME}")
    assert (answer.status_code, answer.headers["x-regiowacht-reason"]) == (404, "unknown")
    assert "collector invite" in answer.text


def test_an_id_without_an_installer_and_a_code_are_not_known(client: httpx.Client, office: Office) -> None:
    made, code = office.store.invite("zandbeke", "srv-app", 1, DAY_S)
    assert client.get(f"/install/{made.id}").status_code == 404
    assert client.get(f"/install/{code}").status_code == 404


@pytest.mark.parametrize("end", ["expired", "revoked"])
def test_an_ended_invitation_is_told_in_the_language_of_its_reader(
    client: httpx.Client, office: Office, clock: Clock, end: str
) -> None:
    made, _ = invited(office)
    if end == "expired":
        clock.now += DAY_S
    else:
        office.store.revoke_id(made.id)
    for path in ("", f"/packages/{NAME}"):
        answer = client.get(f"/install/{made.id}{path}")
        assert (answer.status_code, answer.headers["x-regiowacht-reason"]) == (410, f"code-{end}")
        assert "this code" in answer.text
        assert answer.text.count("\n") == 1


def test_after_its_use_it_is_there_for_a_while_so_that_what_was_cut_off_is_finished(
    client: httpx.Client, office: Office, clock: Clock
) -> None:
    made, code = invited(office)
    office.join(Asked(code, new_token(), "", "", clock.now), "192.0.2.1")
    assert client.get(f"/install/{made.id}").status_code == 200
    clock.now += shelf.AFTER_USE_S
    assert client.get(f"/install/{made.id}").status_code == 410


def test_who_guesses_is_kept_away(client: httpx.Client, office: Office) -> None:
    for _ in range(FAILED_MAX):
        assert client.get("/install/i-1").status_code == 404
    answer = client.get("/install/i-1")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_too_many_at_once_are_told_to_come_again(
    client: httpx.Client, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "AT_ONCE_OF_ONE", 0)
    made, _ = invited(office)
    answer = client.get(f"/install/{made.id}/packages/{NAME}")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(told.WAIT_S))
    assert client.get(f"/install/{made.id}").status_code == 200


def test_nobody_has_a_code_fetch_its_packages_for_ever(
    client: httpx.Client, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "TIMES", 2)
    made, _ = invited(office)
    answers = [client.get(f"/install/{made.id}/packages/{NAME}").status_code for _ in range(4)]
    assert answers[:2] == [200, 200]
    assert answers[-1] == 429


def test_what_open_invitations_name_is_kept(office: Office, clock: Clock) -> None:
    invited(office)
    assert shelf.named(office.store) == {NAME, "gone-1-py3-none-any.whl"}
    clock.now += 2 * DAY_S
    assert shelf.named(office.store) == frozenset()
    clock.now += 40 * DAY_S
    made, _ = office.store.invite("zandbeke", "srv-app", 1, DAY_S)
    shelf.put(office.store, made.id, SCRIPT, (), "nl")
    assert [row[0] for row in office.store.rows("SELECT invite FROM installer")] == [made.id]
