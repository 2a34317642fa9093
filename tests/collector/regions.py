"""Small regions made in code, for tests that need just a few assets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regiowacht_inventory import Asset, example_path, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_contract.labels import Job
    from regiowacht_inventory import Region


def example() -> Region:
    """Return the example region."""
    return load(example_path())


def server(gemeente: str, name: str, *, address: str = "", job: Job = "node") -> Asset:
    """Return a server with an agent."""
    return Asset(
        gemeente=gemeente,
        site="stadhuis",
        name=name,
        kind="server",
        laag="infrastructuur",
        job=job,
        leverancier="",
        uplink="",
        poller="",
        address=address,
    )


def region_of(assets: Sequence[Asset]) -> Region:
    """Return the example region with these assets instead of its own."""
    return replace(example(), assets=tuple(assets))
