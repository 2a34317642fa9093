"""What may be typed at a device: a list a platform, and nothing else ever."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

from regiowacht_audit.fetch.startup import Saved, saved_of
from regiowacht_audit.platform import find_platform


@dataclass(frozen=True, slots=True)
class Commands:
    """The ``[fetch]`` table of a platform's file.

    Attributes:
        driver: netmiko's ``device_type``.
        read: commands whose output is the configuration, in order.
        session: what netmiko's driver types to prepare and to end a session: pager off, width.
        saved: how the configuration of the next start is asked for; None where it is not.
        refused: patterns of what a device says instead of a configuration.
    """

    driver: str
    read: tuple[str, ...]
    session: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    saved: Saved | None = None

    @property
    def allowed(self) -> frozenset[str]:
        """Every line that may be sent."""
        return frozenset((*self.read, *self.session, *([self.saved.read] if self.saved and self.saved.read else [])))


@functools.cache
def commands_of(name: str) -> Commands:
    """Return what may be typed at a device of this platform.

    Raises:
        UsageError: the platform is not known.
        KeyError: its file has no ``[fetch]``; a test holds every file to have one.
    """
    file = resources.files("regiowacht_audit") / "platforms" / f"{find_platform(name).name}.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))["fetch"]
    return Commands(
        table["driver"],
        tuple(table["read"]),
        tuple(table.get("session", ())),
        tuple(table.get("refused", ())),
        saved_of(table["startup"]) if "startup" in table else None,
    )
