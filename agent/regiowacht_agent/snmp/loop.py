"""Runs any number of dialogues with devices beside each other, over one UDP socket per address family."""

from __future__ import annotations

import _thread
import os
import select
import socket
import time
from collections import deque
from heapq import heappop, heappush

from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.icmp_error import errors, hear_errors
from regiowacht_agent.snmp.message_number import message_number
from regiowacht_agent.snmp.pace import Pace
from regiowacht_agent.snmp.place import Lookups, ask_system, written
from regiowacht_agent.snmp.talk import Talk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from regiowacht_agent.snmp.dialogue import Dialogue
    from regiowacht_agent.snmp.message import Security
    from regiowacht_agent.snmp.place import Found, Place
    from regiowacht_agent.snmp.session import Effort, Target
    from regiowacht_agent.snmp.talk import Ended, Flight

DATAGRAM_MAX = 65_507
RECEIVE_BUFFER = 1 << 20
"""Octets asked of the kernel for answers that wait; it gives what it allows (net.core.rmem_max)."""

DRAINED_MAX = 500
"""Datagrams taken in a row before deadlines are looked at again, however many more come."""

NUMBER_MIN, NUMBER_MAX = 2**24, 2**31 - 1
"""Numbers of questions: of four octets in every answer, so that answers to a question differ in values alone."""

NUMBERS = NUMBER_MAX - NUMBER_MIN + 1
NAME_KEPT_S = 300.0
"""Seconds that a name's addresses are kept; a dialogue that fails has them looked up again."""

NAME_TIMEOUT_S = 5.0
FOR_EVER_S = float("inf")
DEVICES_MAX = 10_000
SENDS_MAX = 4


class _Device:
    """What is kept of a device between dialogues: its pace, its places and until when those hold."""

    __slots__ = ("pace", "places", "until_s")

    def __init__(self) -> None:
        self.pace = Pace()
        self.places: tuple[Place, ...] = ()
        self.until_s = 0.0


