"""A file that was declared as a system that writes alike is refused, and told by whom it was written."""

from __future__ import annotations

import pytest

from regiowacht_audit.judge.baseline import find_baseline
from regiowacht_audit.judge.check import check_text
from regiowacht_audit.platform import find_platform
from regiowacht_audit.tells import wrongly_declared
from regiowacht_contract.errors import Found
from tests.audit.case_files import Case, cases

SWITCH = (
    'hostname "hal"\nno telnet-server\nsnmp-server community "public" unrestricted\nvlan 1\n   untagged 1-24\n   exit\n'
)
ROUTER = "hostname hal\ninterface Gi0/1\nsnmp-server community x RW\nline vty 0 4\n transport input telnet\nend\n"
NEXUS = "hostname hal\nfeature telnet\nvrf context management\ninterface Ethernet1/1\nline vty\n"


@pytest.mark.parametrize(
    ("text", "declared", "writer"),
    [
        (SWITCH, "cisco_ios", "aruba_osswitch"),
        (SWITCH, "aruba_aoscx", "aruba_osswitch"),
        (ROUTER, "cisco_nxos", "cisco_ios"),
        (ROUTER, "arista_eos", "cisco_ios"),
        (NEXUS, "cisco_xe", "cisco_nxos"),
        (NEXUS, "dell_os10", "cisco_nxos"),
        (ROUTER, "linux", "cisco_ios"),
    ],
)
def test_what_another_system_wrote_is_refused(text: str, declared: str, writer: str) -> None:
    with pytest.raises(Found) as caught:
        check_text(text, find_platform(declared), find_baseline("minimal"))
    assert (caught.value.key, caught.value.values["other"]) == ("audit.other-platform", writer)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_what_was_declared_right_is_read(case: Case) -> None:
    assert wrongly_declared(case.config, case.platform) is None


def test_a_single_row_of_another_system_tells_nothing() -> None:
    text = "hostname hal\ninterface Ethernet1\n description uplink\nline vty 0 4\nend\n"
    assert wrongly_declared(text, "arista_eos") is None


def test_frr_may_be_declared_as_what_it_speaks_like() -> None:
    assert (
        wrongly_declared("frr version 8.4.4\nfrr defaults traditional\nhostname hal\nline vty\n", "cisco_ios") is None
    )


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ("cisco_ios", "hostname r\ninterface Gi0/1\nsnmp-server community x unrestricted\nend\n"),
        ("cisco_nxos", "hostname r\nfeature lacp\ninterface Ethernet1/1\nsnmp-server community x RW\n"),
        ("aruba_aoscx", "hostname r\nssh server vrf mgmt\nsnmp-server community x unrestricted\nvlan 1\n"),
        ("cisco_asa", "hostname r\nASA Version 9.8\ninterface Gi0/1\nsnmp-server community x RW\n: end\n"),
    ],
)
def test_a_right_that_the_system_does_not_know_is_not_taken_for_reading(platform: str, text: str) -> None:
    answer = check_text(text, find_platform(platform), find_baseline("minimal"))
    assert {one.rule: one.status for one in answer.findings}["RW-SNM-03"] != "pass"
