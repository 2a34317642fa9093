"""Reads what may stand any number of times in the configuration, as ``[[probe]]`` and ``[[device]]`` do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regiowacht_agent.polls.settings import LISTS, is_required, list_settings, mistakes
from regiowacht_agent.settings import Invalid
from regiowacht_contract.defaults import POLLED_MAX
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_agent.polls.settings import Item


@dataclass(frozen=True, slots=True)
class Mistake:
    """One value or name that cannot be: the key where it stands, the text and what fills it."""

    key: str
    text: str
    values: Mapping[str, object]

    @property
    def shown(self) -> str:
        """The key as a person knows it: without the number of an item."""
        return ".".join(part for part in self.key.split(".") if not part.isdecimal())


def read_lists(raw: Mapping[str, Any], wrong: list[Mistake]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the items of every list that stands in the raw values, and the raw values without them.

    Mistakes are added to ``wrong``; an item that holds one is left out.
    """
    found: dict[str, Any] = {}
    for name in LISTS:
        if name not in raw:
            continue
        items = raw[name]
        if not isinstance(items, list) or len(items) > POLLED_MAX or not all(isinstance(item, dict) for item in items):
            wrong.append(Mistake(name, "agent.no-list", {"name": name}))
        else:
            found[name] = _items(name, items, wrong)
    if found.keys() & {"device"}:
        wrong += _without_poller(raw["device"], raw.get("poller"))
    return found, {name: value for name, value in raw.items() if name not in LISTS}


def _without_poller(devices: list[dict[str, Any]], pollers: object) -> Iterator[Mistake]:
    """Yield the devices that stand by for somebody whom no ``[[poller]]`` names."""
    names = [raw.get("instance") for raw in pollers if isinstance(raw, dict)] if isinstance(pollers, list) else []
    for number, raw in enumerate(devices):
        wanted = raw.get("standby_of")
        if isinstance(wanted, str) and wanted and wanted not in names:
            yield Mistake(f"device.{number}.standby_of", "agent.no-poller", {"value": wanted})


def _items(name: str, items: list[dict[str, Any]], wrong: list[Mistake]) -> tuple[Item, ...]:
    read: list[Item] = []
    instances: set[str] = set()
    for number, raw in enumerate(items):
        key = f"{name}.{number}"
        item = _item(name, key, raw, wrong)
        if item is None:
            continue
        read.append(item)
        if item.instance in instances:
            wrong.append(Mistake(f"{key}.instance", "agent.twice", {"value": item.instance}))
        instances.add(item.instance)
    return tuple(read)


def _item(name: str, key: str, raw: dict[str, Any], wrong: list[Mistake]) -> Item | None:
    """Return one item, or None when anything in it is wrong by itself."""
    known = {one.key.partition(".")[2]: one for one in list_settings(name)}
    values: dict[str, Any] = {}
    before = len(wrong)
    for inner, value in raw.items():
        if inner not in known:
            close = nearest(inner, known) or ", ".join(sorted(known))
            wrong.append(Mistake(f"{key}.{inner}", "agent.unknown-key", {"nearest": close}))
            continue
        try:
            values[inner] = known[inner].kind.check(value)
        except Invalid as invalid:
            wrong.append(Mistake(f"{key}.{inner}", invalid.key, invalid.values))
    lacking = [inner for inner, one in known.items() if is_required(one) and inner not in raw]
    wrong += [Mistake(key, "agent.missing", {"missing": inner}) for inner in lacking]
    if len(wrong) > before:
        return None
    item = LISTS[name](**values)
    wrong += [Mistake(f"{key}.{inner}", invalid.key, invalid.values) for inner, invalid in mistakes(item)]
    return item
