"""Devices are asked at their own times: none costs another anything, and what is known of them is kept."""

from __future__ import annotations

import select
import socket
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from regiowacht_agent.snmp import devices as module
from regiowacht_agent.snmp.asked import Latest
from regiowacht_agent.snmp.credential import User
from regiowacht_agent.snmp.devices import AT_ONCE, GRACE, POLL_MAX_S, SILENT_PATIENCE_S, Devices
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.meaning import known
from regiowacht_agent.snmp.session import Effort
from tests.agent.snmp import agent_v3
from tests.agent.snmp.agent_v3 import AgentV3
from tests.agent.snmp.asking import (
    Clock,
    asking,
    config_of,
    count_polls,
    entry,
    is_told,
    named,
    page_of,
    reason,
    samples,
    until,
)  # fmt: skip
from tests.agent.snmp.fake_agent import Agent, Quirks, serving
from tests.agent.snmp.poll.switch import UPTIME, switch
from tests.agent.snmp.snmpd import free_port

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

OTHER_SECRET = b"other-not-a-secret"


def silent() -> socket.socket:
    """Return a socket that takes questions and answers none."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    return one


def port_of(one: socket.socket) -> int:
    return int(one.getsockname()[1])


def by_user(**settings: object) -> dict[str, object]:
    """Return the settings of a device of SNMP 3 whose passphrases stand in files."""
    return {
        "version": "3", "community": None, "user": "monitor", "auth": "sha", "auth_secret": "file:{folder}/auth",
        "priv": "aes128", "priv_secret": "file:{folder}/priv", "engine": "fast", **settings,
    }  # fmt: skip


def write_passphrases(folder: Path) -> None:
    (folder / "auth").write_bytes(agent_v3.AUTH_SECRET)
    (folder / "priv").write_bytes(agent_v3.PRIV_SECRET)


def threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name in {"devices", "pysnmp", "standby"}]


def test_dead_slow_and_mad_devices_cost_the_others_nothing_and_each_says_why(tmp_path: Path) -> None:
    with ExitStack() as stack:
        good = stack.enter_context(serving(switch(range(1, 9))))[1]
        slow = stack.enter_context(serving(switch(range(1, 3)), Quirks(slow_every=1, slow_s=0.2)))[1]
        mad = stack.enter_context(serving(switch(range(1, 9)), Quirks(garbage="only")))[1]
        dead = stack.enter_context(silent())
        config = config_of(
            tmp_path,
            entry("dead", port_of(dead), timeout_s=0.3, engine="fast"),
            entry("gone", free_port(), engine="fast"),
            entry("good", good.port, engine="fast"),
            entry("mad", mad.port, timeout_s=0.3, engine="fast"),
            entry("slow", slow.port, engine="fast"),
        )
        devices = stack.enter_context(asking(config))
        wanted = {"dead": "timeout", "gone": "unreachable", "good": "", "mad": "format", "slow": ""}
        until(lambda: {one.settings.instance: reason(one) for one in devices.asked} == wanted)
        count_polls(named(devices, "good"), 5)
        assert reason(named(devices, "good")) == ""
        told = samples(page_of(devices))
        assert {name: told["up", name] for name in wanted} == {"dead": 0, "gone": 0, "good": 1, "mad": 0, "slow": 1}
        for name, why in wanted.items():
            assert (("regiowacht_agent_poll_failed", name, "snmp", why) in told) == bool(why)
            assert (("snmp_poll_reason_info", name, why, "") in told) == bool(why)
        assert ("ifOperStatus", "good", "lokaal 8", "GigabitEthernet1/0/8", "8", "Gi1/0/8") in told


def test_many_dead_devices_do_not_make_a_living_one_wait(tmp_path: Path) -> None:
    with silent() as dead, serving(switch([1])) as (_agent, server):
        names = [f"dead-{number}" for number in range(2 * AT_ONCE)]
        entries = [entry(name, port_of(dead), timeout_s=60, engine="fast") for name in names]
        config = config_of(tmp_path, *entries, entry("good", server.port, engine="fast"), snmp="retries = 10")
        with asking(config) as devices:
            count_polls(named(devices, "good"), 8)
            waiting = [name for name in names if named(devices, name).latest is None]
            assert waiting == names, "those are asked all the while"


def test_devices_that_were_dead_before_make_the_others_wait_for_a_tenth_of_a_second(tmp_path: Path) -> None:
    now = [1000.0]
    with ExitStack() as stack:
        dead = [stack.enter_context(silent()) for _ in range(3 * AT_ONCE)]
        entries = [entry(f"dead-{at}", port_of(one), timeout_s=60, engine="fast") for at, one in enumerate(dead)]
        devices = Devices(config_of(tmp_path, *entries), known.book(), known.metrics(), clock=lambda: now[0])
        for one in devices.asked:
            one.latest = Latest(None, SnmpFailed("timeout", "no answer"), Effort(), 0.0, now[0], 0.0, "fast")
            one.due = now[0]
        devices.start()
        stack.callback(devices.stop)
        for turn in range(1, 4):
            until(lambda turn=turn: len(select.select(dead, [], [], 0)[0]) == turn * AT_ONCE, "they wait")  # type: ignore[misc]
            now[0] += 1.1 * SILENT_PATIENCE_S


def test_a_device_that_fails_in_two_ways_by_turns_says_each_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "fake"
    with silent() as dead:
        own = entry("odd", port_of(dead), timeout_s=0.1, engine="fast", community=f"file:{secret}")
        with asking(config_of(tmp_path, own, snmp="retries = 0")) as devices:
            for _ in range(3):
                secret.write_text("fake-not-a-secret")
                until(lambda: reason(named(devices, "odd")) == "timeout")
                secret.unlink()
                until(lambda: reason(named(devices, "odd")) == "secret")
            count_polls(named(devices, "odd"), 1)
    assert [
        caplog.text.count(f"asset=odd {how}") for how in ("at=device reason=timeout", "at=agent reason=secret")
    ] == [1, 1]


def test_a_poll_that_does_not_end_is_given_up_and_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_MAX_S", 0.5)
    quirks = Quirks(slow_every=1, slow_s=0.4)
    with serving(switch(range(1, 50)), quirks) as (_agent, server):
        config = config_of(tmp_path, entry("slow", server.port, engine="fast", window=1))
        with asking(config) as devices:
            one = named(devices, "slow")
            until(lambda: reason(one) == "timeout")
            assert one.latest is not None
            assert one.latest.failed is not None
            assert one.latest.failed.detail.startswith("not done in ")
            quirks.slow_s = 0.0
            until(lambda: is_told(one))


def test_polls_that_overrun_their_interval_do_not_pile_up(tmp_path: Path) -> None:
    quirks = Quirks(slow_every=1, slow_s=0.05)
    with serving(switch([1]), quirks) as (agent, server):
        config = config_of(tmp_path, entry("slow", server.port, engine="fast", interval_s=0.02))
        with asking(config) as devices:
            one = named(devices, "slow")
            until(lambda: is_told(one))
            before = len([asked for asked in agent.asked if UPTIME in asked.oids])
            count_polls(one, 5)
            guards = len([asked for asked in agent.asked if UPTIME in asked.oids]) - before
        assert guards <= 5 + 2


def test_what_is_too_old_is_told_no_more(tmp_path: Path) -> None:
    clock = Clock()
    with serving(switch([1])) as (_agent, server):
        config = config_of(tmp_path, entry("good", server.port, engine="fast"))
        with asking(config, clock=clock) as devices:
            until(lambda: is_told(named(devices, "good")))
        assert ("up", "good") in samples(page_of(devices))
        clock.ahead_s = GRACE * 0.2 + POLL_MAX_S + 1
        assert devices.told() == []
        assert page_of(devices) == ""


def test_a_mistake_of_ours_about_one_device_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.01)
    with serving(switch([1])) as (_agent, server):
        config = config_of(
            tmp_path, entry("bad", server.port, engine="fast"), entry("good", server.port, engine="fast")
        )
        with asking(config) as devices:
            bad, good = devices.asked
            until(lambda: is_told(bad) and is_told(good))
            monkeypatch.setattr(bad, "way", lambda _store: 1 / 0)
            until(lambda: "snmp-broke" in caplog.text)
            count_polls(good, 5)
            assert caplog.text.count("snmp-broke") == 1


def test_devices_that_stay_keep_what_was_learnt_and_their_times(tmp_path: Path) -> None:
    with serving(switch(range(1, 9))) as (agent, server), serving(switch([1])) as (_other, elsewhere):
        stays, goes = entry("stays", server.port, engine="fast"), entry("goes", elsewhere.port, engine="fast")
        with asking(config_of(tmp_path, goes, stays)) as first:
            until(lambda: all(map(is_told, first.asked)))
        one, due = named(first, "stays"), named(first, "stays").due
        gone_at, asked = elsewhere.datagrams, len(agent.asked)
        changed = entry("goes", server.port, engine="fast", timeout_s=4.0)
        config = config_of(tmp_path, stays, changed)
        module.Devices(config, known.book(), known.metrics(), first).stop()
        assert one.due == due, "its time is what it was"
        with asking(config, first) as second:
            assert named(second, "stays") is one
            assert named(second, "goes") is not named(first, "goes")
            assert ("up", "stays") in samples(page_of(second)), "what was told is told on"
            count_polls(one, 3)
            assert one.polling is not None
            assert one.polling.relearns == 0
            until(lambda: is_told(named(second, "goes")))
        assert len(agent.asked) > asked
        assert elsewhere.datagrams == gone_at, "nobody asks the one that went"


def test_a_device_that_is_seldom_asked_is_asked_soon_at_first(tmp_path: Path) -> None:
    entries = [entry(f"seldom-{number}", 161, interval_s=3600) for number in range(50)]
    now = time.monotonic()
    devices = module.Devices(config_of(tmp_path, *entries), known.book(), {}, clock=lambda: now)
    devices.stop()
    assert all(now <= one.due <= now + 60 for one in devices.asked)
    assert len({one.due for one in devices.asked}) > 4, "in batches"


def test_a_stop_in_the_middle_leaves_nothing_and_makes_up_for_the_poll(tmp_path: Path) -> None:
    with silent() as dead, serving(switch([1]), Quirks(slow_every=1, slow_s=5)) as (_agent, server):
        entries = [entry(f"dead-{number}", port_of(dead), timeout_s=60) for number in range(5)]
        config = config_of(tmp_path, *entries, entry("slow", server.port, timeout_s=60))
        with asking(config) as devices:
            until(lambda: server.datagrams)
        until(lambda: threads() == [], f"{threads()} go on")
        assert all(one.due <= time.monotonic() for one in devices.asked), "whoever takes over asks at once"


def test_devices_that_never_started_hold_nothing(tmp_path: Path) -> None:
    config = config_of(tmp_path, entry("good", 161))
    for _ in range(3):
        module.Devices(config, known.book(), {}).stop()
    assert threads() == []


def test_a_secret_that_cannot_be_read_is_said_and_read_when_it_is_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with serving(switch([1])) as (_agent, server):
        late = entry("late", server.port, engine="fast", community="file:{folder}/late")
        config = config_of(tmp_path, late, entry("good", server.port, engine="fast"))
        with asking(config) as devices:
            one = named(devices, "late")
            until(lambda: reason(one) == "secret" and is_told(named(devices, "good")))
            told = samples(page_of(devices))
            assert ("up", "late") not in told, "nobody asked it"
            assert told["up", "good"] == 1
            assert told["regiowacht_agent_poll_failed", "late", "snmp", "secret"] == 1
            count_polls(one, 3)
            (said,) = [text for text in caplog.messages if "asset=late" in text]
            assert "reason=secret" in said
            assert "at=agent" in said
            assert str(tmp_path / "late") in said
            (tmp_path / "late").write_text("public")
            until(lambda: is_told(one))
            assert samples(page_of(devices))["up", "late"] == 1
            until(lambda: "event=snmp-recovered asset=late" in caplog.text)


def test_a_passphrase_that_changes_on_both_sides_needs_no_restart(tmp_path: Path) -> None:
    write_passphrases(tmp_path)
    agent = AgentV3(Agent(switch([1])).handle)
    with agent_v3.serving(agent) as port, asking(config_of(tmp_path, entry("v3", port, **by_user()))) as devices:
        one = named(devices, "v3")
        until(lambda: is_told(one))
        agent.user = User("monitor", "sha", OTHER_SECRET, "aes128", agent_v3.PRIV_SECRET)
        until(lambda: reason(one) == "auth")
        assert samples(page_of(devices))["up", "v3"] == 0
        (tmp_path / "auth").write_bytes(OTHER_SECRET)
        until(lambda: is_told(one))
        agent.user = User("somebody", "sha", OTHER_SECRET, "aes128", agent_v3.PRIV_SECRET)
        until(lambda: reason(one) == "user")
        assert "not-a-secret" not in page_of(devices)


def test_an_engine_is_known_after_a_restart_and_after_a_reload(tmp_path: Path) -> None:
    write_passphrases(tmp_path)
    agent = AgentV3(Agent(switch([1])).handle, time=lambda: int(time.time()) % 10**6)

    def discoveries() -> int:
        return len([message for message in agent.seen if not message.engine])

    with agent_v3.serving(agent) as port:
        config = config_of(tmp_path, entry("v3", port, **by_user()))
        with asking(config) as first:
            until(lambda: is_told(first.asked[0]))
        assert discoveries() == 1
        with asking(config) as second:
            until(lambda: is_told(second.asked[0]))
        assert discoveries() == 1
        agent.engine = b"\x80\0\0\0\4other"
        with asking(config, second) as third:
            count_polls(third.asked[0], 3)
            until(lambda: is_told(third.asked[0]))
        found = discoveries()
        with asking(config) as fourth:
            until(lambda: is_told(fourth.asked[0]))
        assert discoveries() == found, "what a kept device learnt was saved by the one that took over"
        with asking(config_of(tmp_path, entry("v2", port))) as last:
            assert last.remembered.engines.get("127.0.0.1", port) is not None
        with asking(config_of(tmp_path, entry("v2", free_port()))) as last:
            assert last.remembered.engines.get("127.0.0.1", port) is None, "devices that went are forgotten"
