"""Every name that refers to something leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import shown_text
from regiowacht_inventory.values import is_slug

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from regiowacht_inventory.checks.whole import Declared, Whole
    from regiowacht_inventory.draft import Draft, Item
    from regiowacht_inventory.nodes import Path, Raw


_OF_SNMP = frozenset({"version", "community", "auth", "priv"})


def check(whole: Whole) -> None:
    """Note every reference to a site, server, device, leverancier or credential that does not exist."""
    for declared in whole.gemeenten:
        for path, item, key in _references(declared):
            value = text_of(item, key)
            if value is not None:
                _FOLLOW[key](whole, declared, (*path, key), value)


def _references(declared: Declared) -> Iterator[tuple[Path, Mapping[str, Raw], str]]:
    draft = declared.draft
    sites: Iterator[Item] = ((("sites", slug), site) for slug, site in draft.sites())
    for keys, items in (
        (("poller", "standby"), sites),
        (("device", "leverancier"), draft.uplinks()),
        (("site", "leverancier", "polled_by"), draft.items("servers")),
        (("site", "leverancier", "polled_by", "snmp", "ssh"), draft.items("devices")),
        (("site", "leverancier", "polled_by"), draft.items("services")),
        (("ssh",), _jump(draft)),
    ):
        for path, item in items:
            for key in keys:
                if key in item:
                    yield path, item, key


def _jump(draft: Draft) -> Iterator[Item]:
    audit = draft.data.get("audit")
    jump = audit.get("jump") if isinstance(audit, dict) else None
    if isinstance(jump, dict):
        yield ("audit", "jump"), jump


def _leads_nowhere(declared: Declared, path: Path, value: str, known: Collection[str], what: str) -> None:
    """Note that ``what`` (part of the text's key) does not exist, with the nearest that does."""
    close, value = declared.draft.nearest(value, known), shown_text(value)
    if close:
        declared.draft.note(path, f"inventory.no-{what}-near", value=value, nearest=close)
    else:
        declared.draft.note(path, f"inventory.no-{what}", value=value, known=declared.draft.some_of(known))


def _site(_whole: Whole, declared: Declared, path: Path, value: str) -> None:
    if declared.sites is not None and value not in declared.sites:
        _leads_nowhere(declared, path, value, declared.sites, "site")


def _leverancier(whole: Whole, declared: Declared, path: Path, value: str) -> None:
    known = whole.leveranciers
    if known is not None and value not in known:
        _leads_nowhere(declared, path, value, known, "leverancier")


def _device(_whole: Whole, declared: Declared, path: Path, value: str) -> None:
    if declared.devices is not None and value not in declared.devices:
        _leads_nowhere(declared, path, value, declared.devices, "device")


def _agent(_whole: Whole, declared: Declared, path: Path, value: str) -> None:
    if declared.servers is None:
        return
    if value not in declared.servers:
        _leads_nowhere(declared, path, value, declared.servers, "server")
    elif not has_agent(declared.servers[value][1]):
        declared.draft.note(path, "inventory.no-agent", value=value, other=(declared.draft, declared.servers[value][0]))


def has_agent(server: Mapping[str, Raw]) -> bool:
    """Tell whether an agent measures a server, by its data: one read through a relay is asked, and asks nobody."""
    return server.get("relay") is None


def _snmp(whole: Whole, declared: Declared, path: Path, value: str) -> None:
    _credential(whole, declared, path, value, wants_snmp=True)


def _ssh(whole: Whole, declared: Declared, path: Path, value: str) -> None:
    _credential(whole, declared, path, value, wants_snmp=False)


def _credential(whole: Whole, declared: Declared, path: Path, value: str, *, wants_snmp: bool) -> None:
    known = whole.credentials
    if known is None:
        return
    key = path[-1]
    if value not in known:
        close = declared.draft.nearest(value, [*filter(is_slug, known)])
        # Someone may have written the community itself here: never print what is not nearly a credential's name.
        if close:
            declared.draft.note(path, "inventory.no-credential-near", key=key, value=value, nearest=close)
        else:
            shown = declared.draft.some_of(filter(is_slug, known))
            declared.draft.note(path, "inventory.no-credential", key=key, known=shown)
        return
    credential = known[value]
    if isinstance(credential, dict) and credential.keys().isdisjoint(_OF_SNMP) is wants_snmp:
        text = "inventory.credential-not-snmp" if wants_snmp else "inventory.credential-not-ssh"
        declared.draft.note(path, text, value=value)


_FOLLOW: Mapping[str, Callable[[Whole, Declared, Path, str], None]] = {
    "site": _site,
    "leverancier": _leverancier,
    "device": _device,
    "poller": _agent,
    "standby": _agent,
    "polled_by": _agent,
    "snmp": _snmp,
    "ssh": _ssh,
}
