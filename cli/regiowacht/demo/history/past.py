"""The past of a made-up region: files for an engine's storage, and a page for the time after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.catalogue import metric

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from regiowacht.demo.history.incidents import Incident
    from regiowacht_inventory import Region

RAW_S = 6 * 3600
RECORDED_DAYS = 90
STEP_S = 240


@dataclass(frozen=True, slots=True)
class Past:
    """What happened in a region until ``end_s``; made by ``make_past``.

    Attributes:
        region: the region.
        end_s: its last moment, Unix time.
        incidents: what went wrong, sorted by time; those under way at the end have no ``until_s``.
    """

    region: Region
    end_s: int
    incidents: tuple[Incident, ...]

    def write(self, folder: Path) -> list[Path]:
        """Write the past as OpenMetrics text, and return the files: each holds a stretch of time of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "raw-1.om"
        times = range(self.end_s - RAW_S, self.end_s + 1, STEP_S)
        lines = [f"{series} 1 {time}" for series in self._up() for time in times]
        file.write_text("\n".join([*lines, "# EOF", ""]), encoding="utf-8")
        return [file]

    def page(self, at_s: float) -> bytes:
        """Return what the region's agents would say at ``at_s``, in text format 0.0.4, with all labels."""
        del at_s
        return "".join(f"{series} 1\n" for series in self._up()).encode()

    def _up(self) -> list[str]:
        name = metric("up").name
        return [f"{name}{{{_written(asset.target_labels)}}}" for asset in self.region.assets]


def _written(labels: Mapping[str, str]) -> str:
    return ",".join(f'{key}="{value}"' for key, value in labels.items())


def make_past(region: Region, end_s: int, seed: int = 1) -> Past:
    """Return the past of ``region`` that ends at ``end_s``; the same for the same region, end and seed."""
    del seed
    return Past(region, end_s, ())
