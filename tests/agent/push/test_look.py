"""What check and status say of pushing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.push.fit import LEAST_MB, size_max_mb
from regiowacht_agent.push.look import look, said_duration
from regiowacht_agent.status import read
from regiowacht_agent.status_push import push_status
from regiowacht_contract.texts import keys

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.config import Config

DEVICE = """
[[device]]
instance = "sw-{at}"
site = "hall"
laag = "connectiviteit"
address = "10.0.0.{at}"
version = "2c"
community = "env:COMMUNITY"
"""


def _config(folder: Path, text: str = "", devices: int = 0) -> Config:
    file = folder / "agent.toml"
    told = "".join(DEVICE.format(at=at) for at in range(1, devices + 1))
    who = '[asset]\ngemeente = "zandbeke"\nsite = "hall"\ninstance = "srv-1"\n'
    file.write_text(f'{who}[push]\nurl = "https://collector.example"\nstate = "{folder}/state"\n{text}{told}')
    return load(file, {})


def test_a_server_waits_for_two_weeks(tmp_path: Path) -> None:
    found = look(_config(tmp_path), 600)
    assert found is not None
    assert found.problems == ()
    assert list(found.lines("en")) == [
        "sends every 15 s to https://collector.example",
        f"without a connection it keeps everything in {tmp_path}/state/spool, 512 MB at most: enough for about 14 days",
        "has no credential; a collector of Regiowacht then takes nothing: join with regiowacht agent join",
    ]


def test_a_poller_gets_as_much_as_three_days_take(tmp_path: Path) -> None:
    assert size_max_mb(_config(tmp_path)) == LEAST_MB
    config = _config(tmp_path, devices=100)
    found = look(config, 600)
    assert found is not None
    assert size_max_mb(config) > LEAST_MB
    assert 70 <= found.holds_s / 3600 <= 74
    assert size_max_mb(_config(tmp_path, "spool_max_mb = 100\n", devices=100)) == 100


def test_an_agent_that_is_scraped_has_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text("")
    assert look(load(tmp_path / "agent.toml", {}), 600) is None
    assert push_status([("up", {}, 1.0)]) is None


def test_what_is_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "credential").write_text("")
    (tmp_path / "no-folder").write_text("")
    text = f'spool = "{tmp_path}/no-folder/spool"\nca = "{tmp_path}/ca.pem"\nproxy = "http://proxy.example:3128"\n'
    found = look(_config(tmp_path, text + 'proxy_login = "env:NO_SUCH_LOGIN"\n'), 600)
    assert found is not None
    assert [word for word, _about in found.problems] == ["folder", "credential", "proxy-login", "ca"]
    lines = list(found.lines("nl"))
    assert sum("NIET GOED" in line for line in lines) == 4
    assert any(f"{tmp_path}/ca.pem" in line for line in lines)


PAGE = """
regiowacht_agent_push_writes_total{lane="live",outcome="taken"} 12
regiowacht_agent_push_samples_total{lane="live"} 1000
regiowacht_agent_push_samples_total{lane="backlog"} 234
regiowacht_agent_push_refused_samples_total{reason="old"} 7
regiowacht_agent_push_lost_samples_total 1
regiowacht_agent_push_last_success_timestamp_seconds 1790000000
regiowacht_agent_push_failed{reason="credential"} 1
regiowacht_agent_push_clock_offset_seconds -3600
regiowacht_agent_push_clock_steps_total 1
regiowacht_agent_spool_size_bytes 4096
regiowacht_agent_spool_waiting_samples 99
regiowacht_agent_spool_oldest_timestamp_seconds 1790000000
regiowacht_agent_spool_holds_seconds 86400
regiowacht_agent_spool_dropped_samples_total{reason="size"} 2
regiowacht_agent_spool_thinned_samples_total 3
regiowacht_agent_spool_damaged_readings_total 4
regiowacht_agent_spool_in_trouble 1
"""


def test_status_says_what_waits_and_why() -> None:
    found = push_status(read(PAGE))
    assert found is not None
    assert not found.is_fine
    assert (found.sent, found.waiting, found.gone, found.damaged) == (1234, 99, 6, 4)
    assert found.refused == {"old": 7}
    said = "\n".join(found.lines("en"))
    for words in (
        "1234 values",
        "join again with regiowacht agent join",
        "99 values, the oldest from",
        "about 24.0 hours",
        "old: 7",
        "6 values that could not be kept any longer, 4 readings",
        "takes nothing now",
        "-3600 s ahead",
    ):
        assert words in said
    assert found.as_json()["failing"] == "credential"


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(0, "0 s"), (119, "119 s"), (120, "2 minuten"), (7199, "120 minuten"), (7200, "2.0 uur"), (172_800, "2 dagen")],
)
def test_a_duration_is_said_in_the_largest_unit_of_which_there_are_two(seconds: float, says: str) -> None:
    assert said_duration(seconds, "nl") == says


def test_every_reason_has_its_words() -> None:
    words = {"name", "unreachable", "timeout", "tls", "protocol", "secret", "proxy"}
    words |= {"credential", "busy", "server", "address", "internal"}
    assert {f"sending.why-{word}" for word in words} <= set(keys())
