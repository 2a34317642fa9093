"""The reference page of the settings holds every setting and every family."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from regiowacht_agent.config import settings
from regiowacht_agent.reader import READERS, entries

ROOT = Path(__file__).resolve().parents[2]


def _page() -> str:
    path = ROOT / "docs/generators/agent_settings.py"
    spec = importlib.util.spec_from_file_location("agent_settings_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page: str = module.page()
    return page


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.key)
def test_every_setting_has_its_heading_and_its_switch(setting: object) -> None:
    page = _page()
    assert f"\n### {getattr(setting, 'key', '')}\n" in page
    assert getattr(setting, "switch", "") in page


def test_every_family_stands_in_its_readers_table() -> None:
    page = _page()
    for reader in READERS:
        for entry in entries(reader):
            assert f"| `{entry.name}` | {'on' if entry.default else 'off'} |" in page


def test_the_page_in_the_docs_is_the_one_that_the_code_tells() -> None:
    written = (ROOT / "docs/reference/agent-settings.md").read_text(encoding="utf-8")
    assert written.endswith(_page().rstrip() + "\n")
