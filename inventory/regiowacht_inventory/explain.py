"""Turns what pydantic found into mistakes that say what would be right."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from regiowacht_contract.nearest import nearest
from regiowacht_inventory import alerting, schema, values
from regiowacht_inventory.draft import MAX_MISTAKES
from regiowacht_inventory.shown import HIDDEN, shown_key, shown_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from regiowacht_inventory.draft import Draft
    from regiowacht_inventory.model import Model
    from regiowacht_inventory.nodes import Path

SHAPES: Mapping[tuple[str, ...], type[Model]] = {
    # where in which file, "*" for any index or name, and the model that stands there
    ("region",): schema.RegionFile,
    ("region", "collector"): schema.Collector,
    ("region", "agent"): schema.Agent,
    ("region", "snmp"): schema.Snmp,
    ("region", "audit"): schema.RegionAudit,
    ("region", "alerts"): alerting.RegionAlerts,
    ("region", "alerts", "receivers", "*"): alerting.Receiver,
    ("region", "alerts", "to", "*"): alerting.AlertRoute,
    ("region", "alerts", "office"): alerting.Office,
    ("region", "alerts", "windows", "*"): alerting.Window,
    ("region", "alerts", "smtp"): alerting.Smtp,
    ("region", "leveranciers", "*"): schema.Leverancier,
    ("region", "leveranciers", "*", "alerts"): alerting.LeverancierAlerts,
    ("region", "leveranciers", "*", "alerts", "to", "*"): alerting.AlertRoute,
    ("region", "trajecten", "*"): schema.Traject,
    ("region", "credentials", "*"): schema.Credential,
    ("region", "credentials", "*", "auth"): schema.Auth,
    ("region", "credentials", "*", "priv"): schema.Priv,
    ("gemeente",): schema.Gemeente,
    ("gemeente", "agent"): schema.Agent,
    ("gemeente", "audit"): schema.GemeenteAudit,
    ("gemeente", "audit", "jump"): schema.Jump,
    ("gemeente", "alerts"): alerting.GemeenteAlerts,
    ("gemeente", "alerts", "receivers", "*"): alerting.Receiver,
    ("gemeente", "alerts", "to", "*"): alerting.AlertRoute,
    ("gemeente", "alerts", "office"): alerting.Office,
    ("gemeente", "alerts", "windows", "*"): alerting.Window,
    ("gemeente", "sites", "*"): schema.Site,
    ("gemeente", "sites", "*", "uplinks", "*"): schema.Uplink,
    ("gemeente", "servers", "*"): schema.Server,
    ("gemeente", "servers", "*", "agent"): schema.Agent,
    ("gemeente", "devices", "*"): schema.Device,
    ("gemeente", "services", "*"): schema.Service,
}
"""Every mapping of the schema, by its place."""

_SECRET_KEY = re.compile(
    r"pass|wacht?woord|secret|geheim|communit|token|api.?key|private.?key|sleutel|credential|^(auth|priv|key|psk|pw|pwd)$",
    re.IGNORECASE,
)
_SECRET_WORDS = ("password", "passphrase", "wachtwoord", "secret", "community")
_PATTERNS = {
    values.SLUG: "inventory.slug",
    values.NAME: "inventory.name",
    values.SECRET_REF: "inventory.secret-written",
    values.DNS_NAME: "inventory.dns-name",
    values.PEM_FILE: "inventory.pem-file",
    values.CLOCK: "inventory.clock",
    values.MOMENT: "inventory.moment",
    values.EMAIL: "inventory.email",
}
_RANGES = {
    "greater_than": "inventory.above",
    "greater_than_equal": "inventory.too-small",
    "less_than_equal": "inventory.too-large",
}
_FIXED = {
    "address": "inventory.address",
    "address_unusable": "inventory.address-unusable",
    "invisible": "inventory.invisible",
    "url": "inventory.url",
    "host_port": "inventory.host-port",
    "secret_in_url": "inventory.secret-in-url",
    "bandwidth": "inventory.bandwidth",
    "seconds": "inventory.seconds",
    "date": "inventory.date",
    "whole": "inventory.whole",
    "int_type": "inventory.whole",
    "int_parsing": "inventory.whole",
    "float_type": "inventory.number",
    "float_parsing": "inventory.number",
    "finite_number": "inventory.number",
    "date_type": "inventory.date",
    "string_too_long": "inventory.too-long",
    "string_too_short": "inventory.empty",
    "string_type": "inventory.text-wanted",
    "flag": "inventory.flag",
    "bool_type": "inventory.flag",
    "tuple_type": "inventory.list-wanted",
    "mapping_type": "inventory.mapping-wanted",
    "dict_type": "inventory.mapping-wanted",
    "model_type": "inventory.mapping-wanted",
    "model_attributes_type": "inventory.mapping-wanted",
}


Other: TypeAlias = "tuple[Draft, Path] | None"


class Notes(Protocol):
    """Where mistakes are noted."""

    def note(self, path: Path, key: str, /, *, at_key: bool = False, other: Other = None, **values: object) -> None:
        """Keep a mistake at ``path``."""


def note_errors(draft: Notes, file_kind: str, errors: list[ErrorDetails], under: Path = ()) -> None:
    """Note every error of pydantic's; ``file_kind`` is ``region`` or ``gemeente``, ``under`` where the model stands."""
    for error in errors[:MAX_MISTAKES]:
        path: Path = (*under, *error["loc"])
        if path and path[-1] == "[key]":
            draft.note(path[:-1], "inventory.slug", at_key=True, key=_name(path[:-1]), value=_shown_key(path[:-1]))
        else:
            _note(draft, file_kind, path, error)
    for error in errors[MAX_MISTAKES:]:  # only counted: to explain each of very many takes long
        draft.note((*under, *error["loc"]), "inventory.wrong")


