"""Keeps a device within the series that it may have: rather fewer groups of its ports than none of the device."""

from __future__ import annotations

from regiowacht_agent.snmp.meaning.lay_out import ALL, Options
from regiowacht_agent.snmp.meaning.layout import Layout
from regiowacht_agent.snmp.session import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.meaning.row import Cells
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_contract.metric import Metric

NEEDED = ("speed", "discards", "errors", "traffic", "status")
"""Groups of ports that say what is wrong, the last one longest: whether a port is up is told when nothing else is."""


def fit(
    book: Book,
    cells: Cells,
    present: Collection[Oid],
    metrics: Mapping[str, Metric],
    options: Options,
    series_max: int,
) -> tuple[Options, Layout, tuple[Trouble, ...]]:
    """Return what is told of a device, its series, and what was left out to stay within a number of series.

    First go the groups that were asked for beyond those that are needed, then what unused ports tell beside their
    state, then the needed groups; in the end the series that come last.

    Args:
        book: tables that it may have.
        cells: what was read of it.
        present: anchors that it has.
        metrics: the catalogue's, by name.
        options: what is wanted.
        series_max: series that it may have.
    """
    layout = book.lay_out(cells, present, metrics, options)
    count = len(layout.series)
    if count <= series_max:
        return options, layout, ()
    left_out: list[str] = []
    for fewer, what in _fewer(book, present, options):
        left_out.append(what)
        options, layout = fewer, book.lay_out(cells, present, metrics, fewer)
        if len(layout.series) <= series_max:
            return options, layout, (_trouble(count, series_max, left_out),)
    left_out.append(f"the last {len(layout.series) - series_max} series")
    layout = Layout(layout.series[:series_max], layout.troubles, layout.idle, layout.refused)
    return options, layout, (_trouble(count, series_max, left_out),)


def _fewer(book: Book, present: Collection[Oid], options: Options) -> Iterator[tuple[Options, str]]:
    """Yield options that tell less and less, each with what the step leaves out."""
    known = {name: is_on for file, _table in book.tables(present) for name, is_on in file.groups.items()}
    if options.groups is None:
        groups = {name for name, is_on in known.items() if is_on}
    else:
        groups = set(known) if ALL in options.groups else set(options.groups) & set(known)
    for name in sorted(groups - {*NEEDED}):
        groups.discard(name)
        options = options._replace(groups=frozenset(groups))
        yield options, name
    if options.idle:
        options = options._replace(idle=False)
        yield options, "unused ports"
    for name in NEEDED[:-1]:
        if name in groups:
            groups.discard(name)
            options = options._replace(groups=frozenset(groups))
            yield options, name


def _trouble(count: int, series_max: int, left_out: list[str]) -> Trouble:
    return Trouble("limit", f"{count} series, where series_max is {series_max}: without {', '.join(left_out)}")
