"""The alerts there are, and each as the engine reads it."""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import TYPE_CHECKING, get_args

import yaml
from pydantic import ValidationError

from regiowacht_collector.alerts.schema import AlertFile
from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.promql import gauge
from regiowacht_contract.texts import Lang
from regiowacht_contract.thresholds import threshold

if TYPE_CHECKING:
    from regiowacht_collector.alerts.schema import Said

KEY = "gemeente, instance, job"
OF_THE_REGION = "kind, laag, leverancier"
DECLARED = gauge("regiowacht_asset_info")
GROUP = "alerts"

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


def rendered(one: AlertFile) -> dict[str, object]:
    """Return an alert as it stands in the engine's rules; see "Alerting rules" in Prometheus' documentation.

    The texts are annotations in every language of the contract: ``summary_nl``, ``summary_en``.
    """
    labels = {"severity": one.severity, **({"laag": one.laag} if one.laag else {})}
    return {
        "alert": one.alert,
        "expr": expression(one),
        "for": one.for_,
        **({"keep_firing_for": one.keep} if one.keep else {}),
        "labels": labels,
        "annotations": {f"summary_{lang}": _template(one, one.summary, lang) for lang in get_args(Lang)},
    }


def expression(one: AlertFile) -> str:
    """Return the PromQL with its thresholds; of an asset, with what the region folder says of it."""
    expr = re.sub(r"\{(\w+)\.(warning|critical)\}", _threshold, one.expr).strip()
    if one.about != "asset":
        return expr
    return f"(\n{expr}\n) * on ({KEY}) group_left ({OF_THE_REGION}) {DECLARED}"


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
