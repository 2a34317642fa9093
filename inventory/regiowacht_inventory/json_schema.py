"""The JSON Schema that lets an editor check a region's files while people type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from regiowacht_inventory.schema import Gemeente, RegionFile

if TYPE_CHECKING:
    from collections.abc import Mapping

FileKind = Literal["gemeente", "region"]
_MODELS: Mapping[FileKind, type[RegionFile | Gemeente]] = {"gemeente": Gemeente, "region": RegionFile}


def json_schema(file_kind: FileKind) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``gemeenten/*.yml`` or of ``region.yml``."""
    schema = _MODELS[file_kind].model_json_schema(by_alias=True)
    _drop_titles(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _drop_titles(node: object) -> None:
    """Remove the titles that pydantic makes of Python's names: an editor would show them above the description."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for value in node.values():
            _drop_titles(value)
    elif isinstance(node, list):
        for value in node:
            _drop_titles(value)
