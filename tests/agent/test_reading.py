"""A family that fails never takes the others along, and is told about once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.block import Block, Layout, Still, render
from regiowacht_agent.family import Blocks, Metrics, NoData, Sample
from regiowacht_agent.host import Host
from regiowacht_agent.log import line
from regiowacht_agent.reader import Reader
from regiowacht_agent.reading import Readings
from regiowacht_contract.light import replace
from tests.agent.fake_host import PROC, FakeHost, samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_agent.block import Value

LOAD = Metrics.of("loadavg")["node_load1"]
REFUSED = Metrics.of("textfile")["regiowacht_textfile_refused_lines"]


class _Told:
    """Tells one value and then raises what it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def read(self, host: Host) -> Iterator[Sample]:
        yield Sample(LOAD, (), host.getloadavg()[0])
        if self.error is not None:
            raise self.error


class Always:
    """Tells one block whatever the host."""

    def __init__(self, block: Block) -> None:
        self.block = block

    def read(self, host: Host) -> Block:
        """Return it."""
        del host
        return self.block


def _family(error: Exception | None = None) -> Blocks:
    return Blocks(_Told(error))


def _success(readings: Readings) -> dict[str, float]:
    return {
        sample.labels[0]: sample.value
        for sample in samples(readings.take())
        if sample.metric.name == "node_scrape_collector_success"
    }


def test_a_failing_family_says_0_and_leaves_nothing_half_told() -> None:
    broken = _family(PermissionError(13, "Permission denied"))
    readings = Readings(Reader("test", Host(), {"bad": broken, "good": _family()}))
    told = samples(readings.take())
    assert [sample.metric.name for sample in told if sample.metric is LOAD] == ["node_load1"]
    assert _success(readings) == {"bad": 0, "good": 1}
    assert [outcome.state for outcome in readings.outcomes] == ["failed", "ok"]


def test_no_data_says_0_too_as_node_exporter_does_but_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    readings = Readings(Reader("test", Host(), {"none": _family(NoData("no sensors"))}))
    assert _success(readings) == {"none": 0}
    assert [outcome.state for outcome in readings.outcomes] == ["no-data"]
    assert readings.failing == {}
    assert caplog.records == []


def test_a_reason_is_logged_when_it_changes_and_not_at_every_scrape(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    family = _Told(ValueError("first"))
    readings = Readings(Reader("test", Host(), {"bad": Blocks(family)}))
    readings.take()
    readings.take()
    family.error = ValueError("second")
    readings.take()
    readings = Readings(readings.reader, readings)
    readings.take()
    family.error = None
    readings.take()
    readings.take()
    assert [record.getMessage() for record in caplog.records] == [
        'event=family-failed family=bad reason="ValueError: first"',
        'event=family-failed family=bad reason="ValueError: second"',
        "event=family-recovered family=bad",
    ]
    assert readings.count == 6


def test_a_broken_file_of_proc_fails_its_family_alone(tmp_path: Path) -> None:
    fake = FakeHost.write(tmp_path, {"diskstats": "8 0 sda what is this\n", "net/dev": None})
    readings = Readings(fake.reader("diskstats", "netdev", "stat", "meminfo"))
    assert _success(readings) == {"diskstats": 0, "netdev": 0, "stat": 1, "meminfo": 1}
    told = render(readings.take()).decode()
    assert "node_context_switches_total 654321\n" in told
    assert "node_disk_" not in told


def test_a_missing_proc_fails_what_needs_it(tmp_path: Path) -> None:
    fake = FakeHost.write(tmp_path, dict.fromkeys(PROC))
    success = _success(Readings(fake.reader("cpu", "meminfo", "stat", "loadavg", "uname")))
    assert success == {"cpu": 0, "meminfo": 0, "stat": 0, "loadavg": 1, "uname": 1}


NO_NUMBERS = [
    "garbage", "", "0x10", "1 2", "--", "6-5", "7_038", "1.2.3", ".", "-nan", "+nan", "1e999", "9" * 400, "0x1p4",
    " 5", "5 ", "5\r", "5\x0c", "5\x1c", "\u0661\u0662", "\u00b2", "\u00a05", "\udcb2", "5\0", "1,2",
    "-", "1e", "--5", "0b1",
]  # fmt: skip
"""What is no number, or none that Prometheus takes."""

NUMBERS = [
    "-1", "0.25", "1e+16", "NaN", "+Inf", "-inf", "Infinity", "5.", ".5", "+5", "007", "1E5", "1e-999", "9" * 308,
    "18446744073709551615",
]  # fmt: skip


@pytest.mark.parametrize("word", NO_NUMBERS)
def test_a_value_that_is_no_number_fails_its_family_alone(tmp_path: Path, word: str) -> None:
    host = FakeHost.write(tmp_path, {"vmstat": "pswpin 1\npgfault 2\n"})
    reader = host.reader("loadavg", "vmstat", reader="proc")
    bad = Block(Layout([(LOAD, ())]), [word])
    readings = Readings(replace(reader, families={**reader.families, "loadavg": Always(bad)}))
    told = render(readings.take()).decode()
    assert "node_load1" not in told
    assert "node_vmstat_pgfault 2\n" in told
    assert readings.outcomes[0].reason == f"ValueError: node_load1 is {word!r}, which is no number"


@pytest.mark.parametrize("beside", [[], [7, 0.5], ["1", "22", "0.25"] * 200])
@pytest.mark.parametrize("word", NO_NUMBERS)
def test_nor_does_one_among_many_pass(word: str, beside: list[Value]) -> None:
    for values in ([word, *beside], [*beside, word], [*beside, word, *beside]):
        layout = Layout([(REFUSED, (str(number),)) for number in range(len(values))])
        readings = Readings(Reader("test", Host(), {"bad": Always(Block(layout, values))}))
        readings.take()
        assert readings.outcomes[0].reason.endswith(f"{word!r}, which is no number")


@pytest.mark.parametrize("word", [*NUMBERS, 7, 0.5])
def test_every_number_is_told_as_it_came(word: str | float) -> None:
    readings = Readings(Reader("test", Host(), {"good": Always(Block(Layout([(LOAD, ())]), [word]))}))
    assert f"node_load1 {word}\n" in render(readings.take()).decode()
    assert readings.outcomes[0].state == "ok"


def test_log_values_are_quoted_where_they_must() -> None:
    said = line("x", a="plain", b='two "words"', c="new\nline", d="", e=3)
    assert said == 'event=x a=plain b="two \\"words\\"" c="new\\nline" d="" e=3'


def test_a_name_in_the_log_cannot_steer_the_terminal_of_who_reads_it() -> None:
    said = line("x", a="\x1b[31mrood.prom", b="a\rb", c="caf\u00e9", d="\u202egnp", e="\udce9.prom")
    assert said == 'event=x a="\\u001b[31mrood.prom" b="a\\u000db" c=caf\u00e9 d="\\u202egnp" e="\\udce9.prom"'


def test_a_block_that_stays_is_looked_at_once_and_a_broken_one_fails_every_time() -> None:
    layout = Layout([(LOAD, ())])
    bad = Always(Still(layout, ["garbage"]))
    readings = Readings(Reader("test", Host(), {"bad": bad, "good": Always(Still(layout, ["1"]))}))
    for _ in range(3):
        assert "node_load1 1\n" in render(readings.take()).decode()
        assert [outcome.state for outcome in readings.outcomes] == ["failed", "ok"]
    bad.block = Still(layout, ["2"])
    assert "node_load1 2\n" in render(readings.take()).decode()
