"""``regiowacht snmp discover``: which devices of a network answer over SNMP, and what they are."""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING

from regiowacht.region import open_region
from regiowacht.verb import add_json, add_region
from regiowacht.verbs.snmp_credentials import named, of_region
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.session import PORT
from regiowacht_contract.errors import EXIT_FINE, Unreachable, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from regiowacht.console import Console
    from regiowacht_agent.snmp.discover import Discovery
    from regiowacht_contract.texts import Lang

ADDRESSES_MAX = 4096
"""A /20: what is larger is asked in parts, so that nobody floods a network by a slip of the finger."""

TELL_EVERY_S = 5.0
RATES = (1, 500)
CELL_MAX = 40
COLUMNS = ("address", "name", "kind", "vendor", "model", "version", "serial", "credential")
INTERRUPTED = 130


def add_discover(parser: ArgumentParser, lang: Lang) -> None:
    """Declare the verb's options."""
    parser.add_argument("networks", nargs="+", metavar="CIDR", help=say("discover.option-cidr", lang))
    text = say("discover.option-credential", lang)
    parser.add_argument("--credential", action="append", default=[], metavar="NAME=REF", help=text)
    add_region(parser, lang)
    parser.add_argument("--gemeente", default="", metavar="SLUG", help=say("discover.option-gemeente", lang))
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help=say("snmp.option-port", lang))
    parser.add_argument("--rate", type=float, default=50.0, metavar="N", help=say("discover.option-rate", lang))
    parser.add_argument("--timeout", type=float, default=1.0, metavar="S", help=say("discover.option-timeout", lang))
    add_json(parser, lang)


def run_discover(arguments: Namespace, console: Console) -> int:
    """Search networks for devices and tell what they are; what is broken off tells what it has found."""
    from regiowacht_agent.snmp.discover import Discovery, Wanted
    from regiowacht_agent.snmp.meaning import known
    from regiowacht_agent.snmp.who import Identities

    _check(arguments)
    hosts = addresses(arguments.networks)
    if arguments.region is not None:
        region, console = open_region(arguments.region, console)
        ways = of_region(region, arguments.gemeente, console)
    else:
        ways = named(arguments.credential, console)
    names = [one.name for one in ways]
    console.tell("discover.begins", count=len(hosts), credentials=", ".join(names))
    wanted = Wanted(arguments.port, arguments.rate, arguments.timeout)
    discovery = Discovery(hosts, ways, Identities(known.book(), known.metrics()), wanted)
    is_whole = True
    try:
        discovery.run(_Teller(console).tell)
    except KeyboardInterrupt:
        is_whole = False
    except SnmpFailed as failed:
        values = {"host": arguments.networks[0], "port": arguments.port, "detail": failed.detail}
        raise Unreachable(f"snmp.failed-{failed.reason}", **values) from None
    _show(discovery, arguments, names, console, is_whole=is_whole)
    return EXIT_FINE if is_whole else INTERRUPTED


def addresses(networks: Sequence[str]) -> list[str]:
    """Return the addresses of hosts in these networks, each once, in order.

    Raises:
        UsageError: one is no network, or they are too many.
    """
    found: dict[str, None] = {}
    for text in networks:
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise UsageError("discover.bad-cidr", value=text) from None
        if network.num_addresses > ADDRESSES_MAX:
            raise UsageError("discover.too-large", value=text, count=network.num_addresses, max=ADDRESSES_MAX)
        found |= dict.fromkeys(map(str, network.hosts()))
    if len(found) > ADDRESSES_MAX:
        raise UsageError("discover.too-large", value=" ".join(networks), count=len(found), max=ADDRESSES_MAX)
    return list(found)


def _check(arguments: Namespace) -> None:
    for name, low, high in (("port", 1, 65535), ("rate", *RATES), ("timeout", 0.1, 60)):
        value = getattr(arguments, name)
        if not low <= value <= high:
            raise UsageError("snmp.bad-number", option=f"--{name}", low=low, high=high, value=value)
    if bool(arguments.credential) == (arguments.region is not None):
        raise UsageError("discover.needs-credentials")
    if arguments.gemeente and arguments.region is None:
        raise UsageError("discover.gemeente-alone")


def _show(
    discovery: Discovery, arguments: Namespace, names: Sequence[str], console: Console, *, is_whole: bool
) -> None:
    from regiowacht_agent.snmp.discover import as_json

    found = sorted(discovery.found, key=lambda one: _order(one.address))
    devices = [as_json(one) for one in found]
    if arguments.json:
        console.json(
            {
                "networks": list(arguments.networks),
                "credentials": list(names),
                "addresses": discovery.total,
                "asked": discovery.over,
                "complete": is_whole,
                "devices": devices,
            }
        )
    elif devices:
        for line in _lines(devices, console.lang):
            console.out(line)
    refused = sum(one.who is None for one in found)
    key = "discover.done" if is_whole else "discover.broken-off"
    console.tell(key, found=len(found) - refused, over=discovery.over, total=discovery.total)
    if refused:
        console.tell("discover.refused", count=refused)


def _order(address: str) -> tuple[int, int]:
    told = ipaddress.ip_address(address)
    return told.version, int(told)


def _lines(devices: Sequence[dict[str, object]], lang: Lang) -> Iterator[str]:
    rows = [[say(f"discover.head-{column}", lang) for column in COLUMNS]]
    rows += [[_cell(told.get(column, "")) for column in COLUMNS] for told in devices]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(told: object) -> str:
    """Return a text on one line, cut off where it would push the other columns away; ``--json`` has all of it."""
    text = " ".join(str(told).split()) or "-"
    return text if len(text) <= CELL_MAX else f"{text[: CELL_MAX - 1]}…"


class _Teller:
    """Says on standard error how far it is, now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next_s = time.monotonic() + TELL_EVERY_S

    def tell(self, so_far: Discovery) -> None:
        """Say it, where it is time."""
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + TELL_EVERY_S
            values = {"over": so_far.over, "total": so_far.total, "found": len(so_far.found)}
            self._console.tell("discover.so-far", **values)
