"""The benchmark's own parts: a line that is cut or gets a damaged body, and what is counted as lost."""

from __future__ import annotations

import http.client
import socket
import time
from array import array
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.push.scrape import Scrape, Shape
from regiowacht_agent.spool.spool import Spool
from regiowacht_contract.wire.encode import head, request
from regiowacht_contract.wire.snappy import compress
from tests.benchmarks.push_faults import spooled
from tests.benchmarks.push_senders import NAME, SERIES, Line, Sender, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    made = Sender("none", tmp_path, lambda _: [])
    yield made
    made.close()


def _post(line: Line, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", line.port, timeout=30)
    try:
        connection.request("POST", "/api/v1/write", body)
        return connection.getresponse().status
    finally:
        connection.close()


def _body(reading: int, count: int = SERIES) -> bytes:
    heads = [head((("__name__", NAME), ("number", str(at)))) for at in range(count)]
    return compress(request(heads, [float(reading)] * count, 1_790_000_000_000 + reading))


def _read(source: Source) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", source.port, timeout=30)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    finally:
        connection.close()


def test_what_did_not_come_is_lost(sender: Sender) -> None:
    pages = [_read(sender.source) for _ in range(3)]
    assert pages[2].splitlines()[1] == b'made_up{number="1"} 2'
    assert _post(sender.line, _body(0)) == 204
    assert _post(sender.line, _body(2, count=SERIES - 1)) == 204
    assert sender.lost(3) == [*((at, 1) for at in range(SERIES)), (SERIES - 1, 2)]
    sender.kills_s = [sender.source.served_s[1] + 0.5]
    assert [sender.before_a_kill_s(reading) > 0.5 for reading in range(3)] == [True, False, False]


def test_a_page_for_a_reader_that_is_gone_is_no_reading(sender: Sender) -> None:
    with sender.source.lock, socket.create_connection(("127.0.0.1", sender.source.port)) as reader:
        reader.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
    assert b"made_up" in _read(sender.source)
    assert len(sender.source.served_s) == 1


def test_a_page_that_was_not_got_in_time_is_not_lost(sender: Sender) -> None:
    sender.source.served_s[:] = [time.monotonic() + reading for reading in range(4)]
    assert _post(sender.line, _body(0)) == 204
    assert _post(sender.line, _body(1)) == 204
    wall_s = time.time() - time.monotonic()
    up = [head((("__name__", "up"), ("instance", "srv-2")))]
    for reading, value in ((1, 1.0), (3, 0.0)):
        at_ms = round((sender.source.served_s[reading] + wall_s) * 1000)
        assert _post(sender.line, compress(request(up, [value], at_ms))) == 204
    assert sender.not_read(4) == {3}
    assert {reading for _, reading in sender.lost(4)} == {2}


def test_what_a_spool_holds_is_read_there_and_left_alone(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "spool"))
    told = [(("__name__", name), ("number", "0")) for name in (NAME, "up")]
    for reading in (4, 5, 7):
        for labels in told:
            of = Shape(labels[0][1], (head(labels),))
            assert spool.put(Scrape(1000 * reading, of, array("d", [float(reading)]))) is not None
    spool.close()
    assert spooled(tmp_path) == {4, 5, 7}
    assert spooled(tmp_path) == {4, 5, 7}
    assert spooled(tmp_path / "none") == set()


def test_a_cut_line_answers_nothing_and_a_damaged_body_is_refused(sender: Sender) -> None:
    damaged = b"\xff" + _body(0)[1:]
    assert _post(sender.line, damaged) == 400
    sender.line.is_cut = True
    with pytest.raises(ConnectionError):
        _post(sender.line, _body(0))
    assert sender.line.arrived_s == {}
    assert sender.line.unreadable == 1
