"""Updates that wait on Debian and what descends from it, from apt-get in simulation; under the names of apt_info.

The lists of packages are not fetched: apt's own timer does that; ``apt_package_cache_timestamp_seconds`` tells when.
Source: apt-get(8), apt-cache(8), apt-mark(8); /var/lib/apt and /run/reboot-required.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.helper.task import Absent, TaskFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from regiowacht_agent.config import Config
    from regiowacht_agent.helper.outside import Outside
    from regiowacht_agent.helper.task import Task
    from regiowacht_contract.catalogue import Metric

SIMULATE = ("apt-get", "--simulate", "-o", "Debug::NoLocking=true", "-o", "APT::Get::Show-User-Simulation-Note=false")
UPGRADE = re.compile(r"^Inst (?P<name>\S+) \[[^]]*\] \(\S+ (?P<origins>.*?) ?\[(?P<arch>[^]]+)\]\)", re.MULTILINE)
"""A package that is there and gets a new version; without ``[OLD]`` it is one that comes along."""

REMOVAL = re.compile(r"^Remv ", re.MULTILINE)
RELEASE = re.compile(r"^ +release (.+)$", re.MULTILINE)
REBOOT = ("run/reboot-required", "var/run/reboot-required")
STAMP = "var/lib/apt/periodic/update-success-stamp"
OTHER_STAMPS = ("var/lib/apt/periodic/update-stamp", "var/lib/apt/lists/partial")


class Upgrade(NamedTuple):
    """A package that waits: its name (with ``:ARCH`` where it is foreign), where the new version is from, its kind."""

    name: str
    origin: str
    arch: str


class Apt:
    """``apt_*``, ``node_reboot_required`` and how many of the updates are about security."""

    def __init__(self) -> None:
        self._of = Metrics.of("updates")

    def read(self, outside: Outside) -> Iterator[Sample]:
        """Yield what waits.

        Raises:
            Absent: no apt here.
            TaskFailed: apt cannot tell; its state is broken, or it took too long.
        """
        if not (outside.root / "var/lib/dpkg/status").exists():
            raise Absent("no dpkg")
        releases = _releases(outside.run("apt-cache", "policy").text)
        upgrades = _upgrades(outside.run(*SIMULATE, "--ignore-hold", "dist-upgrade").text, releases)
        held = set(outside.run("apt-mark", "showhold").text.split())
        of = self._of
        yield from _by_origin(of["apt_upgrades_pending"], upgrades)
        yield from _by_origin(of["apt_upgrades_held"], [one for one in upgrades if one.name in held])
        removals = REMOVAL.findall(outside.run(*SIMULATE, "autoremove").text)
        yield Sample(of["apt_autoremove_pending"], (), len(removals))
        fetched = _fetched(outside.root)
        if fetched is not None:
            yield Sample(of["apt_package_cache_timestamp_seconds"], (), round(fetched, 3))
        security = sum("security" in one.origin.lower() for one in upgrades)
        yield Sample(of["regiowacht_updates_security_pending"], ("apt",), security)
        required = any((outside.root / path).exists() for path in REBOOT)
        yield Sample(of["node_reboot_required"], (), int(required))


def _releases(policy: str) -> Mapping[str, str]:
    """Return ORIGIN:CODENAME/ARCHIVE, as apt_info has it, by what apt-get writes, [LABEL:][VERSION/]ARCHIVE."""
    found: dict[str, str] = {}
    for row in RELEASE.findall(policy):
        of = dict.fromkeys("olnav", "")
        of.update({part[0]: part[2:] for part in re.split(r",(?=\w=)", row)})
        label = f"{of['l']}:" if of["l"] else ""
        version = f"{of['v']}/" if of["v"] else ""
        found[f"{label}{version}{of['a']}"] = f"{of['o']}:{of['n']}/{of['a']}"
    return found


def _upgrades(simulated: str, releases: Mapping[str, str]) -> list[Upgrade]:
    found = []
    for match in UPGRADE.finditer(simulated):
        origins = {releases.get(text, text) for text in match["origins"].split(", ") if text}
        found.append(Upgrade(match["name"], ",".join(sorted(origins)), match["arch"]))
    if not found and "newly installed" not in simulated:
        raise TaskFailed("not-understood", "apt-get says something else than it used to")
    return found


def _by_origin(metric: Metric, upgrades: Iterable[Upgrade]) -> Iterator[Sample]:
    counted = Counter((one.origin, one.arch) for one in upgrades)
    for labels in sorted(counted):
        yield Sample(metric, labels, counted[labels])
    if not counted:
        yield Sample(metric, ("", ""), 0)


def _fetched(root: Path) -> float | None:
    """Return when the lists were fetched: by the stamp of success, else by the newest trace of an attempt."""
    success = _mtime(root / STAMP)
    attempts = (_mtime(root / path) for path in OTHER_STAMPS)
    return success or max((time for time in attempts if time), default=None)


def _mtime(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def make(_config: Config) -> Task:
    """Return the task."""
    return Apt()
