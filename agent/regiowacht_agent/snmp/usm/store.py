"""Engines of devices over restarts: their ids and clocks, in one file of lines.

They are guesses to ask with, no secrets, and nothing is trusted for them: a device whose engine is another one says so.
Keys are not kept (``keys.py`` says why). A file that is damaged, or of another version, is begun anew.
"""

from __future__ import annotations

import os
from sys import intern

from regiowacht_agent.snmp.usm.engine import BOOTS_MAX
from regiowacht_agent.snmp.usm.message import ENGINE_OCTETS_MAX
from regiowacht_contract.light import NamedTuple, Protocol, suppress

HEAD = "regiowacht-snmp-engines 1"
FILE = "snmp-engines"
KEPT_MAX = 4096
"""Devices that are remembered; of more, those learnt first are let go."""

SIZE_MAX_BYTES = 1_000_000


class Known(NamedTuple):
    """An engine.

    Attributes:
        engine: its id.
        boots: how often it was started.
        zero_s: when its clock stood at zero, as a Unix time.
    """

    engine: bytes
    boots: int
    zero_s: int


class Place(Protocol):
    """Where one device's engine is remembered."""

    def get(self) -> Known | None:
        """Return what is known of it, if anything."""

    def put(self, known: Known) -> None:
        """Remember it."""


class Store:
    """Remembers engines by host and port.

    Args:
        folder: where the file lies; "" keeps nothing on disk.

    Attributes:
        trouble: why the file could not be read or written the last time, in words; "" where it could.
    """

    __slots__ = ("_is_changed", "_known", "_path", "trouble")

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, FILE) if folder else ""  # noqa: PTH118 - without pathlib
        self._known: dict[tuple[str, int], Known] = {}
        self._is_changed = False
        self.trouble = ""
        if self._path:
            self._read()

    def at(self, host: str, port: int) -> Place:
        """Return the place of one device."""
        return _Place(self, host, port)

    def get(self, host: str, port: int) -> Known | None:
        """Return what is known of a device's engine, if anything."""
        return self._known.get((host, port))

    def put(self, host: str, port: int, known: Known) -> None:
        """Remember a device's engine; ``save`` takes it to disk."""
        if self._known.get((host, port)) == known:
            return
        self._known[intern(host), port] = known
        self._is_changed = True
        while len(self._known) > KEPT_MAX:
            del self._known[next(iter(self._known))]

    def keep(self, places: set[tuple[str, int]]) -> None:
        """Forget all devices but these, by host and port."""
        for place in [place for place in self._known if place not in places]:
            del self._known[place]
            self._is_changed = True

    def save(self) -> bool:
        """Write the file where anything changed; return whether it is as it should be, else see ``trouble``.

        The file is replaced in one go and is for its owner alone.
        """
        if not self._is_changed or not self._path:
            return True
        lines = [f"{host} {port} {k.engine.hex()} {k.boots} {k.zero_s}" for (host, port), k in self._known.items()]
        new = f"{self._path}.{os.getpid()}"
        try:
            _write(new, "\n".join([HEAD, *lines, ""]).encode())
            os.replace(new, self._path)  # noqa: PTH105 - without pathlib
        except OSError as error:
            with suppress(OSError):
                os.unlink(new)  # noqa: PTH108 - without pathlib
            self.trouble = f"{self._path}: {error.strerror}"
            return False
        self._is_changed, self.trouble = False, ""
        return True

    def _read(self) -> None:
        try:
            with open(self._path, "rb") as file:  # noqa: PTH123 - without pathlib
                text = file.read(SIZE_MAX_BYTES).decode("utf-8", "replace")
        except FileNotFoundError:
            return
        except OSError as error:
            self.trouble = f"{self._path}: {error.strerror}"
            return
        head, *lines = text.split("\n")
        if head != HEAD:
            self.trouble = f"{self._path}: not as this version writes it; begun anew"
            return
        for line in lines[:KEPT_MAX]:
            try:
                self._take(line)
            except ValueError:
                self.trouble = self.trouble or (f"{self._path}: a damaged line left out" if line else "")

    def _take(self, line: str) -> None:
        host, port, engine, boots, zero_s = line.split(" ")
        known = Known(bytes.fromhex(engine), int(boots), int(zero_s))
        if not (0 < len(known.engine) <= ENGINE_OCTETS_MAX and 0 <= known.boots <= BOOTS_MAX):
            raise ValueError(line)
        if not (host and 0 < int(port) < 65536 and abs(known.zero_s) < 2**40):
            raise ValueError(line)
        self._known[intern(host), int(port)] = known


class _Place:
    __slots__ = ("_host", "_port", "_store")

    def __init__(self, store: Store, host: str, port: int) -> None:
        self._store, self._host, self._port = store, host, port

    def get(self) -> Known | None:
        return self._store.get(self._host, self._port)

    def put(self, known: Known) -> None:
        self._store.put(self._host, self._port, known)


def _write(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
