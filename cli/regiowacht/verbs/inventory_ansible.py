"""``regiowacht inventory ansible``: the region as Ansible reads its hosts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.region import open_region
from regiowacht.verb import Verb, add_json, add_region
from regiowacht_contract.errors import EXIT_FINE, Unavailable, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region
    from regiowacht_inventory.ansible import Hosts


def _add(parser: ArgumentParser, lang: Lang) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--list", action="store_true", help=say("ansible.option-list", lang))
    either.add_argument("--host", metavar="NAME", help=say("ansible.option-host", lang))
    either.add_argument("--out", type=Path, metavar="FILE", help=say("ansible.option-out", lang))
    add_region(parser, lang)
    add_json(parser, lang)


def _run(chosen: Namespace, console: Console) -> int:
    """Print the inventory, as a file holds it or as a program answers, or write the file.

    Raises:
        UsageError: no such host, or a value that Ansible would run.
        Unavailable: the file cannot be written.
    """
    from regiowacht_inventory.ansible import ansible_hosts, as_json, as_yaml

    region, console = open_region(chosen.region, console)
    found = ansible_hosts(region, needs(region))
    if chosen.host is not None:
        console.json(_host(found, chosen.host))
    elif chosen.out is not None:
        _write(chosen.out, as_yaml(found), found, console, as_data=chosen.json)
    elif chosen.list or chosen.json:
        console.json(as_json(found))
    else:
        console.write(as_yaml(found))
    return EXIT_FINE


def needs(region: Region) -> dict[tuple[str, str], list[str]]:
    """Return references to the secrets that each agent reads on its server, by (gemeente, name)."""
    from regiowacht_agent.render import bundles
    from regiowacht_inventory.ansible import references

    return {asset.key: sorted(set(references(tomllib.loads(told.decode())))) for asset, told in bundles(region)}


def _host(found: Hosts, name: str) -> dict[str, object]:
    if name not in found.hosts:
        known = nearest(name, found.hosts) or ", ".join(list(found.hosts)[:5]) or "-"
        raise UsageError("ansible.no-host", name=name, known=known)
    return found.hosts[name]


def _write(path: Path, text: str, found: Hosts, console: Console, *, as_data: bool) -> None:
    try:
        is_new = not path.exists() or path.read_text(encoding="utf-8", errors="replace") != text
        if is_new:
            beside = path.with_name(f".{path.name}.new")
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
    except OSError as error:
        raise Unavailable("ansible.cannot-write", path=path, reason=error.strerror) from None
    if as_data:
        console.json({"file": str(path), "changed": is_new, "hosts": len(found.hosts)})
    else:
        console.tell("ansible.written" if is_new else "ansible.unchanged", path=path, count=len(found.hosts))


ANSIBLE = Verb("ansible", "ansible.verb", _add, _run)
