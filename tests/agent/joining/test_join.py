"""``regiowacht agent join`` against a real gateway: what works, and what is said at each step that does not."""

from __future__ import annotations

import http.server
import json
import socket
import stat
import subprocess
import sys
import threading
import time
from argparse import Namespace
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht.console import Console
from regiowacht.verbs.agent_join import _be_joined
from regiowacht_agent.joining.folder import StateFolder
from regiowacht_agent.joining.join import join as join_with
from regiowacht_agent.joining.way import way_to
from regiowacht_contract.errors import Unreachable
from regiowacht_contract.join_code import is_token, new_code
from tests.agent.certificates import NOW, write_pair
from tests.agent.joining.collector import BUNDLE, Collector, collector
from tests.agent.joining.proxy import proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_agent.joining.way import Answer, Way


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    with collector(tmp_path_factory.mktemp("collector")) as made:
        yield made


def join(url: str, code: str, state: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "regiowacht", "agent", "join", url, *([code] if code else []), "--no-run"]
    return subprocess.run(
        [*command, "--state", str(state), "--lang", "en", *words],
        capture_output=True,
        text=True,
        check=False,
        input=environ.pop("typed", ""),
        env={"PATH": "/usr/bin:/bin", **environ},
    )


def join_here(region: Collector, code: str, state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return join(region.url, code, state, "--ca", str(region.ca), *words)


def said(answer: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert answer.returncode == code, answer.stderr
    assert [word for word in words if word not in answer.stderr] == [], answer.stderr
    assert "Traceback" not in answer.stderr


def test_joins_says_each_step_and_keeps_what_it_needs_for_its_owner_alone(region: Collector, tmp_path: Path) -> None:
    state = tmp_path / "state"
    answer = join_here(region, region.code(), state)
    said(answer, 0, "connection ", "certificate ", "clock ", "accepted: this is srv-app of zandbeke", "settings ")
    assert answer.stderr.count("certificate ") == 1
    assert answer.stdout == ""
    token = (state / "credential").read_text().strip()
    assert is_token(token)
    assert token not in answer.stderr
    assert (state / "agent.toml").read_bytes() == BUNDLE
    assert (state / "ca.pem").read_bytes() == region.ca.read_bytes()
    assert json.loads((state / "joined.json").read_text())["server"] == "srv-app"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()}
    assert set(modes.values()) == {0o600}
    assert set(modes) == {"credential", "joined.json", "agent.toml", "ca.pem"}
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_code_is_asked_for_where_it_is_not_given(region: Collector, tmp_path: Path) -> None:
    answer = join(region.url, "", tmp_path / "state", "--ca", str(region.ca), typed=f"{region.code().lower()}\n")
    said(answer, 0, "code:", "accepted")


class Losing:
    """A way on which the answer to the first ``join`` is lost."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.has_lost = False

    def ask(self, method: str, path: str, *told: Any, **named: Any) -> Answer:
        answer = self.way.ask(method, path, *told, **named)
        if path == "/v1/join" and not self.has_lost:
            self.has_lost = True
            raise Unreachable("join.no-answer", url=self.way.url, reason="lost")
        return answer


def test_an_answer_that_was_lost_spends_no_code(
    region: Collector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, code = StateFolder(tmp_path / "state"), region.code()
    folder.make()
    way = way_to(region.url, ca=str(region.ca))
    losing: Any = Losing(way)
    monkeypatch.setattr("regiowacht_agent.joining.join.greet", lambda *_: None)
    monkeypatch.setattr("regiowacht_agent.joining.join.replace", lambda one, **_: one)
    with pytest.raises(Unreachable):
        join_with(losing, folder, code, "", lambda *_, **__: None)
    assert not folder.credential.exists()
    said(join_here(region, code, tmp_path / "state"), 0, "accepted")


def test_configuration_that_cannot_be_used_names_why_and_running_gets_it_once_it_is_mended(
    region: Collector, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    region.publish(b"nonsense = 1\n")
    try:
        said(join_here(region, region.code(), state), 1, "no need to join again", "nonsense", "accepted")
    finally:
        region.publish(BUNDLE)
    check = [sys.executable, "-m", "regiowacht", "agent", "check", "--json", "--state", str(state)]
    assert subprocess.run(check, capture_output=True, check=False).returncode in {0, 1}
    assert (state / "agent.toml").read_bytes() == BUNDLE


def test_state_that_is_none_says_how_to_join(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "regiowacht", "agent", "run", "--state", str(tmp_path), "--lang", "en"]
    said(subprocess.run(run, capture_output=True, text=True, check=False), 2, "agent join URL CODE")
    both = [*run, "--config", str(tmp_path / "agent.toml")]
    said(subprocess.run(both, capture_output=True, text=True, check=False), 2, "--state or --config")


def test_code_for_several_takes_the_name_that_is_given(region: Collector, tmp_path: Path) -> None:
    said(join_here(region, region.code("", 2), tmp_path / "state", "--name", "srv-nieuw"), 1,
         "srv-nieuw is not a server", "srv-app", "[server-not-in-region]")  # fmt: skip
    region.office.store.revoke("zandbeke", "srv-app")
    said(join_here(region, region.code("", 2), tmp_path / "state", "--name", "srv-app"), 0, "accepted")
    said(join_here(region, region.code("", 2), tmp_path / "other", "--name", "srv-app"), 1, "has joined already")


def test_code_without_a_name_tries_that_of_the_machine(region: Collector, tmp_path: Path) -> None:
    name = socket.gethostname().partition(".")[0].lower()
    said(join_here(region, region.code("", 1), tmp_path / "state"), 1, f"is called {name}", "[server-not-in-region]")


@pytest.mark.parametrize(("what", "words"), [
    ("used", ["used already", "[code-used]"]),
    ("unknown", ["does not know this code", "[code-unknown]"]),
    ("revoked", ["revoked this code", "[code-revoked]"]),
])  # fmt: skip
def test_code_that_does_not_hold(region: Collector, tmp_path: Path, what: str, words: list[str]) -> None:
    code = new_code() if what == "unknown" else region.code()
    if what == "used":
        said(join_here(region, code, tmp_path / "first"), 0)
    elif what == "revoked":
        region.office.store.revoke("zandbeke", "srv-app")
    said(join_here(region, code, tmp_path / "state"), 1, *words)


def test_server_that_has_joined_already_is_told_so(region: Collector, tmp_path: Path) -> None:
    code, state = region.code(), tmp_path / "state"
    said(join_here(region, code, state), 0)
    before = (state / "credential").read_text()
    said(join_here(region, code, state), 1,
         "has joined already, as srv-app of zandbeke", f"regiowacht agent run --state {state}")  # fmt: skip
    assert (state / "credential").read_text() == before
    said(join_here(region, region.code(), state), 0, "accepted")


def test_mistyped_code_asks_nobody(tmp_path: Path) -> None:
    said(
        join("https://127.0.0.1:1", "K7QM-3XZD-9FPT-WB2", tmp_path / "state"), 2, "copied wrong", "Nothing was used up"
    )


@pytest.mark.parametrize(("url", "words"), [
    ("regio.example", ["https://"]),
    ("http://192.0.2.1", ["use https://"]),
    ("https://user:geheim@192.0.2.1", ["https://"]),
])  # fmt: skip
def test_url_that_is_none(tmp_path: Path, url: str, words: list[str]) -> None:
    answer = join(url, new_code(), tmp_path / "state")
    said(answer, 2, *words)
    assert "geheim" not in answer.stderr


def test_name_that_is_not_found(tmp_path: Path) -> None:
    answer = join("https://regio.invalid", new_code(), tmp_path / "state")
    said(answer, 3, "the name regio.invalid cannot be found", "getent hosts regio.invalid", "--proxy")


def test_port_that_nobody_listens_on(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        said(join(f"https://127.0.0.1:{port}", new_code(), tmp_path / "state"), 3,
             f"no connection to 127.0.0.1:{port}", "refused", "firewall")  # fmt: skip


def test_issuer_that_this_machine_does_not_know(region: Collector, tmp_path: Path) -> None:
    said(join(region.url, region.code(), tmp_path / "state"), 3, "does not know the issuer", "--ca")


def test_certificate_of_another_name(region: Collector, tmp_path: Path) -> None:
    url = region.url.replace("127.0.0.1", "localhost")
    said(join(url, region.code(), tmp_path / "state", "--ca", str(region.ca)), 3, "does not belong to localhost")


def test_authorities_that_are_none(region: Collector, tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("nothing")
    said(join(region.url, region.code(), tmp_path / "state", "--ca", str(tmp_path / "ca")), 2, "--ca", "PEM")
    said(join(region.url, region.code(), tmp_path / "state", "--ca", str(tmp_path / "no")), 2, "--ca", "No such file")


def test_certificate_that_is_over(tmp_path: Path) -> None:
    with collector(tmp_path / "collector", NOW - timedelta(days=1)) as region:
        said(join_here(region, region.code(), tmp_path / "state"), 3, "not valid now", "the clock here is right")


def test_certificate_that_only_looks_over_since_this_clock_is_wrong(tmp_path: Path) -> None:
    with collector(tmp_path / "collector", NOW - timedelta(days=1), lambda: time.time() - 2 * 86_400) as region:
        code = region.code()
        said(join_here(region, code, tmp_path / "state"), 3, "the clock of this server is wrong", "timedatectl")


def test_wrong_clock_is_told_before_the_code_is_sent(tmp_path: Path) -> None:
    with collector(tmp_path / "collector", clock=lambda: time.time() - 3600) as region:
        said(join_here(region, region.code(), tmp_path / "state"), 1, "the clock of this server is wrong")
        assert [one.used for one in region.office.store.invites()] == [0]
        assert not region.office.answers


@contextmanager
def something_else(folder: Path) -> Iterator[int]:
    """A web server that is no collector, without TLS."""
    del folder
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_something_else_that_answers(tmp_path: Path) -> None:
    with something_else(tmp_path) as port:
        said(join(f"https://127.0.0.1:{port}", new_code(), tmp_path / "state"), 3, "secure connection cannot be made")
        said(join(f"http://127.0.0.1:{port}", new_code(), tmp_path / "state"), 3, "no collector of Regiowacht", "501")


def test_http_at_a_secure_port_hints_at_https(region: Collector, tmp_path: Path) -> None:
    url = region.url.replace("https://", "http://")
    said(join(url, new_code(), tmp_path / "state"), 3, "Is it a secure port?", f"use {region.url}")


def test_running_agent_is_to_be_restarted(region: Collector, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        region.publish(BUNDLE.replace(b"127.0.0.1:0", f"127.0.0.1:{taken.getsockname()[1]}".encode()))
        command = [sys.executable, "-m", "regiowacht", "agent", "join", region.url, region.code()]
        try:
            answer = subprocess.run(
                [*command, "--state", str(state), "--lang", "en", "--ca", str(region.ca)],
                capture_output=True, text=True, check=False, timeout=120,
            )  # fmt: skip
        finally:
            region.publish(BUNDLE)
    said(answer, 3, "this server has joined, but another process listens", f"agent run --state {state}")


def test_folder_that_cannot_be_written_spends_no_code(region: Collector, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code = region.code()
    said(join_here(region, code, tmp_path / "file" / "state"), 3, str(tmp_path / "file"), "sudo")
    said(join_here(region, code, tmp_path / "state"), 0)


def test_through_a_proxy_that_wants_a_login(region: Collector, tmp_path: Path) -> None:
    state, login = tmp_path / "state", tmp_path / "login"
    login.write_text("jan:niet-geheim\n")
    with proxy("jan:niet-geheim") as made:
        code = region.code()
        said(join_here(region, code, state, "--proxy", made.url), 3, "wants a login", "--proxy-login")
        answer = join_here(region, code, state, "--proxy", made.url, "--proxy-login", f"file:{login}")
        said(answer, 0, "lets through", "accepted")
    assert "niet-geheim" not in answer.stderr + (state / "joined.json").read_text()
    assert json.loads((state / "joined.json").read_text())["proxy"] == made.url


def test_a_proxy_that_is_told_anew_is_remembered_and_the_agent_begins_anew(
    region: Collector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    state = StateFolder(tmp_path / "state")
    said(join_here(region, region.code(), state.path), 0)
    quiet = Console("en", stdout=None, stderr=None)

    def again(**told: str) -> bool:
        chosen = {"url": region.url, "code": None, "ca": region.ca, "proxy": None, "proxy_login": "", "name": ""}
        return _be_joined(Namespace(**{**chosen, **told}), state, quiet, lambda key, **values: None)

    assert again() is False
    with proxy() as made:
        assert again(proxy=made.url) is True
        assert made.asked
        assert state.membership().proxy == made.url
        assert again(proxy=made.url) is False
        assert again() is False
        assert state.membership().proxy == made.url


@pytest.mark.parametrize(("words", "told"), [
    (["--proxy", "http://127.0.0.1:1"], ["no connection to the proxy", "refused"]),
    (["--proxy", "http://proxy.invalid:3128"], ["name of the proxy, proxy.invalid"]),
])  # fmt: skip
def test_proxy_that_is_not_there(tmp_path: Path, words: list[str], told: list[str]) -> None:
    said(join("https://192.0.2.1", new_code(), tmp_path / "state", *words), 3, *told)


@pytest.mark.parametrize("words", [
    ["--proxy", "socks5://127.0.0.1:1"], ["--proxy", "http://jan:geheim@127.0.0.1:1"], ["--proxy-login", "jan:geheim"],
])  # fmt: skip
def test_proxy_that_is_none_and_its_login_is_not_repeated(tmp_path: Path, words: list[str]) -> None:
    answer = join("https://192.0.2.1", new_code(), tmp_path / "state", *words)
    said(answer, 2, "--proxy-login")
    assert "geheim" not in answer.stderr


def test_proxy_of_the_environment_is_used_and_named(tmp_path: Path) -> None:
    with proxy(refuses=True) as made:
        answer = join("https://regio.invalid", new_code(), tmp_path / "state", https_proxy=made.url)
    said(answer, 3, "does not let regio.invalid:443 through", "403")


def test_certificate_pair_is_not_mixed_up(tmp_path: Path) -> None:
    with collector(tmp_path / "collector") as region:
        (tmp_path / "other").mkdir()
        other, _ = write_pair(tmp_path / "other")
        said(join(region.url, region.code(), tmp_path / "state", "--ca", str(other)), 3, "does not know the issuer")
