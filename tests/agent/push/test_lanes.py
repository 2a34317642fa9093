"""Both lanes against a receiver: what arrives, what is refused, what waits, in which order, and what a stop leaves."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.push.backoff import Backoff
from regiowacht_agent.push.clock import Clock
from regiowacht_agent.push.lanes import Lanes
from regiowacht_agent.push.receiver import Receiver as To
from regiowacht_agent.spool.spool import Spool
from tests.agent.push.made import push, scrape, shape
from tests.agent.push.receiver import Answer, Receiver, Write, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from regiowacht_agent.push.counts import Totals
    from regiowacht_agent.push.scrape import Scrape

    Start = Callable[..., Lanes]


def _now_ms() -> int:
    return int(time.time() * 1000)


def _spooled(folder: Path) -> list[Scrape]:
    spool = Spool(str(folder / "spool"))
    found = [one for batch in spool.unsent(10**9) for _number, one in batch]
    spool.close()
    return found


def test_what_is_measured_arrives_at_once(start: Start, receiver: Receiver, totals: Totals) -> None:
    lanes, of, at_ms = start(receiver.url), shape(), _now_ms()
    lanes.put([scrape(of, at_ms, [1.0, 2.0, 3.0])])
    wait_for(lambda: len(receiver.stored) == 3, "the reading arrives")
    assert sorted(receiver.of("made_up").values()) == [3.0]
    wait_for(lambda: totals.samples["live"] == 3, "it is counted")
    assert totals.success > 0
    assert lanes.failing == ("", "")


def test_readings_of_an_outage_arrive_after_the_newest(start: Start, receiver: Receiver, totals: Totals) -> None:
    receiver.answer = lambda _: Answer(503)
    lanes, of, begin_ms = start(receiver.url), shape(), _now_ms() - 3_600_000
    lanes.put([scrape(of, begin_ms + 1000 * at) for at in range(3000)])  # an hour, all of which is still fresh
    wait_for(lambda: lanes.failing[0] == "busy", "the line is down")
    receiver.answer = lambda _: Answer()
    wait_for(lambda: len(receiver.stored) == 9000, "everything arrives")
    assert receiver.again == 0
    assert totals.lost == 0


def test_a_backlog_goes_behind_what_is_new(start: Start, receiver: Receiver, tmp_path: Path, totals: Totals) -> None:
    of, begin_ms = shape(100), _now_ms() - 86_400_000
    spool = Spool(str(tmp_path / "spool"))
    for at in range(200):
        spool.put(scrape(of, begin_ms + 15_000 * at))
    spool.close()
    lanes = start(receiver.url, backlog_speed=10_000)
    assert not receiver.writes, "nobody knows yet whether the line serves"
    now_ms = _now_ms()
    lanes.put([scrape(shape(), now_ms)])
    wait_for(lambda: len(receiver.stored) == 20_003, "everything arrives", 120)
    assert receiver.writes[0].samples[0].at_ms == now_ms
    assert receiver.again == 0
    assert [write.fields.get("x-regiowacht-lane", "live") for write in receiver.writes[:2]] == ["live", "backlog"]
    times = [sample.at_ms for write in receiver.writes[1:] for sample in write.samples[:1]]
    assert times == sorted(times), "oldest first"
    wait_for(lambda: totals.samples["backlog"] == 20_000, "they are counted")


def test_on_a_line_that_is_too_narrow_for_a_write_smaller_ones_are_sent(
    start: Start, receiver: Receiver, tmp_path: Path, totals: Totals
) -> None:
    of, begin_ms = shape(100), _now_ms() - 86_400_000
    spool = Spool(str(tmp_path / "spool"))
    for at in range(20):
        spool.put(scrape(of, begin_ms + 15_000 * at))
    spool.close()

    def carry(write: Write) -> Answer:
        if write.fields.get("x-regiowacht-lane") == "backlog":
            time.sleep(len(write.samples) / 600)  # the line itself: more than a second for what is sent at first
        return Answer()

    receiver.answer = carry
    lanes = start(receiver.url, timeout_s=1)
    lanes.put([scrape(shape(), _now_ms())])
    wait_for(lambda: totals.samples["backlog"] == 2000, "everything is taken", 120)
    assert max(len(write.samples) for write in receiver.writes) > 600


def test_live_readings_arrive_while_a_backlog_has_to_wait(start: Start, receiver: Receiver, tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "spool"))
    for at in range(20):
        spool.put(scrape(shape(10), _now_ms() - 86_400_000 + at))
    spool.close()
    is_busy, asked = [True], [0]

    def answer(write: Write) -> Answer:
        is_old = write.samples[0].at_ms < _now_ms() - 3_600_000
        asked[0] += is_old
        return Answer(429, fields={"Retry-After": "1"}) if is_old and is_busy[0] else Answer()

    receiver.answer = answer
    lanes = start(receiver.url)
    for at in range(20):
        lanes.put([scrape(shape(10), _now_ms() + at)])
    wait_for(lambda: len(receiver.stored) == 200, "what is new arrives")
    wait_for(lambda: asked[0] > 1, "the backlog is tried again")
    is_busy[0] = False
    wait_for(lambda: len(receiver.stored) == 400, "the backlog arrives")


def test_one_bad_sample_costs_itself_alone(start: Start, receiver: Receiver, totals: Totals, tmp_path: Path) -> None:
    bad, refusal = ("number", "617"), Answer(400, b"bad-label: one is wrong\n")
    receiver.answer = lambda write: refusal if any(bad in one.series for one in write.samples) else Answer()
    lanes, of, at_ms = start(receiver.url), shape(1000), _now_ms()
    lanes.put([scrape(of, at_ms)])
    wait_for(lambda: len(receiver.stored) == 999, "all others arrive")
    wait_for(lambda: totals.refused["bad-label"] == 1, "it is counted")
    assert len(receiver.writes) < 30
    before = len(receiver.writes)
    lanes.put([scrape(of, at_ms + 1000)])
    wait_for(lambda: len(receiver.stored) == 1998, "all others arrive again")
    assert len(receiver.writes) == before + 1, "the series is known by now"
    lanes.stop(5.0)
    assert _spooled(tmp_path) == []


def test_who_refuses_everything_for_a_while_bans_nothing(start: Start, receiver: Receiver, totals: Totals) -> None:
    receiver.answer = lambda _: Answer(400, b"Bad Request\n")
    lanes, at_ms = start(receiver.url), _now_ms()
    lanes.put([scrape(shape(4), at_ms)])
    wait_for(lambda: totals.refused["refused"] == 4, "it is counted")
    receiver.answer = lambda _: Answer()
    lanes.put([scrape(shape(4), at_ms + 1)])
    wait_for(lambda: len(receiver.stored) == 4, "the next reading arrives whole")


def test_what_the_gateway_lets_go_of_is_counted_and_not_sent_in_parts(
    start: Start, receiver: Receiver, totals: Totals, tmp_path: Path
) -> None:
    whole = Answer(400, b"nothing-left: nothing of this is stored, nor will it be: future=600,too-old=400\n")
    some = Answer(204, fields={"X-Regiowacht-Refused": "bad-name=3,future=1"})
    receiver.answer = lambda _: whole if len(receiver.writes) == 1 else some
    lanes, at_ms = start(receiver.url), _now_ms()
    lanes.put([scrape(shape(1000), at_ms)])
    wait_for(lambda: totals.refused.total() == 1000, "all of it is counted")
    lanes.put([scrape(shape(10), at_ms + 1)])
    wait_for(lambda: totals.samples["live"] == 6, "the rest is taken")
    assert totals.refused == {"future": 601, "too-old": 400, "bad-name": 3}
    assert len(receiver.writes) == 2
    lanes.stop(5.0)
    assert _spooled(tmp_path) == []


@pytest.mark.parametrize(
    "refusal", [Answer(500, b"too old sample\n"), Answer(400, b"out of bounds\n")], ids=["Prometheus 2.42", "3.5"]
)
def test_what_is_too_old_costs_itself_alone_and_few_writes(
    start: Start, receiver: Receiver, totals: Totals, tmp_path: Path, refusal: Answer
) -> None:
    of, begin_ms = shape(10), _now_ms() - 86_400_000
    limit_ms = begin_ms + 1000 * 777
    spool = Spool(str(tmp_path / "spool"))
    for at in range(1000):
        spool.put(scrape(of, begin_ms + 1000 * at))
    spool.close()
    receiver.answer = lambda write: refusal if any(one.at_ms < limit_ms for one in write.samples) else Answer()
    lanes = start(receiver.url, backlog_speed=10_000)
    lanes.put([scrape(of, _now_ms())])
    wait_for(lambda: len(receiver.stored) == 2240, "what is not too old arrives", 120)
    wait_for(lambda: totals.refused["old"] == 7770, "the rest is counted")
    assert len(receiver.writes) < 100
    assert receiver.again == 0
    lanes.stop(5.0)
    assert _spooled(tmp_path) == []


def test_what_is_refused_whole_blocks_nothing(start: Start, receiver: Receiver, totals: Totals, tmp_path: Path) -> None:
    bad = shape(500, "bad")
    receiver.answer = lambda write: (
        Answer(400, b"bad: it is") if ("source", "bad") in write.samples[0].series else Answer()
    )
    lanes, at_ms = start(receiver.url), _now_ms()
    lanes.put([scrape(bad, at_ms), scrape(shape(), at_ms)])
    wait_for(lambda: len(receiver.stored) == 3, "the others arrive")
    wait_for(lambda: totals.refused["bad"] == 500, "all of it is counted")
    lanes.stop(5.0)
    assert _spooled(tmp_path) == []


@pytest.mark.parametrize("code", [401, 403, 404, 429, 500, 502, 503])
def test_what_says_nothing_of_the_samples_is_tried_again(
    start: Start, receiver: Receiver, totals: Totals, code: int
) -> None:
    receiver.answer = lambda _: Answer(code) if len(receiver.writes) < 3 else Answer()
    start(receiver.url).put([scrape(shape(), _now_ms())])
    wait_for(lambda: len(receiver.stored) == 3, "it arrives")
    assert not totals.refused


def test_who_asks_to_wait_is_not_asked_before(start: Start, receiver: Receiver) -> None:
    asked: list[float] = []

    def answer(_: Write) -> Answer:
        asked.append(time.monotonic())
        return Answer(429, fields={"Retry-After": "2"}) if len(asked) == 1 else Answer()

    receiver.answer = answer
    lanes = start(receiver.url)
    lanes.put([scrape(shape(), _now_ms())])
    wait_for(lambda: lanes.failing[0] == "busy", "it is asked to wait")
    lanes.put([scrape(shape(), _now_ms() + 1000)], is_due=True)
    wait_for(lambda: len(receiver.stored) == 6, "both arrive")
    assert asked[1] - asked[0] >= 2.0


def test_an_answer_that_was_lost_loses_no_reading(start: Start, receiver: Receiver, tmp_path: Path) -> None:
    """The collector has it, and the agent does not know: the line ends, or the answer comes too late."""
    took: list[Write] = []

    def answer(write: Write) -> Answer:
        took.append(write)
        if len(took) == 2:
            receiver.stored.update({(one.series, one.at_ms): one.value for one in write.samples})
            raise ConnectionResetError
        if len(took) == 4:
            time.sleep(1.5)  # more than the agent waits
        return Answer()

    receiver.answer = answer
    lanes, at_ms = start(receiver.url, timeout_s=1), _now_ms()
    for at in range(6):
        lanes.put([scrape(shape(), at_ms + at)])
        wait_for(lambda at=at: len(receiver.stored) == 3 * (at + 1), "it arrives")  # type: ignore[misc]
    wait_for(lambda: len(took) >= 8, "what was not known to have arrived came again")
    lanes.stop(5.0)
    assert receiver.again > 0
    assert _spooled(tmp_path) == []


def test_of_a_reading_in_several_writes_all_have_to_arrive(start: Start, receiver: Receiver, tmp_path: Path) -> None:
    receiver.answer = lambda write: Answer(503) if len(receiver.writes) in {2, 3, 5} else Answer()
    lanes, of = start(receiver.url), shape(9000)
    lanes.put([scrape(of, _now_ms())])
    wait_for(lambda: len(receiver.stored) == 9000, "all of it arrives", 120)
    lanes.stop(5.0)
    assert max(len(write.samples) for write in receiver.writes) < 9000
    assert _spooled(tmp_path) == []


@pytest.mark.parametrize("away", ["kept", "taken"])
def test_a_process_that_dies_before_or_after_the_answer_loses_no_reading(
    start: Start, receiver: Receiver, tmp_path: Path, away: str
) -> None:
    """What a kill leaves: a spool that knows of no answer, whether there was one or not."""
    receiver.answer = lambda _: Answer() if away == "taken" else Answer(503)
    lanes, of, at_ms = start(receiver.url), shape(), _now_ms()
    lanes.keeper.settle = lambda *_: None  # type: ignore[method-assign]
    lanes.put([scrape(of, at_ms + at) for at in range(5)])
    wait_for(lambda: len(receiver.writes) > 0, "it is sent")
    lanes.stop(5.0)
    receiver.answer = lambda _: Answer()
    known = len(receiver.writes)
    again = start(receiver.url)
    again.put([scrape(of, at_ms + 5)])
    # What was taken already is there before it is sent again, so what counts is what the second process sent.
    wait_for(lambda: sum(len(write.samples) for write in receiver.writes[known:]) >= 18, "all of it is sent", 60)
    assert len(receiver.stored) == 18
    again.stop(5.0)
    assert _spooled(tmp_path) == []


def test_a_reading_that_is_due_is_an_occasion_to_look_if_the_line_is_back(
    start: Start, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Backoff, "wait_s", lambda _self, _asked_s=None: 3600.0)
    receiver.answer = lambda _: Answer(503)
    lanes = start(receiver.url)
    lanes.put([scrape(shape(), _now_ms())])
    wait_for(lambda: lanes.failing[0] == "busy", "the line is down")
    receiver.answer = lambda _: Answer()
    lanes.put([scrape(shape(), _now_ms() + 1000)], is_due=True)
    wait_for(lambda: len(receiver.stored) == 6, "both arrive")


def test_readings_of_the_future_are_set_aside(start: Start, receiver: Receiver, totals: Totals, tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "spool"))
    spool.put(scrape(shape(), _now_ms() + 86_400_000))
    spool.put(scrape(shape(), _now_ms() - 86_400_000))
    spool.close()
    clock = Clock()
    clock.heard(time.time(), 0.0)
    start(receiver.url, clock).put([scrape(shape(1), _now_ms())])
    wait_for(lambda: len(receiver.stored) == 4, "the others arrive", 120)
    assert totals.refused["future"] == 3
    assert max(at for _series, at in receiver.stored) <= _now_ms()


def _stop_s(lanes: Lanes) -> float:
    begin = time.monotonic()
    lanes.stop(1.5)
    return time.monotonic() - begin


def _dead() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _times(of: list[Scrape]) -> list[int]:
    return sorted(one.at_ms for one in of)


def test_a_stop_in_an_outage_loses_nothing(start: Start, tmp_path: Path) -> None:
    lanes, of, begin_ms = start(_dead()), shape(), _now_ms()
    lanes.put([scrape(of, begin_ms + at) for at in range(50)])
    wait_for(lambda: bool(lanes.failing[0]), "the line is down")
    lanes.put([scrape(of, begin_ms + 50)])
    lanes.stop(1.5)
    assert _times(_spooled(tmp_path)) == [begin_ms + at for at in range(51)]


def test_a_stop_while_nobody_answers_loses_nothing(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lanes = start(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=300.0)
        at_ms = _now_ms()
        lanes.put([scrape(shape(), at_ms)])
        silent.accept()[0].close()
        sock, _ = silent.accept()
        lanes.stop(1.5)
        sock.close()
    assert _times(_spooled(tmp_path)) == [at_ms]


def test_what_comes_last_is_sent_before_the_end(start: Start, receiver: Receiver, tmp_path: Path) -> None:
    lanes, at_ms = start(receiver.url), _now_ms()
    lanes.put([scrape(shape(), at_ms)])
    lanes.stop(10.0)
    assert len(receiver.stored) == 3
    assert _spooled(tmp_path) == []


def test_without_a_disk_readings_are_sent_nevertheless(receiver: Receiver, totals: Totals) -> None:
    def none() -> Spool:
        raise OSError(28, "No space left on device")

    told = push(receiver.url)
    lanes = Lanes(told, none, To(told), Clock(), totals)
    lanes.start()
    lanes.put([scrape(shape(), _now_ms())])
    wait_for(lambda: len(receiver.stored) == 3, "it arrives")
    receiver.answer = lambda _: Answer(503)
    lanes.put([scrape(shape(), _now_ms())])
    wait_for(lambda: bool(lanes.failing[0]), "the line is down")
    receiver.answer = lambda _: Answer()
    wait_for(lambda: len(receiver.stored) == 6, "it waited in memory")
    lanes.stop(2.0)
    assert totals.lost == 0


def test_what_a_read_only_disk_holds_is_sent(receiver: Receiver, totals: Totals, tmp_path: Path) -> None:
    class ReadOnly(Spool):
        def put(self, scrape: Scrape) -> int | None:
            return None

        def put_all(self, scrapes: Sequence[Scrape]) -> list[int | None]:
            return [None] * len(scrapes)

    spool = Spool(str(tmp_path / "spool"))
    for at in range(5):
        spool.put(scrape(shape(), _now_ms() - 3_600_000 + at))
    spool.close()
    told = push(receiver.url)
    lanes = Lanes(told, lambda: ReadOnly(str(tmp_path / "spool")), To(told), Clock(), totals, begin_s=0.0)
    lanes.start()
    lanes.put([scrape(shape(), _now_ms())])
    wait_for(lambda: len(receiver.stored) == 18, "what is new and what was kept arrive")
    lanes.stop(2.0)
    assert receiver.again == 0
