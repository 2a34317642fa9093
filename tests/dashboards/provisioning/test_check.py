"""What Grafana would trip over in a provisioning tree, one planted fault each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from regiowacht_dashboards.provisioning.check import check_tree
from regiowacht_dashboards.provisioning.tree import DATASOURCES, PROVIDERS, Source
from regiowacht_dashboards.provisioning.write import provision
from regiowacht_dashboards.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Change = Callable[[dict[str, Any]], object]

SOURCE = Source("http://collector.example:9783", "Regiowacht Voorbeeld", "REGIOWACHT_TOKEN")


def first(listed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (listed.get("datasources") or listed["providers"])[0]
    return found


def again(listed: dict[str, Any], **changes: object) -> None:
    entries = listed.get("datasources") or listed["providers"]
    entries.append({**entries[0], **changes})


def two_defaults(listed: dict[str, Any]) -> None:
    first(listed)["isDefault"] = True
    again(listed, name="Other", uid="other")


FAULTS: dict[str, tuple[str, Change, str]] = {
    "no-version": (DATASOURCES, lambda raw: raw.pop("apiVersion"), "no-version"),
    "no-list": (DATASOURCES, lambda raw: raw.update(datasources={"a": 1}), "no-entries"),
    "no-url": (DATASOURCES, lambda raw: first(raw).pop("url"), "source-lacks"),
    "no-uid": (DATASOURCES, lambda raw: first(raw).pop("uid"), "source-uid"),
    "direct": (DATASOURCES, lambda raw: first(raw).update(access="direct"), "source-direct"),
    "shape": (DATASOURCES, lambda raw: first(raw).update(jsonData=[1]), "source-shape"),
    "password": (DATASOURCES, lambda raw: first(raw).update(basicAuthPassword="not-a-secret"), "secret-in-the-open"),
    "token": (
        DATASOURCES,
        lambda raw: first(raw)["secureJsonData"].update(httpHeaderValue1="Bearer not-a-secret"),
        "secret-in-the-open",
    ),
    "half": (DATASOURCES, lambda raw: first(raw)["jsonData"].pop("httpHeaderName1"), "half-a-header"),
    "name-twice": (DATASOURCES, lambda raw: again(raw, uid="other"), "source-twice"),
    "uid-twice": (DATASOURCES, lambda raw: again(raw, name="Other"), "source-twice"),
    "defaults": (
        DATASOURCES,
        two_defaults,
        "two-defaults",
    ),
    "dollar": (DATASOURCES, lambda raw: first(raw).update(name="5 $"), "stray-dollar"),
    "no-type": (PROVIDERS, lambda raw: first(raw).pop("type"), "provider-lacks"),
    "no-options": (PROVIDERS, lambda raw: first(raw).update(options="x"), "provider-lacks"),
    "relative": (
        PROVIDERS,
        lambda raw: first(raw)["options"].update(path="dashboards/regio"),
        "path-not-absolute",
    ),
    "elsewhere": (PROVIDERS, lambda raw: first(raw)["options"].update(path="/srv/nowhere"), "path-not-here"),
    "both": (
        PROVIDERS,
        lambda raw: first(raw)["options"].update(foldersFromFilesStructure=True),
        "two-kinds-of-folder",
    ),
    "folder-uid": (PROVIDERS, lambda raw: first(raw).update(folderUid="a b"), "folder-uid"),
    "same-name": (PROVIDERS, lambda raw: raw["providers"][1].update(name=first(raw)["name"]), "provider-twice"),
    "same-path": (PROVIDERS, lambda raw: raw["providers"][1].update(options=first(raw)["options"]), "path-twice"),
    "same-uid": (
        PROVIDERS,
        lambda raw: raw["providers"][1].update(folderUid=first(raw)["folderUid"]),
        "folder-of-two-names",
    ),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    provision(tmp_path, Settings(lang="nl", timezone="Europe/Brussels"), SOURCE)
    return tmp_path


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_nothing_else(fault: str, tree: Path) -> None:
    name, change, key = FAULTS[fault]
    raw = yaml.safe_load((tree / name).read_text(encoding="utf-8"))
    change(raw)
    (tree / name).write_text(yaml.safe_dump(raw), encoding="utf-8")
    found = check_tree(tree)
    assert {problem.key for problem in found} == {f"provisioning.{key}"}
    assert {problem.file for problem in found} == {str(tree / name)}
    assert "not-a-secret" not in "".join(problem.message("nl") + problem.message("en") for problem in found)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"a: [", "no-yaml"),
        (b"\xff\xfe\x00", "unreadable"),
        (b"[" * 100_000, "no-yaml"),
        (b"# " + b"x" * 5_000_001, "too-large"),
        (b"", "no-version"),
        (b"- 1", "no-version"),
    ],
    ids=["broken", "no-text", "deep", "large", "empty", "list"],
)
def test_a_file_that_is_none_is_said_to_be_none(content: bytes, key: str, tree: Path) -> None:
    (tree / DATASOURCES).write_bytes(content)
    assert {problem.key for problem in check_tree(tree)} == {f"provisioning.{key}"}


def test_two_files_are_looked_at_together(tree: Path) -> None:
    (tree / "provisioning/datasources/other.yml").write_bytes((tree / DATASOURCES).read_bytes())
    found = check_tree(tree)
    assert {problem.key for problem in found} == {"provisioning.source-twice"}
    assert len({problem.file for problem in found}) == 2
