"""One metric of the catalogue."""

from __future__ import annotations

from regiowacht_contract.light import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from regiowacht_contract.labels import Job

    Kind = Literal["counter", "gauge", "info", "untyped"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of the catalogue.

    Attributes:
        name: as it stands in an exposition or a rule.
        kind: ``info`` is a gauge that is always 1, its labels are the message; ``untyped`` as node_exporter has it.
        unit: base unit of the value, one of ``catalogue.UNITS``.
        help: one English sentence.
        labels: own labels in the order they are written, without the target labels.
        laag: layer of the pyramid; ``asset`` = that of the asset; ``overig`` = shared with nobody by default.
        family: the file it stands in; for agents also the collector that emits it.
        monotonic: it only grows (until a reset), so that ``rate()`` means something.
        jobs: whose series it is, by the label ``job``; empty for what rules compute.
        planned: its name is fixed, but nothing measures it yet: only example data has it.
    """

    name: str
    kind: Kind
    unit: str
    help: str
    labels: tuple[str, ...]
    laag: str
    family: str
    monotonic: bool
    jobs: tuple[Job, ...] = ()
    planned: bool = False

    @property
    def exposition_type(self) -> str:
        """The word after ``# TYPE`` in the text format 0.0.4."""
        return "gauge" if self.kind == "info" else self.kind
