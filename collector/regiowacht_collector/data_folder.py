"""The folder a collector works in: held by one at a time, and where others find it."""

from __future__ import annotations

import fcntl
import json
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING

from regiowacht_contract.errors import Unavailable, UsageError

if TYPE_CHECKING:
    from pathlib import Path

LOCK = "collector.lock"
STATUS = "collector.json"
STORAGE = "storage"


@dataclass(frozen=True, slots=True)
class Status:
    """What a running collector tells about itself, for ``collector reload``.

    Attributes:
        pid: its process.
        url: the engine.
        reloads: reloads it was asked for so far.
        problem: why the last one was refused, one line a problem; "" when it was taken over.
        managers: its Alertmanagers, ``http://127.0.0.1:PORT``; none where nobody is told of alerts.
    """

    pid: int
    url: str
    reloads: int = 0
    problem: str = ""
    managers: tuple[str, ...] = ()


class DataFolder:
    """Holds the folder until closed; flock(2) frees it also when this process is killed.

    Raises:
        Unavailable: another collector holds it, or it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock: IO[str] = (self.path / LOCK).open("a")
        except OSError as error:
            raise Unavailable("collector.cannot-write", path=error.filename, reason=error.strerror) from None
        if not _try_lock(self._lock):
            self._lock.close()
            raise Unavailable("collector.data-in-use", data=self.path)
        (self.path / STATUS).unlink(missing_ok=True)  # of one that was killed

    @property
    def config(self) -> Path:
        """Folder of the rendered files."""
        return self.path / "config"

    @property
    def storage(self) -> Path:
        """Folder of the engine's samples."""
        return self.path / STORAGE

    def write_status(self, status: Status) -> None:
        """Tell others; replaced as a whole."""
        beside = self.path / f".{STATUS}.new"
        beside.write_text(json.dumps(asdict(status)) + "\n", encoding="utf-8")
        beside.replace(self.path / STATUS)

    def close(self) -> None:
        """Let it go."""
        (self.path / STATUS).unlink(missing_ok=True)
        self._lock.close()


def read_status(data: Path) -> Status | None:
    """Return what the collector that holds ``data`` tells, or None where none does.

    Raises:
        Unavailable: the folder cannot be read.
    """
    try:
        with (data / LOCK).open() as lock:
            if _try_lock(lock):
                return None
        return Status(**json.loads((data / STATUS).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unavailable("collector.cannot-read", path=error.filename, reason=error.strerror) from None
    except (ValueError, TypeError) as error:
        raise Unavailable("collector.cannot-read", path=data / STATUS, reason=error) from None


def refuse_strange(data: Path) -> None:
    """Refuse a folder in which no collector has run: it leaves its lock there, and its storage comes with a backup.

    Raises:
        UsageError: it is another folder than the collector's.
    """
    try:
        known = any((data / name).exists() for name in (LOCK, STORAGE))
    except OSError as error:
        raise Unavailable("collector.cannot-read", path=data, reason=error.strerror) from None
    if not known:
        raise UsageError("joining.no-collector", data=data.absolute())


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
