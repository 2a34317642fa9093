"""What a lab tells other processes about itself: where its hosts are and how its links are reached."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.lab import reaper
from tests.lab.errors import LabError
from tests.lab.links import Cable
from tests.lab.processes import systemd_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.lab import Lab

FILE = "state.json"
READY = "ready"
FAILED = "failed"
"""First words of what a keeper says last."""

RELAY_LINES = signal.SIGUSR1
"""Tells the keeper of a lab to lay lines anew whose wire has died."""


@dataclass(frozen=True, slots=True)
class Place:
    """A host as another process finds it.

    Attributes:
        pid: its first process; a server's systemd at the time the lab was up.
        addresses: IPv4 addresses with prefix length.
        top: the process that holds a server with systemd over its boots, else 0.
    """

    pid: int
    addresses: tuple[str, ...]
    top: int = 0

    @property
    def pid_now(self) -> int:
        """Its first process now: a server has another systemd at every boot; 0 while it is off."""
        return systemd_of(self.top) if self.top else self.pid


@dataclass(frozen=True, slots=True)
class Way:
    """A link as another process finds it.

    Attributes:
        control: the wire's control socket, or "" for a cable.
        pid: of the host that a cable is pulled at, or 0.
        interface: that end's name, or "".
    """

    control: str = ""
    pid: int = 0
    interface: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A running lab.

    Attributes:
        id: six hexadecimal digits.
        owner: the process it stands and falls with.
        kept: whether it was made by ``up`` for a person, rather than by a test run.
        urls: what can be looked at from this machine, by what it is.
        hosts: by name.
        links: by name.
    """

    id: str
    owner: int
    kept: bool
    urls: dict[str, str]
    hosts: dict[str, Place]
    links: dict[str, Way]


def write(lab: Lab, owner: int, *, kept: bool, urls: dict[str, str]) -> None:
    """Write the state of a lab that is up into its folder, as a whole."""
    hosts = {name: Place(host.pid, _addresses(lab, name)) for name, host in lab.hosts.items()}
    for name, machine in lab.machines.items():
        hosts[name] = Place(machine.leader, hosts[name].addresses, machine.top)
    links = {
        name: Way(pid=link.b.host.pid, interface=link.b.name)
        if isinstance(link, Cable)
        else Way(control=str(lab.control(name)))
        for name, link in lab.links.items()
    }
    new = lab.run_dir / f"{FILE}.new"
    new.write_text(json.dumps(asdict(State(lab.id, owner, kept, urls, hosts, links)), indent=1) + "\n")
    new.replace(lab.run_dir / FILE)


def running() -> list[State]:
    """Return every lab of this machine that is up, the oldest first."""
    folders = [folder for folder in reaper.ROOT.glob(f"{reaper.PREFIX}*") if reaper.noted(folder, reaper.OWNER)]
    return [state for folder in sorted(folders, key=_age) if (state := _read(folder / FILE)) is not None]


def choose(lab: str | None) -> State:
    """Return the lab of that id, or the one there is.

    Raises:
        LabError: none is up, none has that id, or there are several to choose from.
    """
    labs = running()
    if lab is not None:
        labs = [one for one in labs if one.id == lab] or _refuse(f"no lab {lab!r} is up; {_known(running())}")
    if not labs:
        _refuse("no lab is up; start one with: python -m tests.lab up")
    if len(labs) > 1:
        labs = [one for one in labs if one.kept]
        if len(labs) != 1:
            _refuse(f"say which with --lab ID; {_known(running())}")
    return labs[0]


def _refuse(line: str) -> list[State]:
    raise LabError(line)


def _known(labs: list[State]) -> str:
    return f"up are {', '.join(one.id for one in labs)}" if labs else "none is"


def _read(path: Path) -> State | None:
    """Return what a lab told, or None where it is not up yet or has just ended."""
    try:
        raw = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    hosts = {
        name: Place(place["pid"], tuple(place["addresses"]), place.get("top", 0))
        for name, place in raw.pop("hosts").items()
    }
    links = {name: Way(**way) for name, way in raw.pop("links").items()}
    return State(**raw, hosts=hosts, links=links)


def _age(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _addresses(lab: Lab, name: str) -> tuple[str, ...]:
    lines = lab.hosts[name].run("ip", "-br", "-4", "address").stdout.splitlines()
    return tuple(word for line in lines for word in line.split()[2:] if not word.startswith("127."))
