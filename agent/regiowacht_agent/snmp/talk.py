"""One dialogue under way: its questions within the window, its answers, what is sent again and when it is given up."""

from __future__ import annotations

from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.message import Report
from regiowacht_agent.snmp.session import Effort
from regiowacht_contract.light import NamedTuple, Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from regiowacht_agent.snmp.dialogue import Answer, Dialogue, Question
    from regiowacht_agent.snmp.message import Security
    from regiowacht_agent.snmp.pace import Pace
    from regiowacht_agent.snmp.place import Place
    from regiowacht_agent.snmp.session import Target

HELLOS_MAX = 3
REWRAPS_MAX = 3
"""How often a device may say that it knows the engine or the clock better before it is given up."""

HELLO = -1


class Ended(NamedTuple):
    """What became of a dialogue.

    Attributes:
        told: what it returned, None where it failed.
        failed: why it did not get to its end, or None.
        effort: what it cost.
    """

    told: Any
    failed: SnmpFailed | None
    effort: Effort


class Flight:
    """A question under way.

    A question that is sent again keeps its number and its bytes: an answer to any of its sendings is as good, and
    none of them is wrapped or encrypted twice. Its round trip is then not learnt from (which sending was answered?).
    """

    __slots__ = ("datagram", "due_s", "elsewhere", "first_s", "number", "rewraps", "sends", "slot", "talk")

    def __init__(self, talk: Talk, number: int, slot: int, datagram: bytes, now_s: float) -> None:
        self.talk = talk
        self.number = number
        self.slot = slot
        self.datagram = datagram
        self.first_s = now_s
        self.due_s = 0.0
        self.sends = 0
        self.rewraps = 0
        self.elsewhere = ""


class Wire(Protocol):
    """What a dialogue under way needs of the loop that it runs in."""

    flying: dict[int, Flight]

    def number(self) -> int:
        """Return a number that no question under way has."""

    def send(self, datagram: bytes, place: Place) -> str:
        """Send; return why it cannot be, or ""."""

    def look_at(self, talk: Talk, when_s: float) -> None:
        """Call ``talk.look`` at that moment."""

    def moved(self, talk: Talk, before: Place | None) -> None:
        """Take note that it talks to another place now; None where it is over or has not begun."""


