"""What devices answered comes to the same readings as their page."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

from regiowacht_agent.push.capture import Capture
from regiowacht_agent.push.meanings import of_comments
from regiowacht_agent.push.sheets import DeviceCapture, SheetCapture
from regiowacht_agent.snmp.meaning.layout import Series
from regiowacht_agent.snmp.meaning.row import Cell
from regiowacht_agent.snmp.poll.sheet import Sheet
from regiowacht_contract.wire.staleness import is_absent, is_stale
from tests.agent.snmp.asking import asking, config_of, entry, is_told, page_of, until
from tests.agent.snmp.fake_agent import serving
from tests.agent.snmp.poll.switch import switch
from tests.agent.snmp.poll.test_sheet import ASSET, IN, OUT, SIZE, USED, answered, metric, ports, take

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.push.scrape import Scrape

ROWS = (1, 2, 3)


def told(scrapes: list[Scrape]) -> dict[bytes, object]:
    found: dict[bytes, object] = {}
    for scrape in scrapes:
        words = ["ended" if is_stale(one) else "absent" if is_absent(one) else one for one in scrape.values]
        found |= dict(zip(scrape.shape.heads, words, strict=True))
    return found


def of_page(sheet: Sheet) -> dict[bytes, object]:
    page = b"".join(one.lines for one in sheet.write()).decode()
    return told([Capture("x").page(page, 0)])


def test_a_sheet_comes_to_what_its_page_comes_to() -> None:
    first, second = answered((IN, OUT), [[1, 10], [2, 20], [3, 30]]), answered((USED, SIZE), [[5, 50]])
    ratio = Series(metric("used"), ("1", "x"), (Cell(USED, (1,)), Cell(SIZE, (1,))), _ratio, slow=False)
    info = Series(metric("info"), ("1", 'a"b'), (), None, slow=False)
    sheet = Sheet(ASSET, [*ports("ifIn", IN, ROWS), *ports("ifOut", OUT, ROWS), ratio, info], [first, second])
    capture = SheetCapture("zandbeke/sw-1/snmp")
    (scrape,) = capture.take(sheet, 5)
    assert (scrape.at_ms, scrape.shape.source) == (5, "zandbeke/sw-1/snmp")
    assert told([scrape]) == of_page(sheet)
    assert len(told([scrape])) == 8
    heads = [row for one in sheet.write() for row in one.head.splitlines()]
    assert list(capture.meanings()) == list(of_comments(heads)) != []
    take(first, [[1, 11], [2, 20], [4, 30]])
    (later,) = capture.take(sheet, 6)
    assert told([later]) == of_page(sheet) != told([scrape])
    assert later.shape is scrape.shape
    assert told([scrape]) != told([later]), "what was given away stays as it was"


def _ratio(used: object, size: object) -> float | None:
    assert isinstance(used, int)
    assert isinstance(size, int)
    return used / size if size else None


def test_what_has_no_value_any_more_ends_once_and_comes_back() -> None:
    answer, other = answered((IN,), [[1], [2]]), answered((USED, SIZE), [[5, 50]])
    ratio = Series(metric("used"), ("1", "x"), (Cell(USED, (1,)), Cell(SIZE, (1,))), _ratio, slow=False)
    capture, sheet = SheetCapture("x"), Sheet(ASSET, [*ports("ifIn", IN, (1, 2)), ratio], [answer, other])
    capture.take(sheet, 0)
    answer.miss()
    take(other, [[5, 0]])
    found = [list(told(capture.take(sheet, at)).values()) for at in range(2)]
    take(answer, [[1], [2]])
    take(other, [[5, 10]])
    assert found == [["ended", "ended", "ended"], ["absent", "absent", "absent"]]
    assert list(told(capture.take(sheet, 3)).values()) == [1.0, 2.0, 0.5]


def test_a_device_that_is_learnt_anew_keeps_its_shape_and_ends_what_it_has_no_more() -> None:
    capture = SheetCapture("x")
    (first,) = capture.take(Sheet(ASSET, ports("ifIn", IN, ROWS), [answered((IN,), [[1], [2], [3]])]), 0)
    (same,) = capture.take(Sheet(ASSET, ports("ifIn", IN, ROWS), [answered((IN,), [[4], [5], [6]])]), 1)
    assert same.shape is first.shape
    ended, rest = capture.take(Sheet(ASSET, ports("ifIn", IN, ROWS[:2]), [answered((IN,), [[7], [8]])]), 2)
    assert told([ended]) == {first.shape.heads[2]: "ended"}
    assert list(told([rest]).values()) == [7.0, 8.0]
    (gone,) = capture.take(None, 3)
    assert told([gone]) == dict.fromkeys(first.shape.heads[:2], "ended")
    assert capture.take(None, 4) == []


def test_one_that_is_learnt_anew_and_does_not_answer_a_part_ends_that() -> None:
    capture = SheetCapture("x")
    capture.take(Sheet(ASSET, ports("ifIn", IN, ROWS), [answered((IN,), [[1], [2], [3]])]), 0)
    answer = answered((IN,), [[1], [2], [3]])
    answer.miss()
    (scrape,) = capture.take(Sheet(ASSET, ports("ifIn", IN, ROWS), [answer]), 1)
    assert list(told([scrape]).values()) == ["ended"] * 3


def test_a_switch_comes_to_what_its_page_comes_to(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(serving(switch(range(1, 20))))[1]
        devices = stack.enter_context(asking(config_of(tmp_path, entry("sw", server.port, engine="fast"))))
        until(lambda: is_told(devices.asked[0]))
        devices.stop()
        ((asked, latest),) = devices.told()
        capture = DeviceCapture(asked.asset)
        scrapes = capture.take(asked, latest, 7)
        lines = "".join(line + "\n" for line in page_of(devices).splitlines() if not line.startswith("#"))
        assert told(scrapes) == told([Capture("x").page(re.sub(r" (\d+)\n", r" \1\n", lines), 0)])
        assert {scrape.at_ms for scrape in scrapes} == {7}
        ended = told(capture.end(8))
        assert ended.keys() == told(scrapes).keys()
        assert set(ended.values()) == {"ended"}
