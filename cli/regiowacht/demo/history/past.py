"""The past of a made-up region: files for an engine's storage, and a page for the time after."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from regiowacht.demo.history.agents import told
from regiowacht.demo.history.collector import collector
from regiowacht.demo.history.curves import Flat
from regiowacht.demo.history.openmetrics import write_piece
from regiowacht.demo.history.page import Page
from regiowacht.demo.history.pieces import pieces
from regiowacht.demo.history.recorded import recorded
from regiowacht.demo.history.series import Series, series
from regiowacht.demo.history.world import World, make_world
from regiowacht_collector.series import region_families
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from regiowacht.demo.history.incidents import Incident
    from regiowacht_inventory import Asset, Region


class Past:
    """What happened in a region until ``end_s``; made by ``make_past``.

    Attributes:
        region: the region.
        end_s: its last moment, Unix time.
        incidents: what went wrong, sorted by time; those under way at the end have no ``until_s``.
        measured: the assets of which every metric is known.
        never: (gemeente, name) of the assets that were never connected.
    """

    def __init__(self, world: World) -> None:
        self.region: Region = world.region
        self.end_s: int = world.end_s
        self.incidents: tuple[Incident, ...] = world.incidents
        self.measured: frozenset[Asset] = world.measured
        self.never: frozenset[tuple[str, str]] = world.never
        self._told = _by_name(told(world))
        self._recorded = _by_name(recorded(world))
        self._declared = _by_name(_declared(world.region))
        self._own = _by_name(collector(world))
        self._page = Page(self._told.values())

    def write(self, folder: Path) -> list[Path]:
        """Write the past as OpenMetrics text, and return the files: each holds a stretch of time of its own.

        Raises:
            Unavailable: the folder cannot be written, or the disk is full.
        """
        return list(self.files(folder))

    def files(self, folder: Path, *, whole: bool = False) -> Iterator[Path]:
        """Write the same files one by one, as they are asked for.

        With ``whole`` they hold every server's series of the last hours, not only those of ``measured``.

        Raises:
            Unavailable: the folder cannot be written, or the disk is full.
        """
        families = _together(self._declared, self._told, self._recorded, self._own)
        for piece in pieces(self.end_s, whole=whole):
            path = folder / f"{piece.name}.om"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                write_piece(path, piece, families)
            except OSError as error:
                with contextlib.suppress(OSError):
                    path.unlink()
                raise Unavailable("history.cannot-write", path=path, reason=error.strerror) from error
            yield path

    def curves(self, name: str) -> Sequence[Series]:
        """Return the series of a metric that agents tell or the region folder declares, whole, as their curves."""
        return (*self._told.get(name, ()), *self._declared.get(name, ()))

    def page(self, at_s: float) -> bytes:
        """Return what the region's agents would say at ``at_s``, in text format 0.0.4, with all labels.

        What the collector itself makes of it, its rules and its info series, is not there. Ask for moments after
        ``end_s``, in any order.
        """
        return self._page.at(at_s)


def make_past(region: Region, end_s: int, seed: int = 1, incidents: Sequence[Incident] | None = None) -> Past:
    """Return the past of ``region`` that ends at ``end_s``; the same for the same region, end and seed.

    With ``incidents`` those went wrong, and not those of ``incidents.toml``.
    """
    return Past(make_world(region, end_s, seed, incidents))


def _declared(region: Region) -> Iterator[Series]:
    """Yield the info series of the region, as the collector's own page has them."""
    for family in region_families(region):
        for sample in family.samples:
            yield series(sample.name, sample.labels, Flat(sample.value), "still")


def _together(*tables: dict[str, list[Series]]) -> list[list[Series]]:
    """Return the families of several tables; ``up`` is in more than one, and stands in a file once."""
    found: dict[str, list[Series]] = {}
    for table in tables:
        for name, members in table.items():
            found.setdefault(name, []).extend(members)
    return list(found.values())


def _by_name(found: Iterator[Series]) -> dict[str, list[Series]]:
    by_name: dict[str, list[Series]] = {}
    for one in found:
        by_name.setdefault(one.name, []).append(one)
    return by_name
