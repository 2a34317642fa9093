"""The pool of randomness of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

POOL: dict[str, str | None] = {
    "sys/kernel/random/entropy_avail": "1337\n",
    "sys/kernel/random/poolsize": "4096\n",
}


def test_what_it_holds_and_can_hold(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, POOL).exposition("entropy", reader="proc") == (
        "node_entropy_available_bits 1337\nnode_entropy_pool_size_bits 4096\n"
    )


@pytest.mark.parametrize(
    ("text", "state"), [(None, "no-data"), ("", "failed"), ("many\n", "failed")], ids=["none", "empty", "a word"]
)
def test_what_is_not_told_is_told_so(tmp_path: Path, text: str | None, state: str) -> None:
    host = FakeHost.write(tmp_path, {**POOL, "sys/kernel/random/poolsize": text})
    readings = Readings(host.reader("entropy", reader="proc"))
    readings.take()
    assert [(outcome.state, outcome.samples) for outcome in readings.outcomes] == [(state, 0)]
    assert readings.outcomes[0].reason
