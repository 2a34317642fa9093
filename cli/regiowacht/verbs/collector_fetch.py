"""``regiowacht collector fetch``: has what a collector runs at hand before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import Verb
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang


def _add_fetch(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("--engine", metavar="PATH", help=say("collector.option-engine", lang))
    parser.add_argument("--alertmanager", metavar="PATH", help=say("alerts.option-alertmanager", lang))
    parser.add_argument("--no-alerts", action="store_true", help=say("alerts.option-no-alerts", lang))


def _fetch(chosen: Namespace, console: Console) -> int:
    """Find Prometheus and Alertmanager, and unpack what is not installed."""
    from regiowacht.verbs.collector import teller
    from regiowacht_collector.alerts.manager.find import find_manager, link_share
    from regiowacht_collector.engine import find_engine

    tell = teller(console)
    engine = find_engine(Path(chosen.engine) if chosen.engine else None, tell=tell)
    console.tell("collector.engine-found", name=engine.name(), path=engine.prometheus)
    if not chosen.no_alerts:
        manager = find_manager(Path(chosen.alertmanager) if chosen.alertmanager else None, tell=tell)
        console.tell("collector.engine-found", name=manager.name(), path=manager.program)
        link_share(manager)
    return 0


FETCH = Verb("fetch", "collector.verb-fetch", _add_fetch, _fetch)
