"""A server that has more to tell than the collector takes loses what is most of it, with the reason, and not all."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
import yaml

from regiowacht_agent.block import Block, Layout
from regiowacht_agent.config import settings
from regiowacht_agent.extra.textfile.family import FILES_MAX, FULL_FILES_MAX
from regiowacht_agent.family import Metrics
from regiowacht_agent.host import Host
from regiowacht_agent.reader import Reader
from regiowacht_agent.reading import SERIES_MAX, Readings
from regiowacht_agent.reasons import in_words
from regiowacht_agent.settings import Number
from regiowacht_collector import render as render_region
from regiowacht_contract.defaults import METRICS_SERIES_MAX
from tests.agent.fake_host import samples
from tests.collector.regions import example

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from regiowacht_agent.block import Value
    from tests.agent.agent_process import AgentProcess

ARP = Metrics.of("arp")["node_arp_entries"]


class _Of:
    """A family that tells so many series."""

    def __init__(self, name: str, count: int) -> None:
        self._layout = Layout([(ARP, (f"{name}{number}",)) for number in range(count)])
        self.count = count

    def read(self, host: Host) -> Block:
        del host
        values: list[Value] = [1] * self.count
        return Block(self._layout, values)


def _readings(**counts: int) -> Readings:
    return Readings(Reader("test", Host(), {name: _Of(name, count) for name, count in counts.items()}))


def _told(readings: Readings) -> set[str]:
    """Return the families that one reading tells something of."""
    return {sample.labels[0].rstrip("0123456789") for sample in samples(readings.take()) if sample.metric is ARP}


def test_as_much_as_the_collector_takes_is_told_whole() -> None:
    readings = _readings(few=10, most=SERIES_MAX - 10)
    assert _told(readings) == {"few", "most"}
    assert readings.failing == {}


@pytest.mark.parametrize(
    ("counts", "kept"),
    [
        ({"few": 10, "none": 0, "most": SERIES_MAX - 9}, {"few"}),
        ({"most": 70_000, "few": 10, "some": 100}, {"few", "some"}),
        ({"few": 10, "large": 15_000, "larger": 16_000}, {"few", "large"}),
        ({"large": 20_000, "few": 10, "larger": 20_001}, {"few"}),
    ],
)
def test_what_is_too_much_costs_the_families_that_tell_most(counts: dict[str, int], kept: set[str]) -> None:
    readings = _readings(**counts)
    assert _told(readings) == kept
    out = {name for name, count in counts.items() if count} - kept
    assert readings.failing.keys() == out
    assert {outcome.family for outcome in readings.outcomes if outcome.state == "failed"} == out
    assert [outcome.samples for outcome in readings.outcomes] == [
        0 if name in out else count for name, count in counts.items()
    ]


def test_the_reason_is_said_once_and_in_two_languages(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    readings = _readings(most=SERIES_MAX + 1, few=1)
    readings.take()
    readings.take()
    (record,) = caplog.records
    assert "family=most" in record.getMessage()
    assert in_words(readings.failing["most"], "nl").startswith(f"te veel reeksen: de collector neemt er {SERIES_MAX}")


def test_a_full_page_fits_with_what_the_agent_says_of_itself(start_agent: Callable[..., AgentProcess]) -> None:
    """What an agent says of itself and of each family is in the room that is left for it."""
    _, text = start_agent().get()
    own = re.compile(r"regiowacht_agent|node_scrape|process_|python_")
    assert len([row for row in text.splitlines() if own.match(row)]) < (METRICS_SERIES_MAX - SERIES_MAX) / 2


def test_the_collector_takes_what_an_agent_may_tell() -> None:
    jobs = {
        job["job_name"]: job for job in yaml.safe_load(render_region(example())["prometheus.yml"])["scrape_configs"]
    }
    assert jobs["node"]["sample_limit"] == METRICS_SERIES_MAX
    most = {one.key: one.kind.maximum for one in settings() if isinstance(one.kind, Number)}
    told_of_files = 3 * FILES_MAX
    assert most["textfile.series_max"] + told_of_files < SERIES_MAX - 3_000, "scripts leave room for the host itself"
    assert jobs["node"]["body_size_limit"] == "32MB"
    assert most["textfile.file_max_bytes"] * FULL_FILES_MAX < 26_000_000


def test_scripts_that_fill_a_page_are_told_as_far_as_they_fit_and_the_page_is_whole(
    start_agent: Callable[..., AgentProcess], tmp_path: Path
) -> None:
    for name, size in (("wild", 20_000), ("filled", 11_999), ("small", 1)):
        rows = "".join(f'{name}{{number="{number}"}} 1\n' for number in range(size))
        (tmp_path / f"{name}.prom").write_text(rows)
    words = f'listen = "127.0.0.1:0"\n[textfile]\ndirectory = "{tmp_path}"\nseries_max = 12000\n'
    (tmp_path / "agent.toml").write_text(words)
    _, text = start_agent("--config", str(tmp_path / "agent.toml")).get()
    told = [row for row in text.splitlines() if not row.startswith("#")]
    assert [sum(row.startswith(f"{name}{{") for row in told) for name in ("wild", "filled", "small")] == [0, 11_999, 1]
    assert len(told) <= METRICS_SERIES_MAX
    assert 'reason="too-many"' in text
