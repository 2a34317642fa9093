"""Mail, Alertmanager and the collector fail while much is wrong: everything is told in the end, and nothing twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.collector.alerts.notify.receivers import Web
from tests.flow.alerts.planted import Planted, expanded
from tests.flow.alerts.scenes import CONNECTIVITEIT, INFRASTRUCTUUR, up
from tests.flow.alerts.stage import TimedMailbox, running, write_region

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flow.alerts.stage import Stage

pytestmark = pytest.mark.tools
FACTOR = 15
DOWN_S = 12
"""Samples from the fault until every alert of it fires for sure."""


def _faults() -> list[Planted]:
    """Return a router that falls in one gemeente, a server in the other; they stay down."""
    series = {
        "een": up("een", "rt-1", "snmp", CONNECTIVITEIT),
        "twee": up("twee", "srv-2", "node", INFRASTRUCTUUR),
    }
    return [
        Planted(slug, "AssetNeer", {labels: expanded("1x20 0x4000")}, until=4000, waits=5, fires=26)
        for slug, labels in series.items()
    ]


def _mails(mailbox: TimedMailbox) -> Counter[str]:
    return Counter(f"{mail['To']} {mail['Subject']}" for mail in mailbox.mails)


def _later(stage: Stage) -> int:
    alerts = stage.collector.alerts
    assert alerts is not None
    return sum(count for key, count in alerts.notifier.counts.deliveries.items() if key[2] == "later")


def test_mail_is_away_then_alertmanager_then_the_collector(tmp_path: Path) -> None:
    faults = _faults()
    once = {
        "ict@een.example [KRITIEK] een: rt-1 (router) op stadhuis antwoordt niet": 1,
        "ict@twee.example [KRITIEK] twee: srv-2 (server) op stadhuis antwoordt niet": 1,
    }
    with TimedMailbox() as mailbox, Web() as web:
        region = write_region(tmp_path / "region", ["een", "twee"], mailbox, web)
        mailbox.stop()
        with running(region, tmp_path / "data", FACTOR) as stage:
            stage.play(faults, DOWN_S)
            stage.until(lambda: _later(stage) >= 2)
            _kill_manager(stage)
            stage.play(faults, 4)
            mailbox.start()
            stage.until(lambda: _mails(mailbox) == once)
            _kill_manager(stage)
            stage.play(faults, 8)
            began_s, steps = stage.started_s, stage.step
        with running(region, tmp_path / "data", FACTOR) as stage:
            stage.go_on(began_s, faults)
            stage.play(faults, 20)
            asked = 'ALERTS{alertname="AssetNeer",alertstate="firing"}'
            stage.until(lambda: len(stage.ask(asked)) == 2)
            stage.play(faults, 4)
            assert stage.step > steps
        assert _mails(mailbox) == once


def _kill_manager(stage: Stage) -> None:
    """End Alertmanager as a crash does, and wait until another answers."""
    alerts = stage.collector.alerts
    assert alerts is not None
    member = alerts._members[0]
    process = member.process
    assert process is not None
    process._process.kill()
    stage.until(lambda: member.process not in (None, process) and alerts.clients[0].is_ready())
