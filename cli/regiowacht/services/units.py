"""The texts of the units and of the drop-ins that a server needs beside them; nothing is written here."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.services.words import exec_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.config import Config

COMMAND = "/opt/regiowacht/bin/regiowacht"
"""What the packaged texts start; :func:`render` puts another in its place."""

AGENT, HELPER, HELPER_TIMER = "regiowacht-agent.service", "regiowacht-helper.service", "regiowacht-helper.timer"
COLLECTOR = "regiowacht-collector.service"
AUDIT, AUDIT_TIMER = "regiowacht-audit.service", "regiowacht-audit.timer"
UNITS = {
    "agent": (AGENT, HELPER, HELPER_TIMER),
    "collector": (COLLECTOR,),
    "audit": (AUDIT, AUDIT_TIMER),
}
FIRST_FREE_PORT = 1024
PING_RANGE = "proc/sys/net/ipv4/ping_group_range"
USER_NAMESPACES = "proc/sys/user/max_user_namespaces"
DYNAMIC_GROUPS = (61184, 65519)
"""The groups that systemd gives services with a DynamicUser (systemd.exec(5))."""


def names(room: str) -> tuple[str, ...]:
    """Return the units of a room: ``agent``, ``collector`` or ``audit``."""
    return UNITS[room]


def render(name: str, command: str = COMMAND) -> str:
    """Return a unit's text, which starts ``command``.

    Args:
        name: one of :func:`names`.
        command: absolute path of the program ``regiowacht``.
    """
    room = next(room for room, units in UNITS.items() if name in units)
    return _text(room, name, command)


def dropins(
    config: Config, command: str = COMMAND, *, has_joined: bool = True, root: Path = Path("/")
) -> dict[str, str]:
    """Return what the agent's units need beside them on this server: text by name, ``UNIT.d/NAME.conf``.

    Args:
        config: the agent's.
        command: absolute path of the program ``regiowacht``.
        has_joined: the server joined a region; else its configuration is /etc/regiowacht/agent.toml.
        root: where the server's files are, / by default: its kernel says who may ping.
    """
    needed: dict[str, str] = {}
    if not has_joined:
        needed[f"{AGENT}.d/scraped.conf"] = _text("agent", "scraped-agent.conf", command)
        needed[f"{HELPER}.d/scraped.conf"] = _text("agent", "scraped-helper.conf", command)
    if any(probe.kind == "icmp" for probe in config.probe) and not _everybody_pings(root):
        needed[f"{AGENT}.d/icmp.conf"] = _text("agent", "icmp.conf", command)
    if 0 < int(config.listen.rpartition(":")[2]) < FIRST_FREE_PORT:
        needed[f"{AGENT}.d/low-port.conf"] = _text("agent", "low-port.conf", command)
    if _read(root / USER_NAMESPACES) in {"", "0"}:
        needed[f"{AGENT}.d/no-user-namespaces.conf"] = _text("agent", "no-user-namespaces.conf", command)
    return needed


def collector_dropins(options: Sequence[str], command: str = COMMAND, *, ports: Sequence[int] = ()) -> dict[str, str]:
    """Return what the collector's unit needs beside it: text by name, ``UNIT.d/NAME.conf``.

    Args:
        options: what ``collector run`` is told, ``--region`` and ``--data`` included where they are not the unit's.
        command: absolute path of the program ``regiowacht``.
        ports: what it listens on; one below 1024 takes a capability.
    """
    fetch = exec_line("ExecStartPre=-", command, "collector", "fetch", *_programs(options))
    run = exec_line("ExecStart=", command, "collector", "run", *_with_places(options))
    needed = {f"{COLLECTOR}.d/options.conf": fetch + run}
    if any(0 < port < FIRST_FREE_PORT for port in ports):
        needed[f"{COLLECTOR}.d/low-port.conf"] = _text("collector", "low-port.conf", command)
    return needed


def audit_dropins(options: Sequence[str], calendar: str, command: str = COMMAND) -> dict[str, str]:
    """Return what the units of the scheduled audits need beside them: text by name, ``UNIT.d/NAME.conf``.

    Args:
        options: what ``audit run`` is told.
        calendar: when, as systemd.time(7) has it.
        command: absolute path of the program ``regiowacht``.
    """
    return {
        f"{AUDIT}.d/options.conf": exec_line("ExecStart=", command, "audit", "run", *options),
        f"{AUDIT_TIMER}.d/calendar.conf": f"[Timer]\nOnCalendar=\nOnCalendar={calendar}\n",
    }


def _with_places(options: Sequence[str]) -> list[str]:
    told = list(options)
    for name, place in (("--data", "/var/lib/regiowacht-collector"), ("--region", "/etc/regiowacht/region")):
        if not any(one == name or one.startswith(f"{name}=") for one in told):
            told[:0] = [name, place]
    return told


def _programs(options: Sequence[str]) -> list[str]:
    """Return what is said of the programs that a collector runs, which are looked for before it starts."""
    told: list[str] = []
    for number, name in enumerate(options):
        if name in {"--engine", "--alertmanager"}:
            told += options[number : number + 2]
        elif name == "--no-alerts" or name.startswith(("--engine=", "--alertmanager=")):
            told.append(name)
    return told


def _text(room: str, name: str, command: str) -> str:
    text = resources.files(f"regiowacht_{room}").joinpath("units", name).read_text(encoding="utf-8")
    return text.replace(COMMAND, command)


def _everybody_pings(root: Path) -> bool:
    """Return whether the kernel lets every group that a service can get ask by ping."""
    try:
        low, high = map(int, _read(root / PING_RANGE).split())
    except ValueError:
        return False
    return low <= DYNAMIC_GROUPS[0] and DYNAMIC_GROUPS[1] <= high


def _read(path: Path) -> str:
    """Return what the kernel says, "" where it has no such setting."""
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
