"""Where the story plays: a collector, a town behind a router and a line, one beside it; nothing installed yet."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, Self

from regiowacht_collector.engine import find_engine
from regiowacht_collector.ports import LOOPBACK
from regiowacht_contract.defaults import GATEWAY_PORT
from regiowacht_contract.states import AssetState
from tests.ansible import tools
from tests.ansible.place import ANSIBLE, Play, counts_of, environment
from tests.collector.authority import Authority
from tests.flow.story.region import ADDRESSES, COLLECTOR, FAR, LINE, NEAR, ROUTER, SECRETS, write_region
from tests.lab import frr, reaper, snmpd, sshd
from tests.lab.asking import ask
from tests.lab.errors import LabError
from tests.lab.frr import Routing
from tests.lab.links import End, default_route
from tests.lab.machine import Machine
from tests.lab.peers import peer
from tests.lab.waiting import SLOWER, until

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import EmailMessage
    from pathlib import Path

    from tests.lab.lab import Lab

URL = f"https://{NEAR}:{GATEWAY_PORT}"
ENGINE, MANAGER = "/opt/engine", "/opt/manager"
MAIL_PORT = 2525


@dataclass
class Place:
    """The hosts of the story.

    Attributes:
        lab: its hosts, machines and links.
        authority: who issued the gateway's certificate.
        folder: on this machine, for what the story writes; ``mail`` in it is the mail server's.
        moments: when something happened, Unix time.
    """

    lab: Lab
    authority: Authority
    folder: Path
    moments: dict[str, float] = field(default_factory=dict)

    @classmethod
    def build(cls, lab: Lab, folder: Path) -> Self:
        """Lay the links and switch the machines on; each has an SSH server and no product.

        Args:
            lab: an empty one.
            folder: an empty folder of this machine.
        """
        place = cls(lab, Authority(folder), folder)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")], check=True)
        files = {"/root/.ssh/authorized_keys": (folder / "key.pub").read_bytes()}
        binds = {find_engine().prometheus.parents[2]: ENGINE, peer("alertmanager").prefix: MANAGER}
        lab.add_hosts({COLLECTOR: "server", ROUTER: "host", **dict.fromkeys(ADDRESSES, "server")})
        host = lab.hosts
        lab.add_line(LINE, End(host[COLLECTOR], "wan", f"{NEAR}/30"), End(host[ROUTER], "wan", f"{FAR}/30"))
        for name, (address, behind, near) in ADDRESSES.items():
            lab.add_cable(name, End(host[name], "eth0", f"{address}/24"), End(host[behind], f"lan-{name[-4:]}", near))
            default_route(host[name], near.split("/")[0])
        host[COLLECTOR].run("ip", "route", "add", "10.12.0.0/24", "via", FAR)
        default_route(host[ROUTER], NEAR)
        for name in (COLLECTOR, *ADDRESSES):
            pid = host[name].pid
            lab.machines[name] = Machine.boot(name, lab.run_dir, lab.rootfs.server, pid, files=files, binds=binds)
            reaper.note(lab.run_dir, lab.machines[name].top)
        snmpd.start(host[ROUTER], location="zandbeke")
        frr.start(host[ROUTER], Routing("10.255.0.1", 65001, ["wan"]))
        sshd.start(host[ROUTER], shell="/usr/bin/vtysh", groups="frrvty")
        for machine in lab.machines.values():
            machine.wait_booted()
        write_region(folder / "region", url=URL, mail_port=MAIL_PORT)
        place._write_variables()
        return place

    def _write_variables(self) -> None:
        certificate, key = self.authority.issue(NEAR)
        known = {name: address for name, (address, *_) in ADDRESSES.items()} | {COLLECTOR: NEAR}
        keys = {name: self.lab.machines[name].read("/etc/ssh/ssh_host_ed25519_key.pub").decode() for name in known}
        (self.folder / "known").write_text("".join(f"{known[name]} {told}" for name, told in keys.items()))
        manager = f"{MANAGER}/usr/bin/prometheus-alertmanager"
        told = {
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(self.folder / "key"),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={self.folder / 'known'}",
            "collector_options": ["--engine", f"{ENGINE}/usr/bin/prometheus", "--alertmanager", manager],
            "collector_certificate": certificate,
            "collector_certificate_key": key,
            "agent_collector_ca": str(self.authority.ca),
            "agent_health_tries": 10 * SLOWER,
            "secrets_values": {f"file:/etc/regiowacht/secrets/{name}": secret for name, secret in SECRETS.items()},
        }
        (self.folder / "variables.json").write_text(json.dumps(told))

    def play(self, book: str, *words: str, wheels: Path) -> Play:
        """Run a playbook from the collector's network, as a person does."""
        extra = ("-e", f"@{self.folder / 'variables.json'}", "-e", f"program_wheelhouse={wheels}")
        command = self.lab.hosts[COLLECTOR].network_command(str(tools.find()), book, *extra, *words)
        done = subprocess.run(
            command,
            cwd=ANSIBLE,
            env=environment(self.folder, self.lab),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        said = done.stdout + done.stderr
        return Play(done.returncode, said, counts_of(said))

    @property
    def collector(self) -> Machine:
        """The collector's machine."""
        return self.lab.machines[COLLECTOR]

    def server(self, name: str) -> Machine:
        """Return a gemeente's server."""
        return self.lab.machines[name]

    def mail_server(self) -> subprocess.Popen[bytes]:
        """Start a mail server beside the collector; its folder is ``mail``."""
        words = ["-m", "aiosmtpd", "-n", "-l", f"{LOOPBACK}:{MAIL_PORT}"]
        words += ["-c", "aiosmtpd.handlers.Mailbox", str(self.folder / "mail")]
        return subprocess.Popen(self.lab.hosts[COLLECTOR].network_command(sys.executable, *words))

    def mails(self, to: str) -> list[EmailMessage]:
        """Return what came in for an address, oldest first."""
        files = sorted((self.folder / "mail" / "new").glob("*"), key=lambda path: path.stat().st_mtime)
        read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
        return [mail for mail in read if mail["To"] == to]

    def ask(self, query: str) -> list[tuple[dict[str, str], Any]]:
        """Return what the engine finds: labels, and a value or the samples of a range; nothing while it is away."""
        found = ask(self.lab.hosts[COLLECTOR], query)
        return [(one["metric"], one.get("values", one.get("value"))) for one in found]

    def states(self) -> dict[str, int]:
        """Return the state of every asset by its name."""
        return {labels["instance"]: int(value[1]) for labels, value in self.ask("regiowacht:asset_state")}

    def states_within(self, within_s: float, names: Iterable[str]) -> set[int | None]:
        """Return the states of assets, None for one that has none: as soon as all are goed, or when time is up."""
        wanted = tuple(names)

        def told() -> set[int | None]:
            states = self.states()
            return {states.get(name) for name in wanted}

        with suppress(LabError):
            until(lambda: told() == {int(AssetState.GOED)}, within_s, "all to be goed", every_s=0.5)
        return told()
