"""Moves the frames of one wire until its parent, both its hosts or an order ends it."""

from __future__ import annotations

import json
import os
import select
import sys
import time
from contextlib import suppress

from .bounds import find_fault
from .desk import Desk
from .line import Line
from .tap import Tap

BATCH_FRAMES = 64
"""Frames of one end moved before the other end, the clock and the orders get their turn."""

LOOK_AGAIN_S = 3600.0


class Loop:
    """A wire at work. ``lines[0]`` runs from ``taps[0]`` to ``taps[1]``, ``lines[1]`` back."""

    def __init__(self, taps: tuple[Tap, Tap], parent: int, control: str, seed: int) -> None:
        self._taps = taps
        self._lines = (Line(2 * seed), Line(2 * seed + 1))
        self._parent = parent
        self._is_cut = False
        self._is_over = False
        self._desk = Desk(control, self.answer)
        self._epoll = select.epoll()
        for descriptor in (parent, self._desk.listener.fileno(), *(t.host for t in taps), *(t.frames for t in taps)):
            self._epoll.register(descriptor, select.EPOLLIN)

    def run(self) -> None:
        """Work until there is nothing left to work for."""
        while not self._is_over:
            for descriptor, _ in self._epoll.poll(self._timeout_s()):
                self._turn(descriptor)
            for side in (0, 1):
                self._deliver(side)

    def answer(self, order: dict[str, object]) -> dict[str, object]:
        """Do what a message asks and return the answer."""
        what = order.get("do")
        if what == "shape":
            return self._shape(order)
        if what in ("cut", "mend"):
            return self._set_cut(is_cut=what == "cut")
        if what == "stats":
            return self._stats()
        if what == "stop":
            self._is_over = True
            return {"ok": True}
        return {"error": f"a wire can do shape, cut, mend, stats and stop, not {str(what)[:40]!r}"}

    def _turn(self, descriptor: int) -> None:
        for side, tap in enumerate(self._taps):
            if descriptor == tap.frames:
                self._read(side)
            elif descriptor == tap.host:
                self._epoll.unregister(descriptor)
                self._lose_end(side)
        if descriptor == self._desk.listener.fileno():
            with suppress(OSError):
                self._epoll.register(self._desk.welcome(), select.EPOLLIN)
        elif descriptor in self._desk.visitors:
            self._desk.serve(descriptor)
        elif descriptor == self._parent:
            self._is_over = True

    def _read(self, side: int) -> None:
        tap, line, far = self._taps[side], self._lines[side], self._taps[1 - side]
        now = time.monotonic()
        for _ in range(BATCH_FRAMES):
            try:
                frame = tap.read()
            except BlockingIOError:
                return
            except OSError:  # somebody deleted the interface
                self._lose_end(side)
                return
            if self._is_cut or far.frames < 0:
                line.cut_off += 1
            elif line.accept(frame, now):
                self._hand_over(side, frame)

    def _deliver(self, side: int) -> None:
        line = self._lines[side]
        if line.next_at() is None:
            return
        now = time.monotonic()
        while (frame := line.pop_due(now)) is not None:
            self._hand_over(side, frame)

    def _hand_over(self, side: int, frame: bytes) -> None:
        line = self._lines[side]
        if self._taps[1 - side].write(frame):
            line.count_delivery(frame)
        else:
            line.refused += 1

    def _timeout_s(self) -> float | None:
        due = [at for line in self._lines if (at := line.next_at()) is not None]
        # A full queue on a line of a few bits a second drains later than epoll(7) can wait.
        return min(max(0.0, min(due) - time.monotonic()), LOOK_AGAIN_S) if due else None

    def _lose_end(self, side: int) -> None:
        """Go on with one end: the other sees its carrier drop, as where the machine at the far end burns."""
        self._taps[side].close()
        for line in self._lines:
            line.discard()
        other = self._taps[1 - side]
        if other.frames < 0:
            self._is_over = True
        else:
            other.set_carrier(on=False)

    def _set_cut(self, *, is_cut: bool) -> dict[str, object]:
        gone = [tap.name for tap in self._taps if tap.frames < 0]
        if gone and not is_cut:
            return {"error": f"the host or the interface at the end {gone[0]} is gone"}
        self._is_cut = is_cut
        for tap in self._taps:
            tap.set_carrier(on=not is_cut)
        if is_cut:
            for line in self._lines:
                line.discard()
        return {"ok": True}

    def _shape(self, order: dict[str, object]) -> dict[str, object]:
        wanted = [order.get(way, {}) for way in ("a_to_b", "b_to_a")]
        values: list[dict[str, float]] = []
        for shape in wanted:
            if not isinstance(shape, dict):
                return {"error": "a_to_b and b_to_a are JSON objects of a line's properties"}
            if fault := find_fault(shape):
                return {"error": fault}
            values.append(shape)
        now = time.monotonic()
        for line, shape in zip(self._lines, values, strict=True):
            line.reshape(shape, now)
        return {"ok": True}

    def _stats(self) -> dict[str, object]:
        ways = {
            way: {**line.counts(), "shape": line.shape()}
            for way, line in zip(("a_to_b", "b_to_a"), self._lines, strict=True)
        }
        return {"ok": True, "pid": os.getpid(), "is_cut": self._is_cut, "clock_s": time.monotonic(), **ways}


def main(arguments: list[str]) -> int:
    """Run the wire described by one JSON object; say ``ready`` or what is wrong on standard output."""
    plan = json.loads(arguments[0])
    try:
        parent = os.pidfd_open(plan["parent"])
        if os.getppid() != plan["parent"]:
            return 0
        taps = [_open_end(pid, name) for pid, name in plan["ends"]]
        loop = Loop((taps[0], taps[1]), parent, plan["control"], plan["seed"])
    except OSError as error:
        print(error.strerror or error, flush=True)
        return 1
    loop.answer({**plan["shape"], "do": "shape"})
    loop.answer({"do": "cut" if plan["cut"] else "mend"})
    print("ready", flush=True)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    loop.run()
    return 0


def _open_end(pid: int, name: str) -> Tap:
    try:
        return Tap(pid, name)
    except OSError as error:
        raise OSError(f"no end {name} in the network of process {pid}: {error.strerror or error}") from None
