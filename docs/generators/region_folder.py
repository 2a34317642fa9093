"""Reference page: every key of the region folder."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic_core import PydanticUndefined

from regiowacht_inventory.explain import SHAPES
from regiowacht_inventory.json_schema import json_schema
from regiowacht_inventory.kinds import ASSET_LAAG

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from regiowacht_inventory.model import Model

PATH = "reference/region-folder.md"

INTRO = """\
# Region folder

The YAML files of one region: the only source of truth. `regiowacht check FOLDER` tells every mistake in it
with its line.

| file | holds |
| --- | --- |
| `region.yml` | what the gemeenten share |
| `gemeenten/SLUG.yml` | one gemeente, whole; adding a gemeente is adding a file |
| `baselines/` | what audits compare with |
| `known_hosts` | host keys that audits trust |

A file is UTF-8 YAML of at most 4 MB. A value is read as the text that stands there: `NO` stays `NO`, `on` stays `on`.
An empty value counts as no value. A key that is not listed here is a mistake, and `check` names the nearest that is.

- A *slug* has lower-case letters, digits and hyphens, and begins with a letter or digit.
- A *name* has letters, digits, dots, hyphens and underscores, begins with a letter or digit and has
  63 characters at most. Within a gemeente every name stands for one thing: servers, devices, services and uplinks
  together.
- A *reference to a secret* is `env:NAME` or `file:/PATH`, resolved on the machine that uses it.
  A secret itself is refused.
- An *address* is an IPv4 address, an IPv6 address or a host name.
- `code` is written between quotes. In the Netherlands `"0123"` and `"GM0123"` are the same code; it is shown as
  `GM0123`.

An editor checks while you type with the JSON Schema that `regiowacht inventory schema` prints."""

_TITLES = {
    ("region",): "`region.yml`",
    ("gemeente",): "`gemeenten/SLUG.yml`",
}


def page() -> str:
    """Return the page as Markdown: a table of keys for every mapping of the schema."""
    parts = [INTRO]
    for path, model in SHAPES.items():
        parts += ["", f"## {_title(path)}", "", _first_line(model), "", *_table(model)]
    parts += ["", "## Kinds and their laag", "", "| kind | laag |", "| --- | --- |"]
    parts += [f"| `{kind}` | {laag} |" for kind, laag in ASSET_LAAG.items()]
    parts += ["", "`server`, `link` and `service` are not written as a kind: servers, uplinks and services are."]
    parts += ["A service may say another laag with its own key `laag`."]
    return "\n".join(parts)


def _title(path: tuple[str, ...]) -> str:
    if path in _TITLES:
        return _TITLES[path]
    steps = [
        "SLUG" if step == "*" and path[i - 1] in _MAPPINGS else "[]" if step == "*" else step
        for i, step in enumerate(path)
    ]
    return f"`{'.'.join(steps[1:]).replace('.[]', '[]')}` in {_TITLES[path[:1]]}"


_MAPPINGS = frozenset({"leveranciers", "credentials", "sites"})


def _first_line(model: type[Model]) -> str:
    return (model.__doc__ or "").partition("\n")[0]


def _table(model: type[Model]) -> list[str]:
    lines = ["| key | type | required | default | meaning | example |", "| --- | --- | --- | --- | --- | --- |"]
    for name, info in model.model_fields.items():
        cells = (
            f"`{info.alias or name}`",
            _type(model, info.alias or name, info),
            "yes" if info.is_required() else "",
            _default(info),
            info.description or "",
            ", ".join(f"`{_written(example)}`" for example in info.examples or ()) or "below",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _default(info: FieldInfo) -> str:
    default = info.default
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if isinstance(default, str) and default and default is not PydanticUndefined else ""


def _written(example: object) -> str:
    if isinstance(example, list):
        return "[" + ", ".join(map(str, example)) + "]"
    text = str(example)
    return f'"{text}"' if isinstance(example, str) and text.isdigit() and len(text) > 1 else text


def _type(model: type[Model], key: str, info: FieldInfo) -> str:
    own = _TYPES_OF.get(model.__name__, {}).get(key) or _OWN_TYPES.get(key)
    if own is not None:
        return own
    found = _choices(info.annotation)
    if found:
        return " or ".join(f"`{choice}`" for choice in found)
    shape = _json_type(model, key)
    return _WORDS.get(shape, shape)


_OWN_TYPES = {
    "kind": "[kind](#kinds-and-their-laag)",
    "bandwidth": "bits per second",
    "interval": "seconds, as `60s`",
    "secret": "reference to a secret",
    "community": "reference to a secret",
    "password": "reference to a secret",
    "from": "day, `YYYY-MM-DD`",
    "until": "day, `YYYY-MM-DD`",
    "far_end": "address",
    "timezone": "tz database name",
    "relay": "URL",
    "url": "URL",
}
_TYPES_OF = {
    "Office": {"from": "time of day, `HH:MM`", "until": "time of day, `HH:MM`"},
    "Window": dict.fromkeys(("from", "until"), "`YYYY-MM-DD HH:MM`, or `HH:MM` with `days`"),
    "Smtp": {"from": "mail address"},
}
"""What a key is of one mapping alone, where the same key means something else in another."""
_WORDS = {"string": "text", "integer": "whole number", "number": "number", "array": "list", "object": "mapping"}
_WORDS["boolean"] = "`true` or `false`"


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        return next((found for arg in get_args(annotation) if (found := _choices(arg))), ())
    return ()


def _json_type(model: type[Model], key: str) -> str:
    """Return the JSON type that an editor would ask for."""
    for whole in (json_schema("region"), json_schema("gemeente")):
        shapes = {**whole.get("$defs", {}), "RegionFile": whole, "Gemeente": whole}
        properties = shapes.get(model.__name__, {}).get("properties", {})
        if key in properties:
            shape = properties[key]
            options = [shape, *shape.get("anyOf", ())]
            found = [option["type"] for option in options if option.get("type", "null") != "null"]
            return found[0] if found else "object"
    return "object"
