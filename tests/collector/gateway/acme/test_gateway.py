"""``collector run`` with ACME: its first certificate, the next one without a restart, and what its page says."""

from __future__ import annotations

import socket
import ssl
import stat
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.ports import free_port
from regiowacht_inventory import example_path
from tests.collector.gateway.acme.authority import NAME, Authority, authority
from tests.collector.gateway.test_serving import LISTEN, collector, run
from tests.collector.live import until
from tests.parts import need

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

LIFE_S = 45
SOMEWHERE = ("--gateway-acme", "https://a.example/dir", "--gateway-acme-domain", NAME)
WITHIN_S = 240.0


def switches(at: Authority) -> list[str]:
    words = [*LISTEN, "--gateway-acme", at.directory, "--gateway-acme-domain", NAME, "--gateway-acme-agree-terms"]
    return [*words, "--gateway-acme-http", f"127.0.0.1:{at.http_port}", "--gateway-acme-ca", str(at.ca)]


def shown(url: str, root: str) -> tuple[str, float]:
    """Return number and end of the certificate that a client who checks it is shown, ("", 0) where none is."""
    trusting = ssl.create_default_context(cadata=root)
    port = int(url.rpartition(":")[2])
    try:
        line = socket.create_connection(("127.0.0.1", port), 10)
        with line, trusting.wrap_socket(line, server_hostname=NAME) as secure:
            found = secure.getpeercert() or {}
    except OSError:
        return "", 0.0
    return str(found["serialNumber"]), ssl.cert_time_to_seconds(str(found["notAfter"]))


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_gateway_gets_its_certificate_and_the_next_one_while_it_runs(tmp_path: Path) -> None:
    with authority(tmp_path / "pebble", LIFE_S) as at, run(tmp_path / "data", *switches(at)) as running:
        root = at.root()
        numbers: list[str] = []
        until(lambda: _another(numbers, running.gateway, root) == 2, within_s=WITHIN_S)
        name = "regiowacht_gateway_acme_orders_total"
        until(lambda: running.values(name, "result").get("issued", 0) >= 2, within_s=WITHIN_S)
        until(lambda: set(running.values("regiowacht_gateway_acme_failures", "job").values()) == {0.0})
        ends = running.values("regiowacht_gateway_certificate_expiry_timestamp_seconds", "job")
        assert all(abs(end_s - time.time()) < 10 * LIFE_S for end_s in ends.values())
        assert ends
    kept = tmp_path / "data/acme"
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()} == {
        "account-key.pem": 0o600,
        "certificate.pem": 0o600,
    }


def _another(numbers: list[str], url: str, root: str) -> int:
    """Note the certificate that is shown where it is not one of ``numbers``, and return how many were."""
    number, _ = shown(url, root)
    if number and number not in numbers:
        numbers.append(number)
    return len(numbers)


@pytest.mark.tools
def test_a_refusal_is_told_and_counted_while_the_rest_goes_on(tmp_path: Path) -> None:
    words = ["--gateway-acme-domain", "blocked.example"]
    with authority(tmp_path / "pebble") as at, run(tmp_path / "data", *switches(at), *words) as running:
        last = "regiowacht_gateway_acme_last_failure_timestamp_seconds"
        until(lambda: set(running.values(last, "result")) == {"refused"})
        until(lambda: set(running.values("regiowacht_gateway_acme_failures", "job").values()) == {1.0})
        assert running.values("regiowacht_gateway_certificate_expiry_timestamp_seconds", "job") == {}
        assert shown(running.gateway, at.root()) == ("", 0.0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--gateway-acme-domain", NAME], "--gateway-acme DIRECTORY_URL"),
        (["--gateway-acme", "https://a.example/dir"], "--gateway-acme-domain"),
        (["--gateway-acme", "a.example", "--gateway-acme-domain", NAME], "https://"),
        ([*SOMEWHERE, "--gateway-certificate", "x", "--gateway-key", "x"], "choose"),
    ],
    ids=["no-directory", "no-domain", "no-url", "both"],
)
def test_switches_that_nobody_can_mean_are_refused(tmp_path: Path, words: list[str], said: str) -> None:
    found = refused(tmp_path, words)
    assert (found.returncode, said in found.stderr) == (2, True), found.stderr


@pytest.mark.tools
def test_a_file_of_authorities_that_is_away_is_told_at_the_start(tmp_path: Path) -> None:
    found = refused(tmp_path, [*SOMEWHERE, "--gateway-acme-ca", "away.pem", "--engine", need("prometheus")])
    assert found.returncode == 3
    assert "away.pem" in found.stderr
    assert "--gateway-acme-ca" in found.stderr


def refused(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    places = ["--data", str(folder / "data"), "--port", "0", "--exporter-port", str(free_port())]
    return collector("run", "--region", str(example_path()), *places, *LISTEN, *words)
