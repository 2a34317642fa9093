"""What systemd's manager says of itself and its units, asked over the bus; nothing is ever changed.

Source: org.freedesktop.systemd1(5).
"""

from __future__ import annotations

from regiowacht_agent.extra.systemd.bus import Refusal, method, prop, value
from regiowacht_contract.light import NamedTuple, dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from regiowacht_agent.extra.systemd.bus import Bus

NAME = "org.freedesktop.systemd1"
INTERFACE = f"{NAME}.Manager"
PATH = "/org/freedesktop/systemd1"
LIST_UNITS = method(PATH, NAME, INTERFACE, "ListUnits")
HAS_TYPE = {".service": f"{NAME}.Service", ".mount": f"{NAME}.Mount"}
LOADED = "UnitsLoadTimestampMonotonic"
"""Another value after each daemon-reload, which alone changes a unit's type; systemd older than 250 has no such."""


class Unit(NamedTuple):
    """One unit: its name, whether it is loaded, its state, and its object on the bus."""

    name: str
    load: str
    active: str
    path: str

    @property
    def suffix(self) -> str:
        """What kind of unit it is, with the dot."""
        return f".{self.name.rpartition('.')[2]}"

    def ask(self, kind: str, name: str) -> bytes:
        """Return the call for a property of its kind (``Service``, ``Timer``...)."""
        return prop(self.path, NAME, f"{NAME}.{kind}", name)


@dataclass(frozen=True, slots=True)
class State:
    """The manager: its version, what it runs on ("" = no virtual machine), its state, when it loaded its units."""

    version: str
    virtualization: str | None
    state: str
    loaded: int | None


class Manager:
    """Asks again and again over one connection, which is made anew when the bus was started anew.

    Args:
        connect: makes a connection.
    """

    def __init__(self, connect: Callable[[], Bus]) -> None:
        self._connect = connect
        self._bus: Bus | None = None
        self._types: dict[str, str] = {}
        self._types_of: int | None = None

    def ask(self, calls: list[bytes]) -> list[Any]:
        """Return the answer to each call.

        Raises:
            OSError: there is no bus.
            Silent: no answer came in time.
            Refusal: the bus does not let this user in.
        """
        kept = self._bus
        if kept is not None:
            try:
                return kept.ask(calls)
            except OSError:
                self.close()
            except BaseException:
                self.close()
                raise
        self._bus = self._connect()
        try:
            return self._bus.ask(calls)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        if self._bus is not None:
            self._bus.close()
            self._bus = None

    def look(self) -> tuple[State, list[Unit]]:
        """Return the manager and all its units.

        Raises:
            Refusal: there is no systemd on this bus.
        """
        names = ("Version", "Virtualization", "SystemState", LOADED)
        calls = [*(prop(PATH, NAME, INTERFACE, name) for name in names), LIST_UNITS]
        *told, units = self.ask(calls)
        if isinstance(units, Refusal):
            raise units
        version, virtualization, state, loaded = map(value, told)
        rows = [Unit(row[0], row[2], row[3], row[6]) for row in units[0]]
        return State(version or "", virtualization, state or "", loaded), rows

    def types(self, units: Iterable[Unit], loaded: int | None) -> dict[str, str]:
        """Return the type of every service and mount by the unit's name, "" where it has none (any more)."""
        if loaded is None or loaded != self._types_of:
            self._types, self._types_of = {}, loaded
        typed = [unit for unit in units if unit.suffix in HAS_TYPE]
        if len(self._types) > 2 * len(typed):  # transient units come and go without a daemon-reload
            self._types = {unit.name: self._types[unit.name] for unit in typed if unit.name in self._types}
        unknown = [unit for unit in typed if unit.name not in self._types]
        answers = self.ask([unit.ask(unit.suffix[1:].title(), "Type") for unit in unknown])
        for unit, answer in zip(unknown, answers, strict=True):
            self._types[unit.name] = value(answer) or ""
        return self._types