def _note(draft: Notes, file_kind: str, path: Path, error: ErrorDetails) -> None:
    explain = _SPECIAL.get(error["type"])
    if explain:
        explain(draft, file_kind, path, error)
        return
    key = _FIXED.get(error["type"], "inventory.wrong")
    if error["input"] in (None, ""):
        key = "inventory.empty"
    draft.note(path, key, key=_name(path), value=_shown(path, error["input"]))


def _missing(draft: Notes, file_kind: str, path: Path, _error: ErrorDetails) -> None:
    field = _field(file_kind, path)
    example = field.examples[0] if field is not None and field.examples else "…"
    draft.note(path[:-1], "inventory.key-missing", at_key=True, key=str(path[-1]), example=_as_typed(example))


def _unknown(draft: Notes, file_kind: str, path: Path, error: ErrorDetails) -> None:
    key = str(path[-1])
    known = _keys(file_kind, path[:-1])
    close = nearest(key, known)
    if _is_secret(key, error["input"]) and not (close and "credentials" in path):
        draft.note(path, "inventory.secret-unknown-key", at_key=True, key=_shown_key(path))
    elif close:
        draft.note(path, "inventory.key-unknown-near", at_key=True, key=_shown_key(path), nearest=close)
    else:
        draft.note(path, "inventory.key-unknown", at_key=True, key=_shown_key(path), known=", ".join(known))


def _is_secret(key: str, value: object) -> bool:
    """Tell whether an unknown key seems to hold a secret, rather than a reference to one or nothing."""
    if value is None or (isinstance(value, str) and re.match(values.SECRET_REF, value)):
        return False
    return bool(_SECRET_KEY.search(key) or difflib.get_close_matches(key.casefold(), _SECRET_WORDS, 1, 0.8))


def _pattern(draft: Notes, _file_kind: str, path: Path, error: ErrorDetails) -> None:
    key = _PATTERNS.get(error["ctx"]["pattern"], "inventory.wrong")
    draft.note(path, key, key=_name(path), value=_shown(path, error["input"]))


def _one_of(draft: Notes, _file_kind: str, path: Path, error: ErrorDetails) -> None:
    context: Mapping[str, Any] = error["ctx"]
    known = context["known"] if "known" in context else re.findall(r"'([^']*)'", context["expected"])
    value = error["input"]
    if not isinstance(value, str) or not value:
        text = "inventory.text-wanted" if value else "inventory.empty"
        draft.note(path, text, key=_name(path))
        return
    close = nearest(value, known)
    is_short = len(known) <= 20
    text = ("inventory.one-of-near" if is_short else "inventory.one-of-near-many") if close else "inventory.one-of"
    shown = ", ".join(known if is_short else known[:3]) + ("" if is_short else ", …")
    draft.note(path, text, key=_name(path), value=_shown(path, value), nearest=close, known=shown)


def _range(draft: Notes, _file_kind: str, path: Path, error: ErrorDetails) -> None:
    (bound,) = error["ctx"].values()
    text = _RANGES[error["type"]]
    draft.note(path, text, key=_name(path), value=_shown(path, error["input"]), bound=f"{bound:.10g}")


_SPECIAL: Mapping[str, Callable[[Notes, str, Path, ErrorDetails], None]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_pattern_mismatch": _pattern,
    "literal_error": _one_of,
    "one_of": _one_of,
    **dict.fromkeys(_RANGES, _range),
}


def model_at(file_kind: str, path: Path) -> type[Model] | None:
    """Return the model of the mapping that ``path`` leads to, or None where there is none."""
    steps = (file_kind, *path)
    for shape, model in SHAPES.items():
        if len(shape) == len(steps) and all(want in ("*", step) for want, step in zip(shape, steps, strict=True)):
            return model
    return None


def _keys(file_kind: str, path: Path) -> list[str]:
    model = model_at(file_kind, path)
    return [info.alias or name for name, info in model.model_fields.items()] if model else []


def _field(file_kind: str, path: Path) -> Any:
    model = model_at(file_kind, path[:-1])
    fields = model.model_fields.items() if model else ()
    return next((info for name, info in fields if (info.alias or name) == path[-1]), None)


def _name(path: Path) -> str:
    """Return the key that a value stands under, for an item of a list its list's key."""
    named = [step for step in path if isinstance(step, str)]
    return shown_key(named[-1]) if named else HIDDEN


def _shown(path: Path, value: object) -> str:
    """Return a value as it may be printed: nothing that may be a secret, or the key itself instead of its file."""
    return (
        shown_text(value) if isinstance(value, str) and path[-1:] != ("key",) and "credentials" not in path else HIDDEN
    )


def _shown_key(path: Path) -> str:
    """Return an unknown key as it may be printed: among the credentials a person may have typed a secret as one."""
    return HIDDEN if "credentials" in path else shown_key(str(path[-1]))


def _as_typed(example: object) -> str:
    if isinstance(example, list):
        return "[" + ", ".join(map(str, example)) + "]"
    text = str(example)
    return f'"{text}"' if text.isdigit() and isinstance(example, str) else text
