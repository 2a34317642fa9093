"""The tables and metrics that there are, for a process that reads no TOML: another one packed them (``plan.py``)."""

from __future__ import annotations

from regiowacht_agent import family
from regiowacht_agent.family import Metrics
from regiowacht_agent.snmp.meaning.book import Book

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.meaning.book import Packed
    from regiowacht_contract.metric import Metric

FAMILIES = ("if_mib", "ups")
PREFIX = "snmp_"
"""Families of the catalogue whose metrics tables may tell: these, and all with the prefix."""

PACKED: Packed = {}
"""Files of tables that another process read and packed for this one; empty where none did."""


def book() -> Book:
    """Return the book of all files, read here where no other process did."""
    if PACKED:
        return Book(dict(PACKED))
    from regiowacht_agent.snmp.meaning import loader  # noqa: PLC0415 - TOML, which a running agent does without

    return loader.book()


def metrics() -> dict[str, Metric]:
    """Return the metrics that tables may tell, by name."""
    names = [name for name in family.KNOWN if is_told(name)]
    if not names:
        from regiowacht_agent.snmp.meaning import loader  # noqa: PLC0415 - the catalogue, likewise

        return loader.metrics()
    return {metric: told[metric] for told in map(Metrics.of, names) for metric in told}


def is_told(name: str) -> bool:
    """Return whether tables may tell metrics of that family of the catalogue."""
    return name in FAMILIES or name.startswith(PREFIX)
