"""Discovery on loopback: the families' devices, each at an address of its own, and addresses that are silent."""

from __future__ import annotations

import json
import select
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest
from netmiko.ssh_dispatcher import CLASS_MAPPER_BASE

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.credential import Community, User
from regiowacht_agent.snmp.discover import Discovery, Named, Wanted, as_json
from regiowacht_agent.snmp.kinds import UNKNOWN, exceptions, families, kind_of
from regiowacht_agent.snmp.meaning.loader import metrics
from regiowacht_agent.snmp.value import Value
from regiowacht_agent.snmp.who import Identities, mac
from regiowacht_inventory.kinds import DEVICE_KINDS
from tests.agent.snmp.agent_v3 import MONITOR, AgentV3
from tests.agent.snmp.fake_agent import UPTIME, Agent, answer_community
from tests.agent.snmp.families.cases import read, told
from tests.agent.snmp.meaning.readings import known_book
from tests.agent.snmp.poll.switch import SYSTEM, switch, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = Callable[[bytes], bytes | None]

DEVICES = 100
SHARE = 0.95
KINDS = {
    "router": "cisco_ios/router draytek_vigor/Vigor2862 lancom_lcos/1781EF+ mikrotik_routeros/router peplink "
    "teltonika_rutos ubiquiti_edgeos vyos",
    "switch": "alcatel_ alliedtelesis_ arista_ aruba_cx cambium_cnmatrix cisco/ cisco_ios/switch cisco_meraki "
    "cisco_nxos cisco_sb dell_os dell_powerconnect dlink_ edgecore_ extreme_ fortinet_fortiswitch hirschmann_ "
    "hpe_comware hpe_officeconnect hpe_procurve huawei_vrp/S5720 juniper_junos/virtual lancom_sx mellanox_ "
    "mikrotik_routeros/CRS mikrotik_swos moxa_ netgear_ ruckus_icx siemens_scalance tplink_ ubiquiti_edgeswitch "
    "zyxel_switch",
    "firewall": "checkpoint_ cisco_asa fortinet_fortigate juniper_junos/SRX opnsense paloalto_ pfsense sonicwall_ "
    "sophos_ stormshield_ watchguard_ zyxel_zld",
    "access_point": "aerohive_ aruba_instant cambium_ap fortinet_fortiap lancom_lcos/older lancom_lx ruckus_ap "
    "ruckus_unleashed ubiquiti_airos ubiquiti_unifi",
    "wifi_controller": "aruba_controller cisco_wlc huawei_vrp/wireless ruckus_smartzone ruckus_zonedirector",
    "modem": "draytek_vigor/Vigor165",
    "ups": "apc_ups cyberpower_ups delta_ups eaton_mge eaton_ups generex_ liebert_vertiv/UPS riello_ socomec_",
    "pdu": "apc_ats apc_pdu cyberpower_pdu eaton_epdu gude_ liebert_vertiv/rack raritan_ servertech_",
    "printer": "brother_ canon_ epson_ hp_printer konica_ kyocera_ lexmark_ oki_ ricoh_ samsung_ sharp_ toshiba_ "
    "xerox_ zebra_",
    "storage": "dell_equallogic dothill_ netapp_ qnap_ synology_ truenas",
    "sensor": "akcp_ apc_netbotz avtech_ geist_ hwgroup_ papouch_ rittal_",
    "camera": "axis_",
    "server": "linux_ proxmox_ vmware_ windows_",
    "other": "citrix_ dell_idrac f5_ fujitsu_irmc hpe_ilo kemp_ lenovo_ liebert_vertiv/cooling supermicro_",
}
"""What a person would call each of the cases' devices: by how its family and name begin."""

PUBLIC = Named("snmp-v2", Community("2c", b"public"))
OTHER = Named("printers", Community("2c", b"not-a-secret"))
OLD = Named("old", Community("1", b"public"))
V3 = Named("snmp-v3", MONITOR)
STRANGER = Named("stranger", User("nobody-here", "sha", b"auth-not-a-secret"))
QUICK = Wanted(rate=2000, timeout_s=2)


