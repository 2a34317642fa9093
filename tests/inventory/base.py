"""A small region to break in one place at a time; line numbers of the cases refer to these texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BASE: Mapping[str, str] = {
    "region.yml": """\
name: Klein
regio: klein
language: nl
timezone: Europe/Brussels
collector: {url: https://regiowacht.example}
leveranciers:
  telco-a: {name: Telco A, sla: 0.995}
trajecten:
  - name: netwerk
    laag: connectiviteit
    trekkers: [aa]
    volgers: [bb]
    from: 2026-01-01
    until: 2026-12-31
credentials:
  v3: {version: 3, user: monitor, auth: {protocol: sha256, secret: "env:AUTH"}}
  v2:
    version: 2c
    community: "file:/etc/community"
  ssh:
    user: audit
    password: "env:PASSWORD"
""",
    "gemeenten/aa.yml": """\
gemeente: aa
id: 1
name: Aa
country: BE
code: "44990"
inhabitants: 900
sites:
  huis:
    poller: srv-1
    standby: srv-2
    uplinks:
      - {name: wan-1, device: rt-1, leverancier: telco-a, bandwidth: 500M, far_end: 10.255.0.1}
servers:
  - {name: srv-1, site: huis, address: 10.0.0.10, os: linux}
  - {name: srv-2, site: huis, os: windows}
  - {name: srv-3, site: huis, os: windows, relay: "http://10.0.0.12:9182/metrics"}
devices:
  - {name: rt-1, site: huis, address: 10.0.0.1, kind: router, platform: juniper_junos, snmp: v3, ssh: ssh}
  - {name: sw-1, site: huis, address: 10.0.0.2, kind: switch, uplink: rt-1, snmp: v2}
  - {name: sw-2, site: huis, address: "2001:db8::2", kind: switch, uplink: sw-1}
services:
  - {name: mail, site: huis, probe: tcp, target: "10.0.0.11:25"}
""",
    "gemeenten/bb.yml": """\
gemeente: bb
id: 2
name: Bb
country: NL
code: "9901"
sites:
  huis:
    poller: srv-b
servers:
  - {name: srv-b, site: huis, os: linux}
devices:
  - {name: ups-b, site: huis, address: ups-b.example, kind: ups, polled_by: srv-b}
""",
}


def write_base(folder: Path, files: Mapping[str, str] = BASE) -> Path:
    """Write the region into ``folder`` and return it."""
    for file, text in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
