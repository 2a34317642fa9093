"""Loads a past, written as OpenMetrics text, into an engine's storage before the engine starts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from signal import Signals
from typing import TYPE_CHECKING

from regiowacht_collector.process import CANNOT_RUN, dying_with_parent
from regiowacht_contract.errors import Found, PartMissing, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

AT_ONCE = 2
"""Files loaded side by side: promtool keeps one processor busy."""

LONGEST_BLOCK = "4374h"
"""2 h times a power of three, as the engine's blocks are. promtool reads a whole file once more for every block."""

ENVIRONMENT = {"GOGC": "400"}
"""promtool makes much rubbish and keeps little: it needs a tenth less processor when it cleans up less often."""

LOOK_EVERY_S = 0.02
FOLDER = ".past-"
MOVED = "blocks.txt"

_SAMPLE = re.compile(
    rb'[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*\})? [-+0-9.eEinfINFaN]+ -?[0-9.eE+]+\n'
)
_SAID_FULL = ("no space left on device", "disk quota exceeded")


def backfill(files: Iterable[Path], storage: Path, promtool: Path | None, *, remove: bool = False) -> None:
    """Turn every file into blocks of the storage: all of them, or none.

    No two files may cover the same time, or the engine merges their blocks later, which costs it long. The engine must
    not run on this storage. A file is asked for when there is room to load it, so ``files`` may write them one by one;
    with ``remove`` each goes once it is loaded. What a killed run left in the storage is removed first. Call it from a
    thread that stays: promtool ends with it.

    promtool reserves 512 MB for each block while it writes it.

    Raises:
        PartMissing: there is no promtool, or it does not run.
        Found: promtool refuses a file; says which line, and its own words.
        Unavailable: the disk is full, the storage cannot be written, or promtool was ended from outside.
    """
    if promtool is None:
        raise PartMissing("collector.no-promtool-past")
    try:
        storage.mkdir(parents=True, exist_ok=True)
        _sweep(storage)
        with tempfile.TemporaryDirectory(prefix=FOLDER, dir=storage) as folder:
            _load_all(files, Path(folder), promtool, remove=remove)
            _move(Path(folder), storage)
    except OSError as error:
        raise Unavailable("collector.cannot-write", path=error.filename or storage, reason=error.strerror) from error


def _sweep(storage: Path) -> None:
    """Take away what a run that was killed had put in place, and its folder."""
    for folder in storage.glob(f"{FOLDER}*"):
        if (folder / MOVED).is_file():
            for name in (folder / MOVED).read_text(encoding="utf-8").split():
                shutil.rmtree(storage / name, ignore_errors=True)
        shutil.rmtree(folder)


def _move(folder: Path, storage: Path) -> None:
    blocks = sorted(meta.parent for meta in folder.glob("*/meta.json"))
    (folder / MOVED).write_text("\n".join(block.name for block in blocks), encoding="utf-8")
    for block in blocks:
        block.rename(storage / block.name)
    (folder / MOVED).unlink()


def _load_all(files: Iterable[Path], into: Path, promtool: Path, *, remove: bool) -> None:
    with ExitStack() as stack:
        running: list[_Load] = []
        for file in files:
            running.append(stack.enter_context(_Load(file, into, promtool)))
            while len(running) >= AT_ONCE:
                running = list(_still(running, remove=remove))
        while running:
            running = list(_still(running, remove=remove))


def _still(running: list[_Load], *, remove: bool) -> Iterator[_Load]:
    """Yield what still runs, after a moment; raise what a finished one complains about."""
    time.sleep(LOOK_EVERY_S)
    for load in running:
        if not load.is_done():
            yield load
        elif remove:
            load.file.unlink()


class _Load:
    """One promtool at work; ended with the block it stands in."""

    def __init__(self, file: Path, into: Path, promtool: Path) -> None:
        self.file = file
        self._into = into
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._promtool = promtool
        words = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", f"--max-block-duration={LONGEST_BLOCK}"]
        self._process = subprocess.Popen(
            dying_with_parent([str(word) for word in (promtool, *words, file, into)]),
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            # What it keeps aside while it works goes with the folder, also when it is killed over it.
            env={**os.environ, **ENVIRONMENT, "TMPDIR": str(into)},
        )

    def __enter__(self) -> _Load:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._said.close()

    def is_done(self) -> bool:
        """Return whether it has ended well.

        Raises:
            Found, Unavailable: it ended badly, or was ended; says why.
            PartMissing: it does not run.
        """
        code = self._process.poll()
        if code:
            self._said.seek(0)
            said = self._said.read().decode(errors="replace").strip() or f"exit {code}"
            if code == CANNOT_RUN:
                raise PartMissing("collector.engine-broken", path=self._promtool, reason=said)
            if code < 0:
                raise Unavailable("collector.past-ended", ended=Signals(-code).name)
            if any(words in said.lower() for words in _SAID_FULL):
                raise Unavailable("collector.past-disk-full", path=self._into.parent)
            raise Found("collector.past-refused", file=self.file, line=_first_wrong_line(self.file), said=said)
        return code == 0


def _first_wrong_line(file: Path) -> int:
    """Return the first line that is no sample with a time, nor a comment; else the last line. promtool names none."""
    number = 0
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):  # noqa: B007 - the last one is meant
                if not line.startswith(b"# ") and _SAMPLE.fullmatch(line) is None:
                    break
    except OSError:
        return 0
    return number
