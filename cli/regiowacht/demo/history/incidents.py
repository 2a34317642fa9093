"""What went wrong in the made-up region, and when (``incidents.toml``)."""

from __future__ import annotations

import functools
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, get_args

from regiowacht.demo.history.chance import seeded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from random import Random

    from regiowacht_inventory import Asset, Region

Kind = Literal["line-down", "disk-filling", "ups-on-battery", "noisy-port", "silent-agent", "failed-audit"]
KINDS: tuple[Kind, ...] = get_args(Kind)

FAR_REACHING: tuple[Kind, ...] = ("line-down", "silent-agent")
"""What makes others neer or stil as well."""

UNITS_S = {"d": 86_400, "h": 3600, "m": 60}
ROUND_S = 60


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong with one asset.

    Attributes:
        kind: what went wrong.
        gemeente: slug of the gemeente.
        asset: name of the asset where it started.
        from_s: when it started, Unix time.
        until_s: when it was over; None while it is under way.
    """

    kind: Kind
    gemeente: str
    asset: str
    from_s: int
    until_s: int | None

    @property
    def key(self) -> tuple[str, str]:
        """(gemeente, name) of the asset where it started."""
        return self.gemeente, self.asset

    @property
    def ends_s(self) -> float:
        """When it was over; infinity while it is under way."""
        return float("inf") if self.until_s is None else self.until_s


def place_incidents(region: Region, measured: Collection[Asset], end_s: int, seed: int) -> tuple[Incident, ...]:
    """Return every incident of the table that the region has an asset for, sorted by time.

    Args:
        region: where they happen.
        measured: assets of which everything is known; UPSes, ports and audits go wrong among these.
        end_s: what their times are relative to.
        seed: decides which asset and, within the table's limits, when.
    """
    placed: list[Incident] = []
    for number, entry in enumerate(_table()):
        times = max(1, len(region.gemeenten) // entry["every"]) if "every" in entry else 1
        for time in range(times):
            random = seeded(seed, "incident", number, time)
            candidates = _undisturbed(_candidates(entry, region, measured), placed, is_over="lasted" in entry)
            if candidates:
                placed.append(_incident(entry, random.choice(candidates), end_s, random))
    return tuple(sorted(placed, key=lambda incident: (incident.from_s, incident.key)))


def _undisturbed(candidates: Sequence[Asset], placed: Iterable[Incident], *, is_over: bool) -> Sequence[Asset]:
    """Return those that nothing happened to yet; for what is under way, in a gemeente where nothing else is."""
    placed = tuple(placed)
    busy = {incident.gemeente for incident in placed if incident.until_s is None}
    taken = {incident.key for incident in placed}
    free = [asset for asset in candidates if asset.key not in taken]
    return free if is_over else [asset for asset in free if asset.gemeente not in busy] or free


def _incident(entry: dict[str, Any], asset: Asset, end_s: int, random: Random) -> Incident:
    began = [seconds(text) for text in entry["began"]]
    from_s = end_s - random.randrange(began[0], began[-1] + 1, ROUND_S)
    until_s = from_s + seconds(entry["lasted"]) if "lasted" in entry else None
    return Incident(entry["kind"], asset.gemeente, asset.name, from_s, until_s)


def seconds(text: str) -> int:
    """Return the seconds that a duration such as ``1d6h`` or ``25m`` means."""
    return sum(int(number) * UNITS_S[unit] for number, unit in re.findall(r"(\d+)([dhm])", text))


@functools.cache
def _table() -> tuple[dict[str, Any], ...]:
    text = (resources.files(__package__) / "incidents.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["incident"])


def _candidates(entry: dict[str, Any], region: Region, measured: Collection[Asset]) -> Sequence[Asset]:
    """Return the assets that such a thing can happen to, in the region's order.

    What makes others neer or stil does not happen in the gemeente where everything is measured.
    """
    kind: Kind = entry["kind"]
    if kind not in FAR_REACHING:
        return [asset for asset in (region.assets if kind == "disk-filling" else measured) if _fits(asset, kind)]
    known = {asset.gemeente for asset in measured}
    elsewhere = [asset for asset in region.assets if asset.gemeente not in known]
    if kind == "line-down":
        return list(_lines(elsewhere, from_elsewhere=entry["where"] == "polled-from-elsewhere"))
    return _least_asking(elsewhere)


def _fits(asset: Asset, kind: Kind) -> bool:
    wanted = {"ups-on-battery": "ups", "noisy-port": "switch", "failed-audit": "firewall"}
    return asset.job == "node" if kind == "disk-filling" else asset.kind == wanted[kind]


def _lines(assets: Iterable[Asset], *, from_elsewhere: bool) -> Iterator[Asset]:
    """Yield the only line of a site whose devices are asked from another site, or from inside."""
    assets = tuple(assets)
    sites = {asset.key: asset.site for asset in assets}
    lines = Counter((asset.gemeente, asset.site) for asset in assets if asset.kind == "link")
    for asset in assets:
        is_only = asset.kind == "link" and lines[asset.gemeente, asset.site] == 1
        if is_only and (sites.get((asset.gemeente, asset.poller)) != asset.site) is from_elsewhere:
            yield asset


def _least_asking(assets: Iterable[Asset]) -> list[Asset]:
    """Return the servers that ask some others, but are not the one that asks most of their gemeente."""
    assets = tuple(assets)
    asked = Counter((asset.gemeente, asset.poller) for asset in assets if asset.poller)
    most: dict[str, int] = {}
    for (gemeente, _), number in asked.items():
        most[gemeente] = max(most.get(gemeente, 0), number)
    servers = [asset for asset in assets if asset.job == "node"]
    quiet = [server for server in servers if asked[server.key] < most.get(server.gemeente, 1)]
    return [server for server in quiet if asked[server.key]] or quiet or servers
