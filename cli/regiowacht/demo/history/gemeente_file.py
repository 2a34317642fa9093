"""One made-up gemeente as the YAML file of a region folder."""

from __future__ import annotations

import functools
import json
import tomllib
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING

from regiowacht.demo.history.mix import Part, counts, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

EDGES = ("firewall", "router", "modem", "switch")
"""What a line ends on, the first kind of these that a site has."""

HOSTS_PER_NET = 250
NETS_PER_SITE = 40
ASSETS_PER_SITE = 12
LEVERANCIERS = ("netwerkbedrijf", "kabelbedrijf")
BANDWIDTHS = ("1G", "500M", "200M", "100M")


@dataclass(frozen=True, slots=True)
class Place:
    """A site while it fills up.

    Attributes:
        slug: as in the file.
        short: what stands in names of devices.
        number: from 0, the main site.
        devices: (part, name) in the order in which they may hang on each other.
        entries: lines of YAML by the key they stand under.
    """

    slug: str
    short: str
    number: int
    devices: list[tuple[Part, str]] = field(default_factory=list)
    entries: dict[str, list[str]] = field(default_factory=dict)

    def first(self, *kinds: str) -> str | None:
        """Return the name of the first device of the first of these kinds that is here."""
        return next((name for kind in kinds for part, name in self.devices if part.what == kind), None)

    def all(self, kind: str) -> list[str]:
        """Return the names of all devices of that kind here."""
        return [name for part, name in self.devices if part.what == kind]


@functools.cache
def words() -> dict[str, list[str]]:
    """Return the tables of ``names.toml``."""
    found: dict[str, list[str]] = tomllib.loads(
        (resources.files(__package__) / "names.toml").read_text(encoding="utf-8")
    )
    return found


@dataclass(frozen=True, slots=True)
class Gemeente:
    """What is decided of a gemeente before its file is written.

    Attributes:
        number: from 0; decides its id, code and addresses.
        name: as people know it; its slug is the same in lower case.
        assets: number of assets.
        least: of each part, as far as the assets go.
    """

    number: int
    name: str
    assets: int
    least: int


def gemeente_file(gemeente: Gemeente, random: Random) -> str:
    """Return the content of ``gemeenten/SLUG.yml``."""
    amounts = counts(gemeente.assets, gemeente.least)
    places = _places(gemeente.assets, amounts["link"])
    _fill(places, amounts, gemeente, random)
    is_dutch = gemeente.number % 5 == 4
    head = [
        f"# {gemeente.name} does not exist: example data, made by the demo.",
        f"gemeente: {gemeente.name.lower()}",
        f"id: {901 + gemeente.number}",
        f"name: {gemeente.name}",
        f"country: {'NL' if is_dutch else 'BE'}",
        f'code: "{"GM9" if is_dutch else "44"}{500 + gemeente.number}"',
        f"inhabitants: {random.randrange(30, 400) * 100}",
        "sites:",
    ]
    lines = [line for place in places for line in _site(place, places[0])]
    for key in ("servers", "devices", "services"):
        entries = [entry for place in places for entry in place.entries.get(key, ())]
        lines += [f"{key}:", *entries] if entries else []
    return "\n".join([*head, *lines, ""])


