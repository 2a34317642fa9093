"""A client's certificate says who writes where a trusted proxy tells it, and nothing where anybody else does."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import ssl
import threading
import time
import urllib.parse
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from regiowacht_collector.gateway.client_certificate import IN_SCOPE, fingerprint
from regiowacht_collector.gateway.joining.certificates import read_certificate
from regiowacht_collector.gateway.joining.office import Office
from regiowacht_collector.gateway.joining.refused import Refused
from regiowacht_collector.gateway.joining.roll import Roll
from regiowacht_collector.gateway.joining.store import secret_of
from regiowacht_collector.gateway.proxies import behind
from regiowacht_collector.gateway.settings import GatewaySettings
from regiowacht_contract.errors import UsageError
from regiowacht_contract.join_code import is_token
from regiowacht_contract.wire.encode import request
from regiowacht_contract.wire.snappy import compress
from regiowacht_inventory import example_path
from tests.agent.certificates import NOW, certificate, make_key, write_pair
from tests.collector.gateway import own_loop
from tests.collector.gateway.test_serving import Run, collector, heads, run
from tests.collector.live import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from starlette.types import Message, Receive, Scope, Send

PEM = certificate(make_key()).decode()
DER = ssl.PEM_cert_to_DER_cert(PEM)
SHA256 = hashlib.sha256(DER).hexdigest()
BASE64 = base64.b64encode(DER).decode()
HEADER = "Client-Cert"
ROLL = Roll({"zandbeke": 12}, {("zandbeke", "srv-app"): b""})


@pytest.mark.parametrize("value", [
    SHA256, SHA256.upper(), ":".join(SHA256[at : at + 2] for at in range(0, 64, 2)), f"sha256 {SHA256}", f'"{SHA256}"',
    f":{BASE64}:", BASE64, urllib.parse.quote(BASE64), urllib.parse.quote(PEM), PEM, PEM.replace("\n", " "),
    f'By=spiffe://a;Hash={SHA256};Subject="CN=a,O=\\";Hash=0,"', f"Hash={SHA256}",
], ids=range(13))  # fmt: skip
def test_what_proxies_write_of_a_certificate_comes_to_its_sha256(value: str) -> None:
    assert fingerprint(value) == SHA256


@pytest.mark.parametrize("value", [
    "", "(null)", "-", "CN=srv-app", hashlib.sha1(DER).hexdigest(), SHA256[:-1], SHA256 + "0", f"{SHA256}, {SHA256}",
    f"Hash={SHA256},Hash={SHA256}", f"Hash={SHA256};Hash={SHA256}", f"Hash={SHA256[:40]};Subject=x", PEM + PEM,
    PEM.replace("CERTIFICATE", "PRIVATE KEY"), PEM[:-30], "::", ":AAAA:", f":{BASE64[:-5]}!:", "A" * 20_000,
], ids=range(18))  # fmt: skip
def test_what_is_not_one_certificate_is_none(value: str) -> None:
    assert fingerprint(value) is None


def seen(client: str, *headers: tuple[bytes, bytes]) -> tuple[dict[str, Any], int]:
    """Return the request as the application sees it, and how many headers came from where they may not."""
    found: dict[str, Any] = {}
    strays: list[None] = []

    async def application(scope: Scope, _receive: Receive, _send: Send) -> None:
        found.update(scope)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        pass

    scope = {"type": "http", "scheme": "http", "client": (client, 5), "headers": list(headers), IN_SCOPE: ("forged",)}
    made = behind(application, ("10.0.0.0/24",), HEADER, lambda: strays.append(None))
    own_loop.run(made(scope, receive, send))  # type: ignore[arg-type]
    return found, len(strays)


def test_the_header_counts_from_a_proxy_alone_and_stands_in_no_request() -> None:
    said = (b"client-cert", SHA256.encode())
    of_proxy, strays = seen("10.0.0.7", said, said, (b"accept", b"*/*"))
    assert of_proxy[IN_SCOPE] == (SHA256, SHA256)
    assert (of_proxy["headers"], strays) == ([(b"accept", b"*/*")], 0)
    of_other, strays = seen("192.0.2.66", said, (b"x-forwarded-for", b"10.0.0.7"), (b"accept", b"*/*"))
    assert of_other[IN_SCOPE] == ()
    assert (of_other["headers"], strays) == ([(b"accept", b"*/*")], 1)


@pytest.mark.parametrize(("header", "proxies", "key"), [
    ("Authorization", ("10.0.0.1",), "gateway.bad-certificate-header"),
    ("X-Regiowacht-Machine", ("10.0.0.1",), "gateway.bad-certificate-header"),
    ("client_cert", ("10.0.0.1",), "gateway.bad-certificate-header"),
    ("Client-Cert:", ("10.0.0.1",), "gateway.bad-certificate-header"),
    ("Client-Cert", (), "gateway.certificate-header-without-proxy"),
])  # fmt: skip
def test_a_header_that_cannot_be_meant_is_refused(header: str, proxies: tuple[str, ...], key: str) -> None:
    with pytest.raises(UsageError) as refused:
        GatewaySettings(proxies=proxies, certificate_header=header)
    assert refused.value.key == key


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    made.publish(ROLL)
    yield made
    made.close()


def refusal(office: Office, sha256: str) -> str:
    with pytest.raises(Refused) as refused:
        office.of_certificate(sha256)
    return refused.value.reason


def test_a_certificate_is_one_clients_until_it_is_revoked_or_ends(office: Office) -> None:
    assert refusal(office, SHA256) == "unknown"
    first = office.store.admit_certificate("zandbeke", "proxy-a", SHA256, None)
    writer = office.of_certificate(SHA256)
    assert (writer.credential, writer.gemeente, writer.server, writer.kind) == (
        first.id,
        "zandbeke",
        "proxy-a",
        "other",
    )
    office.store.admit_certificate("zandbeke", "proxy-b", SHA256, None)
    office._identity.forget()
    assert office.of_certificate(SHA256).server == "proxy-b"
    assert [one.state(0) for one in office.store.credentials()] == ["revoked", "valid"]
    assert office.store.revoke("zandbeke", "proxy-b") == (1, 0)
    office._identity.forget()
    assert refusal(office, SHA256) == "revoked"
    office.store.admit_certificate("zandbeke", "proxy-c", SHA256, time.time() - 1)
    office._identity.forget()
    assert refusal(office, SHA256) == "expired"
    office.store.admit_certificate("duinkerke", "proxy-d", SHA256, None)
    office._identity.forget()
    assert refusal(office, SHA256) == "not-in-region"


def test_what_stands_for_a_certificate_is_no_token(office: Office) -> None:
    office.store.admit_certificate("zandbeke", "proxy-a", SHA256, None)
    office.of_certificate(SHA256)
    assert not is_token(secret_of(SHA256))
    for said in (secret_of(SHA256), SHA256):
        with pytest.raises(Refused) as refused:
            office.identify(said)
        assert refused.value.reason == "unknown"


def test_a_person_names_a_file_or_a_sha256(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text(PEM + certificate(make_key()).decode())
    (tmp_path / "a.der").write_bytes(DER)
    for name in ("a.pem", "a.der"):
        told, ends = read_certificate(str(tmp_path / name))
        assert told == SHA256
        assert ends is not None
        assert ends > time.time()
    assert read_certificate(SHA256.upper()) == (SHA256, None)
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    (tmp_path / "old.pem").write_bytes(certificate(make_key(), NOW - timedelta(days=1)))
    for name, key in (("key.pem", "bad"), ("old.pem", "ended"), ("away", "no"), ("", "no")):
        with pytest.raises(UsageError) as refused:
            read_certificate(str(tmp_path / name))
        assert refused.value.key == f"joining.{key}-certificate"


@contextmanager
def mutual_proxy(folder: Path, target: str) -> Iterator[str]:
    """Run a proxy that lets in who shows a certificate that vouches for itself, and tells the gateway which."""
    cert, key = write_pair(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.load_verify_locations(folder / "client" / "cert.pem")
    context.verify_mode = ssl.CERT_REQUIRED

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            shown = self.connection.getpeercert(binary_form=True)
            headers = {name: value for name, value in self.headers.items() if name.lower() != HEADER.lower()}
            headers[HEADER] = f":{base64.b64encode(shown).decode()}:"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = httpx.post(f"{target}{self.path}", content=body, headers=headers, timeout=60)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def invited(running: Run, *words: str) -> dict[str, Any]:
    told = ["invite", "zandbeke", *words, "--region", str(example_path()), "--data", str(running.data), "--json"]
    done = collector(*told)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.tools
@pytest.mark.timeout(300)
def test_a_client_writes_with_the_certificate_that_a_proxy_saw(tmp_path: Path) -> None:
    (tmp_path / "client").mkdir()
    cert, key = write_pair(tmp_path / "client")
    switches = ("--gateway-listen", "127.0.0.1:0", "--gateway-proxy", "127.0.0.1")
    with (
        run(tmp_path / "data", *switches, "--gateway-certificate-header", HEADER) as running,
        mutual_proxy(tmp_path, running.gateway) as url,
    ):
        context = ssl.create_default_context(cafile=tmp_path / "cert.pem")
        context.load_cert_chain(cert, key)

        def write(name: str, **headers: str) -> httpx.Response:
            body = compress(request(heads([name]), [1.0], round(time.time() * 1000)))
            with httpx.Client(verify=context) as client:
                return client.post(f"{url}/api/v1/write", content=body, headers=headers, timeout=60)

        assert write("node_load1").text.startswith("unknown: ")
        told = invited(running, "--client", "vmagent", "--certificate", str(cert))
        assert told["certificate"] == hashlib.sha256(ssl.PEM_cert_to_DER_cert(cert.read_text())).hexdigest()
        assert told["state"] == "valid"
        until(lambda: write("node_load1").status_code == 204)
        until(lambda: running.values("node_load1{gemeente='zandbeke'}") == {"srv-x": 1})
        forged = write("node_load5", **{HEADER: f"sha256 {'0' * 64}"})
        assert forged.status_code == 204, "the proxy's word counts, whatever the client sends"
        assert write("node_load5", Authorization="Bearer x").text.startswith("unknown: ")
        two = httpx.post(f"{running.gateway}/api/v1/write", headers=[(HEADER, SHA256), (HEADER, SHA256)])
        assert (two.status_code, two.text[:21]) == (401, "certificate-unclear: ")
        listed = collector("invite", "--list", "--data", str(running.data)).stdout
        assert f"sha256:{told['certificate']}" in listed
        assert collector("revoke", "zandbeke", "vmagent", "--data", str(running.data)).returncode == 0
        until(lambda: write("node_load1").text.startswith("revoked: "), within_s=60)


@pytest.mark.tools
def test_the_header_from_an_address_that_is_no_proxy_is_thrown_away_and_counted(tmp_path: Path) -> None:
    switches = ("--gateway-listen", "127.0.0.1:0", "--gateway-proxy", "10.0.0.1")
    with run(tmp_path / "data", *switches, "--gateway-certificate-header", HEADER) as running:
        invited(running, "--client", "vmagent", "--certificate", SHA256)
        answer = httpx.post(f"{running.gateway}/api/v1/write", headers={HEADER: SHA256}, timeout=60)
        assert (answer.status_code, answer.text[:10]) == (401, "no-token: ")
        until(lambda: running.values("regiowacht_gateway_stray_certificates_total", "job") == {"regiowacht": 1})


def test_a_certificate_belongs_to_a_client_of_a_name(tmp_path: Path) -> None:
    (tmp_path / "storage").mkdir()
    words = ["invite", "zandbeke", "--region", str(example_path()), "--data", str(tmp_path), "--certificate", SHA256]
    answer = collector(*words, "--server", "srv-app")
    assert answer.returncode == 2
    assert "--client NAME" in answer.stderr
