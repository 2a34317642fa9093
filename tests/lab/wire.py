"""A line between two hosts that can be slow, lossy, narrow or cut: a process that moves frames between two TAPs.

Linux has netem for this where the kernel was built with it; a wire needs /dev/net/tun alone, and has a carrier to lose.
"""

from __future__ import annotations

import binascii
import json
import os
import select
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.lab.errors import LabError
from tests.lab.tapwire.bounds import find_fault
from tests.lab.waiting import SLOWER

START_WITHIN_S = 5
ANSWER_WITHIN_S = 10

_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from tapwire.loop import main; sys.exit(main(sys.argv[3:]))"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a line does to frames in one direction.

    Attributes:
        delay_ms: how long a frame is under way.
        jitter_ms: how much that varies either way, evenly spread; frames keep their order.
        loss: share of frames lost, 0 to 1; 1 is a black hole with its carrier up.
        rate_bps: bits a second, 0 for no limit.
        queue_bytes: what waits for a turn at ``rate_bps`` at most; more is dropped.

    Raises:
        LabError: a value makes no sense.
    """

    delay_ms: float = 0
    jitter_ms: float = 0
    loss: float = 0
    rate_bps: float = 0
    queue_bytes: float = 131_072

    def __post_init__(self) -> None:
        if fault := find_fault(asdict(self)):
            raise LabError(f"no such line: {fault}")


@dataclass(frozen=True, slots=True)
class End:
    """Where a wire ends.

    Attributes:
        pid: a process in the host's network; the end goes when that process does.
        interface: name of the interface to make there.

    Raises:
        LabError: no interface can be called so.
    """

    pid: int
    interface: str

    def __post_init__(self) -> None:
        name = self.interface
        if not 0 < len(name) <= 15 or name in (".", "..") or not name.isascii() or set(name) & set("/:% \t\n\0"):
            raise LabError(f"no interface can be called {name!r}: 1 to 15 plain characters without / : % or spaces")


@dataclass(frozen=True, slots=True)
class Direction:
    """What happened in one direction of a wire since its start.

    Attributes:
        shape: its properties now.
        frames: delivered frames.
        bytes: bytes of those, Ethernet header included.
        lost: frames lost by chance.
        overflowed: frames for which the queue had no room.
        cut_off: frames sent or under way while the wire was cut.
        refused: frames that arrived at an interface that was down.
        held: frames under way.
    """

    shape: Shape
    frames: int
    bytes: int
    lost: int
    overflowed: int
    cut_off: int
    refused: int
    held: int

    @property
    def dropped(self) -> int:
        """Frames that went in and will never come out."""
        return self.lost + self.overflowed + self.cut_off + self.refused


@dataclass(frozen=True, slots=True)
class Stats:
    """A wire at one moment of its own clock.

    Attributes:
        pid: the wire's process.
        is_cut: whether its carrier is dropped.
        clock_s: monotonic clock at which the counts held.
        a_to_b: from the first end to the second.
        b_to_a: back.
    """

    pid: int
    is_cut: bool
    clock_s: float
    a_to_b: Direction
    b_to_a: Direction


@dataclass(frozen=True, slots=True)
class WireControl:
    """Any process' hand on a running wire.

    Attributes:
        path: the wire's control socket.

    Every method raises LabError where no wire answers.
    """

    path: Path

    def shape(self, shape: Shape, back: Shape | None = None) -> None:
        """Give the wire new properties, from now on.

        Args:
            shape: from the first end to the second.
            back: the other way; the same when left out.
        """
        self._ask("shape", a_to_b=asdict(shape), b_to_a=asdict(back or shape))

    def cut(self) -> None:
        """Take the carrier from both ends and lose what is under way."""
        self._ask("cut")

    def mend(self) -> None:
        """Give both ends their carrier back."""
        self._ask("mend")

    def stats(self) -> Stats:
        """Return what happened so far."""
        answer = self._ask("stats")
        ways = [Direction(**{**answer[way], "shape": Shape(**answer[way]["shape"])}) for way in ("a_to_b", "b_to_a")]
        return Stats(answer["pid"], answer["is_cut"], answer["clock_s"], ways[0], ways[1])

    @property
    def is_cut(self) -> bool:
        """Whether the wire is cut now."""
        return self.stats().is_cut

    @property
    def pid(self) -> int:
        """The wire's process."""
        return self.stats().pid

    def stop(self) -> None:
        """End the wire; its interfaces disappear from both hosts."""
        self._ask("stop")

    def _ask(self, what: str, **details: object) -> dict[str, Any]:
        order = json.dumps({"do": what, **details}).encode()
        try:
            folder = os.open(self.path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as desk:
                    desk.settimeout(ANSWER_WITHIN_S * SLOWER)
                    # An address has 107 bytes at most, and run directories may be longer.
                    desk.connect(f"/proc/self/fd/{folder}/{self.path.name}")
                    desk.send(order)
                    said = desk.recv(65_536)
            finally:
                os.close(folder)
        except OSError as error:
            raise LabError(
                f"no wire answers at {self.path}: {error.strerror or error}; python -m tests.lab mend lays it anew"
            ) from None
        if not said:
            raise LabError(f"the wire at {self.path} ended without an answer")
        answer: dict[str, Any] = json.loads(said)
        if "error" in answer:
            raise LabError(f"wire {self.path.stem}: {answer['error']}")
        return answer


@dataclass(frozen=True, slots=True)
class Wire(WireControl):
    """A wire that this process started and that ends with it."""

    process: subprocess.Popen[bytes] = field(repr=False)

    @classmethod
    def start(
        cls,
        name: str,
        *,
        end_a: End,
        end_b: End,
        control: Path,
        shape: Shape | None = None,
        back: Shape | None = None,
        cut: bool = False,
        seed: int | None = None,
    ) -> Wire:
        """Start a wire between two hosts; its interfaces exist, down and without address, when this returns.

        It ends when this process ends, however that happens, or when both hosts are gone. When one host is gone, the
        other sees its carrier drop.

        Args:
            name: for people who look at a list of processes.
            end_a: where it starts.
            end_b: where it ends.
            control: Unix socket to make, in a folder that exists; beside it comes a ``.log``, empty unless it crashes.
            shape: properties from ``end_a`` to ``end_b``.
            back: properties the other way; as ``shape`` when left out.
            cut: whether it starts without carrier.
            seed: decides what is lost and how much jitter there is; taken from ``name`` when left out.

        Raises:
            LabError: a host is gone, an interface exists already, or there is no /dev/net/tun.
        """
        if not control.parent.is_dir():
            raise LabError(f"wire {name} did not start: there is no folder {control.parent} for its control socket")
        there = asdict(shape or Shape())
        plan = {
            "parent": os.getpid(),
            "ends": [[end.pid, end.interface] for end in (end_a, end_b)],
            "control": str(control.absolute()),
            "seed": binascii.crc32(name.encode()) if seed is None else seed,
            "shape": {"a_to_b": there, "b_to_a": asdict(back) if back else there},
            "cut": cut,
        }
        with control.with_suffix(".log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _PROGRAM, str(Path(__file__).parent), name, json.dumps(plan)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                # Ctrl-C in a terminal reaches the lab alone, which stops its wires in good order.
                start_new_session=True,
            )
        wire = cls(control, process)
        try:
            said = wire._first_line()
        except BaseException:
            wire._end()
            raise
        if said != "ready":
            wire._end()
            raise LabError(f"wire {name} did not start: {said}")
        return wire

    @property
    def pid(self) -> int:
        """The wire's process."""
        return self.process.pid

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End the wire; its interfaces are gone from both hosts when this returns."""
        self._end()
        self.path.unlink(missing_ok=True)

    def _first_line(self) -> str:
        assert self.process.stdout is not None
        deadline = time.monotonic() + START_WITHIN_S * SLOWER
        with self.process.stdout as stream:
            if not select.select([stream], [], [], deadline - time.monotonic())[0]:
                return f"it said nothing within {START_WITHIN_S * SLOWER} s"
            said = stream.readline().decode(errors="replace").strip()
        crash = self.path.with_suffix(".log").read_text(errors="replace").strip().splitlines()
        return said or (crash[-1] if crash else "it ended without a word")

    def _end(self) -> None:
        self.process.kill()
        self.process.wait()


def control(path: Path) -> WireControl:
    """Return a hand on the wire whose control socket is ``path``, for a process that did not start it."""
    return WireControl(path)
