"""Files that scripts write for a scraper to find; what reads them is loaded where there is a folder to read."""

from __future__ import annotations

import os

from regiowacht_agent.block import Block, Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host


HELPER = "REGIOWACHT_HELPER"
"""Names the folder that this server's own helper writes to; the agent's unit sets it."""


class NoFolder:
    """Tells what node_exporter tells without a folder: that nothing went wrong."""

    def __init__(self, metrics: Metrics) -> None:
        self._block = Block(Layout([(metrics["node_textfile_scrape_error"], ())]), [0])

    def read(self, host: Host) -> Block:
        """Return the one series."""
        del host  # there is nothing to read
        return self._block


def helper_folder() -> str:
    """Return where the helper writes, "" where nobody said that there is one."""
    return os.environ.get(HELPER, "")


def is_read(config: Config) -> bool:
    """Return whether there are folders to look into."""
    return bool(config.textfile.directory or helper_folder())


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    if not is_read(config):
        return NoFolder(metrics)
    from regiowacht_agent.extra.textfile.family import Textfile, own_names  # noqa: PLC0415 - a quarter of a MB

    return Textfile(config, metrics, own_names(config))
