"""Dashboards of the example region, as tests read them."""

from __future__ import annotations

import copy
import functools
import json
from typing import TYPE_CHECKING, Any

from regiowacht_dashboards.boards import BOARDS
from regiowacht_dashboards.build import render
from regiowacht_dashboards.settings import for_region
from regiowacht_inventory import example_path, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region

UIDS = tuple(BOARDS)


@functools.cache
def example() -> Region:
    return load(example_path())


@functools.cache
def text(uid: str, lang: Lang = "nl") -> str:
    return render(uid, for_region(example(), lang))


def dashboard(uid: str, lang: Lang = "nl") -> dict[str, Any]:
    """A dashboard that a test may change."""
    raw: dict[str, Any] = json.loads(text(uid, lang))
    return copy.deepcopy(raw)


def panels(uid: str, lang: Lang = "nl") -> Iterator[dict[str, Any]]:
    """Every panel except headings."""
    yield from (panel for panel in dashboard(uid, lang)["panels"] if panel["type"] != "row")


def panel(raw: dict[str, Any], title: str) -> dict[str, Any]:
    found: dict[str, Any] = next(p for p in raw["panels"] if p["title"] == title and p["type"] != "row")
    return found
