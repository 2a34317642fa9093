"""The status of a running agent tells how its devices fare, and whose devices it asks in another's place."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

from regiowacht.main import main
from regiowacht_agent.status import read
from regiowacht_agent.status_devices import devices_status
from regiowacht_contract.texts import say
from tests.agent.snmp.asking import entry, text_of, until
from tests.agent.snmp.fake_agent import Quirks, serving
from tests.agent.snmp.poll.switch import switch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.agent.agent_process import AgentProcess

    Start = Callable[..., AgentProcess]

ENGINE = 'snmp_poll_engine_info{{instance="{}",engine="fast",check="{}"}} 1\n'
FAILED = 'regiowacht_agent_poll_failed{{instance="{}",kind="snmp",reason="{}"}} 1\n'
STANDBY = 'regiowacht_agent_standby_active{{poller="{}"}} {}\n'


def test_status_names_devices_that_do_not_answer(
    start_agent: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as stack:
        well = stack.enter_context(serving(switch([1])))[1].port
        mute = stack.enter_context(serving(switch([1]), Quirks(drop=1.0)))[1].port
        entries = [entry("sw", well, engine="fast"), entry("mute", mute, engine="fast", timeout_s=0.1)]
        file = tmp_path / "agent.toml"
        file.write_text('listen = "127.0.0.1:0"\nreader = "proc"\n' + text_of(tmp_path, *entries))
        agent = start_agent("--config", str(file))
        where = ["--listen", f"127.0.0.1:{agent.port}"]

        def devices() -> dict[str, object]:
            assert main(["agent", "status", *where, "--json"]) == 0
            told: dict[str, object] = json.loads(capfd.readouterr().out)["devices"]
            return told

        until(lambda: (devices()["answering"], devices()["failing"]) == (1, 1))
        assert devices()["down"] == [{"instance": "mute", "reason": "timeout"}]
        assert main(["agent", "status", *where, "--lang", "nl"]) == 0
        said = capfd.readouterr().out
        assert "apparaten over SNMP: 2; antwoord van 1, geen van 1, nog in controle 0" in said
        assert "geen antwoord: mute (" in said


def test_what_is_checked_and_for_whom_it_stands_in_are_said() -> None:
    page = ENGINE.format("a", "passed") + ENGINE.format("b", "pending") + ENGINE.format("c", "pending")
    own = STANDBY.format("srv-1", 1) + STANDBY.format("srv-2", 0)
    found = devices_status(read(own), read(page + FAILED.format("c", "timeout") + FAILED.format("d", "new-word")))
    assert (found.answering, found.checked, found.stands_in) == (1, ("b",), ("srv-1",))
    assert list(found.lines("en")) == [
        "devices over SNMP: 4; answers from 1, none from 2, still being checked 1",
        f"no answer: c ({say('snmp.missing-timeout', 'en')}), d (new-word)",
        "still being checked, their measurements follow within minutes: b",
        "stands in for a poller that is silent: srv-1",
    ]


def test_an_agent_that_asks_no_device_says_nothing_of_them() -> None:
    assert not list(devices_status((), ()).lines("en"))
