"""Open files of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_open_and_what_may_be(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"sys/fs/file-nr": "1024\t0\t9223372036854775807\n"})
    assert host.exposition("filefd", reader="proc") == (
        "node_filefd_allocated 1024\nnode_filefd_maximum 9223372036854775807\n"
    )


def test_a_file_cut_off_fails_with_its_reason(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path, {"sys/fs/file-nr": "1024\n"}).reader("filefd", reader="proc"))
    readings.take()
    assert [(outcome.state, outcome.samples) for outcome in readings.outcomes] == [("failed", 0)]
    assert readings.outcomes[0].reason == "ValueError: 1 values for 2 series"