def _places(assets: int, links: int) -> list[Place]:
    """Return the sites: more of them in a larger gemeente, and no more than one without a line of its own."""
    sites = words()["sites"]
    number = min(len(sites), max(1, assets // ASSETS_PER_SITE), links + 1)
    named = [site.partition("/") for site in sites[:number]]
    return [Place(slug, short, index) for index, (slug, _, short) in enumerate(named)]


def _spread(places: list[Place], part: Part, number: int) -> Iterator[tuple[Place, int]]:
    """Yield the place of each of ``number`` things of a sort, with its number in the gemeente, from 1.

    Half of everything stands in the main site, and of servers most; of lines and switches every site gets one first.
    """
    others = places[1:] or places
    for index in range(number):
        if part.what in {"link", "switch"}:
            place = places[index % len(places)]
        elif part.what in {"router", "modem"}:
            place = others[index % len(others)]
        elif part.what == "server":
            place = others[(index // 4) % len(others)] if index % 4 == 2 else places[0]
        else:
            place = places[0] if index % 2 == 0 else others[(index // 2) % len(others)]
        yield place, index + 1


def _fill(places: list[Place], amounts: Mapping[str, int], gemeente: Gemeente, random: Random) -> None:
    taken = [0] * len(places)

    def address(place: Place) -> str:
        host = taken[place.number]
        taken[place.number] += 1
        net = place.number * NETS_PER_SITE + host // HOSTS_PER_NET
        return f"10.{1 + gemeente.number % 250}.{net}.{1 + host % HOSTS_PER_NET}"

    order = ("link", *EDGES)
    ordered = sorted(parts(), key=lambda part: order.index(part.what) if part.what in order else len(order))
    named = [
        (part, place, _name(part, place, number))
        for part in ordered
        for place, number in _spread(places, part, amounts[part.what])
    ]
    for part, place, name in named:
        if part.what not in {"server", "relay", "link", "service"}:
            place.devices.append((part, name))
    for part, place, name in named:
        key, entry = _entry(part, name, place, places[0], address(place), random)
        place.entries.setdefault(key, []).append(entry)


def _name(part: Part, place: Place, number: int) -> str:
    if part.what == "service":
        services = words()["services"]
        return f"{services[(number - 1) % len(services)]}-{number}"
    return f"{part.prefix}-{place.short}-{number}"


def _entry(part: Part, name: str, place: Place, main: Place, address: str, random: Random) -> tuple[str, str]:
    """Return the key that a thing stands under, and its line."""
    here: dict[str, str] = {"name": name, "site": place.slug}
    if part.what == "link":
        return "uplinks", _line(name, place, random)
    if part.what == "service":
        return "services", _flow({**here, "probe": "tcp", "target": f"{address}:443"})
    if part.what == "server":
        return "servers", _flow({**here, "address": address, "os": "linux"})
    if part.what == "relay":
        relay = f"http://{address}:9182/metrics"
        return "servers", _flow({**here, "address": address, "os": "windows", "relay": relay})
    more = {"address": address, "kind": part.what}
    if part.platforms:
        more |= {"platform": random.choice(part.platforms), "ssh": "ssh-audit"}
    if part.leverancier:
        more["leverancier"] = part.leverancier
    if uplink := _uplink(name, place, main):
        more["uplink"] = uplink
    return "devices", _flow({**here, **more, "snmp": "snmp-v3"})


def _line(name: str, place: Place, random: Random) -> str:
    """Return a line to the outside, which ends on the site's edge."""
    number = len(place.entries.get("uplinks", ()))
    told: dict[str, str] = {"name": name}
    if edge := place.first(*EDGES):
        told["device"] = edge
    return _flow(
        {
            **told,
            "port": f"wan{number + 1}",
            "leverancier": random.choice(LEVERANCIERS),
            "bandwidth": BANDWIDTHS[min(place.number + number, 3)],
            "contract": f"V-{random.randrange(10_000, 99_999)}",
            "far_end": f"10.255.{place.number * NETS_PER_SITE + number // 60}.{number % 60 * 4 + 1}",
        },
        indent=6,
    )


def _uplink(name: str, place: Place, main: Place) -> str | None:
    """Return what a device hangs on: a switch or the edge of its site.

    The edge itself hangs on nothing where a line ends on it, else on the main site.
    """
    edge = place.first(*EDGES)
    switches = place.all("switch")
    if name == edge:
        away = main.first("switch", *EDGES)
        return None if place is main or place.entries.get("uplinks") or away == name else away
    if name in switches:
        index = switches.index(name)
        return switches[(index - 1) // 2] if index else edge
    if switches:
        return switches[sum(map(ord, name)) % len(switches)]
    return edge


def _site(place: Place, main: Place) -> list[str]:
    """Return the site's lines."""
    lines = [f"  {place.slug}:", f"    address: {words()['streets'][place.number]} {place.number * 7 + 1}"]
    if poller := _poller(place, main):
        lines.append(f"    poller: {poller}")
    if place.entries.get("uplinks"):
        lines += ["    uplinks:", *place.entries["uplinks"]]
    return lines


def _poller(place: Place, main: Place) -> str | None:
    """Return who asks a site's devices: a server there, else the last one of the main site."""
    if own := _agents(place):
        return own[0]
    far = _agents(main)
    return far[-1] if far else None


def _agents(place: Place) -> list[str]:
    servers = [entry for entry in place.entries.get("servers", ()) if "relay:" not in entry]
    return [entry.split("name: ", 1)[1].split(",", 1)[0] for entry in servers]


def _flow(entry: Mapping[str, str], indent: int = 2) -> str:
    """Return a list item in YAML's flow style; only what YAML would read otherwise is put between quotes."""
    inside = ", ".join(f"{key}: {json.dumps(value) if ':' in value else value}" for key, value in entry.items())
    return f"{' ' * indent}- {{{inside}}}"
