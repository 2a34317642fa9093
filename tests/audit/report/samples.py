"""Outcomes of audits as the reports get them: devices that were judged, and one that was not read."""

from __future__ import annotations

from regiowacht_audit.judge.baseline import find_baseline
from regiowacht_audit.outcome import Examiner, Outcome
from regiowacht_audit.platform import find_platform
from regiowacht_audit.scrub import Fingerprint
from regiowacht_contract.errors import Unavailable

CANARY = "Kanarie-9-not-a-secret"
HOSTILE = "<script>alert(1)</script>"
ROWS = [
    "version 15.2",
    "hostname sw-1",
    f"enable password 0 {CANARY}",
    f"snmp-server community {CANARY}rw RW",
    "interface Vlan1",
    f" description {HOSTILE} & \"'",
    " ip address 10.0.0.2 255.255.255.0",
    f"snmp-server location {HOSTILE}",
    "snmp-server community public RO",
    "line vty 0 4",
    " transport input telnet",
    "end",
    "",
]
IOS = find_platform("cisco_ios")


def judged(gemeente: str = "zandbeke", device: str = "sw-1", text: str = "\n".join(ROWS)) -> Outcome:
    """Return a device with findings on its rows."""
    examiner = Examiner(Fingerprint(b"key-not-a-secret"), ("Pw-not-a-secret-1",))
    return examiner.examine(text, gemeente, device, IOS, find_baseline("minimal"))


def unread(gemeente: str = "oosthove", device: str = "sw-9") -> Outcome:
    """Return a device that did not let in."""
    error = Unavailable("fetch.login", device=f"{gemeente}/{device}", credential="ssh-audit")
    return Outcome(gemeente, device, IOS, error=error)
