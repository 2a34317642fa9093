"""Secrets in a configuration: found by their line, judged by their form, never carried on by value."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_audit.facts.fact import Item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

MASKED = re.compile(r"[*x•.]{3,}|<[^>]*>|\$\$.*|\[?(?:removed|redacted|scrubbed)\]?|netconanRemoved\d+", re.IGNORECASE)
WELL_KNOWN = ("public", "private")
TYPE_7 = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
"""The table of Cisco's type 7, which turns a password back into the clear; published since 1995."""


class Secret(NamedTuple):
    """A secret as a line holds it.

    Attributes:
        name: what it guards, fit to be shown: ``username admin``.
        line: where it stands.
        form: ``plain``, ``reversible``, ``hashed`` or ``encrypted``; empty where the device itself masks it.
        value: what is written there; it goes no further than this module.
    """

    name: str
    line: Line
    form: str
    value: str


def say_secrets(sheet: Sheet, found: Iterable[Secret], communities: Iterable[Secret] = ()) -> None:
    """Fill the facts about secrets; communities are readable by nature and have rules of their own."""
    secrets = list(found)
    items = [_item(one) for one in secrets]
    if sheet.is_whole or any(one.traits["weak"] for one in items):  # of an excerpt the weak one may not be shown
        sheet.items("secrets.all", items)
    readable = [one for one in (*secrets, *communities) if _clear(one) is not None]
    known = [_readable(one) for one in readable]
    if sheet.is_whole or any(one.traits["known"] for one in known):
        sheet.items("secrets.readable", known, is_known=False)


def community(name: str, line: Line, access: str | None, *, restricted: bool | None, is_readable: bool = True) -> Item:
    """Return the item of an SNMP community: its name only where everybody knows it."""
    plain = name.strip("\"'")
    is_known = None if not is_readable or MASKED.fullmatch(plain) else plain.casefold() in WELL_KNOWN
    return Item(
        plain if is_known else "<secret>",
        (line.number,),
        {"access": access, "restricted": restricted, "well_known": is_known, "written": True},
    )


def is_cut(line: Line, name: str) -> bool:
    """Tell whether whoever kept a line put one placeholder for a community and all that followed, its rights too."""
    return name.startswith("<") and line.words[-1] == name


def form_of(kind: str, plain: str = "") -> str:
    """Return the form behind Cisco's type digit; no digit, or ``plain``'s own, is the clear."""
    if kind in {"", "0", plain}:
        return "plain"
    return {"7": "reversible", "6": "encrypted"}.get(kind, "hashed")


def _item(secret: Secret) -> Item:
    traits: dict[str, bool | int | str | None] = {
        "weak": secret.form in {"plain", "reversible"} if secret.form else None,
        "form": secret.form,
    }
    return Item(secret.name, (secret.line.number,), traits)


def _readable(secret: Secret) -> Item:
    clear = (_clear(secret) or "").casefold()
    return Item(secret.name, (secret.line.number,), {"known": clear in _known()})


def _clear(secret: Secret) -> str | None:
    """Return the secret in the clear, or None where it cannot be read back, or was masked by whoever kept it."""
    value = secret.value.strip("\"'")
    if not value or MASKED.fullmatch(value):
        return None
    if secret.form == "plain":
        return value
    return _type_7(value) if secret.form == "reversible" else None


def _type_7(value: str) -> str | None:
    """Return the text behind a type 7 string: two digits of offset, then bytes in hex, each against the table."""
    try:
        offset, data = int(value[:2]), bytes.fromhex(value[2:])
    except ValueError:
        return None
    text = "".join(chr(byte ^ ord(TYPE_7[(offset + place) % len(TYPE_7)])) for place, byte in enumerate(data))
    return text if text.isascii() and text.isprintable() else None  # another maker's form with the same digit


@functools.cache
def _known() -> frozenset[str]:
    text = (resources.files("regiowacht_audit.adapters") / "known_secrets.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["values"])
