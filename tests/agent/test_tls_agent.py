"""A real agent over HTTPS, and a configuration that cannot give it that."""

from __future__ import annotations

import http.client
import signal
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.main import main
from regiowacht_agent.status import ask
from tests.agent.agent_process import DEADLINE_S
from tests.agent.certificates import CERT, KEY, NOW, YEAR, make_key, private, write_pair

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.agent.agent_process import AgentProcess


def test_one_of_the_two_files_is_not_enough(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('[http]\ntls_cert = "/x/cert.pem"\n')
    assert main(["agent", "check", "--config", str(config), "--lang", "en"]) == 1
    assert "agent.toml:2: http.tls_cert is of no use without http.tls_key" in capfd.readouterr().err


def test_check_tells_of_a_wrong_key(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = with_tls(tmp_path)
    (tmp_path / KEY).write_bytes(private(make_key()))
    assert main(["agent", "check", "--config", str(config), "--lang", "en"]) == 1
    assert "does not belong to the certificate" in capfd.readouterr().err


def with_tls(folder: Path) -> Path:
    """Write a pair and a configuration that names it."""
    write_pair(folder)
    config = folder / "agent.toml"
    config.write_text(
        f'listen = "127.0.0.1:0"\n[http]\nidle_timeout_s = 1\n'
        f'tls_cert = "{folder / CERT}"\ntls_key = "{folder / KEY}"\n'
    )
    return config


def scrape(agent: AgentProcess, folder: Path) -> str:
    context = ssl.create_default_context(cafile=str(folder / CERT))
    connection = http.client.HTTPSConnection("127.0.0.1", agent.port, timeout=DEADLINE_S, context=context)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_a_real_agent_answers_over_https_and_takes_a_new_certificate(
    start_agent: Callable[..., AgentProcess], tmp_path: Path
) -> None:
    agent = start_agent("--config", str(with_tls(tmp_path)))
    assert "https://127.0.0.1:" in agent.wait_said("agent listening on ")
    told = scrape(agent, tmp_path)
    assert "\nregiowacht_agent_http_certificate_reload_success 1\n" in told
    assert f"\nregiowacht_agent_http_certificate_expiry_timestamp_seconds {(NOW + YEAR).timestamp():.0f}\n" in told
    assert ask(f"127.0.0.1:{agent.port}", has_tls=True).url.startswith("https://")
    write_pair(tmp_path, until=NOW + 2 * YEAR)
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_said("event=reloaded")
    assert f"{(NOW + 2 * YEAR).timestamp():.0f}" in scrape(agent, tmp_path)
    (tmp_path / KEY).write_bytes(b"")
    agent.process.send_signal(signal.SIGHUP)
    assert "holds no key" in agent.wait_said("event=reload-failed")
    assert "\nregiowacht_agent_config_reload_success 0\n" in scrape(agent, tmp_path)


def test_tls_can_be_switched_on_by_a_reload(start_agent: Callable[..., AgentProcess], tmp_path: Path) -> None:
    config = with_tls(tmp_path)
    full = config.read_text()
    config.write_text('listen = "127.0.0.1:0"\n')
    agent = start_agent("--config", str(config))
    assert agent.get()[0] == 200
    config.write_text(full)
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_said("event=reloaded")
    assert "regiowacht_agent_info" in scrape(agent, tmp_path)


def test_ssl_is_not_loaded_without_a_certificate(start_agent: Callable[..., AgentProcess]) -> None:
    agent = start_agent()
    agent.get()
    loaded = Path(f"/proc/{agent.process.pid}/maps").read_text()
    assert "python" in loaded
    assert "libssl" not in loaded
    assert "_ssl." not in loaded
