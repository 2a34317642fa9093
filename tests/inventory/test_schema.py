"""The schema tells people and editors what the loader accepts."""

from __future__ import annotations

import datetime
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from regiowacht_inventory import example_path
from regiowacht_inventory.explain import SHAPES
from regiowacht_inventory.json_schema import json_schema

if TYPE_CHECKING:
    from types import ModuleType

DOCS = Path(__file__).resolve().parents[2] / "docs"
KEYS = [(model, name, info) for model in SHAPES.values() for name, info in model.model_fields.items()]


def plain(value: Any) -> Any:
    """Return what an editor sees: a day is text to a JSON Schema."""
    if isinstance(value, dict):
        return {key: plain(below) for key, below in value.items()}
    if isinstance(value, list):
        return [plain(below) for below in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


@pytest.mark.parametrize("path", sorted(example_path().rglob("*.yml")), ids=lambda path: path.name)
def test_the_example_fits_the_json_schema(path: Path) -> None:
    schema = json_schema("region" if path.name == "region.yml" else "gemeente")
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(plain(yaml.safe_load(path.read_text(encoding="utf-8"))))


def test_the_json_schema_refuses_what_the_loader_refuses() -> None:
    text = (example_path() / "gemeenten" / "wilgenrade.yml").read_text(encoding="utf-8")
    validator = jsonschema.Draft202012Validator(json_schema("gemeente"))
    for old, new in (("kind: router", "kind: rooter"), ("inhabitants:", "inhabitant:"), ("country: BE", "country: FR")):
        assert not validator.is_valid(plain(yaml.safe_load(text.replace(old, new))))


@pytest.mark.parametrize(("model", "name", "info"), KEYS, ids=[f"{model.__name__}.{name}" for model, name, _ in KEYS])
def test_every_key_has_its_description(model: type, name: str, info: Any) -> None:
    assert info.description, f"{model.__name__}.{name} has no description"
    assert info.description.endswith(".")


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("region_folder", DOCS / "generators" / "region_folder.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_page_has_every_key() -> None:
    page = generator().page()
    for model, name, info in KEYS:
        assert f"| `{info.alias or name}` |" in page, f"{model.__name__}.{name}"
        assert info.description in page
