"""Says which panels of a dashboard are red, from what a real Prometheus answers them."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from regiowacht_dashboards.interpolation import panels, resolve
from regiowacht_dashboards.style import RED
from tests.dashboards.faults.shown import colours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RANGE_S = 1800
STEP_S = 60
TIMEOUT_S = 60


def red(url: str, raw: Mapping[str, Any], variables: Mapping[str, str | Sequence[str]], at_s: float) -> set[str]:
    """Return the titles of the panels that show the red colour.

    Args:
        url: of a Prometheus.
        raw: a dashboard as Grafana reads it.
        variables: what is chosen, by variable name; ``__rate_interval`` and the like may be given too.
        at_s: end of the half hour that is looked at.
    """
    return {title for title, shown in all_colours(url, raw, variables, at_s).items() if RED in shown}


def all_colours(
    url: str, raw: Mapping[str, Any], variables: Mapping[str, str | Sequence[str]], at_s: float
) -> dict[str, set[str]]:
    """Return the colours that each panel shows, by its title."""
    defined = {variable["name"]: variable for variable in raw["templating"]["list"]}
    found: dict[str, set[str]] = {}
    for panel in panels(raw["panels"]):
        answers = [
            (target["refId"], _ask(url, resolve(target["expr"], defined, variables), bool(target["instant"]), at_s))
            for target in panel.get("targets", [])
        ]
        if answers:
            found.setdefault(panel["title"], set()).update(colours(panel, answers))
    return found


def _ask(url: str, expr: str, is_instant: bool, at_s: float) -> list[dict[str, Any]]:
    when = {"time": at_s} if is_instant else {"start": at_s - RANGE_S, "end": at_s, "step": STEP_S}
    body = urllib.parse.urlencode({"query": expr, **when}).encode()
    address = f"{url}/api/v1/{'query' if is_instant else 'query_range'}"
    with urllib.request.urlopen(address, data=body, timeout=TIMEOUT_S) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    return found
