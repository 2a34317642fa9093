"""Everything the engine reads, rendered from the region: the same bytes for the same region and options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.config import config_file
from regiowacht_collector.options import Options
from regiowacht_collector.rule_files import rule_files
from regiowacht_collector.targets import target_files

if TYPE_CHECKING:
    from regiowacht_inventory import Region

CONFIG = "prometheus.yml"
TARGETS = "targets/"

Files = dict[str, bytes]
"""Content by path relative to the output folder, with ``/`` between its parts."""


def render(region: Region, options: Options | None = None) -> Files:
    """Return all files of a region, in the order in which they may be put in place: the configuration last."""
    chosen = options or Options()
    return {**target_files(region, chosen), **rule_files(), CONFIG: config_file(region, chosen)}
