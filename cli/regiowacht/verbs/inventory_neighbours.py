"""``regiowacht inventory neighbours``: what hangs on what, and the uplinks that nobody declared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from regiowacht.region import open_region
from regiowacht.verb import Verb, add_json, add_region
from regiowacht_contract.defaults import PROMETHEUS_PORT
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region
    from regiowacht_inventory.importing import Report
    from regiowacht_inventory.neighbours import Edge, Key, Told, Uplinks

DEFAULT_URL = f"http://127.0.0.1:{PROMETHEUS_PORT}"


def _add(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("words", nargs="*", metavar="KEY=VALUE", help=say("inventory.help-words", lang))
    text = say("neighbours.help-prometheus", lang, default=DEFAULT_URL)
    parser.add_argument("--prometheus", default=DEFAULT_URL, metavar="URL", help=text)
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--uplinks", action="store_true", help=say("neighbours.help-uplinks", lang))
    doing.add_argument("--write", action="store_true", help=say("neighbours.help-write", lang))
    add_region(parser, lang)
    add_json(parser, lang)


def _neighbours(chosen: Namespace, console: Console) -> int:
    """Print every neighbour and what it is, or the uplinks to add; 1 where some of these could not be placed."""
    from regiowacht_collector.client import Client
    from regiowacht_collector.neighbours import ask_neighbours
    from regiowacht_inventory import select

    url = _url(chosen.prometheus)
    region, console = open_region(chosen.region, console)
    wanted = {asset.key for asset in select(region, chosen.words)}
    edges, uplinks = _compare(region, ask_neighbours(Client(url)), wanted)
    if chosen.uplinks or chosen.write:
        return _propose(chosen, uplinks, console)
    if chosen.json:
        console.json({"neighbours": [_edge_json(edge) for edge in edges], **_uplinks_json(uplinks)})
        return EXIT_FINE
    if not edges:
        console.tell("neighbours.nothing-heard")
        return EXIT_FINE
    _tell(edges, uplinks, console)
    return EXIT_FINE


def _url(text: str) -> str:
    """Return the address without a slash at its end.

    Raises:
        UsageError: it is none that HTTP goes to.
    """
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise UsageError("neighbours.not-a-url", value=text)
    return text.rstrip("/")


def _compare(region: Region, told: Told, wanted: set[Key]) -> tuple[list[Edge], Uplinks]:
    """Return the neighbours of the assets that are wanted, and what the whole region tells of their uplinks."""
    from regiowacht_inventory.neighbours import Uplinks, compare, match

    edges = match(region.assets, told)
    all_of = compare(region.assets, told, edges)
    uplinks = Uplinks(
        proposed={key: above for key, above in all_of.proposed.items() if key in wanted},
        choices={key: above for key, above in all_of.choices.items() if key in wanted},
        unheard={key: above for key, above in all_of.unheard.items() if key in wanted},
        undeclared=tuple(pair for pair in all_of.undeclared if wanted.intersection(pair)),
    )
    return [edge for edge in edges if edge.heard.key in wanted], uplinks


def _tell(edges: Sequence[Edge], uplinks: Uplinks, console: Console) -> None:
    from regiowacht.verbs.inventory import table

    for line in table([_row(edge, console.lang) for edge in edges]):
        console.out(line)
    for key, told in _findings(uplinks):
        console.tell(key, **told)
    counts = {status: sum(edge.status == status for edge in edges) for status in ("matched", "ambiguous", "unmatched")}
    one_sided = sum(edge.is_one_sided for edge in edges)
    console.tell("neighbours.sum", **counts, one_sided=one_sided, proposed=len(uplinks.proposed))


def _row(edge: Edge, lang: Lang) -> list[str]:
    heard = edge.heard
    status = "one-sided" if edge.is_one_sided else edge.status
    meant = _shown(edge.remote) if edge.remote else " | ".join(map(_shown, edge.candidates))
    cells = (_shown(heard.key), heard.local_port, heard.remote_name, heard.remote_port, heard.protocol)
    return [*(cell or "-" for cell in cells), say(f"neighbours.status-{status}", lang), meant or "-"]


def _findings(uplinks: Uplinks) -> Iterator[tuple[str, dict[str, str]]]:
    for device, above in uplinks.proposed.items():
        yield "neighbours.choice-proposed", {"device": _shown(device), "above": above[1]}
    for device, several in uplinks.choices.items():
        yield "neighbours.choice-several", {"device": _shown(device), "above": ", ".join(name for _, name in several)}
    for device, above in uplinks.unheard.items():
        yield "neighbours.choice-unheard", {"device": _shown(device), "above": above[1]}


def _shown(key: Key) -> str:
    return "/".join(key)


def _propose(chosen: Namespace, uplinks: Uplinks, console: Console) -> int:
    from regiowacht_inventory.neighbours import propose

    report = propose(Path(chosen.region or "."), uplinks.proposed, dry_run=not chosen.write)
    if chosen.json:
        console.json({**report.as_json(console.lang), **_uplinks_json(uplinks)})
    else:
        _tell_report(report, console, wrote=chosen.write)
    return EXIT_FINE if report.is_whole else EXIT_FOUND


def _tell_report(report: Report, console: Console, *, wrote: bool) -> None:
    for problem in sorted([*report.unplaced, *report.invalid]):
        console.talk(f"{problem.place()}: {problem.message(console.lang)}")
    if report.changes and not wrote:
        console.out(report.diff().rstrip("\n"))
    for file in report.written:
        console.out(file)
    key = "inventory.import-invalid" if report.invalid else f"neighbours.write-{'done' if wrote else 'nothing'}"
    console.tell(key, placed=report.placed, files=len(report.changes))


def _edge_json(edge: Edge) -> dict[str, object]:
    return {
        "device": _shown(edge.heard.key),
        "local_port": edge.heard.local_port,
        "remote_name": edge.heard.remote_name,
        "remote_port": edge.heard.remote_port,
        "protocol": edge.heard.protocol,
        "status": edge.status,
        "one_sided": edge.is_one_sided,
        "remote": _shown(edge.remote) if edge.remote else None,
        "candidates": [_shown(key) for key in edge.candidates],
    }


def _uplinks_json(uplinks: Uplinks) -> dict[str, object]:
    return {
        "proposed": {_shown(key): above[1] for key, above in uplinks.proposed.items()},
        "choices": {_shown(key): [name for _, name in several] for key, several in uplinks.choices.items()},
        "unheard": {_shown(key): above[1] for key, above in uplinks.unheard.items()},
        "undeclared": [[_shown(one), _shown(other)] for one, other in uplinks.undeclared],
    }


NEIGHBOURS = Verb("neighbours", "neighbours.help", _add, _neighbours)
