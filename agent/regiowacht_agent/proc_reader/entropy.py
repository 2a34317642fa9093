"""The kernel's pool of randomness, from /proc/sys/kernel/random."""

from __future__ import annotations

from regiowacht_agent.block import Block, Layout
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

FILES = {"node_entropy_available_bits": "entropy_avail", "node_entropy_pool_size_bits": "poolsize"}


class Entropy:
    """``node_entropy_available_bits`` and ``node_entropy_pool_size_bits``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._paths = tuple(f"{config.paths.procfs}/sys/kernel/random/{name}" for name in FILES.values())
        self._layout = Layout((metrics[name], ()) for name in FILES)

    def read(self, host: Host) -> Block:
        """Return both as the kernel writes them (random(4)).

        Raises:
            NoData: this kernel does not tell.
        """
        try:
            return Block(self._layout, [host.files.attribute(path) for path in self._paths])
        except FileNotFoundError:
            raise NoData("the kernel does not tell") from None


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Entropy(config, metrics)
