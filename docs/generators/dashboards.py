"""Reference page: every dashboard, the questions it answers, its panels, and the rules that dashboards are held to."""

from __future__ import annotations

import importlib
import inspect
import json
from typing import TYPE_CHECKING, Any

from regiowacht_contract.texts import say
from regiowacht_dashboards.boards import BOARDS
from regiowacht_dashboards.build import render
from regiowacht_dashboards.checks import EACH, TOGETHER
from regiowacht_dashboards.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "reference/dashboards.md"


def page() -> str:
    """Return the page as Markdown, from the English dashboards."""
    parts = [
        "# Dashboards",
        "",
        "`regiowacht dashboards build --region R --out DIR` writes these as classic JSON (schemaVersion 41) for "
        "Grafana 11 to 13, in the region's language; the same dashboards exist in Dutch and in English. Every "
        "expression is built from the [catalogue](metrics.md), every threshold is the contract's, and every panel "
        "follows the choice of gemeente.",
    ]
    for uid in BOARDS:
        parts += _dashboard(uid)
    return "\n".join([*parts, *_rules()])


def _dashboard(uid: str) -> list[str]:
    raw = json.loads(render(uid, Settings(lang="en", timezone="Europe/Brussels")))
    variables = ", ".join(f"`{variable['name']}`" for variable in raw["templating"]["list"])
    parts = ["", f"## {raw['title']} (`{uid}`)", "", raw["description"], "", "It answers:", ""]
    parts += [say(f"{uid}.questions", "en"), "", f"Choices on top, each narrowed by the ones before: {variables}."]
    for panel in raw["panels"]:
        parts += ["", f"### {raw['title']}: {panel['title']}"] if panel["type"] == "row" else _panel(panel)
    return parts


def _panel(panel: dict[str, Any]) -> list[str]:
    parts = ["", f"**{panel['title']}** ({panel['type']}): {panel['description']}"]
    if panel.get("targets"):
        parts += ["", "```promql", *(target["expr"] for target in panel["targets"]), "```"]
    return parts


def _rules() -> list[str]:
    parts = [
        "",
        "## What `dashboards check` holds a dashboard to",
        "",
        "A file that is no JSON, larger than 5 MB, of Grafana 8 or older, or in the new resource format is told "
        "apart and not judged further.",
        "",
        "| group | what it finds |",
        "| --- | --- |",
    ]
    return [*parts, *(_rule(rule) for rule in (*EACH, *TOGETHER))]


def _rule(rule: Callable[..., object]) -> str:
    group = (inspect.getdoc(importlib.import_module(rule.__module__)) or "").splitlines()[0]
    found = " ".join((inspect.getdoc(rule) or "").replace("``", "`").split("\n\n")[0].split())
    return f"| {group} | {found.removeprefix('Yield ').rstrip('.')} |"
