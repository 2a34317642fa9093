"""What devices hang on leads out of the building: no loops, nothing in another gemeente."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import shown_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_inventory.checks.whole import Declared, Whole
    from regiowacht_inventory.nodes import Path

_NAMED = 5
"""How many names of a longer circle are told."""


def check(whole: Whole) -> None:
    """Note uplinks that lead nowhere, to another gemeente, or round in a circle."""
    for declared in whole.gemeenten:
        if declared.devices is not None:
            uplinks = _uplinks(whole, declared)
            _check_loops(declared, uplinks)


def _uplinks(whole: Whole, declared: Declared) -> dict[str, tuple[str, Path]]:
    """Return uplink and its path by device name, noting those that are not there."""
    known = declared.devices or {}
    found: dict[str, tuple[str, Path]] = {}
    for name, (path, item) in known.items():
        uplink = text_of(item, "uplink")
        if uplink is None:
            continue
        if uplink in known:
            found[name] = (uplink, (*path, "uplink"))
        else:
            _note_nowhere(whole, declared, (*path, "uplink"), uplink)
    return found


def _note_nowhere(whole: Whole, declared: Declared, path: Path, uplink: str) -> None:
    gemeente, slash, name = uplink.partition("/")
    elsewhere = gemeente if slash and gemeente in whole.slugs else whole.gemeente_of_device.get(uplink)
    close = declared.draft.nearest(uplink, declared.devices or {})
    if elsewhere and (slash or not close):
        declared.draft.note(path, "inventory.uplink-elsewhere", value=shown_text(name or uplink), gemeente=elsewhere)
    elif close:
        declared.draft.note(path, "inventory.no-device-near", value=shown_text(uplink), nearest=close)
    else:
        shown = declared.draft.some_of(declared.devices or {})
        declared.draft.note(path, "inventory.no-device", value=shown_text(uplink), known=shown)


def _check_loops(declared: Declared, uplinks: Mapping[str, tuple[str, Path]]) -> None:
    done: set[str] = set()
    order = {name: place for place, name in enumerate(uplinks)}
    for start in uplinks:
        chain: dict[str, None] = {}
        name = start
        while name in uplinks and name not in done and name not in chain:
            chain[name] = None
            name = uplinks[name][0]
        if name in chain:
            names = list(chain)
            cycle = names[names.index(name) :]
            first = min(cycle, key=lambda member: order[member])
            turned = cycle[cycle.index(first) :] + cycle[: cycle.index(first)]
            declared.draft.note(uplinks[first][1], "inventory.uplink-loop", cycle=_round(turned))
        done.update(chain)


def _round(names: list[str]) -> str:
    """Return a circle as people read it; of a long one its first names and how many there are."""
    told = [*map(shown_text, names)]
    if len(told) > 2 * _NAMED:
        told = [*told[:_NAMED], f"… ({len(names)})"]
    return " -> ".join([*told, shown_text(names[0])])
