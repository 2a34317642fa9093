"""The made-up region is one that people could have written, the same at every run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from regiowacht.demo.history import DEMO, Size, write_region
from regiowacht_contract.errors import Unavailable, UsageError
from regiowacht_inventory import Region, load
from regiowacht_inventory.kinds import ASSET_KINDS

if TYPE_CHECKING:
    from pathlib import Path


def made(folder: Path, size: Size, seed: int = 1) -> Region:
    write_region(folder, size, seed)
    return load(folder)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.yml"))}


@pytest.mark.parametrize(
    "size",
    [Size(1, 1), Size(1, 2), Size(1, 18), Size(2, 3), Size(3, 60), DEMO, Size(20, 2000), Size(1, 5000), Size(500, 501)],
    ids=lambda size: f"{size.gemeenten}-{size.devices}",
)
def test_a_region_of_any_size_has_no_mistake_and_exactly_that_many(size: Size, tmp_path: Path) -> None:
    region = made(tmp_path, size)
    assert len(region.gemeenten) == size.gemeenten
    assert len(region.assets) == size.devices
    assert {gemeente.gemeente for gemeente in region.gemeenten} == {asset.gemeente for asset in region.assets}


@pytest.mark.parametrize("size", [DEMO, Size()], ids=["demo", "large"])
def test_one_gemeente_has_two_of_every_kind(size: Size, tmp_path: Path) -> None:
    region = made(tmp_path, size)
    by_gemeente: dict[str, Counter[str]] = {}
    for asset in region.assets:
        by_gemeente.setdefault(asset.gemeente, Counter())[asset.kind] += 1
    assert any(all(kinds[kind] >= 2 for kind in ASSET_KINDS) for kinds in by_gemeente.values())


def test_it_says_that_it_is_made_up(tmp_path: Path) -> None:
    region = made(tmp_path, DEMO)
    assert region.regio == "voorbeeldgegevens"
    assert "verzonnen" in region.name


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_region(tmp_path / folder, DEMO, seed)
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert content(tmp_path / "a") != content(tmp_path / "c")


def test_everything_hangs_on_something_or_is_the_edge_of_its_site(tmp_path: Path) -> None:
    region = made(tmp_path, Size(3, 300))
    hanging = [asset for asset in region.assets if asset.job == "snmp" and not asset.uplink]
    lines = {(link.gemeente, link.uplink) for link in region.assets if link.kind == "link"}
    assert hanging
    assert {asset.key for asset in hanging} == lines


@pytest.mark.parametrize("wrong", [(0, 0), (0, 5), (-1, 5), (501, 501), (2, 1), (1, 10_001)])
def test_a_size_that_cannot_be_is_refused_with_a_sentence(wrong: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="it has to be from"):
        Size(*wrong)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="file"):
        write_region(tmp_path / "file" / "region", DEMO)
