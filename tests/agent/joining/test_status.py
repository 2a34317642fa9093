"""What ``agent status`` says of the region's configuration and of the credential that it is asked for with."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_agent.joining.folder import StateFolder
from regiowacht_agent.joining.join import configure, join
from regiowacht_agent.joining.way import way_to
from regiowacht_agent.status import read
from regiowacht_agent.status_bundle import DAY_S, HOUR_S, BundleStatus, bundle_status
from tests.agent.agent_process import DEADLINE_S, AgentProcess
from tests.agent.joining.collector import collector

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Bundle = dict[str, object]

PAGE = """
regiowacht_agent_bundle_info{{hash="0123456789abcdef"}} 1
regiowacht_agent_bundle_timestamp_seconds {came}
regiowacht_agent_bundle_answered_timestamp_seconds {answered}
regiowacht_agent_bundle_refused {refused}
regiowacht_agent_credential_expiry_timestamp_seconds {expires}
"""


def told(
    words: str = "result=same\n", *, answered_s: float = 300, left_s: float = 80 * DAY_S, refused: int = 0
) -> BundleStatus:
    now = time.time()
    page = PAGE.format(came=now - 9 * DAY_S, answered=now - answered_s, refused=refused, expires=now + left_s)
    found = bundle_status(read(page), words)
    assert found is not None
    return found


def test_says_which_configuration_is_in_force_and_how_long_the_credential_holds() -> None:
    found = told()
    assert found.is_fine
    assert list(found.lines("en")) == [
        "configuration of the region: 0123456789abcdef, came 9 days ago",
        "the collector answered 5 minutes ago when asked for a new one",
        "the credential of this server holds for 80 days more and renews itself",
    ]
    assert found.as_json()["credential_near_its_end"] is False


def test_a_collector_that_is_silent_for_an_hour_is_a_finding() -> None:
    assert told("result=unreachable\nreason=no route\n", answered_s=0.9 * HOUR_S).is_fine
    found = told("result=unreachable\nreason=no route\n", answered_s=3 * HOUR_S)
    assert not found.is_fine
    said = "\n".join(found.lines("en"))
    assert "asking for a new configuration does not work now: no route" in said
    assert "may have another configuration" in said


def test_a_collector_that_never_answered_since_the_start_is_a_finding() -> None:
    page = "regiowacht_agent_bundle_refused 0\n"
    first = bundle_status(read(page), "")
    assert first is not None
    assert first.is_fine
    assert not list(first.lines("nl")), "nobody was asked yet"
    asked = bundle_status(read(page), "result=refused\nreason=not-in-region\n")
    assert asked is not None
    assert asked.is_old
    assert "niet in de regiomap" in "\n".join(asked.lines("nl"))


@pytest.mark.parametrize(("left_s", "says"), [(29 * DAY_S, "for only 29 days more"), (-HOUR_S * 3, "ended 3.0 hours")])
def test_a_credential_near_its_end_or_over_is_a_finding(left_s: float, says: str) -> None:
    found = told("result=same\nrenewal=not-in-region\n", left_s=left_s)
    assert not found.is_fine
    assert says in "\n".join(found.lines("en"))
    assert "(not-in-region)" in "\n".join(found.lines("en"))
    assert found.as_json()["credential_near_its_end"] is True


@pytest.mark.parametrize("reason", ["revoked", "replaced", "unknown"])
def test_a_credential_that_the_collector_refuses_is_not_said_to_hold(reason: str) -> None:
    said = "\n".join(told(f"result=refused\nreason={reason}\n").lines("en"))
    assert "renews itself" not in said
    assert "does not work now" in said
    assert "renews itself" not in "\n".join(told().lines("en", is_let_in=False)), "refused when sending, not asked yet"


def test_a_credential_without_an_end_is_not_spoken_of() -> None:
    found = bundle_status(read("regiowacht_agent_bundle_refused 0\n"), "result=same\n")
    assert found is not None
    assert found.is_fine
    assert not [line for line in found.lines("en") if "credential" in line]


def test_what_was_mended_is_said_and_no_finding() -> None:
    at = time.time() - 5 * HOUR_S
    words = f"result=same\nrefused=aa\nrefused_at={at}\nrefused_reason=3: a=b is wrong\n"
    found = told(words)
    assert found.is_fine
    assert "refused last: configuration aa, 5.0 hours ago: 3: a=b is wrong" in "\n".join(found.lines("en"))


def test_an_agent_that_has_not_joined_says_nothing() -> None:
    assert bundle_status(read("up 1\n"), "404 Not Found\n") is None


def test_a_running_agent_says_what_was_refused_and_why(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.make()
    with collector(tmp_path / "collector") as region:
        way = way_to(region.url, ca=str(region.ca))
        join(way, folder, region.code(), "", lambda *_, **__: None)
        folder.trust(region.ca)
        configure(way, folder, lambda *_, **__: None)
        agent = AgentProcess.start("--state", str(folder.path), REGIOWACHT_TEST_ASK_EVERY_S="0.3")
        try:
            where = ["--listen", f"127.0.0.1:{agent.port}"]
            good = _bundle(where, capfd, lambda one: one["result"] == "same" and bool(one["credential_seconds_left"]))
            assert (good["is_refused"], good["refused"], good["is_old"]) == (False, None, False)
            assert good["credential_seconds_left"] > 80 * DAY_S  # type: ignore[operator]
            region.publish(b"nonsense = 1\n")
            told = _bundle(where, capfd, lambda one: one["result"] == "invalid" and one["is_refused"] is True)
            refused = told["refused"]
            assert isinstance(refused, dict)
            assert "nonsense" in refused["reason"]
            assert len(refused["hash"]) == 16
            assert refused["hash"] != told["hash"] == good["hash"]
            assert main(["agent", "status", "--lang", "nl", *where]) == 1
            said = capfd.readouterr().out
            assert refused["hash"] in said
            assert "nonsense" in said
            assert "geldt nog 90 dagen" in said
        finally:
            agent.end()
        assert main(["agent", "status", "--lang", "nl", "--state", str(folder.path), *where]) == 3
        start = f"regiowacht agent run --state {folder.path} --listen 127.0.0.1:{agent.port}"
        assert capfd.readouterr().err.strip().endswith(f"start hem met: {start}")


def _bundle(where: list[str], capfd: pytest.CaptureFixture[str], is_so: Callable[[Bundle], bool]) -> Bundle:
    """Return what ``status --json`` says of the configuration, once that is so."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        main(["agent", "status", "--json", *where])
        bundle: Bundle = json.loads(capfd.readouterr().out)["bundle"]
        if is_so(bundle):
            return bundle
        assert time.monotonic() < deadline, bundle
        time.sleep(0.1)
