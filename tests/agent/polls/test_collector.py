"""A site asks whether the collector can be reached, as its region says, over HTTPS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_agent.render import bundles
from regiowacht_inventory import load
from tests.agent.polls.servers import answers, make_pki, page, tcp
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

URL = "{url: https://regiowacht.example}"
AWAY = b"HTTP/1.1 302 Found\r\nLocation: https://login.invalid/\r\nContent-Length: 0\r\n\r\n"


def _config(folder: Path, url: str, ca: str = "") -> Path:
    """Return the configuration of the server ``srv-b`` in a region whose collector is at ``url``."""
    told = f'{{url: "{url}", ca: {ca}}}' if ca else f'{{url: "{url}"}}'
    region = load(write_base(folder, {**BASE, "region.yml": BASE["region.yml"].replace(URL, told)}))
    (content,) = [content for asset, content in bundles(region) if asset.name == "srv-b"]
    path = folder / "agent.toml"
    path.write_bytes(content)
    return path


def _look(path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what ``agent check`` says of the collector."""
    main(["agent", "check", "--config", str(path), "--json"])
    (asset,) = json.loads(capsys.readouterr().out)["assets"]
    assert (asset["instance"], asset["site"], asset["kind"]) == ("collector-huis", "huis", "http")
    return asset


@pytest.mark.parametrize("code", ["200 OK", "401 Unauthorized", "404 Not Found", "499 None"])
def test_whatever_something_that_works_answers_is_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    pki = make_pki(tmp_path)
    with tcp(answers(page("nee", code=code)), pki.context) as port:
        assert _look(_config(tmp_path, f"https://127.0.0.1:{port}", str(pki.ca)), capsys)["up"]


def test_where_it_leads_to_is_not_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with tcp(answers(AWAY)) as port:
        assert _look(_config(tmp_path, f"http://127.0.0.1:{port}/-/"), capsys)["up"]


@pytest.mark.parametrize("code", ["500 Oops", "502 Bad Gateway", "599 None"])
def test_what_stands_before_one_that_is_gone_is_not_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    pki = make_pki(tmp_path)
    with tcp(answers(page("weg", code=code)), pki.context) as port:
        asset = _look(_config(tmp_path, f"https://127.0.0.1:{port}", str(pki.ca)), capsys)
    assert (asset["up"], asset["reason"]) == (False, "status")


def test_a_certificate_that_nobody_here_trusts_is_not_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with tcp(answers(page("ja")), make_pki(tmp_path).context) as port:
        asset = _look(_config(tmp_path, f"https://127.0.0.1:{port}"), capsys)
    assert (asset["up"], asset["reason"]) == (False, "tls")


@pytest.mark.parametrize(("path", "trusted"), [("", True), ("/elsewhere", True), (":1", False)])
def test_whom_deliveries_trust_is_trusted_at_the_same_place_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str, trusted: bool
) -> None:
    pki = make_pki(tmp_path)
    with tcp(answers(page("ja")), pki.context) as port:
        config = _config(tmp_path, f"https://127.0.0.1:{port}")
        pushed = f"https://127.0.0.1{path}" if path == ":1" else f"https://127.0.0.1:{port}{path}"
        push = f'\n[push]\nurl = "{pushed}"\nca = "{pki.ca}"\nstate = "{tmp_path}"\n'
        config.write_text(config.read_text() + push)
        asset = _look(config, capsys)
    assert asset["up"] is trusted


def test_a_probe_that_names_whom_it_trusts_keeps_to_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other").mkdir()
    pki, other = make_pki(tmp_path), make_pki(tmp_path / "other")
    with tcp(answers(page("ja")), pki.context) as port:
        config = _config(tmp_path, f"https://127.0.0.1:{port}", str(other.ca))
        push = f'\n[push]\nurl = "https://127.0.0.1:{port}"\nca = "{pki.ca}"\nstate = "{tmp_path}"\n'
        config.write_text(config.read_text() + push)
        asset = _look(config, capsys)
    assert (asset["up"], asset["reason"]) == (False, "tls")
