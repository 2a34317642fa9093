"""Whether the baselines of a region folder can be used: what ``regiowacht check`` says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.errors import RegiowachtError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_inventory import Region


def baseline_mistakes(region: Region, folder: Path) -> dict[str, RegiowachtError]:
    """Return what keeps a baseline from being used, by the file that is to be mended; empty: all can be.

    Every file in ``baselines/`` is read, also one that nobody names yet, and every name is looked up.
    """
    asked = [*_files(folder), *_named(region, folder)]
    if not asked:
        return {}
    from regiowacht_audit.judge.baseline import find_baseline  # noqa: PLC0415  # 0.3 s that most folders do not need

    found: dict[str, RegiowachtError] = {}
    for place, name in asked:
        try:
            find_baseline(name, folder / "baselines")
        except RegiowachtError as error:
            found.setdefault(str(error.values.get("file", place)), error)
    return found


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((folder / "baselines").glob("*.y*ml")):
        yield str(path), str(path)


def _named(region: Region, folder: Path) -> Iterator[tuple[str, str]]:
    if region.audit.baseline:
        yield str(folder / "region.yml"), region.audit.baseline
    for gemeente in region.gemeenten:
        if gemeente.audit.baseline:
            yield str(folder / "gemeenten" / f"{gemeente.gemeente}.yml"), gemeente.audit.baseline
