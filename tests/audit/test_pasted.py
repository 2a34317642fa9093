"""A session that somebody pasted: prompts are no configuration, and a refusal is never one in which all is well."""

from __future__ import annotations

import pytest

from regiowacht_audit.judge.baseline import find_baseline
from regiowacht_audit.judge.check import Judged, check_text
from regiowacht_audit.pasted import refused_at, without_session
from regiowacht_audit.platform import find_platform
from regiowacht_contract.errors import Found
from tests.audit.case_files import Case, cases

MINIMAL = find_baseline("minimal")
PROMPTS = {
    "cisco_ios": ("sw1#", "sw-1.stadhuis>"),
    "cisco_xe": ("sw1#",),
    "cisco_nxos": ("n9k-1#",),
    "cisco_asa": ("fw-1/pri/act#",),
    "cisco_s300": ("sw1#",),
    "aruba_osswitch": ("HP-2530-24G#",),
    "aruba_aoscx": ("8360-1(config)#",),
    "hp_comware": ("<HPE>",),
    "huawei": ("<sw-1>",),
    "juniper_junos": ("beheer@rt-1>", "beheer@rt-1#"),
    "fortinet": ("FGT60F #", "fw-1 (root) #"),
    "paloalto_panos": ("admin@PA-220>", "admin@PA-220#"),
    "mikrotik_routeros": ("[admin@MikroTik] >", "[admin@MikroTik] /ip/service>"),
    "arista_eos": ("sw1#",),
    "extreme_exos": ("* X440G2-24p-10G4.1 #", "Slot-1 sw1.12 #"),
    "dell_os6": ("console#",),
    "dell_os10": ("OS10#",),
    "tplink_jetstream": ("T1600G-28TS#",),
    "ruckus_fastiron": ("SSH@ICX7150-48 Router#", "ICX7150#"),
    "linux": ("beheer@srv-1:~$", "[root@srv-1 ~]#", "rt-1#"),
}
REFUSALS = (
    "% Invalid input detected at '^' marker.",
    "% Invalid command at '^' marker.",
    "Invalid input: show run",
    "Error: Unrecognized command found at '^' position.",
    "% Unrecognized command found at '^' position.",
    "unknown command.",
    "Unknown command: show run",
    "bad command name show (line 1 column 1)",
    "Command fail. Return code -61",
    "-bash: show: command not found",
)


def judged(text: str, platform: str = "cisco_ios") -> Judged:
    return check_text(text, find_platform(platform), MINIMAL)


@pytest.mark.parametrize("platform", sorted(PROMPTS))
@pytest.mark.parametrize("said", REFUSALS)
def test_a_prompt_before_a_refusal_hides_it_not(platform: str, said: str) -> None:
    for told in PROMPTS[platform]:
        prompt = f"{told} " if " #" in told else told  # these have a blank after their mark
        for text in (
            f"{prompt} show run\n{said}\n",
            f"{prompt}show run\n          ^\n{said}\n\n{prompt}\n",
            f"{prompt}en\n{said}\n{prompt} show run\r\n{said}\r\n{prompt}",
        ):
            with pytest.raises(Found) as caught:
                judged(text, platform)
            assert caught.value.key == "audit.refused", (prompt, text)
            assert f"row {2 + text.count('^' + chr(10))}" in caught.value.message("en")


def test_a_greeting_before_it_hides_it_neither() -> None:
    with pytest.raises(Found) as caught:
        judged("Alleen voor beheer.\n\nsw1>show run\n     ^\n% Invalid input detected at '^' marker.\n\nsw1>")
    assert caught.value.key == "audit.refused"


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_configuration_within_a_session_is_judged_as_without(case: Case) -> None:
    alone = judged(case.config, case.platform)
    for prompt in PROMPTS[case.platform]:
        pasted = judged(f"{prompt} show it\n{case.config.rstrip()}\n\n{prompt}\n{prompt} exit\n", case.platform)
        assert pasted.is_whole == alone.is_whole
        for one, other in zip(alone.findings, pasted.findings, strict=True):
            assert (other.rule, other.status, other.names) == (one.rule, one.status, one.names)
            assert [line - 1 for line in other.lines] == list(one.lines)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_no_row_of_a_configuration_is_taken_for_a_prompt(case: Case) -> None:
    rows = case.config.split("\n")
    assert without_session(rows) == rows
    assert refused_at(rows) == 0


def test_a_second_command_that_was_refused_spoils_nothing() -> None:
    whole = "hostname sw1\ninterface Vlan1\nline vty 0 4\n transport input telnet\nend"
    refused = "sw1#show startup\n % Invalid input detected at '^' marker."
    for text in (f"{refused}\nsw1#show run\n{whole}\nsw1#", f"sw1#show run\n{whole}\n{refused}\nsw1#"):
        answer = judged(text)
        assert answer.is_whole
        assert {one.rule: one.status for one in answer.findings}["RW-ACC-01"] == "fail"


def test_what_other_commands_told_in_the_same_session_is_no_configuration() -> None:
    asked = "Last login: Tue\nsw1#show version\nfeature telnet\nsw1#sh run | no\nhostname sw1\nline vty 0 4\n"
    rows = [*asked.split("\n")[:-1], " transport input ssh", "end", "sw1(config)#do sh ip int", "ip http server"]
    assert [(number, row) for number, row in enumerate(without_session(rows), 1) if row] == [
        (5, "hostname sw1"),
        (6, "line vty 0 4"),
        (7, " transport input ssh"),
        (8, "end"),
    ]


def test_a_banner_that_speaks_of_refusal_is_no_refusal() -> None:
    text = "hostname sw1\nbanner motd ^C\n% Invalid users go away\n^C\ninterface Vlan1\nline vty 0 4\nend\n"
    assert refused_at(text.split("\n")) == 0
    assert judged(text).is_whole