class Loop:
    """Sends what dialogues ask and hands them the answers.

    One thread turns it; ``add``, ``cancel`` and ``wake`` may be called from any.

    Args:
        clock: monotonic seconds.
        ask: looks a name up: returns places of a host and port, or the failure, however long it takes.

    Attributes:
        flying: the questions under way, by number.
        strays: datagrams that no question under way was behind: late, double, or from somebody else.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, ask: Callable[[str, int], Found] = ask_system
    ) -> None:
        self.flying: dict[int, Flight] = {}
        self.strays = 0
        self._clock = clock
        self._number = NUMBER_MIN + int.from_bytes(os.urandom(4), "big") % NUMBERS
        self._issued = 0
        self._dues: list[tuple[float, int, Talk]] = []
        self._serial = 0
        self._talks: set[Talk] = set()
        self._at: dict[tuple[str, int], set[Talk]] = {}
        self._devices: dict[tuple[str, int], _Device] = {}
        self._named: dict[tuple[str, int], list[Talk]] = {}
        self._lookups = Lookups(self._tell_named, ask)
        self._inbox: deque[Callable[[], None]] = deque()
        self._has_ended = False
        self._owner: int | None = None
        self._buffer = bytearray(DATAGRAM_MAX)
        self._view = memoryview(self._buffer)
        self._sockets: dict[int, socket.socket] = {}
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        self._wait = _Wait()
        self._wait.register(self._woken)

    @property
    def is_idle(self) -> bool:
        """Whether no dialogue is under way or waits to begin."""
        return not self._talks and not self._inbox

    def add(self, dialogue: Dialogue[Any], target: Target, security: Security, done: Callable[[Ended], None]) -> Talk:
        """Begin a dialogue; return a handle to cancel it with.

        Args:
            dialogue: what to ask.
            target: the device.
            security: wraps its questions; may be shared by the dialogues with that device.
            done: is handed what became of it, in the thread that turns the loop; may add another.
        """
        talk = Talk(self, dialogue, target, security, done)
        self._call(lambda: self._begin(talk))
        return talk

    def cancel(self, talk: Talk) -> None:
        """Give a dialogue up; its ``done`` is not called."""
        self._call(lambda: talk.end(None, None, tells=False))

    def wake(self) -> None:
        """Have a ``turn`` that waits in another thread come back."""
        try:
            self._waker.send(b"\0")
        except OSError:
            return  # full: it is woken already; closed: nobody waits

    def run(self, dialogue: Dialogue[Any], target: Target, security: Security, effort: Effort | None = None) -> Any:
        """Return what a dialogue returns, once it has ended; others go on meanwhile.

        Args:
            dialogue: what to ask.
            target: the device.
            security: wraps its questions.
            effort: what it cost is added here.

        Raises:
            SnmpFailed: it came to nothing.
        """
        ends: list[Ended] = []
        talk = self.add(dialogue, target, security, ends.append)
        try:
            while not ends:
                self.turn(1.0)
        finally:
            if not ends:
                talk.end(None, None, tells=False)
            if effort is not None:
                effort.sent += talk.effort.sent
                effort.retried += talk.effort.retried
                effort.answered += talk.effort.answered
        if ends[0].failed is not None:
            raise ends[0].failed
        return ends[0].told

    def turn(self, wait_s: float) -> None:
        """Take in what came and send what is due; wait for that at most so many seconds, or until a dialogue ends."""
        self._owner = _thread.get_ident()
        self._has_ended = False
        self._take_inbox()
        until_s = self._clock() + wait_s
        is_woken = False
        while not is_woken:
            for sock, has_error in self._wait.ready(self._seconds(until_s)):
                if sock is self._woken:
                    self._rest()
                    is_woken = True
                else:
                    if has_error:
                        self._take_errors(sock)
                    self._drain(sock)
            self._take_inbox()
            now_s = self._look(self._clock())
            if self._has_ended or not self._talks or now_s >= until_s:
                return

    def _look(self, now_s: float) -> float:
        """Look at those talks whose moment has come; return the time."""
        dues = self._dues
        while dues and dues[0][0] <= now_s:
            when_s, _serial, talk = heappop(dues)
            if talk.woken_s == when_s and not talk.is_over:
                talk.woken_s = 0.0
                talk.look(now_s)
            now_s = self._clock()
        return now_s

    def close(self) -> None:
        """End all dialogues without a word, and let go of the sockets."""
        for talk in tuple(self._talks):
            talk.end(None, None, tells=False)
        for sock in (*self._sockets.values(), self._waker, self._woken):
            sock.close()
        self._sockets.clear()

    # What a talk asks of it (talk.Wire).

    def number(self) -> int:
        """Return a number that no question under way has: the next one, from a random one on."""
        self._issued += 1
        number = _following(self._number)
        while number in self.flying:
            number = _following(number)
        self._number = number
        return number

    def send(self, datagram: bytes, place: Place) -> str:
        """Send; return why it cannot be, or "".

        What the kernel has no room for now counts as sent: it is as good as lost on the way.
        """
        family, address = place
        sock = self._sockets.get(family)
        try:
            if sock is None:
                sock = self._open(family)
            for left in range(SENDS_MAX, 0, -1):
                try:
                    sock.sendto(datagram, address)
                except BlockingIOError:
                    break
                except OSError:
                    # An ICMP error about any device is told to whoever uses the socket next.
                    if left == 1:
                        raise
                    sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                else:
                    break
        except OSError as error:
            return error.strerror or str(error) or type(error).__name__
        return ""

    def look_at(self, talk: Talk, when_s: float) -> None:
        """Look at a talk at that moment, and not before."""
        talk.woken_s = when_s
        self._serial += 1
        heappush(self._dues, (when_s, self._serial, talk))

    def moved(self, talk: Talk, before: Place | None) -> None:
        """Take note of where a talk is held now."""
        if before is not None:
            key = (before.address[0], before.address[1])
            others = self._at[key]
            others.discard(talk)
            if not others:
                del self._at[key]
        if talk.place is not None:
            self._at.setdefault((talk.place.address[0], talk.place.address[1]), set()).add(talk)
        if talk.is_over:
            self._talks.discard(talk)
            self._has_ended = True
            device = self._devices.get((talk.target.host, talk.target.port))
            if talk.failed is not None and device is not None and device.until_s < FOR_EVER_S:
                device.until_s = 0.0

    def _call(self, what: Callable[[], None]) -> None:
        self._inbox.append(what)
        if self._owner is not None and self._owner != _thread.get_ident():
            self.wake()

    def _take_inbox(self) -> None:
        inbox = self._inbox
        for _ in range(len(inbox)):
            inbox.popleft()()

    def _begin(self, talk: Talk) -> None:
        if talk.is_over:
            return
        self._talks.add(talk)
        host, port = key = (talk.target.host, talk.target.port)
        device = self._devices.get(key)
        if device is None:
            if len(self._devices) >= DEVICES_MAX:
                del self._devices[next(iter(self._devices))]
            device = self._devices[key] = _Device()
        now_s = self._clock()
        if now_s >= device.until_s:
            found = written(host, port)
            if found is None:
                talk.until_s = now_s + NAME_TIMEOUT_S
                self.look_at(talk, talk.until_s)
                self._named.setdefault(key, []).append(talk)
                self._lookups.find(host, port)
                return
            device.places, device.until_s = found, FOR_EVER_S
        talk.begin(device.places, device.pace, now_s)

    def _tell_named(self, key: tuple[str, int], found: Found) -> None:
        self._call(lambda: self._take_named(key, found))

    def _take_named(self, key: tuple[str, int], found: Found) -> None:
        now_s = self._clock()
        device = self._devices.setdefault(key, _Device())
        if not isinstance(found, SnmpFailed):
            device.places, device.until_s = found, now_s + NAME_KEPT_S
        for talk in self._named.pop(key, ()):
            if talk.is_over:
                continue
            if isinstance(found, SnmpFailed):
                talk.end(None, SnmpFailed(found.reason, found.detail))
            else:
                talk.woken_s = 0.0
                talk.begin(found, device.pace, now_s)

    def _seconds(self, until_s: float) -> float:
        if self._inbox or self._has_ended:
            return 0.0
        if self._dues and self._dues[0][0] < until_s:
            until_s = self._dues[0][0]
        seconds = until_s - self._clock()
        return seconds if seconds > 0 else 0.0

    def _open(self, family: int) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            hear_errors(sock)
            sock.bind(("", 0))
            self._wait.register(sock)
        except OSError:
            sock.close()
            raise
        self._sockets[family] = sock
        return sock

    def _drain(self, sock: socket.socket) -> None:
        """Take in what came until nothing more is there, or nobody waits for anything."""
        flying, receive, view, buffer, clock = self.flying, sock.recvfrom_into, self._view, self._buffer, self._clock
        for _ in range(DRAINED_MAX):
            try:
                size, source = receive(buffer)
            except BlockingIOError:
                return
            except OSError:
                self._take_errors(sock)
                continue
            datagram = view[:size].tobytes()
            try:
                number = message_number(datagram)
            except Malformed as error:
                self._take_garbage(source, str(error))
                continue
            flight = flying.get(number)
            if flight is None:
                self._take_stray(number, source)
                continue
            place = flight.talk.place
            if place is not None and source == place.address:
                flight.talk.take(flight, datagram, clock())
            else:
                self.strays += 1
                flight.elsewhere = f"{source[0]} port {source[1]}"
            if not flying:
                return

    def _take_stray(self, number: int, source: Any) -> None:
        if (self._number - number) % NUMBERS < self._issued:
            self.strays += 1  # late or double
        else:
            self._take_garbage(source, "its answers carry another number than their questions")

    def _take_garbage(self, source: Any, what: str) -> None:
        self.strays += 1
        for talk in self._at.get((source[0], source[1]), ()):
            talk.garbage = what

    def _take_errors(self, sock: socket.socket) -> None:
        for key, why in errors(sock):
            for talk in tuple(self._at.get(key, ())):
                talk.unreachable(why, self._clock())

    def _rest(self) -> None:
        try:
            while self._woken.recv(4096):
                pass
        except OSError:
            return


def _following(number: int) -> int:
    return number + 1 if number < NUMBER_MAX else NUMBER_MIN


class _Wait:
    """Waits for sockets to have something: poll(2) where the system has it, else select."""

    def __init__(self) -> None:
        self._sockets: dict[int, socket.socket] = {}
        self._poll = select.poll() if hasattr(select, "poll") else None

    def register(self, sock: socket.socket) -> None:
        """Wait for this one too."""
        self._sockets[sock.fileno()] = sock
        if self._poll is not None:
            self._poll.register(sock, select.POLLIN)

    def ready(self, seconds: float) -> list[tuple[socket.socket, bool]]:
        """Return the sockets that have something, and whether that may be an error."""
        sockets = self._sockets
        if self._poll is None:
            return [(sock, True) for sock in select.select(list(sockets.values()), [], [], seconds)[0]]
        milliseconds = int(seconds * 1000) + (seconds > 0)
        return [(sockets[number], bool(what & select.POLLERR)) for number, what in self._poll.poll(milliseconds)]
