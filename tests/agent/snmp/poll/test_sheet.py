from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.http.packed import Packer, Same
from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import SEQUENCE, encode, encode_integer
from regiowacht_agent.snmp.meaning.layout import Series
from regiowacht_agent.snmp.meaning.row import Cell
from regiowacht_agent.snmp.oid import Oid, encode_oid
from regiowacht_agent.snmp.poll.expected import Expected
from regiowacht_agent.snmp.poll.part import Part
from regiowacht_agent.snmp.poll.sheet import Sheet
from regiowacht_contract.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Iterable

ASSET = Polled("zandbeke", "stadhuis", "sw-1", "snmp", "connectiviteit")
PORTS = ("ifIndex", "ifName")
IN, OUT, USED, SIZE = (1, 3, 6, 1, 1), (1, 3, 6, 1, 2), (1, 3, 6, 1, 3), (1, 3, 6, 1, 4)


def metric(name: str, laag: str = "asset", labels: tuple[str, ...] = PORTS) -> Metric:
    return Metric(name, "gauge", "", f"What {name} is.", labels, laag, "test", monotonic=False)


def ports(name: str, column: Oid, rows: Iterable[int]) -> list[Series]:
    return [
        Series(metric(name), (str(row), f'port "{row}" 100%'), (Cell(column, (row,)),), None, slow=False)
        for row in rows
    ]


def answered(columns: tuple[Oid, ...], values: list[list[int]]) -> Expected:
    """Return the answer that rows of values are."""
    part = Part(columns, tuple((row,) for row in range(1, len(values) + 1)))
    expected = Expected(part, bytes([tags.GAUGE32]) * part.size)
    take(expected, values)
    return expected


def take(expected: Expected, values: list[list[int]]) -> None:
    cells = [value for row in values for value in row]
    listed = b"".join(
        encode(SEQUENCE, encode(6, encode_oid(name)) + encode_integer(value, tags.GAUGE32))
        for name, value in zip(expected.part.names, cells, strict=True)
    )
    head = encode(2, (1 << 24).to_bytes(4, "big")) + encode_integer(0) + encode_integer(0)
    expected.take(encode(pdu.RESPONSE, head + encode(SEQUENCE, listed)))