class Talk:
    """A dialogue under way.

    Args:
        wire: what sends.
        dialogue: what to ask.
        target: the device.
        security: its wrapping.
        done: is handed the end of it, in the thread that turns the loop.

    Attributes:
        place: where the device is tried, or None: not known yet.
        effort: what it cost so far.
        is_over: whether it has ended.
        failed: why it came to nothing, or None.
        garbage: what is wrong with datagrams that came from there since the last good one, or "".
        woken_s: when the loop will look at it next.
    """

    __slots__ = (
        "_answers", "_batch", "_dialogue", "_done", "_flights", "_heard_s", "_hellos", "_is_begun", "_left", "_next",
        "_pace", "_places", "_wire", "effort", "failed", "garbage", "is_over", "place", "security", "target",
        "until_s", "woken_s",
    )  # fmt: skip

    def __init__(
        self, wire: Wire, dialogue: Dialogue[Any], target: Target, security: Security, done: Callable[[Ended], None]
    ) -> None:
        self._wire, self._dialogue, self._done = wire, dialogue, done
        self.target, self.security = target, security
        self.place: Place | None = None
        self.effort = Effort()
        self.is_over = False
        self.failed: SnmpFailed | None = None
        self.garbage = ""
        self.woken_s = self.until_s = 0.0
        self._places: list[Place] = []
        self._batch: tuple[Question, ...] = ()
        self._answers: list[Any] = []
        self._flights: list[Flight] = []
        self._left = self._next = self._hellos = 0
        self._is_begun = False  # before, there is only the hello
        self._heard_s = 0.0

    def begin(self, places: Iterable[Place], pace: Pace, now_s: float) -> None:
        """Ask the first question, now that it is known where."""
        self._places = list(places)
        self._pace = pace
        self.place = self._places.pop(0)
        self._wire.moved(self, None)
        self._greet(now_s)

    def take(self, flight: Flight, datagram: bytes, now_s: float) -> None:
        """Take a datagram that came from the device in, with the number of one of its questions."""
        try:
            number, pdu = self.security.unwrap(datagram)
        except Malformed as error:
            self.garbage = str(error)
            return
        except Report as report:
            if report.number == flight.number:
                self._heard(flight, now_s)
                self._take_report(flight, report, now_s)
            return
        except SnmpFailed as failed:
            self.effort.answered += 1
            self.end(None, failed)
            return
        except Exception as error:  # noqa: BLE001 - one device's trouble is no other's
            self.end(None, _internal(error))
            return
        if number != flight.number:
            self.garbage = "its answers carry another number than their questions"
            return
        self._heard(flight, now_s)
        slot = flight.slot
        if slot == HELLO:
            self._greeted(flight, now_s)
            return
        self._flights.remove(flight)
        del self._wire.flying[number]
        self._answers[slot] = pdu
        self._left -= 1
        self._pump(now_s)

    def look(self, now_s: float) -> None:
        """Send again what waited long enough, or give it up."""
        if self.place is None:
            if now_s >= self.until_s:
                self.end(None, SnmpFailed("name", f"{self.target.host}: no answer from this system's resolver"))
            else:
                self._wire.look_at(self, self.until_s)
            return
        for flight in tuple(self._flights):
            if flight.due_s > now_s or flight not in self._flights:
                continue
            if flight.sends <= self.target.retries:
                self._pace.slow_down()
                self.effort.retried += 1
                self._send(flight, now_s)
            else:
                self._give_up(flight, now_s)
        self._pump(now_s)
        if self._flights:
            self._wake_by(min(flight.due_s for flight in self._flights))

    def unreachable(self, why: str, now_s: float) -> None:
        """Give up all that is under way: the network says that nobody is there."""
        self._fail_all(SnmpFailed("unreachable", f"{self._where()}: {why.lower()}"), now_s)
        self._pump(now_s)

    def end(self, told: Any, failed: SnmpFailed | None, *, tells: bool = True) -> None:
        """End it; what is still under way is forgotten."""
        if self.is_over:
            return
        self.is_over, self.failed = True, failed
        for flight in self._flights:
            self._wire.flying.pop(flight.number, None)
        self._flights.clear()
        before, self.place = self.place, None
        self._wire.moved(self, before)
        self._dialogue.close()
        if tells:
            self._done(Ended(told, failed, self.effort))

    def _greet(self, now_s: float) -> None:
        """Send what goes before all questions, or the first of those."""
        number = self._wire.number()
        try:
            hello = self.security.hello(number)
        except SnmpFailed as failed:
            self.end(None, failed)
            return
        if hello is None:
            self._is_begun = True
            self._step(None)
            self._pump(now_s)
        elif self._hellos == HELLOS_MAX:
            self.end(None, SnmpFailed("engine", f"{self._where()}: answers {HELLOS_MAX} times without its engine"))
        else:
            self._hellos += 1
            self._fly(Flight(self, number, HELLO, hello, now_s), now_s)

    def _greeted(self, flight: Flight, now_s: float) -> None:
        self._forget(flight)
        self._greet(now_s)

    def _take_report(self, flight: Flight, report: Report, now_s: float) -> None:
        if flight.slot == HELLO:
            self._greeted(flight, now_s)
            return
        if not report.again or flight.rewraps == REWRAPS_MAX:
            detail = "its engine or its clock is not to be agreed on"
            self.end(None, SnmpFailed("engine", f"{self._where()}: {detail}"))
            return
        self._forget(flight)
        self._ask(flight.slot, flight.rewraps + 1, now_s)
        self._pump(now_s)

    def _heard(self, flight: Flight, now_s: float) -> None:
        self.effort.answered += 1
        self._heard_s = now_s
        self.garbage = ""
        if flight.sends == 1:
            self._pace.learn(now_s - flight.first_s)

    def _pump(self, now_s: float) -> None:
        """Send as much as the window takes, and go on with the dialogue when its batch is answered."""
        flights, window = self._flights, self.target.window
        while self._is_begun and not self.is_over:
            while (slot := self._next) < len(self._batch) and len(flights) < window and not self.is_over:
                self._next = slot + 1
                self._ask(slot, 0, now_s)
            if self._left or self.is_over:
                return
            self._step(tuple(self._answers))

    def _step(self, answers: tuple[Answer, ...] | None) -> None:
        try:
            # The first step of a generator takes None, which no dialogue says.
            self._batch = self._dialogue.send(answers)  # type: ignore[arg-type]
        except StopIteration as end:
            self.end(end.value, None)
        except SnmpFailed as failed:
            self.end(None, failed)
        except Exception as error:  # noqa: BLE001 - likewise
            self.end(None, _internal(error))
        else:
            self._next, self._left = 0, len(self._batch)
            self._answers = [None] * self._left

    def _ask(self, slot: int, rewraps: int, now_s: float) -> None:
        number = self._wire.number()
        try:
            datagram = self.security.wrap(self._batch[slot].encode(number), number)
        except SnmpFailed as failed:
            self.end(None, failed)
            return
        except Exception as error:  # noqa: BLE001 - likewise
            self.end(None, _internal(error))
            return
        flight = Flight(self, number, slot, datagram, now_s)
        flight.rewraps = rewraps
        self._fly(flight, now_s)

    def _fly(self, flight: Flight, now_s: float) -> None:
        self._wire.flying[flight.number] = flight
        self._flights.append(flight)
        self._send(flight, now_s)

    def _send(self, flight: Flight, now_s: float) -> None:
        flight.sends += 1
        self.effort.sent += 1
        flight.due_s = due_s = now_s + self._pace.wait_s(flight.sends > self.target.retries, self.target.timeout_s)
        assert self.place is not None  # noqa: S101 - for the type checker: it has begun
        why = self._wire.send(flight.datagram, self.place)
        if why:
            self._fail_all(SnmpFailed("unreachable", f"{self._where()}: {why.lower()}"), now_s)
        else:
            self._wake_by(due_s)

    def _wake_by(self, when_s: float) -> None:
        if not self.woken_s or when_s < self.woken_s:
            self._wire.look_at(self, when_s)

    def _give_up(self, flight: Flight, now_s: float) -> None:
        """Count a question as unanswered; with it those that wait, where nothing at all came since it was asked."""
        failed = self._unanswered(flight)
        if self._heard_s < flight.first_s:
            if self._places and not self.effort.answered:
                self._fail_all(failed, now_s)
                return
            self._fail_unsent(failed)
        self._fail(flight, failed)

    def _unanswered(self, flight: Flight) -> SnmpFailed:
        where, times = self._where(), f"asked {flight.sends} times" if flight.sends > 1 else "asked once"
        known = self.security.unanswered()
        if flight.elsewhere:
            return SnmpFailed("address", f"{where}: {flight.elsewhere} answers in its place")
        if self.garbage:
            return SnmpFailed("format", f"{where}: {self.garbage}")
        if known is not None:
            return SnmpFailed(known.reason, f"{where}: {known.detail}")
        return SnmpFailed("timeout", f"{where}: no answer, {times}, last for {self.target.timeout_s:g} s")

    def _fail_all(self, failed: SnmpFailed, now_s: float) -> None:
        """Take the next address of the device where it has one and none answered yet, else fail the whole batch."""
        if self._places and not self.effort.answered:
            before, self.place = self.place, self._places.pop(0)
            self._wire.moved(self, before)
            for flight in tuple(self._flights):
                flight.sends, flight.first_s = 0, now_s
                self._send(flight, now_s)
            return
        self._fail_unsent(failed)
        for flight in tuple(self._flights):
            self._fail(flight, failed)

    def _fail_unsent(self, failed: SnmpFailed) -> None:
        for slot in range(self._next, len(self._batch)):
            self._answers[slot] = failed
            self._left -= 1
        self._next = len(self._batch)

    def _fail(self, flight: Flight, failed: SnmpFailed) -> None:
        if flight.slot == HELLO:
            self.end(None, failed)
        elif flight in self._flights:
            self._settle(flight, failed)

    def _settle(self, flight: Flight, answer: Answer) -> None:
        self._forget(flight)
        self._answers[flight.slot] = answer
        self._left -= 1

    def _forget(self, flight: Flight) -> None:
        self._flights.remove(flight)
        self._wire.flying.pop(flight.number, None)

    def _where(self) -> str:
        host, port = self.target.host, self.target.port
        at = f" ({self.place.address[0]})" if self.place is not None and self.place.address[0] != host else ""
        return f"{host}{at} port {port}"


def _internal(error: Exception) -> SnmpFailed:
    """Return the failure that a mistake of ours is, with the place in the code where it happened."""
    trace, at = error.__traceback__, ""
    while trace is not None:
        at = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    failed = SnmpFailed("internal", f"{type(error).__name__} at {at}")
    failed.__cause__ = error
    return failed
