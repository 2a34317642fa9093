"""The region as hosts of Ansible: who is rolled out to, in which groups, and what each needs; never a secret.

Ansible reads what stands here as templates, and runs them on the machine it is started from. So what could be one is
refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml

from regiowacht_contract.errors import UsageError
from regiowacht_inventory.values import SECRET_REF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regiowacht_inventory.assets import Asset
    from regiowacht_inventory.region import Region

Vars = dict[str, Any]
HEAD = "# Written by `regiowacht inventory ansible` from the region folder; changes belong there.\n"
AGENTS, POLLERS, COLLECTOR = "agents", "pollers", "collector"
TEMPLATE = re.compile(r"\{\{|\{%|\{#")


@dataclass(frozen=True, slots=True)
class Hosts:
    """An inventory of Ansible.

    Attributes:
        hosts: variables by host, ``SERVER.GEMEENTE``.
        groups: names of hosts by group.
        children: names of groups by group.
        shared: variables of all hosts.
    """

    hosts: Mapping[str, Vars]
    groups: Mapping[str, Sequence[str]]
    children: Mapping[str, Sequence[str]]
    shared: Vars


def ansible_hosts(region: Region, needs: Mapping[tuple[str, str], Sequence[str]]) -> Hosts:
    """Return every server of the region that Ansible may set up, and the machine the collector runs on.

    Args:
        region: the region.
        needs: references to the secrets that an agent reads on its server, by the asset's key.

    Raises:
        UsageError: a value holds what Ansible would run as a template.
    """
    systems = {(gemeente.gemeente, one.name): one.os for gemeente in region.gemeenten for one in gemeente.servers}
    servers = [asset for asset in region.assets if asset.key in systems and asset.kind == "server"]
    pollers = _pollers(region)
    hosts = {_name(asset): _vars(asset, pollers, needs.get(asset.key, ())) for asset in servers}
    groups: dict[str, list[str]] = {AGENTS: [], POLLERS: [], COLLECTOR: []}
    children: dict[str, list[str]] = {}
    for asset in servers:
        of_site = site_group(asset.gemeente, asset.site)
        wanted = [of_site, f"os_{systems[asset.key]}"]
        wanted += [AGENTS] if asset.job == "node" else []
        wanted += [POLLERS] if asset.key in pollers else []
        for group in wanted:
            groups.setdefault(group, []).append(_name(asset))
        sites = children.setdefault(gemeente_group(asset.gemeente), [])
        sites.extend([] if of_site in sites else [of_site])
    _add_collector(region, servers, hosts, groups)
    found = Hosts(hosts, groups, children, _shared(region))
    _refuse_templates(found)
    return found


def gemeente_group(gemeente: str) -> str:
    """Return the group of a gemeente's hosts."""
    return f"gemeente_{_word(gemeente)}"


def site_group(gemeente: str, site: str) -> str:
    """Return the group of a site's hosts; sites of two gemeenten may have one name."""
    return f"site_{_word(gemeente)}__{_word(site)}"


def as_json(found: Hosts) -> Vars:
    """Return what Ansible wants of a script that is asked with ``--list``."""
    answer: Vars = {"_meta": {"hostvars": dict(found.hosts)}, "all": {"vars": found.shared, "children": []}}
    for name, told in _groups(found):
        answer[name] = told
    answer["all"]["children"] = [name for name in answer if name not in {"_meta", "all"}]
    return answer


def as_yaml(found: Hosts) -> str:
    """Return the text of an inventory file of Ansible; the same whenever the region is."""
    children: Vars = {}
    for name, told in _groups(found):
        children[name] = {kind: dict.fromkeys(names) for kind, names in told.items() if names}
    tree = {"all": {"vars": found.shared, "hosts": dict(found.hosts), "children": children}}
    text: str = yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return HEAD + text


class _Dumper(yaml.SafeDumper):
    """Writes each value out where it stands: no anchors, and a group's host as ``name:`` with nothing behind it."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))


def _groups(found: Hosts) -> Iterator[tuple[str, dict[str, list[str]]]]:
    for name in sorted({*found.groups, *found.children}):
        told = {"hosts": list(found.groups.get(name, ())), "children": list(found.children.get(name, ()))}
        yield name, {kind: names for kind, names in told.items() if names or kind == "hosts"}


def _name(asset: Asset) -> str:
    return f"{asset.name}.{asset.gemeente}"


def _word(slug: str) -> str:
    """Return a slug as Ansible wants words in the names of groups, no two slugs as one."""
    return re.sub("--+", lambda run: f"_{len(run[0])}D_", slug).replace("-", "_")


def _pollers(region: Region) -> set[tuple[str, str]]:
    """Return the keys of servers whose agents ask others."""
    asked = {(asset.gemeente, name) for asset in region.assets for name in (asset.poller, asset.standby) if name}
    sites = ((one.gemeente, site) for one in region.gemeenten for site in one.sites.values())
    return asked | {(slug, name) for slug, site in sites for name in (site.poller, site.standby) if name}


def _vars(asset: Asset, pollers: set[tuple[str, str]], needs: Sequence[str]) -> Vars:
    deliver = "relay" if asset.job == "relay" else "push" if asset.push else "scrape"
    told: Vars = {
        "ansible_host": asset.address or asset.name,
        "regiowacht_gemeente": asset.gemeente,
        "regiowacht_site": asset.site,
        "regiowacht_server": asset.name,
        "regiowacht_deliver": deliver,
        "regiowacht_polls": asset.key in pollers,
        "regiowacht_secret_references": sorted(needs),
    }
    if asset.tls is not None:
        told["regiowacht_tls_cert"], told["regiowacht_tls_key"] = asset.tls.cert, asset.tls.key
    return told


def _add_collector(region: Region, servers: list[Asset], hosts: dict[str, Vars], groups: dict[str, list[str]]) -> None:
    """Put the machine behind the region's ``collector`` into its group: a declared server, or one of its own name."""
    place = urlsplit(region.collector.url).hostname
    if not place:
        return
    name = next((_name(asset) for asset in servers if place in {asset.address, asset.name}), "")
    if not name:
        name = next(free for free in (f"collector.{region.regio}", "collector._regio") if free not in hosts)
        hosts[name] = {"ansible_host": place}
    hosts[name]["regiowacht_collector_secret_references"] = sorted(_collector_needs(region))
    groups[COLLECTOR].append(name)


def _collector_needs(region: Region) -> set[str]:
    """Return references to the secrets that alerts and audits are made with, on the collector's machine."""
    told = [region.alerts, region.audit, *(one.alerts for one in region.leveranciers.values())]
    told += [one.alerts for one in region.gemeenten]
    told += [credential for credential in region.credentials.values() if not credential.is_snmp]
    return {ref for model in told for ref in references(model.model_dump())}


def references(value: object) -> Iterator[str]:
    """Yield every reference to a secret in plain data, however deep."""
    if isinstance(value, str) and re.fullmatch(SECRET_REF, value):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for part in parts:
        yield from references(part)


def _shared(region: Region) -> Vars:
    told: Vars = {
        "regiowacht_regio": region.regio,
        "regiowacht_language": region.language,
        "regiowacht_collector_url": region.collector.url,
    }
    return told | ({"regiowacht_collector_ca": region.collector.ca} if region.collector.ca else {})


def _refuse_templates(found: Hosts) -> None:
    for host, told in {**found.hosts, "all": found.shared}.items():
        for name, value in told.items():
            for text in value if isinstance(value, list) else (value,):
                if isinstance(text, str) and TEMPLATE.search(text):
                    raise UsageError("ansible.template", host=host, name=name, value=text)