def samples(sheet: Sheet) -> dict[tuple[str, str], float]:
    text = "".join(one.head + one.lines.decode() for one in sheet.write())
    found = {
        (sample.name, sample.labels.get("ifIndex") or sample.labels.get("index", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert sum(one.samples for one in sheet.write()) == len(found) == text.count("\n") - 2 * len(list(sheet.write()))
    return found


def test_each_cell_becomes_the_series_that_it_is_of() -> None:
    both = answered((IN, OUT), [[1, 10], [2, 20], [3, 30]])
    sheet = Sheet(ASSET, ports("ifOut", OUT, (1, 2, 3)) + ports("ifIn", IN, (1, 2, 3)), [both])
    assert samples(sheet) == {("ifIn", str(row)): row for row in (1, 2, 3)} | {
        ("ifOut", str(row)): 10 * row for row in (1, 2, 3)
    }
    take(both, [[7, 70], [8, 80], [9, 90]])
    assert samples(sheet)["ifOut", "3"] == 90
    assert [one.name for one in sheet.write()] == ["ifIn", "ifOut"]


def test_labels_of_the_asset_and_of_the_row_stand_on_every_line() -> None:
    sheet = Sheet(ASSET, ports("ifIn", IN, (1,)), [answered((IN,), [[4]])])
    (written,) = sheet.write()
    assert written.head == "# HELP ifIn What ifIn is.\n# TYPE ifIn gauge\n"
    assert written.lines.decode() == (
        'ifIn{gemeente="zandbeke",scope="zandbeke/connectiviteit",site="stadhuis",instance="sw-1",job="snmp",'
        'ifIndex="1",ifName="port \\"1\\" 100%"} 4\n'
    )


def test_some_rows_of_a_column_in_any_order() -> None:
    column = answered((IN,), [[1], [2], [3], [4], [5]])
    sheet = Sheet(ASSET, ports("ifIn", IN, (5, 1, 2, 4)), [column])
    assert samples(sheet) == {("ifIn", str(row)): row for row in (1, 2, 4, 5)}


def test_a_column_in_pieces_is_one_metric() -> None:
    first = answered((IN,), [[1], [2]])
    second = Expected(Part((IN,), ((3,), (4,)), before=(2,)), bytes([tags.GAUGE32]) * 2)
    take(second, [[3], [4]])
    sheet = Sheet(ASSET, ports("ifIn", IN, (1, 2, 3, 4)), [first, second])
    assert samples(sheet) == {("ifIn", str(row)): row for row in (1, 2, 3, 4)}
    second.miss()
    assert samples(sheet) == {("ifIn", str(row)): row for row in (1, 2)}


def test_what_is_worked_out_of_several_cells_needs_all_of_them() -> None:
    ratio = metric("snmp_memory_usage_ratio", labels=("index", "name"))

    def of(used: int, size: int) -> float | None:
        return used / size if size else None

    used, size = answered((USED,), [[1], [2]]), answered((SIZE,), [[4], [0]])
    series = [
        Series(ratio, (str(row), "RAM"), (Cell(USED, (row,)), Cell(SIZE, (row,))), of, slow=False) for row in (1, 2)
    ]
    sheet = Sheet(ASSET, series, [used, size])
    assert samples(sheet) == {("snmp_memory_usage_ratio", "1"): 0.25}
    size.miss()
    assert samples(sheet) == {}


def test_what_is_always_one_is_always_there() -> None:
    info = Series(metric("snmp_device_info", labels=("index", "name")), ("", "ProCurve"), (), None, slow=True)
    sheet = Sheet(ASSET, [info], [])
    assert samples(sheet) == {("snmp_device_info", ""): 1}


def test_a_metric_of_another_laag_has_that_scope() -> None:
    series = [Series(metric("snmp_cpu_usage_ratio", "infrastructuur"), ("1", "a"), (Cell(IN, (1,)),), None, slow=False)]
    (written,) = Sheet(ASSET, series, [answered((IN,), [[4]])]).write()
    assert b'scope="zandbeke/infrastructuur"' in written.lines


def test_columns_with_the_same_rows_share_the_text_of_their_labels() -> None:
    both = answered((IN, OUT), [[1, 10], [2, 20], [3, 30]])
    sheet = Sheet(ASSET, ports("ifOut", OUT, (1, 2, 3)) + ports("ifIn", IN, (1, 2, 3)), [both])
    one, other = (group.strips[0].template for group in sheet._groups.values())
    assert one is other


def test_what_is_the_same_is_kept_compressed_until_it_changes() -> None:
    octets = answered((IN,), [[1], [2]])
    sheet = Sheet(ASSET, [*ports("ifIn", IN, (1, 2))], [octets])

    def kept(*, is_headed: bool = False) -> bytes | None:
        written = sheet.metric("ifIn", is_headed=is_headed)
        assert written is not None
        if written.shelf is not None:
            Packer().add(Same(written.lines, written.shelf))
        block = sheet.packed("ifIn", is_headed=is_headed)
        return None if block is None else zlib.decompressobj(-15).decompress(block.packed)

    assert kept() is None, "whether it stays the same is not known at the first page"
    told = kept()
    assert told is not None
    assert told.endswith(b" 2\n")
    assert sheet.packed("ifIn", is_headed=False) is not None
    assert sheet.packed("ifIn", is_headed=True) is None, "its head is with it"
    take(octets, [[1], [2]])
    assert sheet.packed("ifIn", is_headed=False) is not None, "an answer with the same values changes nothing"
    take(octets, [[1], [3]])
    assert sheet.packed("ifIn", is_headed=False) is None
    assert kept() is None
    assert (kept() or b"").endswith(b" 3\n")
    octets.miss()
    assert sheet.packed("ifIn", is_headed=False) is None, "what is not known any more is not told"
    assert sheet.metric("ifIn") is None


def test_what_is_worked_out_is_worked_out_again_where_its_values_change() -> None:
    taken: list[tuple[object, ...]] = []

    def ratio(*values: object) -> float | None:
        taken.append(values)
        used, size = map(float, map(str, values))
        return used / size if size else None

    answer = answered((USED, SIZE), [[1, 2], [3, 0]])
    rows = [
        Series(metric("used"), (str(row), "port"), (Cell(USED, (row,)), Cell(SIZE, (row,))), ratio, slow=False)
        for row in (1, 2)
    ]
    sheet = Sheet(ASSET, rows, [answer])
    for _ in range(2):
        assert samples(sheet) == {("used", "1"): 0.5}
    assert taken.count((1, 2)) == 1
    assert taken.count((3, 0)) >= 2, "what comes to nothing is counted each time"
    take(answer, [[1, 4], [3, 4]])
    assert samples(sheet) == {("used", "1"): 0.25, ("used", "2"): 0.75}
    take(answer, [[1, 0], [3, 4]])
    assert samples(sheet) == {("used", "2"): 0.75}
    take(answer, [[1, 4], [3, 4]])
    answer.miss()
    assert samples(sheet) == {}


def test_numbers_that_move_go_into_what_is_compressed_already() -> None:
    answer = answered((IN,), [[row] for row in range(101, 131)])
    sheet = Sheet(ASSET, ports("ifIn", IN, range(1, 31)), [answer])
    unpacked = []
    for turn in range(20):
        take(answer, [[row + turn] for row in range(101, 131)])
        written = sheet.metric("ifIn", packs=True)
        assert written
        if written.packed is not None:
            unpacked.append(zlib.decompressobj(-zlib.MAX_WBITS).decompress(written.packed))
            assert unpacked[-1] == written.lines
    assert len(unpacked) > 10
    take(answer, [[row] for row in range(99, 129)])
    changed = sheet.metric("ifIn", packs=True)
    assert changed
    assert changed.packed is None
    assert changed.lines.endswith(b" 128\n")
