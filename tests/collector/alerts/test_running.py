"""Alertmanager and the notifier beside the engine: killed, reloaded, and what they tell of themselves."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_collector.alerts.manager.find import inspect
from regiowacht_collector.alerts.page import alert_families
from regiowacht_collector.alerts.running import FOLDER, RunningAlerts
from regiowacht_collector.alerts.settings import AlertSettings, is_wanted
from regiowacht_collector.series import expose
from regiowacht_collector.tell import silent
from regiowacht_contract.errors import UsageError
from regiowacht_inventory import load
from tests.collector.alerts.notify.receivers import Mailbox
from tests.inventory.base import BASE, write_base
from tests.parts import need_peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regiowacht_inventory import Region

pytestmark = pytest.mark.tools
WITHIN_S = 90


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Return a mail server that runs."""
    with Mailbox() as box:
        yield box


def _region(folder: Path, mailbox: Mailbox, to: str = "ict") -> Region:
    files = dict(BASE)
    files["region.yml"] += f"""
alerts:
  smtp: {{server: "127.0.0.1:{mailbox.port}", from: regiowacht@klein.example, security: none}}
  receivers:
    ict: {{email: [ict@klein.example]}}
    ander: {{email: [ander@klein.example]}}
  to: [{{to: [{to}], hours: always}}]
"""
    return load(write_base(folder, files))


@contextmanager
def _running(region: Region, folder: Path, managers: int = 1) -> Iterator[RunningAlerts]:
    manager = inspect(need_peer("alertmanager", own_suite=True).path)
    running = RunningAlerts(region, manager, AlertSettings(port=0, managers=managers), folder, silent)
    try:
        running.start()
        yield running
    finally:
        running.close()


def _alert(instance: str) -> dict[str, Any]:
    labels = {"alertname": "AssetNeer", "severity": "critical", "laag": "connectiviteit", "gemeente": "aa"}
    return {"labels": {**labels, "instance": instance}, "annotations": {"summary_nl": f"{instance} antwoordt niet"}}


def _until(is_so: Callable[[], bool], running: RunningAlerts) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < deadline
        running.check()
        time.sleep(0.1)


def test_one_that_is_killed_comes_back_and_another_region_is_taken_over(tmp_path: Path, mailbox: Mailbox) -> None:
    with _running(_region(tmp_path / "one", mailbox), tmp_path / "data") as running:
        running.clients[0].post_alerts([_alert("sw-1")])
        _until(lambda: len(mailbox.mails) == 1, running)
        process = running._members[0].process
        assert process is not None
        process._process.kill()
        _until(lambda: running._members[0].process is not process and running.clients[0].is_ready(), running)
        running.show(_region(tmp_path / "two", mailbox, "ander"))
        running.clients[0].post_alerts([_alert("sw-2")])
        _until(lambda: len(mailbox.mails) == 2, running)
        assert [mail["To"] for mail in mailbox.mails] == ["ict@klein.example", "ander@klein.example"]
        page = expose(alert_families(running)).decode()
        assert 'regiowacht_alerts_deliveries_total{outcome="sent",receiver="ander",way="mail"} 1.0' in page
        assert 'regiowacht_alerts_manager_up{manager="0"} 1.0' in page
        config = tmp_path / "data" / FOLDER / "alertmanager.yml"
        assert config.stat().st_mode & 0o777 == 0o600


def test_of_two_one_dies_while_mail_is_down_and_the_mail_comes_once(tmp_path: Path, mailbox: Mailbox) -> None:
    mailbox.stop()
    with _running(_region(tmp_path / "one", mailbox), tmp_path / "data", managers=2) as running:
        for client in running.clients:
            client.post_alerts([_alert("sw-1")])
        _until(lambda: any(key[2] == "later" for key in running.notifier.counts.deliveries), running)
        process = running._members[0].process
        assert process is not None
        process._process.kill()
        mailbox.start()
        _until(lambda: len(mailbox.mails) >= 1, running)
        _until(lambda: all(client.is_ready() for client in running.clients), running)
        for client in running.clients:  # as the engine does, every minute
            client.post_alerts([_alert("sw-1")])
        time.sleep(15)  # longer than a group waits before it is told
        assert len(mailbox.mails) == 1


def test_nobody_named_means_nobody_is_to_be_told(tmp_path: Path, mailbox: Mailbox) -> None:
    assert not is_wanted(load(write_base(tmp_path / "none")))
    assert is_wanted(_region(tmp_path / "one", mailbox))
    with pytest.raises(UsageError):
        AlertSettings(managers=4)
