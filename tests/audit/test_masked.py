"""Configurations whose secrets some tool already took out: what cannot be told any more is never called fine."""

from __future__ import annotations

import pytest

from regiowacht_audit.judge.baseline import find_baseline
from regiowacht_audit.judge.check import check_text
from regiowacht_audit.masked import with_one_mask
from regiowacht_audit.platform import find_platform

MINIMAL = find_baseline("minimal")
FRAMES = {
    "cisco_ios": "hostname r\ninterface GigabitEthernet0/1\n{}\nline vty 0 4\n transport input ssh\nend\n",
    "cisco_nxos": "hostname r\ninterface Ethernet1/1\n{}\nline vty\n",
    "aruba_osswitch": 'hostname "r"\n{}\nvlan 1\n   untagged 1-24\n   exit\n',
    "aruba_aoscx": "hostname r\n{}\nvlan 1\ninterface 1/1/1\n    vlan access 10\nhttps-server vrf default\n",
    "hp_comware": "#\n sysname r\n#\ninterface GigabitEthernet1/0/1\n#\n{}\n#\nline vty 0 4\n#\nreturn\n",
    "juniper_junos": "system {{\n host-name r;\n}}\ninterfaces {{\n lo0;\n}}\nsnmp {{\n{}\n}}\n",
}


def statuses(platform: str, text: str) -> dict[str, str]:
    answer = check_text(FRAMES[platform].format(text), find_platform(platform), MINIMAL)
    assert answer.is_whole
    return {one.rule: one.status for one in answer.findings}


@pytest.mark.parametrize(
    ("platform", "line"),
    [
        ("cisco_ios", "snmp-server community <configuration removed>"),
        ("cisco_ios", "snmp-server community <removed>"),
        ("cisco_nxos", "snmp-server community <secret hidden>"),
        ("aruba_osswitch", "snmp-server community <secret hidden>"),
        ("hp_comware", " snmp-agent community <configuration removed>"),
    ],
)
def test_a_community_of_which_nothing_is_left_is_neither_harmless_nor_read_only(platform: str, line: str) -> None:
    said = statuses(platform, line)
    assert (said["RW-SNM-01"], said["RW-SNM-02"], said["RW-SNM-03"]) == ("n/a", "fail", "n/a")


@pytest.mark.parametrize(
    ("platform", "line", "writes"),
    [
        ("cisco_ios", "snmp-server community <secret hidden> RW 10", "fail"),
        ("cisco_ios", "!snmp-server community <removed> RW 10", "fail"),
        ("cisco_ios", "!snmp-server community <removed> RO", "pass"),
        ("cisco_ios", "snmp-server community netconanRemoved3 RO", "pass"),
        ("cisco_nxos", "snmp-server community <removed> group network-admin", "fail"),
        ("aruba_osswitch", "snmp-server community <removed> unrestricted", "fail"),
        ("aruba_aoscx", "snmp-server community <configuration removed>\n    access-level rw", "fail"),
        ("hp_comware", " snmp-agent community write <configuration removed>", "fail"),
        ("juniper_junos", "community /* SECRET-DATA */ {\n authorization read-only;\n}", "pass"),
        ("juniper_junos", "#  community <removed> {\n authorization read-write;\n}", "fail"),
    ],
)
def test_what_is_left_beside_a_masked_community_counts(platform: str, line: str, writes: str) -> None:
    said = statuses(platform, line)
    assert (said["RW-SNM-01"], said["RW-SNM-02"], said["RW-SNM-03"]) == ("n/a", "fail", writes)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("username beheer privilege 15 password 7 <removed>", "fail"),
        ("!username beheer privilege 15 password <removed>", "fail"),
        ("line con 0\n! password <removed>", "fail"),
        ("line con 0\n password <secret hidden>", "fail"),
        ("!tacacs-server key <removed>", "fail"),
        ("!enable secret 9 <removed>", "pass"),
        ("username beheer secret 9 <secret hidden>", "pass"),
    ],
)
def test_the_form_of_a_masked_secret_is_judged(line: str, status: str) -> None:
    assert statuses("cisco_ios", line)["RW-SEC-01"] == status


def test_rows_keep_their_place_and_other_comments_stay_comments() -> None:
    rows = ["! by <removed", "!password <removed>", "# a <removed>", "a <b>", "x <key hidden> y", "  /* why */"]
    assert with_one_mask(rows) == [
        "! by <removed",
        "password <removed>",
        "# a <removed>",
        "a <b>",
        "x <removed> y",
        rows[-1],
    ]
