"""The links between hosts: wires that can be shaped, and cables inside a building."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.lab.errors import LabError

if TYPE_CHECKING:
    from tests.lab.host import Host


@dataclass(frozen=True, slots=True)
class End:
    """One end of a link: a host, the interface's name there, and its address with prefix length, or "" for none."""

    host: Host
    name: str
    address: str = ""


class Cable:
    """A veth pair. Pulling it drops the carrier at the first end, as when a plug comes out of a switch."""

    def __init__(self, name: str, a: End, b: End) -> None:
        self.name = name
        self.a = a
        self.b = b
        words = ["link", "add", a.name, "netns", str(a.host.pid), "type", "veth", "peer", "name", b.name]
        _ip(*words, "netns", str(b.host.pid))
        for end in (a, b):
            set_up(end)

    def cut(self) -> None:
        """Pull the plug."""
        _in(self.b.host, "link", "set", self.b.name, "down")

    def mend(self) -> None:
        """Put it back."""
        _in(self.b.host, "link", "set", self.b.name, "up")


def set_up(end: End) -> None:
    """Give an interface its address and switch it on."""
    lines = [f"link set {end.name} up"]
    if end.address:
        lines.insert(0, f"address add {end.address} dev {end.name}")
    end.host.run("ip", "-batch", "-", given="\n".join(lines) + "\n")


def bridge(host: Host, name: str, address: str, ports: list[str]) -> None:
    """Make the host a switch: its ports in one bridge (802.1D without spanning tree), which carries its address."""
    lines = [f"link add {name} type bridge forward_delay 0"]
    lines += [f"link set {port} master {name}" for port in ports]
    lines += [f"address add {address} dev {name}", f"link set {name} up"]
    host.run("ip", "-batch", "-", given="\n".join(lines) + "\n")


def default_route(host: Host, via: str) -> None:
    """Send everything else to a router."""
    host.run("ip", "route", "add", "default", "via", via)


def _in(host: Host, *words: str) -> None:
    host.run("ip", *words)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"ip {' '.join(words)}: {done.stderr.strip()}")
