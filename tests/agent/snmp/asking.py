"""Devices of a configuration asked in this process: what tests of the agent's polling share."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_agent.config_file import load
from regiowacht_agent.snmp.device_page import chunks
from regiowacht_agent.snmp.devices import Devices
from regiowacht_agent.snmp.meaning import known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regiowacht_agent.config import Config
    from regiowacht_agent.snmp.asked import Asked, Latest

DEADLINE_S = 60.0
SERIES = re.compile(r'(?P<name>\w+)(?:\{(?P<labels>(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*)\})? (?P<value>\S+)')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
OWN = {"gemeente", "scope", "site", "job"}


class Clock:
    """The monotonic clock, which can be put forward."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead_s


def entry(instance: str, port: int, **settings: object) -> str:
    """Return a ``[[device]]`` that is asked every 0.2 s; ``secret`` is the folder's file with the community."""
    told = {
        "instance": instance, "site": "hal", "laag": "connectiviteit", "address": "127.0.0.1", "port": port,
        "community": "file:{folder}/community", "interval_s": 0.2, "timeout_s": 5.0, **settings,
    }  # fmt: skip
    lines = [
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
        for name, value in told.items()
        if value is not None
    ]
    return "\n".join(["[[device]]", *lines, ""])


def text_of(folder: Path, *entries: str, snmp: str = "") -> str:
    """Return the text of a configuration with a state folder; it reads the community ``public`` from a file."""
    (folder / "state").mkdir(exist_ok=True)
    secret = folder / "community"
    if not secret.exists():
        secret.write_text("public\n")
    head = f'[asset]\ngemeente = "zandbeke"\n[snmp]\nstate_directory = "{folder}/state"\n{snmp}\n'
    return head + "\n".join(entries).replace("{folder}", str(folder))


def config_of(folder: Path, *entries: str, snmp: str = "") -> Config:
    """Return a configuration as the agent reads it from its file."""
    file = folder / "agent.toml"
    file.write_text(text_of(folder, *entries, snmp=snmp))
    return load(file)


@contextmanager
def asking(
    config: Config, before: Devices | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Devices]:
    """Ask the devices of a configuration until the block ends."""
    devices = Devices(config, known.book(), known.metrics(), before, clock)
    devices.start()
    try:
        yield devices
    finally:
        devices.stop()


def until(look: Callable[[], object], what: str = "what should become true does not") -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + DEADLINE_S
    while not look():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def named(devices: Devices, instance: str) -> Asked:
    """Return one of the devices."""
    return next(one for one in devices.asked if one.settings.instance == instance)


def reason(asked: Asked) -> str:
    """Return why a device's latest poll failed, "" where it did not, "-" where there was none."""
    latest = asked.latest
    return "-" if latest is None else latest.failed.reason if latest.failed else ""


def is_told(asked: Asked) -> bool:
    """Return whether a device's latest poll told something."""
    return asked.latest is not None and asked.latest.took is not None


def count_polls(asked: Asked, polls: int) -> None:
    """Wait for so many further polls of a device to end."""
    for _ in range(polls):
        _wait_after(asked, asked.latest)


def _wait_after(asked: Asked, before: Latest | None) -> None:
    until(lambda: asked.latest is not before, f"{asked.settings.instance} is not asked")


def page_of(devices: Devices) -> str:
    """Return the page of devices as a collector gets it."""
    return b"".join(piece for piece in chunks(devices.told()) if isinstance(piece, bytes)).decode()


def samples(page: str) -> dict[tuple[str, ...], float]:
    """Return the samples of a page by name and the values of labels that are not the asset's, instance first."""
    found: dict[tuple[str, ...], float] = {}
    for line in page.split("\n"):
        if not line or line.startswith("#"):
            continue
        match = SERIES.fullmatch(line)
        assert match, f"no sample: {line!r}"
        labels = dict(LABEL.findall(match["labels"] or ""))
        rest = [value for name, value in labels.items() if name not in OWN | {"instance"}]
        key = (match["name"], labels["instance"], *rest)
        assert key not in found, f"told twice: {line}"
        found[key] = float(match["value"])
    return found
