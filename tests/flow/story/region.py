"""The region folder of the story, and where its hosts are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lab import snmpd, sshd

if TYPE_CHECKING:
    from pathlib import Path

COLLECTOR, ROUTER = "col", "rt-zandbeke"
NEAR, FAR, LINE = "10.0.1.1", "10.0.1.2", "wan-zandbeke"
ZANDBEKE, OOSTHOVE, OLDER = "srv-zandbeke", "srv-oosthove", "srv-ouder"
ADDRESSES = {
    ZANDBEKE: ("10.12.0.10", ROUTER, "10.12.0.1/24"),
    OOSTHOVE: ("10.13.0.10", COLLECTOR, "10.13.0.1/24"),
    OLDER: ("10.14.0.10", COLLECTOR, "10.14.0.1/24"),
}
"""Each server's address, the host it is plugged into, and that one's address there."""

SECRETS = {"community": snmpd.COMMUNITY, "ssh": sshd.PASSWORD}
"""By the name of their file on the machines."""

REGION = """\
name: Verhaalregio
regio: verhaal
language: nl
timezone: Europe/Brussels
collector: {{url: "{url}", probe: false}}
agent: {{deliver: push, interval: 5s}}
alerts:
  smtp: {{server: "127.0.0.1:{mail}", from: regiowacht@regio.example, security: none}}
  receivers:
    ict-dienst: {{email: [ict@regio.example]}}
    noc-telco-a: {{email: [noc@telco-a.example]}}
  to: [{{to: [ict-dienst], hours: always}}]
leveranciers:
  telco-a: {{name: Telco A, sla: 0.995, alerts: {{to: [{{to: [noc-telco-a], hours: always}}]}}}}
credentials:
  snmp-v2: {{version: 2c, community: "file:/etc/regiowacht/secrets/community"}}
  ssh-audit: {{user: audit, password: "file:/etc/regiowacht/secrets/ssh"}}
"""
ZANDBEKE_YML = """\
gemeente: zandbeke
id: 12
name: Zandbeke
country: BE
code: "44999"
alerts:
  receivers: {{ict-zandbeke: {{email: [ict@zandbeke.example]}}}}
  to: [{{to: [ict-zandbeke], hours: always}}]
sites:
  stadhuis:
    poller: srv-zandbeke
    uplinks:
      - {{name: wan-zandbeke, device: rt-zandbeke, port: wan, leverancier: telco-a, bandwidth: 100M, far_end: {near}}}
servers:
  - {{name: srv-zandbeke, site: stadhuis, address: 10.12.0.10, os: linux}}
devices:
  - name: rt-zandbeke
    site: stadhuis
    address: 10.12.0.1
    kind: router
    platform: cisco_ios
    snmp: snmp-v2
    ssh: ssh-audit
"""
OOSTHOVE_YML = """\
gemeente: oosthove
id: 13
name: Oosthove
country: BE
code: "44998"
alerts:
  receivers: {ict-oosthove: {email: [ict@oosthove.example]}}
  to: [{to: [ict-oosthove], hours: always}]
sites:
  gemeentehuis: {poller: srv-oosthove}
servers:
  - {name: srv-oosthove, site: gemeentehuis, address: 10.13.0.10, os: linux}
  - {name: srv-ouder, site: gemeentehuis, address: 10.14.0.10, os: linux}
"""


def write_region(folder: Path, *, url: str, mail_port: int) -> Path:
    """Write it, and return the folder."""
    (folder / "gemeenten").mkdir(parents=True)
    (folder / "region.yml").write_text(REGION.format(url=url, mail=mail_port))
    (folder / "gemeenten/zandbeke.yml").write_text(ZANDBEKE_YML.format(near=NEAR))
    (folder / "gemeenten/oosthove.yml").write_text(OOSTHOVE_YML)
    return folder
