"""The switches of ``collector run`` for alerts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.defaults import ALERTMANAGER_PORT
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht_collector.alerts.settings import AlertSettings
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region


def add_alerting(parser: ArgumentParser, lang: Lang) -> None:
    """Declare the switches."""
    group = parser.add_argument_group(say("alerts.options", lang), say("alerts.options-help", lang))
    group.add_argument("--no-alerts", action="store_true", help=say("alerts.option-no-alerts", lang))
    group.add_argument("--alertmanager", metavar="PATH", default="", help=say("alerts.option-alertmanager", lang))
    text = say("alerts.option-alertmanager-port", lang, default=ALERTMANAGER_PORT)
    group.add_argument("--alertmanager-port", type=int, default=ALERTMANAGER_PORT, metavar="N", help=text)
    text = say("alerts.option-alertmanagers", lang)
    group.add_argument("--alertmanagers", type=int, default=1, metavar="N", help=text)


def alert_settings(chosen: Namespace, region: Region) -> AlertSettings | None:
    """Return how alerts are handed on; None where nobody is named who is to hear of them, or ``--no-alerts`` says so.

    Raises:
        UsageError: a number out of range.
    """
    from regiowacht_collector.alerts.settings import AlertSettings, is_wanted

    if chosen.no_alerts or not is_wanted(region):
        return None
    return AlertSettings(
        program=Path(chosen.alertmanager) if chosen.alertmanager else None,
        port=chosen.alertmanager_port,
        managers=chosen.alertmanagers,
    )
