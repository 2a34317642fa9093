"""Whatever a file holds: a clear answer, in bounded time, and nothing of a secret in it."""

from __future__ import annotations

import json
import random

import pytest

from regiowacht_audit.document import read_text
from regiowacht_audit.judge.baseline import find_baseline
from regiowacht_audit.judge.check import check_text
from regiowacht_audit.judge.show import as_json, as_text
from regiowacht_audit.platform import find_platform, platforms
from regiowacht_contract.errors import Found
from tests.audit.case_files import Case, cases

MINIMAL = find_baseline("minimal")
NAMES = [platform.name for platform in platforms()]
CANARY = "kanarie-c4n4ry"


@pytest.mark.parametrize(("text", "key"), [("a\0b", "audit.binary"), ("", "audit.empty"), ("!\n!\n", "audit.empty")])
def test_what_is_no_configuration_is_refused(text: str, key: str) -> None:
    with pytest.raises(Found) as caught:
        check_text(text, find_platform("cisco_ios"), MINIMAL)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("cisco_ios", "config system global\nset hostname x\nend\n"),
        ("fortinet", "hostname x\ninterface a\n"),
        ("juniper_junos", "/ip service\nset telnet disabled=yes\n"),
        ("cisco_ios", "#\n sysname x\n#\n"),
        ("aruba_aoscx", "set system host-name x\n"),
    ],
)
def test_a_configuration_of_another_system_is_refused(declared: str, text: str) -> None:
    with pytest.raises(Found) as caught:
        check_text(text, find_platform(declared), MINIMAL)
    assert caught.value.key == "audit.other-platform"


@pytest.mark.parametrize("name", NAMES)
def test_noise_is_judged_as_an_excerpt_that_passes_nothing_by_absence(name: str) -> None:
    noise = random.Random(20261127)
    words = [
        "set",
        "{",
        "}",
        "no",
        "config",
        "edit",
        "end",
        '"',
        "add",
        "banner motd ^C",
        "\\",
        "[",
        "interface",
        "x=1",
        ";",
        "/ip",
    ]
    text = "\n".join(" ".join(noise.choices(words, k=noise.randint(1, 9))) for _ in range(3_000))
    try:
        judged = check_text(text, find_platform(name), MINIMAL)
    except Found as refused:
        assert refused.key in {"audit.empty", "audit.other-platform"}  # noqa: PT017  # either answer is right
        return
    assert not judged.is_whole
    assert [one.rule for one in judged.findings if one.status == "pass" and not one.lines] == []


ROWS = {
    "cisco_ios": "interface x{0}\n description {0}",
    "aruba_osswitch": "interface {0}\n   exit",
    "juniper_junos": "set interfaces ge-0/0/{0} disable\nset vlans v{0} vlan-id {0}",
    "paloalto_panos": "shared {{\n address {{",
    "fortinet": "config a{0}\nset b {0}",
    "mikrotik_routeros": "/ip a{0}\nadd x={0}",
}


@pytest.mark.parametrize("name", ROWS)
def test_a_configuration_of_35000_lines_is_judged_whatever_its_shape(name: str) -> None:
    text = "\n".join(ROWS[name].format(index) for index in range(17_500))
    assert len(check_text(text, find_platform(name), MINIMAL).findings) == 30


def test_a_banner_of_ten_megabytes_ends_nothing() -> None:
    text = (
        "hostname x\nbanner motd ^C\n"
        + "x" * 10_000_000
        + "\n^C\ninterface a\nline vty 0 4\n transport input telnet\nend\n"
    )
    judged = check_text(text, find_platform("cisco_ios"), MINIMAL)
    assert judged.findings[3].rule == "RW-ACC-01"
    assert (judged.findings[3].status, judged.findings[3].lines) == ("fail", (7,))


def test_lines_end_in_whatever_a_terminal_left_there() -> None:
    text = "hostname x\r\r\ninterface a\r\r\nline vty 0 4\r\r\n transport input telnet\r\r\nend\r\r\n"
    judged = check_text(text, find_platform("cisco_ios"), MINIMAL)
    assert judged.is_whole
    assert judged.findings[3].lines == (4,)


SECRETS = {
    "cisco_ios": f"snmp-server community {CANARY} RO\nusername a password 0 {CANARY}\n",
    "cisco_xe": f"snmp-server host 192.0.2.1 {CANARY}\nenable password {CANARY}\n",
    "cisco_asa": f"snmp-server host in 192.0.2.1 community {CANARY}\npasswd {CANARY} encrypted\n",
    "juniper_junos": f'set snmp community {CANARY}\nset system tacplus-server 192.0.2.1 secret "{CANARY}"\n',
    "fortinet": f'config system snmp community\nedit 1\nset name "{CANARY}"\nnext\nend\n',
    "mikrotik_routeros": f"/snmp community add name={CANARY}\n/ppp secret add password={CANARY}\n",
    "hp_comware": f"snmp-agent community read {CANARY}\nlocal-user a\n password simple {CANARY}\n",
    "extreme_exos": f"configure snmp add community readonly {CANARY}\nconfigure radius x shared-secret {CANARY}\n",
    "aruba_osswitch": f'snmp-server community "{CANARY}" unrestricted\npassword manager plaintext {CANARY}\n',
    "aruba_aoscx": f"snmp-server community {CANARY}\nuser a group b password plaintext {CANARY}\n",
    "paloalto_panos": f"set deviceconfig system snmp-setting access-setting v2c snmp-community-string {CANARY}\n",
    "ruckus_fastiron": f"snmp-server community {CANARY} rw\nenable super-user-password {CANARY}\n",
    "linux": f"password {CANARY}\nrouter bgp 1\n neighbor 192.0.2.1 password {CANARY}\n",
}


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_shown(name: str) -> None:
    judged = check_text(SECRETS[name], find_platform(name), find_baseline("recommended"))
    said = json.dumps(as_json(judged, "nl")) + "\n".join(as_text(judged, "nl")) + repr(judged)
    assert CANARY not in said
    assert "RW-S" in said


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_same_text_gives_the_same_bytes(case: Case) -> None:
    answers = [as_json(check_text(case.config, find_platform(case.platform), MINIMAL), "en") for _ in range(2)]
    assert json.dumps(answers[0]) == json.dumps(answers[1])


def test_a_file_declared_as_another_system_names_the_likeliest_first() -> None:
    text = "service timestamps debug datetime msec\nhostname sw1\nline vty 0 4\n transport input ssh\nend\n"
    with pytest.raises(Found) as caught:
        read_text(text, find_platform("juniper_junos"))
    first = caught.value.message("en").partition("looks like one of ")[2].partition(",")[0]
    assert first in {"cisco_ios", "cisco_xe"}
