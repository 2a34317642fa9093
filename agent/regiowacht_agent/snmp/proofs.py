"""Remembers on which devices the fast engine was proven: it read there what pysnmp read (``check.py``)."""

from __future__ import annotations

import _thread
import os
import zlib

from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

HEAD = "regiowacht-snmp-proofs 1"
FILE = "snmp-proofs"
KEPT_MAX = 20_000
SIZE_MAX_BYTES = 4_000_000


def fingerprint(identity: object, version: str) -> str:
    """Return eight digits (CRC-32) for a device as this version of the engine reads it."""
    return f"{zlib.crc32(repr((identity, version)).encode()):08x}"


class Proofs:
    """Fingerprints of proven devices by host and port, kept across restarts; any thread may use them.

    Args:
        folder: where the file lies; "" keeps nothing on disk.

    Attributes:
        trouble: why the file could not be read or written the last time; "" where it could.
    """

    __slots__ = ("_lock", "_path", "_proven", "trouble")

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, FILE) if folder else ""  # noqa: PTH118 - without pathlib
        self._proven: dict[str, str] = {}
        self._lock = _thread.allocate_lock()
        self.trouble = ""
        if self._path:
            self._read()

    def has(self, host: str, port: int, print_: str) -> bool:
        """Return whether that device, as it is now, was proven."""
        return self._proven.get(f"{host} {port}") == print_

    def add(self, host: str, port: int, print_: str) -> None:
        """Remember a proof, on disk too."""
        self._change(f"{host} {port}", print_)

    def drop(self, host: str, port: int) -> None:
        """Forget a proof: a reading was other than it may be."""
        self._change(f"{host} {port}", "")

    def keep(self, places: Collection[tuple[str, int]]) -> None:
        """Forget all devices but these, by host and port; the file follows with the next change."""
        kept = {f"{host} {port}" for host, port in places}
        with self._lock:
            for place in [place for place in self._proven if place not in kept]:
                del self._proven[place]

    def _change(self, place: str, print_: str) -> None:
        with self._lock:
            if self._proven.get(place, "") == print_:
                return
            self._proven.pop(place, None)
            if print_:
                self._proven[place] = print_
            while len(self._proven) > KEPT_MAX:
                del self._proven[next(iter(self._proven))]
            if self._path:
                self._write()

    def _read(self) -> None:
        try:
            with open(self._path, encoding="utf-8") as file:  # noqa: PTH123 - likewise
                lines = file.read(SIZE_MAX_BYTES).split("\n")
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            self.trouble = f"{self._path}: {getattr(error, 'strerror', None) or 'not UTF-8'}"
            return
        if lines[0] != HEAD:
            return  # of another version, or damaged: everything is proven anew
        for line in lines[1:]:
            place, _, print_ = line.rpartition(" ")
            if len(print_) == 8 and place.count(" ") == 1:
                self._proven[place] = print_

    def _write(self) -> None:
        new = f"{self._path}.{os.getpid()}"
        lines = [HEAD, *(f"{place} {print_}" for place, print_ in self._proven.items()), ""]
        try:
            with open(new, "w", encoding="utf-8") as file:  # noqa: PTH123 - likewise
                file.write("\n".join(lines))
            os.replace(new, self._path)  # noqa: PTH105 - likewise
        except OSError as error:
            self.trouble = f"{self._path}: {error.strerror}"
            with suppress(OSError):
                os.unlink(new)  # noqa: PTH108 - likewise
        else:
            self.trouble = ""
