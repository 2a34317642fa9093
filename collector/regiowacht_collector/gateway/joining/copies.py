"""Finds machines that hold a copy of another's credential, and numbers them.

A cloned machine has the credential, the state folder and often the machine id of the one it was cloned from. What it
cannot have is the other's process: an agent draws a nonce when it starts, and counts its starts. A restarted agent
comes with the next count and a new nonce, and the old nonce never comes again. So there are two machines where

- another machine id comes while the first one was heard a moment ago,
- a count comes that is not larger than that of a process which was heard a moment ago, or
- a nonce comes back that was thought to have ended.
"""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_collector.gateway.joining.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_collector.gateway.joining.store import Store

SILENT_S = 300.0
"""How long a machine is not heard before another may have its place: a restored backup, or a new disk."""

FORGOTTEN_S = 86_400.0
COPIES_MAX = 9
BEFORE_MAX = 4
BOOT = re.compile(r"([0-9]{1,9})-([0-9a-f]{8,32})")
MACHINE = re.compile(r"[0-9a-f]{8,64}")


class Process(NamedTuple):
    """A process of an agent: on which machine, the how many-th start of it, and its nonce."""

    machine: str
    boots: int
    nonce: str


@dataclass(slots=True)
class Place:
    """One machine that writes with a credential.

    Attributes:
        now: the process that writes.
        heard: when, monotonic seconds.
        before: processes that it took the place of, newest last.
    """

    now: Process
    heard: float
    before: deque[Process] = field(default_factory=lambda: deque(maxlen=BEFORE_MAX))

    def take(self, process: Process, heard: float) -> None:
        """Let another process have this place."""
        self.before.append(self.now)
        self.now, self.heard = process, heard


@dataclass(frozen=True, slots=True)
class Found:
    """What the latest message of a machine says.

    Attributes:
        number: 1, or of a copy 2 and up.
        is_new: whether a copy was found just now.
    """

    number: int
    is_new: bool = False


class Copies:
    """Numbers the machines of each credential; the first keeps its name.

    Args:
        store: keeps who has which number, for the next start of the collector.
        now: monotonic seconds.
    """

    def __init__(self, store: Store, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._now = now
        self._places: dict[str, dict[int, Place]] = {}
        for credential, number, process in store.machines():
            place = Place(Process(*process), now())
            self._places.setdefault(credential, {})[number] = place

    def counted(self) -> dict[str, int]:
        """Return how many machines were heard lately of each credential that has copies."""
        since = self._now() - SILENT_S
        heard = {
            credential: sum(place.heard >= since for place in places.values())
            for credential, places in self._places.items()
        }
        return {credential: count for credential, count in heard.items() if count > 1}

    def seen(self, credential: str, machine: str, boot: str) -> Found:
        """Return which machine of a credential this is.

        Args:
            credential: its id.
            machine: ``X-Regiowacht-Machine``: the hash of its machine id.
            boot: ``X-Regiowacht-Boot``: ``COUNT-NONCE``; where either is missing, nothing can be told apart.

        Raises:
            Refused: there are more copies than ``COPIES_MAX``.
        """
        told = BOOT.fullmatch(boot)
        if told is None or not MACHINE.fullmatch(machine):
            return Found(1)
        process, now = Process(machine, int(told[1]), told[2]), self._now()
        places = self._places.setdefault(credential, {})
        for number, place in places.items():
            if place.now == process:
                place.heard = now
                return Found(number)
        found = self._place(places, process, now)
        self._store.keep_machines(credential, {number: place.now for number, place in places.items()})
        return found

    def _place(self, places: dict[int, Place], process: Process, now: float) -> Found:
        for number, place in places.items():
            if process in place.before:
                return self._give_back(places, number, process, now)
        successor = _stopped(places, process, now)
        if successor:
            places[successor].take(process, now)
            return Found(successor)
        return _add(places, process, now)

    def _give_back(self, places: dict[int, Place], number: int, process: Process, now: float) -> Found:
        """Give a process its place back, and the one that took it a place of its own."""
        place = places[number]
        copy, heard = place.now, place.heard
        place.before.remove(process)
        place.now, place.heard = process, now
        earlier = [
            other
            for other, one in places.items()
            if other != number and one.now.machine == copy.machine and one.now.boots < copy.boots and one.heard < heard
        ]
        if earlier:  # the copy had a number, and was started again
            places[earlier[0]].take(copy, heard)
            return Found(number)
        _add(places, copy, heard)
        return Found(number, is_new=True)


def _stopped(places: dict[int, Place], process: Process, now: float) -> int:
    """Return the number of the machine that this process most likely is a later start of; 0: of none."""
    later = [
        (place.heard, number)
        for number, place in places.items()
        if place.now.machine == process.machine and place.now.boots < process.boots
    ]
    if later:
        return min(later)[1]
    silent = [number for number, place in places.items() if place.heard < now - SILENT_S]
    return min(silent, default=0)


def _add(places: dict[int, Place], process: Process, heard: float) -> Found:
    for number in [number for number, place in places.items() if place.heard < heard - FORGOTTEN_S]:
        del places[number]
    number = next(number for number in range(1, len(places) + 2) if number not in places)
    if number > COPIES_MAX:
        raise Refused("copies")
    places[number] = Place(process, heard)
    return Found(number, is_new=number > 1)
