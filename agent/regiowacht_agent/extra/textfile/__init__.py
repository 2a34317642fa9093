"""Files that scripts write for a scraper to find; what reads them is loaded where there is a folder to read."""

from __future__ import annotations

from regiowacht_agent.block import Block, Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host


class NoFolder:
    """Tells what node_exporter tells without a folder: that nothing went wrong."""

    def __init__(self, metrics: Metrics) -> None:
        self._block = Block(Layout([(metrics["node_textfile_scrape_error"], ())]), [0])

    def read(self, host: Host) -> Block:
        """Return the one series."""
        del host  # there is nothing to read
        return self._block


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    if not config.textfile.directory:
        return NoFolder(metrics)
    from regiowacht_agent.extra.textfile.family import Textfile, own_names  # noqa: PLC0415 - a quarter of a MB

    return Textfile(config, metrics, own_names(config))
