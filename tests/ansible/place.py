"""Where Ansible is tried: two machines with an SSH server and no product, and the controller in the network of one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from regiowacht_collector.engine import find_engine
from tests.ansible import tools
from tests.ansible.region import ADDRESSES, FIRST, HOSTS, SECRETS, write_region
from tests.collector.authority import Authority
from tests.lab import reaper
from tests.lab.links import End
from tests.lab.machine import Machine
from tests.lab.waiting import SLOWER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.lab.lab import Lab

ROOT = Path(__file__).parents[2]
ANSIBLE = ROOT / "ansible"
RUN_WITHIN_S = 120
PRUNED = "-path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/log/journal"


@dataclass
class Play:
    """One run of ansible-playbook.

    Attributes:
        code: its exit code.
        said: all that it wrote.
        counts: by host, what its last lines count: ok, changed, unreachable, failed, ...
    """

    code: int
    said: str
    counts: dict[str, dict[str, int]]

    def changed(self) -> dict[str, int]:
        """Return how much it changed, by host."""
        return {host: counts["changed"] for host, counts in self.counts.items() if host != "localhost"}


@dataclass
class Place:
    """The machines and the controller.

    Attributes:
        lab: its hosts and machines.
        folder: of the controller: its region folder, key, variables and certificates.
        processes: command lines that were seen on both machines while playbooks ran.
    """

    lab: Lab
    folder: Path
    processes: set[str] = field(default_factory=set)

    @classmethod
    def build(cls, lab: Lab, folder: Path) -> Self:
        """Switch the machines on."""
        place = cls(lab, folder)
        lab.add_hosts(dict.fromkeys(ADDRESSES, "server"))
        ends = [End(lab.hosts[name], "eth0", f"{address}/24") for name, address in ADDRESSES.items()]
        lab.add_cable("lan", ends[0], ends[1])
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")], check=True)
        files = {"/root/.ssh/authorized_keys": (folder / "key.pub").read_bytes()}
        binds = {find_engine().prometheus.parents[2]: "/opt/engine"}
        for name, host in lab.hosts.items():
            lab.machines[name] = Machine.boot(name, lab.run_dir, lab.rootfs.server, host.pid, files=files, binds=binds)
            reaper.note(lab.run_dir, lab.machines[name].top)
        write_region(folder / "region")
        place._write_variables()
        for machine in lab.machines.values():
            machine.wait_booted()
        keys = {
            name: machine.read("/etc/ssh/ssh_host_ed25519_key.pub").decode() for name, machine in lab.machines.items()
        }
        (folder / "known").write_text("".join(f"{ADDRESSES[name]} {key}" for name, key in keys.items()))
        return place

    def _write_variables(self) -> None:
        authority = Authority(self.folder)
        certificate, key = authority.issue(ADDRESSES[FIRST])
        told = {
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(self.folder / "key"),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={self.folder / 'known'}",
            "collector_options": ["--engine", "/opt/engine/usr/bin/prometheus"],
            "collector_certificate": certificate,
            "collector_certificate_key": key,
            "agent_collector_ca": str(authority.ca),
            "agent_health_tries": 10 * SLOWER,
            "secrets_values": SECRETS,
        }
        (self.folder / "variables.json").write_text(json.dumps(told))

    def machine(self, name: str) -> Machine:
        """Return a machine by its server's name."""
        return self.lab.machines[name]

    def play(self, book: str, *words: str, wheels: Path, watch: bool = False) -> Play:
        """Run a playbook as a person does, with the real inventory.

        Args:
            book: its file below ``ansible/``.
            words: further arguments.
            wheels: the wheelhouse.
            watch: list the processes of both machines all the while.
        """
        extra = ("-e", f"@{self.folder / 'variables.json'}", "-e", f"program_wheelhouse={wheels}")
        command = self.lab.hosts[FIRST].network_command(str(tools.find()), book, *extra, *words)
        with (self.folder / "said").open("w+") as said:
            process = subprocess.Popen(
                command,
                cwd=ANSIBLE,
                env=environment(self.folder, self.lab),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            try:
                self._wait(process, watch=watch)
            finally:
                process.kill()
                process.wait()
            said.seek(0)
            text = said.read()
        return Play(process.returncode, text, counts_of(text))

    def _wait(self, process: subprocess.Popen[bytes], *, watch: bool) -> None:
        if not watch:
            process.wait(RUN_WITHIN_S * SLOWER)
            return
        while process.poll() is None:
            self.processes |= set(self._command_lines())
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)

    def _command_lines(self) -> Iterable[str]:
        """Yield the command line of every process of this computer, the machines' among them."""
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")

    def files(self, name: str) -> dict[str, str]:
        """Return every file of a machine's disk with type, mode and owner, but for what is systemd's own."""
        words = ["find", "/", "(", *PRUNED.split(), ")", "-prune", "-o", "-printf", "%p\\t%y %m %u:%g\\n"]
        return dict(line.split("\t", 1) for line in self.machine(name).run(*words).stdout.splitlines())


def environment(folder: Path, lab: Lab) -> dict[str, str]:
    """Return the environment of ansible-playbook: the region of ``folder``, nothing of this machine's own Ansible."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "REGIOWACHT_REGION": str(folder / "region"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(lab.run_dir / "ssh"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_HOME": str(folder / "home"),
        "LC_ALL": "C.UTF-8",
    }


def hang_up(lab: Lab) -> None:
    """End the connections that Ansible kept."""
    for socket in (lab.run_dir / "ssh").glob("*"):
        subprocess.run(["ssh", "-O", "exit", "-o", f"ControlPath={socket}", "-"], capture_output=True, check=False)


def counts_of(said: str) -> dict[str, dict[str, int]]:
    """Return what the recap of a run counts, by host."""
    recap = said.partition("PLAY RECAP")[2]
    lines = re.findall(r"^(\S+)\s+: (ok=.*)$", recap, re.MULTILINE)
    return {host: {key: int(number) for key, number in re.findall(r"(\w+)=(\d+)", told)} for host, told in lines}


__all__ = ["HOSTS", "Place", "Play"]
