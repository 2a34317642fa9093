"""What the maker wrote into the machine, from /sys/class/dmi/id."""

from __future__ import annotations

from regiowacht_agent.block import EMPTY, Block, Layout, Still
from regiowacht_agent.family import NoData
from regiowacht_contract.light import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.files import Files
    from regiowacht_agent.host import Host

FILES = {"system_vendor": "sys_vendor"}
"""Labels whose file has another name."""


class Dmi:
    """``node_dmi_info``, with a label for each text that the machine has and lets us read."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._folder = f"{config.paths.sysfs}/class/dmi/id"
        self._metric = metrics["node_dmi_info"]
        self._block: Block | None = None

    def read(self, host: Host) -> Block:
        """Return what stands there; it is read once, since nobody can change it while the machine runs.

        Raises:
            NoData: the machine has no such texts, as most that are no PC.
        """
        if self._block is None:
            self._block = self._tell(host.files)
        if not self._block.values:
            raise NoData(f"nothing in {self._folder}")
        return self._block

    def _tell(self, files: Files) -> Block:
        told = files.attributes(
            [f"{self._folder}/{FILES.get(label, label)}" for label in self._metric.labels], keep=False
        )
        texts = {
            label: raw.decode("utf-8", "surrogateescape").strip()
            for label, raw in zip(self._metric.labels, told, strict=True)
            if raw
        }
        if not texts:
            return EMPTY
        metric = replace(self._metric, labels=tuple(texts))
        return Still(Layout([(metric, tuple(texts.values()))]), (1,))


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Dmi(config, metrics)
