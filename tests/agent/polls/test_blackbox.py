"""Beside blackbox_exporter: the same names, types, labels and, where a value is no time, values."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.agent.polls.asked import probe
from tests.agent.polls.servers import answers, make_pki, page, tcp, udp
from tests.agent.polls.test_probes import _dns, _may_ping
from tests.parts import need_peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

CONFIG = """\
modules:
  tcp: {prober: tcp, tcp: {preferred_ip_protocol: ip4}}
  icmp: {prober: icmp, icmp: {preferred_ip_protocol: ip4}}
  http: {prober: http, http: {preferred_ip_protocol: ip4, fail_if_body_not_matches_regexp: [Welkom]}}
  https: {prober: http, http: {preferred_ip_protocol: ip4, tls_config: {ca_file: CA}}}
  dns: {prober: dns, dns: {preferred_ip_protocol: ip4, query_name: www.zandbeke.example, query_type: A}}
"""
TIMES = ("_seconds", "_time")
NOT_TOLD = {
    "probe_failed_due_to_bytes",  # of tcp, which we expect nothing of
    "probe_failed_due_to_cel",  # we have no such expressions
    "probe_failed_due_to_regex",  # of tcp, which we match nothing in
    "probe_http_last_modified_timestamp_seconds",
    "probe_ssl_last_chain_expiry_timestamp_seconds",
    "probe_ssl_last_chain_info",
    "probe_tls_cipher_info",  # Python and Go name ciphers differently
    "probe_expect_info",
}
OURS_ALONE = {"probe_icmp_requests"}


@pytest.fixture(scope="module")
def blackbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Run blackbox_exporter; yields its port and the folder with the authority ``ca.pem``."""
    program = need_peer("blackbox_exporter").path
    folder = tmp_path_factory.mktemp("blackbox")
    make_pki(folder)
    (folder / "blackbox.yml").write_text(CONFIG.replace("CA", str(folder / "ca.pem")))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [str(program), f"--config.file={folder}/blackbox.yml", f"--web.listen-address=127.0.0.1:{port}"]
    with (folder / "log").open("w") as log, subprocess.Popen(words, stderr=log, stdout=log) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/-/healthy", timeout=10).close()
                    break
                except OSError:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield port, folder
        finally:
            process.kill()


def _theirs(port: int, module: str, target: str) -> str:
    url = f"http://127.0.0.1:{port}/probe?{urlencode({'module': module, 'target': target})}"
    with urllib.request.urlopen(url, timeout=60) as reply:
        text: str = reply.read().decode()
    return text


def _series(text: str) -> dict[tuple[str, str, tuple[str, ...], tuple[str, ...]], float]:
    """Return value by name, type and own labels of every series of a probe."""
    target = {"gemeente", "scope", "site", "instance", "job"}
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = sorted((name, value) for name, value in sample.labels.items() if name not in target)
            key = (sample.name, family.type, tuple(n for n, _ in labels), tuple(v for _, v in labels))
            if sample.name.startswith("probe_"):
                found[key] = sample.value
    return found


def compare(ours: str, theirs: str) -> None:
    mine = {key: value for key, value in _series(ours).items() if key[0] not in OURS_ALONE}
    other = {key: value for key, value in _series(theirs).items() if key[0] not in NOT_TOLD}
    mine = {key: value for key, value in mine.items() if key[0] not in NOT_TOLD}
    assert mine.keys() == other.keys()
    for key, value in mine.items():
        if not key[0].endswith(TIMES):
            assert value == other[key], key


def test_tcp(blackbox: tuple[int, Path]) -> None:
    with tcp(lambda sock: None) as port:
        compare(probe("tcp", f"127.0.0.1:{port}").page, _theirs(blackbox[0], "tcp", f"127.0.0.1:{port}"))


@pytest.mark.skipif(not _may_ping(), reason="pinging through a raw socket needs CAP_NET_RAW")
def test_icmp(blackbox: tuple[int, Path]) -> None:
    compare(probe("icmp", "127.0.0.1").page, _theirs(blackbox[0], "icmp", "127.0.0.1"))


@pytest.mark.parametrize("body", ["Welkom", "Onderhoud"])
def test_http(blackbox: tuple[int, Path], body: str) -> None:
    with tcp(answers(page(body))) as port:
        url = f"http://127.0.0.1:{port}/"
        ours, theirs = probe("http", url, contains="Welkom").page, _theirs(blackbox[0], "http", url)
    compare(ours, theirs)
    regex = ("probe_failed_due_to_regex", "gauge", (), ())
    assert _series(ours)[regex] == _series(theirs)[regex] == (body == "Onderhoud")


def test_https(blackbox: tuple[int, Path]) -> None:
    port_of_theirs, folder = blackbox
    pki = make_pki(folder)  # anew, with the server's key; the exporter reads its authorities at each asking
    with tcp(answers(page("Welkom")), pki.context) as port:
        url = f"https://localhost:{port}/"
        compare(probe("http", url, ca=str(pki.ca)).page, _theirs(port_of_theirs, "https", url))


def test_dns(blackbox: tuple[int, Path]) -> None:
    settings: dict[str, Any] = {"query": "www.zandbeke.example"}
    with udp(_dns()) as port:
        target = f"127.0.0.1:{port}"
        compare(probe("dns", target, **settings).page, _theirs(blackbox[0], "dns", target))
