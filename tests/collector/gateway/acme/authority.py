"""Pebble, the small ACME server for tests, with a certificate of its own and a name server that knows every name."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from regiowacht_collector.gateway.acme.settings import AcmeSettings
from regiowacht_collector.ports import free_port
from tests.agent.certificates import write_pair
from tests.collector.live import until
from tests.parts import need_peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "gateway.example"
QUARTER_S = 90 * 86_400
MAC_KEYS = {"kid-of-tests": "Zm9yLXRlc3RzLW9ubHktZm9yLXRlc3RzLW9ubHktMTI"}


@dataclass(frozen=True, slots=True)
class Authority:
    """A running Pebble.

    Attributes:
        directory: its directory's URL.
        ca: who vouches for its server.
        http_port: where it asks its question, at every name.
        management: URL of what it says about itself.
    """

    directory: str
    ca: Path
    http_port: int
    management: str

    def root(self) -> str:
        """Return the certificate that its certificates lead to, in PEM."""
        return httpx.get(f"{self.management}/roots/0", verify=False).text


@contextmanager
def authority(folder: Path, life_s: int = QUARTER_S, *, bound: bool = False, **environment: str) -> Iterator[Authority]:
    """Run Pebble for as long as the block lasts; it finds every name on this machine.

    Args:
        folder: where its files go; made here.
        life_s: how long its certificates live.
        bound: whether an account needs one of ``MAC_KEYS``.
        environment: what makes Pebble harder to please.
    """
    program = need_peer("pebble").path
    folder.mkdir()
    certificate, key = write_pair(folder)
    port, management, http_port, dns_port = (free_port() for _ in range(4))
    settings = {
        "listenAddress": f"127.0.0.1:{port}",
        "managementListenAddress": f"127.0.0.1:{management}",
        "certificate": str(certificate),
        "privateKey": str(key),
        "httpPort": http_port,
        "tlsPort": free_port(),
        "externalAccountBindingRequired": bound,
        "externalAccountMACKeys": MAC_KEYS if bound else {},
        "domainBlocklist": ["blocked.example"],
        "profiles": {"default": {"description": "of tests", "validityPeriod": life_s}},
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": settings}))
    asked = f"127.0.0.1:{dns_port}"
    names = [str(program) + "-challtestsrv", "-dnsserver", asked, "-management", f"127.0.0.1:{free_port()}"]
    names += ["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""]
    names += [word for other in ("http01", "https01", "tlsalpn01", "doh") for word in (f"-{other}", "")]
    command = [str(program), "-config", str(folder / "pebble.json"), "-dnsserver", asked]
    env = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", **os.environ, **environment}
    url = f"https://127.0.0.1:{port}/dir"
    with ExitStack() as stack, (folder / "log").open("wb") as out:
        for words in (names, command):
            process = stack.enter_context(subprocess.Popen(words, stdout=out, stderr=out, env=env))
            stack.callback(process.kill)
        until(lambda: _finds_names(dns_port))
        until(lambda: _answers(url))
        yield Authority(url, certificate, http_port, f"https://127.0.0.1:{management}")


def settings(at: Authority, *domains: str, http_port: int = 0) -> AcmeSettings:
    """Return how a gateway asks it for a certificate of these names, or of ``NAME``."""
    http = f"127.0.0.1:{http_port or at.http_port}"
    return AcmeSettings(at.directory, domains or (NAME,), http, "admin@example.org", agrees=True, authority=at.ca)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, verify=False).status_code == 200
    except httpx.HTTPError:
        return False


def _finds_names(port: int) -> bool:
    """Whether the name server answers with an address (RFC 1035, section 4.1)."""
    question = struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + b"\x07gateway\x07example\0" + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(1.0)
        try:
            asking.connect(("127.0.0.1", port))
            asking.send(question)
            return socket.inet_aton("127.0.0.1") in asking.recv(512)
        except OSError:
            return False
