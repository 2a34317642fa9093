"""What a family of metrics is: it reads one subject of the host under the catalogue's names."""

from __future__ import annotations

import marshal
import re

from regiowacht_agent.block import Sampled
from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.light import NamedTuple, Protocol, dataclass
from regiowacht_contract.metric import Metric
from regiowacht_contract.nearest import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_agent.block import Block
    from regiowacht_agent.config import Config
    from regiowacht_agent.host import Host
    from regiowacht_contract.metric import Kind

NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9_:]")
"""Exposition formats, Prometheus: "Metric names"."""


KNOWN: dict[str, bytes] = {}
"""Families of the catalogue that another process read and packed for this one (``plan.py``); others are read here."""


class Sample(NamedTuple):
    """One value: the metric, the values of its labels in the catalogue's order, the number in the metric's unit."""

    metric: Metric
    labels: tuple[str, ...]
    value: float


class NoData(Exception):
    """The host has nothing of this kind to tell about, which is no failure (no battery, no sensors)."""


class Family(Protocol):
    """Reads one subject of the host."""

    def read(self, host: Host) -> Block:
        """Return what it tells in one reading.

        Raises:
            NoData: the host has nothing of this kind.
            Exception: anything else means that the family failed; the reading marks it and goes on.
        """


class SampleFamily(Protocol):
    """Reads one subject of the host and tells it sample by sample; ``Blocks`` makes a family of it."""

    def read(self, host: Host) -> Iterable[Sample]:
        """Yield the samples of one reading; raises what a family's ``read`` raises."""


class Blocks:
    """A family that tells what another one tells sample by sample."""

    def __init__(self, told: SampleFamily) -> None:
        self._told = told
        self._sampled = Sampled()

    def read(self, host: Host) -> Block:
        """Return all samples as one block."""
        return self._sampled.block(self._told.read(host))


class Metrics:
    """The metrics of one family by name, as the catalogue holds them now.

    Families look their names up when they are made, so that a name renamed in the catalogue alone stops the agent at
    its start instead of leaving a hole in a graph.
    """

    def __init__(self, family: str, metrics: Iterable[Metric]) -> None:
        self._family = family
        self._by_name = {metric.name: metric for metric in metrics}

    @classmethod
    def of(cls, family: str) -> Metrics:
        """Return the metrics of a family of the catalogue, or of what was read of it for this process."""
        packed = KNOWN.get(family)
        return cls(family, _unpacked(packed) if packed else _catalogued(family))

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def or_other(self, name: str, kind: Kind, help_text: str) -> Metric:
        """Return the metric of that name, or one that the catalogue does not hold, shared with nobody by default.

        For families whose names come from the kernel, which learns new ones with every version. What a name of a
        metric cannot hold becomes an underscore.
        """
        name = NOT_IN_A_NAME.sub("_", name)
        known = self._by_name.get(name)
        return known or Metric(name, kind, "", help_text, (), "overig", self._family, kind == "counter")

    def __getitem__(self, name: str) -> Metric:
        try:
            return self._by_name[name]
        except KeyError:
            raise CatalogueError(
                "catalogue.no-metric", name=name, nearest=nearest(name, self._by_name) or "-"
            ) from None


class MakeFamily(Protocol):
    """A family module's ``make``: looks its metrics up, takes its settings, reads nothing yet."""

    def __call__(self, config: Config, metrics: Metrics) -> Family | SampleFamily:
        """Return the family, ready to read."""


@dataclass(frozen=True, slots=True)
class FamilyEntry:
    """One line in a reader's table.

    Attributes:
        name: name of the collector, as node_exporter calls it; also the family of the catalogue.
        default: on unless the configuration says otherwise.
        module: where it is, when that is not the module of its name in the package of the table.
    """

    name: str
    default: bool = True
    module: str = ""


def _unpacked(metrics: bytes) -> Iterable[Metric]:
    """Return the metrics of a family, one at a time: what nobody keeps is let go of."""
    return (Metric(*facts) for facts in marshal.loads(metrics))  # noqa: S302 - our own first stage packed them


def _catalogued(family: str) -> tuple[Metric, ...]:
    from regiowacht_contract import catalogue  # noqa: PLC0415 - 3 MB that a running agent does without

    return catalogue.family(family)
