"""Many devices at once: a cap a gemeente, a deadline a device, and nobody waits for one that hangs."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_audit.fetch.said import Said
from regiowacht_contract.errors import RegiowachtError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from regiowacht_audit.fetch.target import Target

AT_ONCE = 50
AT_ONCE_A_GEMEENTE = 10
"""So that one gemeente's old AAA server is not asked by fifty at a time."""

DEADLINE_S = 180.0


@dataclass(frozen=True, slots=True)
class Read:
    """How reading a device went.

    Attributes:
        target: the device.
        said: what it said; empty where it said nothing.
        error: why not.
        took_s: seconds it took.
    """

    target: Target
    said: Said = field(default_factory=Said)
    error: RegiowachtError | None = None
    took_s: float = 0.0


def read_all(
    targets: Iterable[Target],
    read: Callable[[Target], Said],
    *,
    at_once: int = AT_ONCE,
    a_gemeente: int = AT_ONCE_A_GEMEENTE,
    deadline_s: float = DEADLINE_S,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Read]:
    """Yield every device once, in the order in which they are done.

    One that takes longer than ``deadline_s`` is yielded as an error, and its thread, which ends with its connection, is
    waited for no more.
    """
    waiting = deque(targets)
    done: queue.SimpleQueue[tuple[Target, Said, RegiowachtError | None]] = queue.SimpleQueue()
    running: dict[Target, float] = {}
    while waiting or running:
        for target in _next(waiting, running, at_once, a_gemeente):
            running[target] = clock()
            threading.Thread(target=_one, args=(target, read, done), daemon=True, name=f"audit {target}").start()
        until = min(running.values()) + deadline_s
        try:
            target, said, error = done.get(timeout=max(0.01, min(1.0, until - clock())))
        except queue.Empty:
            yield from _late(running, clock(), deadline_s)
            continue
        if target in running:
            yield Read(target, said, error, clock() - running.pop(target))


def _next(waiting: deque[Target], running: dict[Target, float], at_once: int, a_gemeente: int) -> list[Target]:
    """Return who begins now, and take them out of the queue."""
    counts: dict[str, int] = {}
    for target in running:
        counts[target.gemeente] = counts.get(target.gemeente, 0) + 1
    begin: list[Target] = []
    held: list[Target] = []
    while waiting and len(running) + len(begin) < at_once:
        target = waiting.popleft()
        if counts.get(target.gemeente, 0) >= a_gemeente:
            held.append(target)
            continue
        counts[target.gemeente] = counts.get(target.gemeente, 0) + 1
        begin.append(target)
    waiting.extendleft(reversed(held))
    return begin


def _late(running: dict[Target, float], now: float, deadline_s: float) -> Iterator[Read]:
    for target in [target for target, since in running.items() if now - since > deadline_s]:
        took_s = now - running.pop(target)
        yield Read(target, error=Unavailable("fetch.too-slow", device=target, seconds=round(deadline_s)), took_s=took_s)


def _one(
    target: Target,
    read: Callable[[Target], Said],
    done: queue.SimpleQueue[tuple[Target, Said, RegiowachtError | None]],
) -> None:
    try:
        done.put((target, read(target), None))
    except RegiowachtError as error:
        done.put((target, Said(), error))
    except Exception as error:  # noqa: BLE001 - the one place that keeps a device's fault from the others
        done.put((target, Said(), Unavailable("fetch.broke-off", device=target, kind=type(error).__name__)))