class Street:
    """Agents at addresses of one port; counts what comes to each.

    Attributes:
        port: the port.
        came: datagrams by address.
    """

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.port = 0
        self.came = dict.fromkeys(answers, 0)
        self._answers = answers

    @contextmanager
    def run(self) -> Iterator[Street]:
        stop, stopped = socket.socketpair()
        socks: dict[int, tuple[socket.socket, str]] = {}
        for host in self._answers:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((host, self.port))
            self.port = sock.getsockname()[1]
            socks[sock.fileno()] = sock, host
        thread = threading.Thread(target=self._serve, args=(socks, stopped), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            stop.close()
            thread.join(60)
            stopped.close()
            for sock, _host in socks.values():
                sock.close()

    def _serve(self, socks: dict[int, tuple[socket.socket, str]], stopped: socket.socket) -> None:
        poll = select.poll()
        for number in (*socks, stopped.fileno()):
            poll.register(number, select.POLLIN)
        while True:
            for number, _events in poll.poll():
                if number == stopped.fileno():
                    return
                sock, host = socks[number]
                datagram, source = sock.recvfrom(65_507)
                self.came[host] += 1
                answer = self._answers[host](datagram)
                if answer is not None:
                    sock.sendto(answer, source)


class Case(NamedTuple):
    key: str
    vendor: str
    agent: Agent


def cases() -> list[Case]:
    """Return devices of as many families as there are, and more of those that have several, up to a number."""
    by_family: dict[str, list[Case]] = {}
    for family, name, case in told():
        if family in known_book().families:
            wanted = read(family, case)
            agent = Agent({UPTIME: Value(tags.TICKS, 4200), **wanted.objects})
            by_family.setdefault(family, []).append(Case(f"{family}/{name}", wanted.identity.get("vendor", ""), agent))
    turns = max(map(len, by_family.values()))
    return [of[turn] for turn in range(turns) for of in by_family.values() if turn < len(of)]


def expected_kind(key: str) -> str:
    """Return the kind of the longest beginning that fits; "" where nobody said."""
    fitting = [(len(one), kind) for kind, ones in KINDS.items() for one in ones.split() if key.startswith(one)]
    return max(fitting, default=(0, ""))[1]


def nobody(_datagram: bytes) -> None:
    return None


def search(street: Street, hosts: list[str], *ways: Named) -> dict[str, dict[str, object]]:
    """Return what was found, by address."""
    wanted = QUICK._replace(port=street.port)
    discovery = Discovery(hosts, ways, Identities(known_book(), metrics()), wanted)
    discovery.run(lambda _so_far: None)
    assert discovery.over == discovery.total == len(hosts)
    found = {one.address: as_json(one) for one in discovery.found}
    assert len(found) == len(discovery.found)
    json.dumps(found)
    return found


def test_a_hundred_devices_are_found_for_what_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    devices = {f"127.77.0.{number}": case for number, case in enumerate(cases()[:DEVICES], 1)}
    silent = [f"127.77.1.{number}" for number in range(1, 21)]
    closed = [f"127.77.2.{number}" for number in range(1, 11)]
    answers: dict[str, Answer] = {host: answer_community(case.agent) for host, case in devices.items()}
    with Street(answers | dict.fromkeys(silent, nobody)).run() as street:
        found = search(street, [*silent, *devices, *closed], PUBLIC)
    wrong = [
        (case.key, found.get(host, {}).get("kind"), found.get(host, {}).get("vendor"))
        for host, case in devices.items()
        if host not in found or found[host]["kind"] != expected_kind(case.key) or found[host]["vendor"] != case.vendor
    ]
    most = max(street.came[host] for host in silent)
    share = 1 - len(wrong) / len(devices)
    with capsys.disabled():
        print(f"\ndiscovery: {share:.0%} of {len(devices)} right, {most} packets to a silent address; wrong: {wrong}")
    assert len(devices) == DEVICES
    assert share >= SHARE
    assert most == 2
    assert found.keys() == devices.keys()
    assert {one["credential"] for one in found.values()} == {"snmp-v2"}


def test_all_cases_have_a_kind_that_somebody_gave_them() -> None:
    wrong = {case.key for case in cases() if not expected_kind(case.key)}
    assert len(wrong) <= (1 - SHARE) * len(cases()), wrong


def test_the_credential_that_works_is_named_and_a_silent_address_is_left_in_peace() -> None:
    one, two, three, quiet = "127.77.3.1", "127.77.3.2", "127.77.3.3", "127.77.3.4"
    answers: dict[str, Answer] = {
        one: answer_community(Agent(switch((1, 2))), b"not-a-secret"),
        two: AgentV3(Agent(switch((1, 2))).handle),
        three: answer_community(Agent(switch((1, 2))), b"nobody-knows"),
        quiet: nobody,
    }
    with Street(answers).run() as street:
        found = search(street, [*answers], V3, STRANGER, PUBLIC, OTHER, OLD)
    assert {host: (told["credential"], told["snmp_version"]) for host, told in found.items()} == {
        one: ("printers", "2c"),
        two: ("snmp-v3", "3"),
    }
    assert found[one]["name"] == "sw-1"
    assert found[one]["family"] == "unknown"
    assert street.came[quiet] <= 4
    assert street.came[three] <= 4


def test_a_device_to_which_no_credential_fits_is_told_with_the_reason() -> None:
    host = "127.77.4.1"
    with Street({host: AgentV3(Agent(switch((1,))).handle)}).run() as street:
        found = search(street, [host], STRANGER)
    assert found == {host: {"address": host, "credential": "", "snmp_version": "", "refused": {"stranger": "user"}}}


def test_an_unknown_device_with_a_standard_table_is_what_the_table_is_of() -> None:
    host = "127.77.4.2"
    objects = {
        (*SYSTEM, 1, 0): text("Some supply"),
        (*SYSTEM, 2, 0): Value(tags.OBJECT, (1, 3, 6, 1, 4, 1, 99999, 3)),
        (1, 3, 6, 1, 2, 1, 33, 1, 1, 1, 0): text("Fictional"),
        (1, 3, 6, 1, 2, 1, 2, 2, 1, 6, 1): Value(tags.OCTETS, bytes.fromhex("02005e100001")),
    }
    with Street({host: answer_community(Agent(objects))}).run() as street:
        found = search(street, [host], PUBLIC)
    assert (found[host]["kind"], found[host]["vendor"]) == ("ups", "Fictional")
    assert found[host]["macs"] == ["02:00:5e:10:00:01"]


def test_what_is_broken_off_keeps_what_was_found() -> None:
    host = "127.77.4.3"
    with Street({host: answer_community(Agent(switch((1,)))), "127.77.4.4": nobody}).run() as street:
        discovery = Discovery(
            [host, "127.77.4.4"], [PUBLIC], Identities(known_book(), metrics()), QUICK._replace(port=street.port)
        )

        def enough(so_far: Discovery) -> None:
            if so_far.found:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            discovery.run(enough)
    assert [one.address for one in discovery.found] == [host]
    assert discovery.over < discovery.total


def test_kinds_and_platforms_are_ones_that_others_know() -> None:
    known = [*families().values(), *(one.what for one in exceptions())]
    assert {one.kind for one in known} <= {*DEVICE_KINDS, "server"}
    assert {one.platform for one in known} - {""} <= CLASS_MAPPER_BASE.keys()
    assert {one.family for one in exceptions()} <= families().keys()


def test_nearly_each_family_has_a_kind() -> None:
    missing = set(known_book().families) - families().keys()
    assert len(missing) <= (1 - SHARE) * len(known_book().families), missing


@pytest.mark.parametrize(
    ("family", "model", "kind"),
    [
        ("juniper_junos", "SRX345", "firewall"),
        ("juniper_junos", "mx204", "router"),
        ("cisco_ios", "C1111-4P", "router"),
        ("cisco_ios", "C9800-L-F-K9", "wifi_controller"),
        ("cisco_ios", "C9300-48P", "switch"),
        ("nobody_knows", "", "other"),
    ],
)
def test_the_kind_goes_by_the_model_where_a_family_has_several(family: str, model: str, kind: str) -> None:
    assert kind_of(family, model).kind == kind
    assert kind_of("nobody_knows") == UNKNOWN


@pytest.mark.parametrize(
    ("octets", "told"), [("02005e100001", "02:00:5e:10:00:01"), ("000000000000", ""), ("0102", "")]
)
def test_an_address_is_one_only_where_it_tells_devices_apart(octets: str, told: str) -> None:
    assert mac(Value(tags.OCTETS, bytes.fromhex(octets))) == told
