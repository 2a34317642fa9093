"""The alerts there are, and each as the engine reads it."""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import TYPE_CHECKING, get_args

import yaml
from pydantic import ValidationError

from regiowacht_collector.alerts import reach
from regiowacht_collector.alerts.schema import AlertFile
from regiowacht_contract import audits, host
from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.labels import REGIO_GEMEENTE, scope
from regiowacht_contract.promql import gauge
from regiowacht_contract.states import AssetState
from regiowacht_contract.texts import Lang
from regiowacht_contract.thresholds import threshold

if TYPE_CHECKING:
    from regiowacht_collector.alerts.schema import Said

KEY = "gemeente, instance, job"
OF_THE_REGION = "kind, laag, leverancier"
DECLARED = gauge("regiowacht_asset_info")
HANGS_ON = gauge("regiowacht_asset_hangs_on")
STATE = gauge("regiowacht:asset_state")
GROUP, GROUP_BEHIND = "alerts", "alerts-behind"
"""Groups and files of rules: two that have one name stand in two files, or promtool takes them for a mistake."""

SHARED = {
    "audits.score": audits.score,
    "audits.score_a_week_ago": audits.score_a_week_ago,
    "audits.last_success": audits.last_success,
    "host.filesystem_usage": host.filesystem_usage,
    "host.inode_usage": host.inode_usage,
    "host.memory_usage": host.memory_usage,
    **{f"reach.{name}": made for name, made in reach.SHARED.items()},
}
"""Expressions of several alerts; ``audits`` and ``host`` are what dashboards ask too: no alert sees another value than
a page."""

SHOWN = {
    "ratio": "{{ $value | humanizePercentage }}",
    "seconds": "{{ $value | humanizeDuration }}",
    "bytes": "{{ $value | humanize1024 }}B",
    "bits_per_second": "{{ $value | humanize }}bit/s",
    "celsius": '{{ printf "%.0f" $value }} °C',
    "days": '{{ printf "%.0f" $value }}',
    "count": '{{ printf "%.0f" $value }}',
    "none": "",
}
"""How a value is told, as Prometheus' templates have it."""


@functools.cache
def alerts() -> tuple[AlertFile, ...]:
    """Return all alerts, sorted by name.

    Raises:
        CatalogueError: a file is none, or one is not called as its alert.
    """
    folder = resources.files("regiowacht_collector.alerts.rules")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(_read(file.name, file.read_text(encoding="utf-8")) for file in files)


def alert(name: str) -> AlertFile:
    """Return one alert.

    Raises:
        KeyError: there is none of that name.
    """
    return {one.alert: one for one in alerts()}[name]


def rendered(one: AlertFile) -> list[dict[str, object]]:
    """Return an alert as it stands in the engine's rules; see "Alerting rules" in Prometheus' documentation.

    One with ``for_behind`` is two rules of one name: no asset is in both. The texts are annotations in every language
    of the contract: ``summary_nl``, ``summary_en``.
    """
    texts = {f"summary_{lang}": _template(one, one.summary, lang) for lang in get_args(Lang)}
    keep = {"keep_firing_for": one.keep} if one.keep else {}
    return [
        {"alert": one.alert, "expr": expr, "for": for_, **keep, "labels": own_labels(one), "annotations": texts}
        for expr, for_ in expressions(one)
    ]


def own_labels(one: AlertFile) -> dict[str, str]:
    """Return the labels that an alert has whatever its expression says."""
    labels: dict[str, str] = {"severity": one.severity, **({"laag": one.laag} if one.laag else {})}
    if one.about == "region" and one.laag:
        labels |= {"gemeente": REGIO_GEMEENTE, "scope": scope(REGIO_GEMEENTE, one.laag)}
    return labels


def expressions(one: AlertFile) -> list[tuple[str, str]]:
    """Return the PromQL with its thresholds and shared expressions, each with how long it must hold.

    Of an asset it has what the region folder says of it; with ``for_behind`` the second one is about what hangs on
    something, and neither is about what is told of together (``reach.held``).
    """
    shared = re.sub(r"\{((?:audits|host|reach)\.\w+)\}", lambda found: f"({SHARED[found[1]]()})", one.expr)
    expr = re.sub(r"\{(\w+)\.(warning|critical)\}", _threshold, shared).strip()
    if one.about != "asset":
        return [(expr, one.for_)]
    of_an_asset = f"(\n{expr}\n) * on ({KEY}) group_left ({OF_THE_REGION})"
    if not one.for_behind:
        return [(f"{of_an_asset} {DECLARED}", one.for_)]
    apart = f"unless on ({KEY}) (\n{_together(one.alert, reach.held())}\n)"
    free = f"{of_an_asset} (\n  {DECLARED} unless on ({KEY}) {HANGS_ON}\n{apart})"
    return [(free, one.for_), (f"{of_an_asset} (\n{_behind(one.alert)}\n)", one.for_behind)]


def _behind(name: str) -> str:
    """Return what hangs on something that is not seen to be down, and what the alert of that name fires for."""
    parents = f'label_replace({STATE} == {AssetState.NEER:d}, "parent", "$1", "instance", "(.+)")'
    seen = f"  {HANGS_ON} and on (gemeente, parent) {parents}\n  or\n{reach.held()}"
    return f"  {DECLARED} and on ({KEY}) {HANGS_ON}\nunless on ({KEY}) (\n{_together(name, seen)}\n)"


def _together(name: str, seen: str) -> str:
    """Return what is kept back since something else is told of; what the alert of that name fires for goes on."""
    return f'(\n{seen}\n)\nunless on ({KEY}) ALERTS{{alertname="{name}",alertstate="firing"}}'


def _threshold(found: re.Match[str]) -> str:
    return f"{getattr(threshold(found[1]), found[2]):g}"


def _template(one: AlertFile, said: Said, lang: str) -> str:
    def fill(found: re.Match[str]) -> str:
        return SHOWN[one.value] if found[1] == "value" else f"{{{{ $labels.{found[1]} }}}}"

    return re.sub(r"\{(\w+)\}", fill, getattr(said, lang))


def _read(name: str, text: str) -> AlertFile:
    try:
        found = AlertFile.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise CatalogueError("alerts.broken-file", name=name, reason=error) from None
    if name != f"{found.alert}.yaml":
        raise CatalogueError("alerts.other-name", name=name, alert=found.alert)
    return found
