"""Probes: questions to what has no agent, told under blackbox_exporter's names.

A probe is one file with ``probe(wanted, deadline, found)``; adding one is that file, its family of the catalogue, and
a line in the table. A file is imported when something is to be asked in its way.
"""

from __future__ import annotations

KINDS = {
    "dns": "regiowacht_agent.probes.dns",
    "http": "regiowacht_agent.probes.http",
    "icmp": "regiowacht_agent.probes.icmp",
    "ntp": "regiowacht_agent.probes.ntp",
    "tcp": "regiowacht_agent.probes.tcp",
}
"""Module of each kind of probe, by the name that ``kind`` gives."""
