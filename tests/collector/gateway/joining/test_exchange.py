"""A code becomes a credential once, and says why where it does not; a token is renewed in time, and a while after."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.gateway.joining.exchange import CLOCK_S, Asked
from regiowacht_collector.gateway.joining.office import Office
from regiowacht_collector.gateway.joining.refused import Refused
from regiowacht_collector.gateway.joining.roll import Roll
from regiowacht_collector.gateway.joining.store import DAY_S, LATE_S, OVERLAP_S, VALID_S
from regiowacht_contract.join_code import new_code, new_token
from tests.collector.gateway.joining.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROLL = Roll({"zandbeke": 12, "duinkerke": 3}, {("zandbeke", "srv-app"): b"a", ("zandbeke", "srv-files"): b"b"})
ADDRESS = "192.0.2.7"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Office:
    made = Office(tmp_path, clock, clock)
    made.publish(ROLL)
    return made


def asked(code: str, clock: Clock, server: str = "", token: str | None = None) -> Asked:
    return Asked(code, token or new_token(), server, "ab" * 16, clock.now)


def code_for(office: Office, server: str = "srv-app", uses: int = 1, valid_s: float = DAY_S) -> str:
    return office.store.invite("zandbeke", server, uses, valid_s)[1]


def refusal(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def test_code_for_a_server_becomes_its_credential(office: Office, clock: Clock) -> None:
    question = asked(code_for(office).lower(), clock)
    joined = office.join(question, ADDRESS)
    assert (joined.gemeente, joined.server, joined.expires) == ("zandbeke", "srv-app", clock.now + VALID_S)
    assert joined.as_json()["renew_after"] == clock.now + VALID_S / 3
    writer = office.identify(question.token)
    assert (writer.credential, writer.tenant, writer.copy) == (joined.credential, 12, 1)
    assert office.bundle(question.token).content == b"a"


def test_an_answer_that_was_lost_is_given_again_and_spends_no_use(office: Office, clock: Clock) -> None:
    question = asked(code_for(office), clock)
    first = office.join(question, ADDRESS)
    clock.now += 60
    assert office.join(replace(question, time_s=clock.now), ADDRESS) == first
    assert office.store.invites()[0].used == 1
    assert len(office.store.credentials()) == 1


def test_code_used_by_another_machine_is_refused(office: Office, clock: Clock) -> None:
    code = code_for(office)
    office.join(asked(code, clock), ADDRESS)
    found = refusal(lambda: office.join(asked(code, clock), ADDRESS))
    assert (found.reason, found.status) == ("code-used", 409)


def test_code_ends_with_its_time(office: Office, clock: Clock) -> None:
    code = code_for(office, valid_s=3600)
    clock.now += 3600
    found = refusal(lambda: office.join(asked(code, clock), ADDRESS))
    assert (found.reason, found.status) == ("code-expired", 410)


def test_a_newer_code_for_the_same_server_ends_the_older_one(office: Office, clock: Clock) -> None:
    old, new = code_for(office), code_for(office)
    assert refusal(lambda: office.join(asked(old, clock), ADDRESS)).reason == "code-revoked"
    office.join(asked(new, clock), ADDRESS)


@pytest.mark.parametrize(("code", "reason", "status"), [
    ("K7QM-3XZD-9FPT-WB2", "code-malformed", 400),
    pytest.param(new_code(), "code-unknown", 404, id="a code of nobody"),
])  # fmt: skip
def test_code_that_is_none(office: Office, clock: Clock, code: str, reason: str, status: int) -> None:
    found = refusal(lambda: office.join(asked(code, clock), ADDRESS))
    assert (found.reason, found.status) == (reason, status)


@pytest.mark.parametrize("away_s", [-CLOCK_S - 1, CLOCK_S + 1, float("nan"), float("inf"), -1e300])
def test_a_wrong_clock_is_told_and_spends_no_code(office: Office, clock: Clock, away_s: float) -> None:
    question = asked(code_for(office), clock)
    found = refusal(lambda: office.join(replace(question, time_s=clock.now + away_s), ADDRESS))
    assert (found.reason, found.status) == ("clock", 412)
    assert office.join(question, ADDRESS).server == "srv-app"


def test_code_for_several_asks_for_a_name_and_lets_each_in_once(office: Office, clock: Clock) -> None:
    code = code_for(office, server="", uses=2)
    assert refusal(lambda: office.join(asked(code, clock), ADDRESS)).reason == "server-unnamed"
    assert office.join(asked(code, clock, "srv-files"), ADDRESS).server == "srv-files"
    assert refusal(lambda: office.join(asked(code, clock, "srv-files"), ADDRESS)).reason == "server-joined-already"
    assert office.join(asked(code, clock, "srv-app"), ADDRESS).server == "srv-app"
    assert refusal(lambda: office.join(asked(code, clock, "srv-app"), ADDRESS)).reason == "code-used"


def test_server_that_is_not_in_the_region_is_told_which_ones_are(office: Office, clock: Clock) -> None:
    code = code_for(office, server="", uses=2)
    found = refusal(lambda: office.join(asked(code, clock, "srv-nieuw"), ADDRESS))
    assert (found.reason, found.status) == ("server-not-in-region", 422)
    assert "srv-app, srv-files" in str(found.as_json()["message"])


def test_code_of_one_server_is_not_for_another(office: Office, clock: Clock) -> None:
    code = code_for(office, "srv-app")
    found = refusal(lambda: office.join(asked(code, clock, "srv-files"), ADDRESS))
    assert (found.reason, found.status) == ("server-of-another-code", 403)


def test_joining_again_with_a_code_for_the_server_ends_the_credential_before(office: Office, clock: Clock) -> None:
    first = asked(code_for(office), clock)
    office.join(first, ADDRESS)
    second = asked(code_for(office), clock)
    office.join(second, ADDRESS)
    assert refusal(lambda: office.identify(first.token)).reason == "revoked"
    assert office.identify(second.token).server == "srv-app"


def test_token_of_somebody_else_is_refused(office: Office, clock: Clock) -> None:
    taken = asked(code_for(office), clock)
    office.join(taken, ADDRESS)
    again = asked(code_for(office, "srv-files"), clock, token=taken.token)
    assert refusal(lambda: office.join(again, ADDRESS)).reason == "token-taken"


def test_nothing_is_exchanged_before_a_region_was_read(tmp_path: Path, clock: Clock) -> None:
    office = Office(tmp_path, clock, clock)
    code = code_for(office)
    found = refusal(lambda: office.join(asked(code, clock), ADDRESS))
    assert (found.reason, found.status) == ("not-ready", 503)


def test_one_address_that_guesses_is_stopped_and_others_are_not(office: Office, clock: Clock) -> None:
    for _ in range(20):
        assert refusal(lambda: office.join(asked(new_code(), clock), ADDRESS)).reason == "code-unknown"
    question = asked(code_for(office), clock)
    found = refusal(lambda: office.join(question, ADDRESS))
    assert (found.reason, found.status, found.values) == ("too-many-attempts", 429, {"seconds": 600})
    office.join(question, "192.0.2.8")
    clock.now += 600
    office.join(replace(question, time_s=clock.now), ADDRESS)


def joined(office: Office, clock: Clock) -> str:
    question = asked(code_for(office), clock)
    office.join(question, ADDRESS)
    return question.token


def test_renewal_is_given_again_where_its_answer_was_lost(office: Office, clock: Clock) -> None:
    old, new = joined(office, clock), new_token()
    clock.now += VALID_S / 3
    first = office.renew(old, new)
    clock.now += 3600
    assert office.renew(old, new) == first
    assert first.expires == clock.now - 3600 + VALID_S
    assert office.identify(old).credential == office.identify(new).credential == first.credential
    clock.now += OVERLAP_S + 1
    assert refusal(lambda: office.identify(old)).reason == "replaced"


@pytest.mark.parametrize("days", [30, 60, 89, 90, 119])
def test_a_machine_that_was_away_for_long_renews(office: Office, clock: Clock, days: int) -> None:
    old, new = joined(office, clock), new_token()
    clock.now += days * DAY_S
    assert office.renew(old, new).server == "srv-app"
    assert office.identify(new).server == "srv-app"


def test_a_token_that_is_over_renews_and_does_nothing_else(office: Office, clock: Clock) -> None:
    old = joined(office, clock)
    clock.now += VALID_S
    assert refusal(lambda: office.identify(old)).reason == "expired"
    assert refusal(lambda: office.bundle(old)).reason == "expired"
    clock.now += LATE_S
    assert refusal(lambda: office.renew(old, new_token())).reason == "expired"


def test_revoked_is_not_renewed(office: Office, clock: Clock) -> None:
    old = joined(office, clock)
    office.store.revoke("zandbeke", "srv-app")
    clock.now += 2
    assert refusal(lambda: office.renew(old, new_token())).reason == "revoked"


@pytest.mark.parametrize("token", ["", "short", "rwt_" + "é" * 43])
def test_successor_that_is_no_token(office: Office, clock: Clock, token: str) -> None:
    old = joined(office, clock)
    assert refusal(lambda: office.renew(old, token)).reason == "bad-request"
    assert refusal(lambda: office.renew(old, old)).reason == "bad-request"


def test_successor_that_is_somebody_elses(office: Office, clock: Clock) -> None:
    old = joined(office, clock)
    _, taken = office.store.admit_client("zandbeke", "telegraf", None)
    assert refusal(lambda: office.renew(old, taken)).reason == "token-taken"


def test_another_client_has_no_bundle(office: Office) -> None:
    _, token = office.store.admit_client("zandbeke", "srv-app", None)
    assert refusal(lambda: office.bundle(token)).reason == "no-bundle"


def test_of_many_machines_that_come_at_once_with_one_code_one_joins(tmp_path: Path, clock: Clock) -> None:
    offices = [Office(tmp_path, clock, clock) for _ in range(2)]
    for one in offices:
        one.publish(ROLL)
    code = code_for(offices[0])
    reasons: list[str] = []

    def come(office: Office) -> None:
        try:
            office.join(asked(code, clock), ADDRESS)
            reasons.append("joined")
        except Refused as refused:
            reasons.append(refused.reason)

    threads = [threading.Thread(target=come, args=(offices[number % 2],)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reasons) == ["code-used"] * 11 + ["joined"]
    assert len(offices[1].store.credentials()) == 1


def test_a_copy_renews_too_and_stays_the_same_credential(office: Office, clock: Clock) -> None:
    old, first, second = joined(office, clock), new_token(), new_token()
    clock.now += VALID_S / 3
    assert office.renew(old, first).credential == office.renew(old, second).credential
    assert office.identify(first).credential == office.identify(second).credential
