"""What a device's tables come to: its series, and where the values of each stand."""

from __future__ import annotations

from regiowacht_agent.snmp.meaning.convert import Refused
from regiowacht_contract.light import NamedTuple, dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.meaning.convert import Convert
    from regiowacht_agent.snmp.meaning.row import Cell
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Trouble
    from regiowacht_contract.metric import Metric


class Series(NamedTuple):
    """One series of a device.

    Attributes:
        metric: of the catalogue.
        labels: values in the order of the metric's labels.
        cells: where its values stand; none for one that is always 1.
        convert: takes the values of the cells, each through ``convert.plain``, and returns the sample, or None where
            there is none this time. None: the first cell's number as it is.
        slow: its cells are read at the slow pace; between, the last sample is told again.
    """

    metric: Metric
    labels: tuple[str, ...]
    cells: tuple[Cell, ...]
    convert: Convert | None
    slow: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The series of a device, in an order that is the same for the same readings.

    Attributes:
        series: them.
        troubles: rows that lack what their series is made of, or have it in another type, and series told twice.
        idle: rows of which only the state is told, since they are not in use.
        refused: counts values that cannot be while samples are made of cells.
    """

    series: tuple[Series, ...]
    troubles: tuple[Trouble, ...] = ()
    idle: int = 0
    refused: Refused = field(default_factory=Refused)

    def columns(self, *, slow: bool = False) -> tuple[Oid, ...]:
        """Return the columns that samples are made of at each poll, or those at the slow pace; each once, in order."""
        return tuple(dict.fromkeys(cell.column for one in self.series if one.slow == slow for cell in one.cells))
