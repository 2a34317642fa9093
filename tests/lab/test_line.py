"""One direction of a wire, frame by frame on a clock of its own."""

from __future__ import annotations

import pytest

from tests.lab.tapwire.bounds import find_fault
from tests.lab.tapwire.line import HELD_LIMIT_BYTES, Line

FRAME = b"x" * 1_000


def arrivals(line: Line, frames: list[bytes], gap_s: float = 0.001, start: float = 100.0) -> list[tuple[float, bytes]]:
    """Send frames with a gap between them and return when each came out, looking at every moment one is due."""
    out: list[tuple[float, bytes]] = []

    def drain(until: float) -> None:
        while (at := line.next_at()) is not None and at <= until:
            while (frame := line.pop_due(at)) is not None:
                out.append((at, frame))

    for number, frame in enumerate(frames):
        now = start + number * gap_s
        drain(now)
        if line.accept(frame, now):
            out.append((now, frame))
    drain(float("inf"))
    return out


def numbered(count: int) -> list[bytes]:
    return [number.to_bytes(4, "big") + FRAME for number in range(count)]


def test_a_plain_line_delivers_at_once() -> None:
    assert arrivals(Line(1), [FRAME, FRAME], gap_s=0.5) == [(100.0, FRAME), (100.5, FRAME)]


def test_delay_is_added_to_each_frame() -> None:
    line = Line(1)
    line.reshape({"delay_ms": 40}, 100.0)
    assert [round(at, 6) for at, _ in arrivals(line, [FRAME] * 3, gap_s=0.01)] == [100.04, 100.05, 100.06]


def test_jitter_varies_the_delay_both_ways_and_never_the_order() -> None:
    line = Line(1)
    line.reshape({"delay_ms": 40, "jitter_ms": 10}, 100.0)
    sent = numbered(500)
    came = arrivals(line, sent, gap_s=0.005)
    assert [frame for _, frame in came] == sent
    took = [at - 100.0 - number * 0.005 for number, (at, _) in enumerate(came)]
    assert min(took) >= 0.03 - 1e-9
    assert max(took) <= 0.05 + 1e-9
    assert max(took) - min(took) > 0.015


def test_jitter_wider_than_the_delay_delivers_no_frame_before_it_was_sent() -> None:
    line = Line(1)
    line.reshape({"delay_ms": 1, "jitter_ms": 50}, 100.0)
    came = arrivals(line, numbered(200), gap_s=1.0)
    assert len(came) == 200
    assert all(at >= 100.0 + number for number, (at, _) in enumerate(came))


@pytest.mark.parametrize("loss", [0.0, 0.3, 1.0])
def test_loss_takes_its_share(loss: float) -> None:
    line = Line(7)
    line.reshape({"loss": loss}, 100.0)
    came = arrivals(line, numbered(10_000))
    assert line.lost == 10_000 - len(came)
    assert line.lost == pytest.approx(10_000 * loss, abs=0 if loss in (0.0, 1.0) else 200)


def test_the_same_seed_loses_the_same_frames() -> None:
    def survivors(seed: int) -> list[tuple[float, bytes]]:
        line = Line(seed)
        line.reshape({"loss": 0.5, "jitter_ms": 3, "delay_ms": 5}, 100.0)
        return arrivals(line, numbered(300))

    assert survivors(3) == survivors(3)
    assert survivors(3) != survivors(4)


def test_a_rate_spreads_frames_and_its_queue_overflows() -> None:
    line = Line(1)
    line.reshape({"rate_bps": 80_000, "queue_bytes": 5_000}, 100.0)  # ten frames of 1,000 bytes a second
    came = arrivals(line, [FRAME] * 20, gap_s=0)
    assert [round(at, 6) for at, _ in came] == [100.1, 100.2, 100.3, 100.4, 100.5]
    assert line.overflowed == 15


def test_a_lost_frame_has_used_the_rate() -> None:
    line = Line(1)
    line.reshape({"rate_bps": 80_000, "loss": 1, "queue_bytes": 5_000}, 100.0)
    assert not line.accept(FRAME, 100.0)
    line.reshape({"loss": 0}, 100.0)
    line.accept(FRAME, 100.0)
    line.accept(FRAME, 100.0)
    assert line.next_at() == pytest.approx(100.1)


def test_a_cut_loses_what_is_under_way_and_counts_it() -> None:
    line = Line(1)
    line.reshape({"delay_ms": 1_000}, 100.0)
    for frame in numbered(5):
        line.accept(frame, 100.0)
    line.discard()
    assert line.next_at() is None
    assert line.counts()["cut_off"] == 5
    assert line.counts()["held"] == 0


def test_a_shorter_delay_holds_for_what_is_under_way() -> None:
    line = Line(1)
    line.reshape({"delay_ms": 60_000}, 100.0)
    sent = numbered(3)
    line.accept(sent[0], 100.0)
    line.accept(sent[1], 100.0)
    line.reshape({"delay_ms": 10}, 101.0)
    line.accept(sent[2], 101.0)
    came = arrivals(line, [], start=101.0)
    assert [frame for _, frame in came] == sent
    assert came[-1][0] == pytest.approx(101.01)


def test_a_higher_rate_drains_what_waits() -> None:
    line = Line(1)
    line.reshape({"rate_bps": 8_000, "queue_bytes": 100_000}, 100.0)  # a frame a second
    sent = numbered(10)
    for frame in sent:
        line.accept(frame, 100.0)
    line.reshape({"rate_bps": 0}, 100.5)
    came = arrivals(line, [], start=100.5)
    assert [frame for _, frame in came] == sent
    assert came[-1][0] == pytest.approx(100.5)


def test_what_a_line_holds_is_bounded() -> None:
    line = Line(1)
    line.reshape({"delay_ms": 60_000}, 100.0)
    frame = b"x" * 9_000
    offered = HELD_LIMIT_BYTES // len(frame) + 100
    for _ in range(offered):
        line.accept(frame, 100.0)
    held = line.counts()["held"]
    assert held * len(frame) <= HELD_LIMIT_BYTES
    assert line.overflowed == offered - held > 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"delay_ms": -1}, "delay_ms is 0 to 60000, not -1"),
        ({"loss": 1.01}, "loss is 0 to 1, not 1.01"),
        ({"loss": float("nan")}, "loss is a number from 0 to 1, not 'nan'"),
        ({"rate_bps": float("inf")}, "rate_bps is a number from 0 to 1e+12, not 'inf'"),
        ({"rate_bps": 1e-300}, "rate_bps is 0 for no limit, or 1 to 1e+12, not 1e-300"),
        ({"jitter_ms": "5"}, "jitter_ms is a number from 0 to 60000, not '5'"),
        ({"jitter_ms": True}, "jitter_ms is a number from 0 to 60000, not 'True'"),
        ({"queue_bytes": 100}, "queue_bytes is 1514 to 6.71089e+07, not 100"),
        ({"colour": 1}, "a line has no 'colour'; it has delay_ms, jitter_ms, loss, rate_bps, queue_bytes"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(values: dict[str, object], said: str) -> None:
    assert find_fault(values) == said
