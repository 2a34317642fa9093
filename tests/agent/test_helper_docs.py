"""What the how-to about updates, disks, certificates and backups names is there, and its settings are settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.helper.task import TASKS
from regiowacht_contract.catalogue import catalogue

if TYPE_CHECKING:
    from regiowacht_agent.config import Config

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "how-to/watch-updates-disks-and-backups.md").read_text(encoding="utf-8")
BEGINS = (
    "apt_",
    "yum_",
    "node_",
    "x509_",
    "regiowacht_",
    "namedprocess_",
    "needrestart_",
    "smartmon_",
    "nvme_",
    "chrony_",
)
NOT_TOLD = {"apt_packages_obsolete", "apt_packages_per_origin", "node_exporter"}
NAMES = sorted({
    name for name in re.findall(r"`([a-z0-9_A-Z]+)[`{]", PAGE) if name.startswith(BEGINS) and name.count("_") > 1
} - NOT_TOLD)  # fmt: skip
FILES = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _config(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "agent.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one_of_the_catalogue(name: str) -> None:
    assert name in catalogue()


@pytest.mark.parametrize("text", FILES)
def test_a_configuration_is_right(tmp_path: Path, text: str) -> None:
    assert tomllib.loads(text)
    assert _config(tmp_path, text) != load(None)


def test_every_task_has_its_row() -> None:
    rows = "\n".join(re.findall(r"^\| (.*?) \|", PAGE, re.MULTILINE))
    assert [task for task in TASKS if f"`{task}`" not in rows] == []


def test_the_first_configuration_switches_its_families_on(tmp_path: Path) -> None:
    assert _config(tmp_path, FILES[0]).declared == {"backups", "certificates", "namedprocess"}
