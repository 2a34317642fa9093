"""The region that Ansible rolls out: a collector's machine that is scraped itself, and a server that pushes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.defaults import GATEWAY_PORT

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND = "srv-a", "srv-b"
"""The first has the collector beside its agent, so two machines are enough."""

ADDRESSES = {FIRST: "10.0.1.1", SECOND: "10.0.1.2"}
GEMEENTE = "aa"
HOSTS = {name: f"{name}.{GEMEENTE}" for name in ADDRESSES}
"""As the inventory of Ansible calls them."""

URL = f"https://{ADDRESSES[FIRST]}:{GATEWAY_PORT}"
SECRETS = {
    "file:/etc/regiowacht/secrets/community": "lab-community-not-a-secret-41",
    "env:SNMP_AUTH": 'lab-"auth$ not\\a-secret-42',
    "env:SNMP_PRIV": "lab-priv-not-a-secret-43",
}
REGION = f"""\
name: Klein
regio: klein
language: nl
timezone: Europe/Brussels
collector: {{url: "{URL}", ca: /etc/regiowacht/region-ca.pem, probe: false}}
credentials:
  v2: {{version: 2c, community: "file:/etc/regiowacht/secrets/community"}}
  v3:
    version: 3
    user: monitor
    auth: {{protocol: sha256, secret: "env:SNMP_AUTH"}}
    priv: {{protocol: aes128, secret: "env:SNMP_PRIV"}}
"""
GEMEENTE_YML = f"""\
gemeente: {GEMEENTE}
id: 1
name: Aa
country: BE
code: "44990"
agent: {{deliver: push, interval: 5s}}
sites:
  huis: {{poller: {SECOND}}}
servers:
  - {{name: {FIRST}, site: huis, address: {ADDRESSES[FIRST]}, os: linux, agent: {{deliver: scrape}}}}
  - {{name: {SECOND}, site: huis, address: {ADDRESSES[SECOND]}, os: linux}}
devices:
  - {{name: sw-1, site: huis, address: 10.0.1.9, kind: switch, snmp: v2}}
  - {{name: sw-2, site: huis, address: 10.0.1.10, kind: switch, snmp: v3}}
"""
OTHER_YML = """\
gemeente: bb
id: 2
name: Bb
country: BE
code: "44991"
"""


def write_region(folder: Path) -> Path:
    """Write it, and return the folder."""
    (folder / "gemeenten").mkdir(parents=True)
    (folder / "region.yml").write_text(REGION)
    (folder / f"gemeenten/{GEMEENTE}.yml").write_text(GEMEENTE_YML)
    (folder / "gemeenten/bb.yml").write_text(OTHER_YML)
    return folder
