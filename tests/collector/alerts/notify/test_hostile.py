"""What devices call themselves, servers that hold us up and programs next door: nothing is lost, forged or blocked."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from regiowacht_collector.alerts.notify.history import History, told_since
from regiowacht_collector.alerts.notify.message import SUBJECT_MAX, one_line
from regiowacht_collector.alerts.notify.notice import parse
from regiowacht_collector.alerts.notify.notifier import Notifier
from regiowacht_collector.alerts.notify.server import NotifierServer
from regiowacht_collector.alerts.notify.ways import NotNow
from regiowacht_inventory import load
from tests.collector.alerts.notify.receivers import Mailbox, Web
from tests.collector.alerts.notify.test_delivery import notice, payload
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_inventory import Region

HOSTILE = (
    "sw-1\r\nBcc: all@klein.example\r\n\r\n",
    "sw\nWie te bellen: 0900-123",
    "<script>alert(1)</script>",
    '"; DROP TABLE told; --',
    "{{ .Labels }} {{ template `x` }}",
    "100%s %(x)d %n",
    "\u202egnitide\u2028line\x00\x1b[31m",
    "[click](https://elsewhere.example)",
    "x" * 10_000,
    "é" * 10_000,
    "\ud800",
)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Return a mail server that runs."""
    with Mailbox() as box:
        yield box


@pytest.fixture
def web() -> Iterator[Web]:
    """Return a web server that runs."""
    with Web() as server:
        yield server


def _region(folder: Path, smtp_port: int, web_url: str = "http://127.0.0.1:1") -> Region:
    files = dict(BASE)
    files["region.yml"] += f"""
alerts:
  grafana: https://grafana.example
  smtp: {{server: "127.0.0.1:{smtp_port}", from: regiowacht@klein.example, security: none}}
  receivers:
    ict: {{email: [ict@klein.example]}}
    ploeg: {{teams: "env:TEAMS_URL"}}
    telefoon: {{ntfy: "{web_url}/wacht"}}
  to: [{{to: [ict]}}]
  watchdog: "{web_url}/hond"
"""
    return load(write_base(folder, files))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_adds_a_header_a_line_or_a_link_nor_keeps_anybody_from_being_told(
    name: str, tmp_path: Path, mailbox: Mailbox, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAMS_URL", f"{web.url}/workflow")
    history = History(tmp_path)
    notifier = Notifier(_region(tmp_path / "region", mailbox.port, web.url), history)
    for receiver in ("ict", "ploeg", "telefoon"):
        notifier.deliver(receiver, notice(instance=name))
    history.close()
    [mail] = mailbox.mails
    assert (mail["To"], mail["Bcc"]) == ("ict@klein.example", None)
    assert mail["Subject"].startswith("[KRITIEK] Aa: ")
    assert len(mail["Subject"]) <= SUBJECT_MAX
    assert sum(line.startswith("Wie te bellen") for line in mail.get_content().splitlines()) == 1
    (_, _, card), (_, _, push) = web.posts
    body = card["attachments"][0]["content"]["body"]
    assert not any("](" in block["text"] for block in body)
    assert len(push["message"].encode()) <= 3_500
    assert "\n" not in push["title"]
    assert [told.outcome for told in told_since(tmp_path, 0)] == ["sent"] * 3


def test_a_line_has_a_bound_and_nothing_that_is_not_to_be_seen() -> None:
    assert one_line("a\r\n b\u202ec\x00", 10) == "a b c"
    assert one_line("x" * 20, 10) == "x" * 9 + "…"


def test_five_thousand_alerts_at_once_are_one_mail(tmp_path: Path, mailbox: Mailbox) -> None:
    history = History(tmp_path)
    server = NotifierServer(Notifier(_region(tmp_path / "region", mailbox.port), history))
    many: dict[str, Any] = payload()
    many["alerts"] = [payload(instance=f"sw-{number}-{'x' * 2_000}")["alerts"][0] for number in range(5_000)]
    try:
        assert httpx.post(f"{server.url}/notify/ict", json=many, timeout=120).status_code == 200
    finally:
        server.close()
        history.close()
    [mail] = mailbox.mails
    assert "5000" in mail["Subject"] or "5.000" in mail["Subject"] or "4999" in mail["Subject"]
    assert "4970" in mail.get_content()
    assert len(parse(many).alerts) == 5_000


class Dribbler:
    """A server that says a byte now and then, and never a whole line."""

    def __init__(self) -> None:
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with self._listener:
            connection, _ = self._listener.accept()
            with connection:
                while not self._closing.wait(0.05):
                    try:
                        connection.send(b"2")
                    except OSError:
                        return

    def close(self) -> None:
        """Stop."""
        self._closing.set()
        self._thread.join()


@pytest.mark.parametrize("receiver", ["ict", "telefoon"])
def test_a_server_that_never_ends_its_answer_holds_nobody_up(receiver: str, tmp_path: Path) -> None:
    slow = Dribbler()
    history = History(tmp_path)
    region = _region(tmp_path / "region", slow.port, f"http://127.0.0.1:{slow.port}")
    notifier = Notifier(region, history, patience_s=0.5)
    try:
        with pytest.raises(NotNow, match="not taken within"):
            notifier.deliver(receiver, notice())
        way = "mail" if receiver == "ict" else "ntfy"
        assert notifier.counts.deliveries == {(receiver, way, "later"): 1}
        with pytest.raises(NotNow):  # the same news, while the first attempt is still under way
            notifier.deliver(receiver, notice())
    finally:
        slow.close()
        history.close()


def test_who_does_not_know_the_path_is_not_even_listened_to(tmp_path: Path, mailbox: Mailbox) -> None:
    history = History(tmp_path)
    server = NotifierServer(Notifier(_region(tmp_path / "region", mailbox.port), history))
    port = int(server.url.split(":")[2].split("/")[0])
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as other:
            other.sendall(b"POST /guess/notify/ict HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n")
            answer = b""
            while chunk := other.recv(4096):
                answer += chunk
        assert answer.startswith(b"HTTP/1.1 404")
    finally:
        server.close()
        history.close()
    assert mailbox.mails == []
