"""A region in which much goes wrong at once: who is told what, once, and what nobody is told.

Everything is real but what is measured: collector, Prometheus, Alertmanager, mail server. Their clock runs fifteen
times faster (``faster.py``). ``tests/benchmarks/alert_faults.py`` plays more of it, with the durations of production.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.collector.alerts.notify.receivers import Web
from tests.flow.alerts.planted import REGION_WIDE
from tests.flow.alerts.scenes import faults, scenes
from tests.flow.alerts.stage import BEHIND, TimedMailbox, running, write_region

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_collector.alerts.notify.history import Told
    from tests.flow.alerts.planted import Planted
    from tests.flow.alerts.stage import Stage

pytestmark = pytest.mark.tools
FACTOR = 10
LONGEST = 50
"""Samples that a fault may take: one each second."""

TOLD_TOO = {"SiteZonderLijn": {"LijnNeer"}}
"""What is told beside an alert whose example is about several: every line of a site without lines."""

SILENT = 'ALERTS{{alertstate="firing",gemeente="{}",instance="{}"}}'


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it: the stage as it stood at the end, whose mails are ``mailbox``'s."""

    stage: Stage
    faults: Sequence[Planted]
    mailbox: TimedMailbox
    web: Web


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Play all faults and scenes, and wait until what is over is told as well."""
    folder = tmp_path_factory.mktemp("rehearsal")
    planted, staged = faults(LONGEST), scenes()
    slugs = [one.gemeente for one in (*planted, *staged) if one.gemeente != REGION_WIDE]
    with TimedMailbox() as mailbox, Web() as web:
        region = write_region(folder / "region", slugs, mailbox, web)
        with running(region, folder / "data", FACTOR) as stage:
            stage.play([*planted, *staged], LONGEST + 4)
            stage.until(lambda: all(_messages(stage, one, is_firing=False) for one in planted))
            stage.until(lambda: bool(stage.ask(SILENT.format("nacht", "prn-1"))))
            stage.until(lambda: bool(web.posts))
            yield Played(stage, planted, mailbox, web)


def test_each_fault_is_told_once_and_so_is_its_end(played: Played) -> None:
    assert len(played.faults) >= 8
    for one in played.faults:
        for is_firing in (True, False):
            receivers = [told.receiver for told in _messages(played.stage, one, is_firing=is_firing)]
            assert _own(receivers, one) == 1, (one.alert, is_firing, receivers)


def test_nobody_is_told_of_anything_else(played: Played) -> None:
    for one in played.faults:
        if one.gemeente != REGION_WIDE:
            allowed = {one.alert, *TOLD_TOO.get(one.alert, ())}
            assert {name for _, name, _ in _told_in(played.stage, one.gemeente)} <= allowed


def test_what_was_told_lies_in_the_mailboxes(played: Played) -> None:
    told = Counter(message.receiver.partition("/")[0] for message in played.stage.told() if "/" in message.receiver)
    mails = Counter(str(mail["To"]) for mail in played.mailbox.mails)
    assert {f"ict@{slug}.example": count for slug, count in told.items()} == {
        address: count for address, count in mails.items() if address.endswith(".example") and address[4:-8] in told
    }
    (first, *_) = played.mailbox.to("ict@assetneer.example")
    assert first[1] == "[KRITIEK] assetneer: rt-1 (router) op stadhuis antwoordt niet"
    assert "Kijk op het dashboard" in first[2]


def test_a_supplier_hears_of_its_line_and_of_nothing_else(played: Played) -> None:
    names = {one["alert"] for told in played.stage.told() if told.receiver == "noc-telco-a" for one in told.alerts}
    assert names == {"LijnNeer"}
    assert played.mailbox.to("noc@telco-a.example")


def test_of_a_site_behind_a_router_the_router_alone_is_told(played: Played) -> None:
    told = _told_in(played.stage, "groot")
    assert [name for name in told if name[2] == "rt-1"]
    behind = {instance for _, _, instance in told} - {"rt-1"}
    assert len(behind) <= BEHIND * 0.02, behind
    subjects = [subject for _, subject, _ in played.mailbox.to("ict@groot.example")]
    assert [subject for subject in subjects if "rt-1" in subject and subject.startswith("[KRITIEK]")] == subjects[:1]


def test_what_no_gemeente_takes_goes_to_the_ict_dienst_and_says_so(played: Played) -> None:
    mails = [text for _, subject, text in played.mailbox.to("ict@regio.example") if "stom: rt-1" in subject]
    assert len(mails) == 2
    assert "stom zelf niemand heeft opgegeven" in mails[0].replace("\n", " ")
    assert not [told for told in played.stage.told() if told.receiver.startswith("stom/")]


def test_outside_office_hours_what_is_critical_is_told_and_a_warning_is_not(played: Played) -> None:
    assert played.stage.ask(SILENT.format("nacht", "prn-1"))
    assert {instance for _, _, instance in _told_in(played.stage, "nacht")} == {"srv-2"}


def test_a_maintenance_window_keeps_quiet_about_its_asset_and_no_other(played: Played) -> None:
    assert played.stage.ask(SILENT.format("werk", "rt-1"))
    assert {instance for _, _, instance in _told_in(played.stage, "werk")} == {"srv-2"}


def test_the_watchdog_is_called(played: Played) -> None:
    assert {path for path, _, _ in played.web.posts} == {"/watchdog"}


def _messages(stage: Stage, one: Planted, *, is_firing: bool) -> list[Told]:
    return [
        told
        for told in stage.told()
        if any(
            alert["alert"] == one.alert and alert["firing"] is is_firing and alert["gemeente"] in (one.gemeente, "")
            for alert in told.alerts
        )
    ]


def _own(receivers: Sequence[str], one: Planted) -> int:
    """Return how often it was told to the gemeente itself, or to the region where it is the region's."""
    wanted = "ict" if one.gemeente == REGION_WIDE else f"{one.gemeente}/wacht"
    return receivers.count(wanted)


def _told_in(stage: Stage, gemeente: str) -> list[tuple[str, str, str]]:
    """Return receiver, alert and instance of everything that was told to hold in a gemeente."""
    return [
        (told.receiver, str(alert["alert"]), str(alert["instance"]))
        for told in stage.told()
        for alert in told.alerts
        if alert["gemeente"] == gemeente and alert["firing"]
    ]
