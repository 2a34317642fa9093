"""A token says who writes, until it is revoked, over, renewed, or its server is no longer in the region."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.gateway.joining.identity import Identity
from regiowacht_collector.gateway.joining.office import Office
from regiowacht_collector.gateway.joining.refused import REASONS, STATUS, Refused
from regiowacht_collector.gateway.joining.roll import Roll
from regiowacht_collector.gateway.joining.store import DAY_S, OVERLAP_S, Store, add_credential, add_token
from regiowacht_collector.gateway.joining.tables import FILE, FOLDER
from regiowacht_collector.gateway.writer import Writer
from regiowacht_contract.errors import Unavailable
from regiowacht_contract.join_code import new_token
from tests.collector.gateway.joining.clock import Clock

if TYPE_CHECKING:
    from pathlib import Path

ROLL = Roll({"zandbeke": 12}, {("zandbeke", "srv-app"): b""})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store(tmp_path, clock)


def admit(store: Store, server: str = "srv-app", valid_s: float = 90 * DAY_S) -> str:
    token, now = new_token(), store.clock()
    with store.change() as database:
        identity = add_credential(database, ("zandbeke", server, "agent"), "", "", now)
        add_token(database, token, identity, now, now + valid_s)
    return token


def identity_of(store: Store, roll: Roll = ROLL) -> Identity:
    return Identity(store, lambda: roll, store.clock)


def refusal(identity: Identity, token: str) -> str:
    with pytest.raises(Refused) as caught:
        identity.identify(token)
    return caught.value.reason


def test_token_of_an_agent_says_its_server_and_the_number_of_its_gemeente(store: Store) -> None:
    found = identity_of(store).identify(admit(store))
    assert found == Writer(found.credential, "zandbeke", 12, "srv-app", "agent")


def test_token_of_another_client_needs_no_server_in_the_region(store: Store) -> None:
    credential, token = store.admit_client("zandbeke", "telegraf", None)
    assert identity_of(store).identify(token) == Writer(credential.id, "zandbeke", 12, "telegraf", "other")


def test_a_second_client_of_the_same_name_ends_the_first(store: Store) -> None:
    identity = identity_of(store)
    (_, first), (_, second) = (store.admit_client("zandbeke", "telegraf", None) for _ in range(2))
    assert refusal(identity, first) == "revoked"
    assert identity.identify(second).server == "telegraf"


def test_another_process_revokes_and_a_second_later_it_holds(tmp_path: Path, store: Store, clock: Clock) -> None:
    token, identity = admit(store), identity_of(store)
    identity.identify(token)
    other = Store(tmp_path, clock)
    assert other.revoke("zandbeke", "srv-app") == (1, 0)
    clock.now += 1
    assert refusal(identity, token) == "revoked"


def test_token_ends_at_its_time(store: Store, clock: Clock) -> None:
    token, identity = admit(store, valid_s=60), identity_of(store)
    clock.now += 59
    identity.identify(token)
    clock.now += 1
    assert refusal(identity, token) == "expired"


def test_renewed_token_ends_a_day_after_the_new_one_was_used(store: Store, clock: Clock) -> None:
    old, new, identity = admit(store), new_token(), identity_of(store)
    credential = store.holder(old).credential
    with store.change() as database:
        add_token(database, new, credential, clock.now, clock.now + 90 * DAY_S, follows=old)
    clock.now += 2 * OVERLAP_S
    identity.identify(old)
    identity.identify(new)
    clock.now += OVERLAP_S
    assert refusal(identity, old) == "replaced"
    identity.identify(new)


@pytest.mark.parametrize(
    "token", ["", "Bearer", "rwt_", pytest.param(new_token(), id="a token of nobody"), "x" * 100_000]
)
def test_what_nobody_was_given_is_unknown(store: Store, token: str) -> None:
    assert refusal(identity_of(store), token) == "unknown"


def test_server_that_left_the_region_is_forbidden_and_comes_back_with_it(store: Store) -> None:
    token = admit(store)
    assert refusal(identity_of(store, Roll({"zandbeke": 12})), token) == "not-in-region"
    assert refusal(identity_of(store, Roll({"duinkerke": 1})), token) == "not-in-region"
    assert refusal(identity_of(store, Roll()), token) == "not-ready"
    assert identity_of(store).identify(token).gemeente == "zandbeke"


def test_database_holds_no_token_and_only_its_owner_reads_it(tmp_path: Path, store: Store) -> None:
    token = admit(store)
    _, code = store.invite("zandbeke", "srv-app", 1, DAY_S)
    files = list((tmp_path / FOLDER).iterdir())
    content = b"".join(path.read_bytes() for path in files)
    assert token.encode() not in content
    assert code.encode() not in content
    assert code.replace("-", "").encode() not in content
    assert stat.S_IMODE((tmp_path / FOLDER / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / FOLDER).stat().st_mode) == 0o700


def test_newer_database_is_not_touched(tmp_path: Path, store: Store) -> None:
    with store.change() as database:
        database.execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(Unavailable, match="newer version"):
        Store(tmp_path)


def test_damaged_database_says_which_file(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE).write_bytes(b"this is no database " * 100)
    with pytest.raises(Unavailable, match=r"credentials\.sqlite"):
        Store(tmp_path)


def test_every_reason_has_a_status_of_an_error() -> None:
    assert set(STATUS) == set(REASONS)
    assert all(400 <= status < 600 for status in STATUS.values())


def test_a_database_that_another_process_holds_stops_no_writer(tmp_path: Path, store: Store, clock: Clock) -> None:
    token, identity = admit(store), identity_of(store)
    other = Store(tmp_path, clock)
    with other.change():
        assert identity.identify(token).server == "srv-app"
        store.keep_machines(store.holder(token).credential, {1: ("aa", 1, "bb")})
    assert store.machines() == []


def test_a_database_that_fails_is_told_as_not_now(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(tmp_path, clock, clock)
    office.publish(ROLL)
    token = admit(office.store)
    assert office.identify(token).server == "srv-app"
    with office.store.change() as database:
        database.execute("DROP TABLE token")
    clock.now += 2
    with pytest.raises(Refused) as caught:
        office.identify(token)
    assert (caught.value.reason, caught.value.status) == ("store-failed", 503)
    assert str(tmp_path) not in str(caught.value.as_json())
    assert "gateway=store-failed" in caplog.text
    with pytest.raises(Unavailable, match="is the disk full"):
        office.store.credentials()
