"""A certificate by ACME: ordered from Pebble, refused in every way, and kept."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from regiowacht_collector.gateway.acme.failed import Failed
from regiowacht_collector.gateway.acme.keeping import Keeping, keeping_in
from regiowacht_collector.gateway.acme.ordering import order
from regiowacht_collector.gateway.acme.reasons import as_failed
from regiowacht_collector.gateway.acme.settings import AcmeSettings
from regiowacht_collector.ports import free_port
from regiowacht_contract.errors import Unavailable, UsageError
from tests.collector.gateway.acme.authority import MAC_KEYS, NAME, Authority, authority, settings
from tests.collector.gateway.acme.limiting import between, limit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def pebble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("acme") / "pebble") as running:
        yield running


def failure(how: AcmeSettings, data: Path) -> Failed:
    with pytest.raises(Failed) as caught:
        order(how, Keeping(data))
    assert Keeping(data).kept() is None
    assert caught.value.message("nl") != caught.value.message("en")
    return caught.value


def test_a_certificate_is_issued_and_kept_for_its_owner_alone(pebble: Authority, tmp_path: Path) -> None:
    keeping = Keeping(tmp_path)
    order(settings(pebble, NAME, "two.example"), keeping)
    kept = keeping.kept()
    assert kept is not None
    assert (kept.issued_by, kept.domains) == (pebble.directory, frozenset({NAME, "two.example"}))
    assert kept.renew_s == pytest.approx(kept.begins_s + (kept.ends_s - kept.begins_s) * 2 / 3)
    files = sorted((tmp_path / "acme").iterdir())
    assert [path.name for path in files] == ["account-key.pem", "certificate.pem"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "acme").stat().st_mode) == 0o700
    assert len(x509.load_pem_x509_certificates(keeping.path.read_bytes())) > 1
    account, first = files[0].read_bytes(), keeping.path.read_bytes()
    order(settings(pebble), keeping)
    assert files[0].read_bytes() == account
    assert keeping.path.read_bytes() != first


def test_what_is_proven_already_is_not_asked_again(tmp_path: Path) -> None:
    with authority(tmp_path / "pebble", PEBBLE_AUTHZREUSE="100") as running:
        order(settings(running), Keeping(tmp_path))
        before = Keeping(tmp_path).path.read_bytes()
        order(settings(running, http_port=free_port()), Keeping(tmp_path))
        assert Keeping(tmp_path).path.read_bytes() != before


def test_a_challenge_that_nobody_answers_is_told_with_the_name(pebble: Authority, tmp_path: Path) -> None:
    found = failure(settings(pebble, http_port=free_port()), tmp_path)
    assert found.result == "challenge"
    assert NAME in str(found)
    assert "connection" in str(found)


def test_a_name_that_the_authority_does_not_give_is_told(pebble: Authority, tmp_path: Path) -> None:
    found = failure(settings(pebble, "blocked.example"), tmp_path)
    assert found.result == "refused"
    assert "rejectedIdentifier" in str(found)
    assert "blocked.example" in str(found)


def test_terms_that_nobody_agreed_to_are_told_with_where_they_stand(pebble: Authority, tmp_path: Path) -> None:
    found = failure(replace(settings(pebble), agrees=False), tmp_path)
    assert found.result == "terms"
    assert "data:text/plain,Do%20what%20thou%20wilt" in str(found)
    assert "--gateway-acme-agree-terms" in str(found)


@pytest.mark.parametrize("said", ["7200", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_rate_limit_is_told_with_how_long_to_wait(pebble: Authority, tmp_path: Path, said: str) -> None:
    with between(pebble, limit(said)) as directory:
        found = failure(replace(settings(pebble), directory=directory), tmp_path)
    assert (found.result, found.retry_s) == ("rate-limit", 7200.0 if said == "7200" else 86400.0)
    assert "already issued" in str(found)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, {"Content-Type": "text/html"}, b"<p>log in"), "text/html"),
        ((200, {"Content-Type": "application/json"}, b"{}"), "newAccount"),
        ((404, {}, b"not here"), "HTTP 404"),
        ((503, {"Retry-After": "60"}, b"later"), "HTTP 503"),
    ],
    ids=["page", "empty", "404", "503"],
)
def test_a_directory_that_is_none_is_told(
    pebble: Authority, tmp_path: Path, answer: tuple[int, dict[str, str], bytes], reason: str
) -> None:
    with between(pebble, {"/dir": answer}) as directory:
        found = failure(replace(settings(pebble), directory=directory), tmp_path)
    assert (found.result, reason in str(found)) == ("unclear", True), str(found)
    assert found.retry_s == (60 if reason == "HTTP 503" else 0)


def test_an_authority_that_is_away_is_told(pebble: Authority, tmp_path: Path) -> None:
    found = failure(replace(settings(pebble), directory=f"https://127.0.0.1:{free_port()}/dir"), tmp_path)
    assert (found.result, found.key) == ("unreachable", "acme.unreachable")
    assert "refused" in str(found)


def test_an_authority_that_nobody_vouches_for_is_not_spoken_to(pebble: Authority, tmp_path: Path) -> None:
    found = failure(replace(settings(pebble), authority=None), tmp_path)
    assert (found.result, found.key) == ("unreachable", "acme.untrusted")
    assert "certificate verify failed" in str(found)


def test_a_taken_port_is_told(pebble: Authority, tmp_path: Path) -> None:
    port = int(pebble.directory.split(":")[2].split("/")[0])
    found = failure(settings(pebble, http_port=port), tmp_path)
    assert (found.result, found.key) == ("port", "acme.port-taken")
    assert f"127.0.0.1:{port}" in str(found)


def test_an_address_that_is_not_here_is_told(pebble: Authority, tmp_path: Path) -> None:
    found = failure(replace(settings(pebble), http="192.0.2.1:8080"), tmp_path)
    assert (found.result, found.key) == ("port", "acme.port")
    assert str(found).endswith("on 192.0.2.1:8080: Cannot assign requested address")


def test_a_port_that_this_user_may_not_open_is_told(pebble: Authority) -> None:
    how = replace(settings(pebble), http="0.0.0.0:80")
    with pytest.raises(Failed) as caught, as_failed(how):
        raise Unavailable("collector.port-forbidden", port=80)
    assert (caught.value.result, caught.value.key) == ("port", "acme.port-forbidden")
    assert "CAP_NET_BIND_SERVICE" in caught.value.message("nl")


def test_nonces_that_are_always_refused_are_told(tmp_path: Path) -> None:
    with authority(tmp_path / "pebble", PEBBLE_WFE_NONCEREJECT="100") as running:
        found = failure(settings(running), tmp_path)
    assert found.result == "refused"
    assert "badNonce" in str(found)


def test_an_authority_with_customers_alone_wants_a_binding(tmp_path: Path) -> None:
    path = tmp_path / "binding"
    with authority(tmp_path / "pebble", bound=True) as running:
        without = failure(settings(running), tmp_path)
        assert (without.result, "--gateway-acme-binding" in str(without)) == ("binding", True)
        path.write_text("kid-of-tests")
        one_word = failure(replace(settings(running), binding=path), tmp_path)
        assert (one_word.result, str(path) in str(one_word)) == ("binding", True)
        path.write_text("another-kid Zm9yLXRlc3Rz")
        assert failure(replace(settings(running), binding=path), tmp_path).result == "refused"
        path.write_text("\n".join([*MAC_KEYS, *MAC_KEYS.values(), ""]))
        order(replace(settings(running), binding=path), Keeping(tmp_path))
        assert Keeping(tmp_path).kept() is not None


def test_a_disk_that_takes_nothing_costs_no_order(pebble: Authority, tmp_path: Path) -> None:
    keeping = Keeping(tmp_path)
    (tmp_path / "acme/room.new").mkdir()
    found = failure(settings(pebble), tmp_path)
    assert (found.result, "room" in str(found)) == ("disk", True)
    (tmp_path / "acme/room.new").rmdir()
    (tmp_path / "acme/account-key.pem").write_text("torn")
    torn = failure(settings(pebble), tmp_path)
    assert (torn.result, torn.key) == ("disk", "acme.bad-key")
    assert keeping.kept() is None
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as no_folder:
        keeping_in(tmp_path / "file")
    assert no_folder.value.key == "collector.cannot-write"


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"directory": "http://acme.example.org/directory"}, "acme.bad-directory"),
        ({"directory": "https:///directory"}, "acme.bad-directory"),
        ({"domains": ()}, "acme.no-domain"),
        ({"domains": ("*.example.org",)}, "acme.bad-domain"),
        ({"domains": ("192.0.2.1",)}, "acme.bad-domain"),
        ({"domains": ("a" * 64 + ".example",)}, "acme.bad-domain"),
        ({"contact": "nobody"}, "acme.bad-contact"),
        ({"http": "80"}, "gateway.bad-listen"),
    ],
)
def test_settings_that_nobody_can_mean_are_refused(changed: dict[str, object], key: str) -> None:
    right = AcmeSettings("https://acme.example.org/directory", (NAME,))
    with pytest.raises(UsageError) as refused:
        replace(right, **changed)  # type: ignore[arg-type]
    assert refused.value.key == key
    assert refused.value.message("nl")
