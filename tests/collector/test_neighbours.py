"""``regiowacht inventory neighbours`` on a real Prometheus that was told of neighbours."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht.main import main
from regiowacht_collector.client import Client
from regiowacht_collector.neighbours import ask_neighbours
from regiowacht_contract.errors import Unreachable
from regiowacht_inventory import load
from tests.collector.live import collecting, exporter, until
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AA = "gemeenten/aa.yml"
NEW = "  - {name: sw-9, site: huis, address: 10.0.0.9, kind: switch, snmp: v2}\n"
FILES = {**BASE, AA: BASE[AA].replace("services:\n", NEW + "services:\n")}


class _Page(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>not here</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def something_else() -> Iterator[str]:
    """Answer every question with a page; yields the address."""
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def labels(device: str) -> str:
    return f'gemeente="aa",scope="aa/connectiviteit",site="huis",instance="{device}",job="snmp"'


def heard(device: str, port: str, name: str, remote_port: str, protocol: str = "lldp") -> str:
    told = f'local_port="{port}",remote_sys_name="{name}",remote_port="{remote_port}",protocol="{protocol}"'
    return f"snmp_neighbor_info{{{labels(device)},{told}}} 1\n"


PAGE = "".join(
    [
        f'snmp_device_info{{{labels("sw-1")},sys_name="HALL-A.town.example"}} 1\n',
        f'node_uname_info{{{labels("srv-2").replace("snmp", "node")},nodename="files"}} 1\n',
        f'snmp_lldp_chassis_info{{{labels("sw-9")},chassis_id="02:AA:BB:CC:DD:EE"}} 1\n',
        heard("sw-9", "24", "hall-a", "1/1"),
        heard("sw-9", "24", "hall-a.town.example", "1/1", "cdp"),
        heard("sw-1", "1/1", "02:AA:BB:CC:DD:EE", "24"),
        heard("sw-1", "1/2", "FILES", "eth0"),
        heard("sw-1", "1/3", "SEP020000000001", "Port 1"),
        heard("sw-2", "5", "hall-a", "1/9"),
    ]
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("neighbours")
    region = load(write_base(folder / "region", FILES))
    with exporter(PAGE) as (address, _), collecting(region, folder / "data", carried=(address,)) as collector:
        client = Client(collector.url)
        until(lambda: len(client.query("snmp_neighbor_info")) == PAGE.count("snmp_neighbor_info"), collector)
        yield collector.url


@pytest.fixture
def region(tmp_path: Path) -> Path:
    return write_base(tmp_path / "region", FILES)


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert main(["inventory", "neighbours", *words, "--lang", "en"]) == code
    told = capsys.readouterr()
    return told.out, told.err


@pytest.mark.tools
def test_every_neighbour_is_told_with_what_it_is(url: str, region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = run(capsys, "--region", str(region), "--prometheus", url)
    assert [line.split() for line in out.splitlines()] == [
        ["aa/sw-1", "1/1", "02:AA:BB:CC:DD:EE", "24", "lldp", "matched", "aa/sw-9"],
        ["aa/sw-1", "1/2", "FILES", "eth0", "lldp", "matched", "aa/srv-2"],
        ["aa/sw-1", "1/3", "SEP020000000001", "Port", "1", "lldp", "unmatched", "-"],
        ["aa/sw-2", "5", "hall-a", "1/9", "lldp", "one-sided", "aa/sw-1"],
        ["aa/sw-9", "24", "hall-a", "1/1", "lldp", "matched", "aa/sw-1"],
        ["aa/sw-9", "24", "hall-a.town.example", "1/1", "cdp", "matched", "aa/sw-1"],
    ]
    assert err.splitlines() == [
        "aa/sw-9: hangs on sw-1, and has no uplink yet",
        "5 matched (1 of them one-sided), 0 ambiguous, 1 unmatched; uplinks to add: 1",
    ]


@pytest.mark.tools
def test_programs_read_the_same(url: str, region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = run(capsys, "name=sw-1", "--region", str(region), "--prometheus", url, "--json")
    answer: dict[str, Any] = json.loads(out)
    assert answer["neighbours"][2] == {
        "device": "aa/sw-1",
        "local_port": "1/3",
        "remote_name": "SEP020000000001",
        "remote_port": "Port 1",
        "protocol": "lldp",
        "status": "unmatched",
        "one_sided": False,
        "remote": None,
        "candidates": [],
    }
    assert len(answer["neighbours"]) == 3
    assert (answer["proposed"], answer["undeclared"]) == ({}, [["aa/sw-1", "aa/sw-9"]])


@pytest.mark.tools
def test_an_uplink_is_shown_then_written_then_known(url: str, region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--region", str(region), "--prometheus", url)
    out, err = run(capsys, *where, "--uplinks")
    assert "+" + NEW.replace("switch,", "switch, uplink: sw-1,") in out
    assert err == "nothing written; uplinks to add: 1 (files: 1); write them with --write\n"
    assert (region / AA).read_text() == FILES[AA]

    out, err = run(capsys, *where, "--write")
    assert (out, err) == (f"{region / AA}\n", "uplinks written: 1 (files: 1)\n")
    assert (region / AA).read_text() == FILES[AA].replace(
        "switch, snmp: v2}\nserv", "switch, uplink: sw-1, snmp: v2}\nserv"
    )

    out, err = run(capsys, *where, "--write")
    assert (out, err) == ("", "uplinks written: 0 (files: 0)\n")


@pytest.mark.tools
def test_a_selection_that_hears_nothing_says_what_to_look_at(
    url: str, region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = run(capsys, "gemeente=bb", "--region", str(region), "--prometheus", url)
    assert out == ""
    assert "are LLDP or CDP on" in err


def test_an_address_that_is_none_is_refused(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = run(capsys, "--region", str(region), "--prometheus", "localhost:9783", code=2)
    assert "--prometheus localhost:9783" in err


def test_something_else_that_answers_there_is_told() -> None:
    with something_else() as address, pytest.raises(Unreachable) as told:
        ask_neighbours(Client(f"http://{address}"))
    assert told.value.message("en").startswith(f"what answers at http://{address} is no Prometheus")
