"""What is handed on reaches people, once, in their language; what does not is told as what it is."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from regiowacht_collector.alerts.notify.history import History, told_since
from regiowacht_collector.alerts.notify.notice import Notice, parse
from regiowacht_collector.alerts.notify.notifier import Notifier, UnknownReceiver
from regiowacht_collector.alerts.notify.server import NotifierServer
from regiowacht_collector.alerts.notify.ways import Never, NotNow
from regiowacht_collector.alerts.routing import WATCHDOG
from regiowacht_inventory import load
from tests.collector.alerts.notify.receivers import Mailbox, Web
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_inventory import Region

LABELS = {
    "alertname": "AssetNeer", "severity": "critical", "gemeente": "aa", "site": "huis", "instance": "wan-1",
    "kind": "link", "laag": "connectiviteit", "leverancier": "telco-a", "scope": "aa/connectiviteit", "job": "probe",
}  # fmt: skip


def payload(*, resolved: bool = False, starts: str = "2026-11-27T10:00:00Z", **labels: str) -> dict[str, Any]:
    """Return a payload of Alertmanager's with one alert."""
    of = {**LABELS, **labels}
    status = "resolved" if resolved else "firing"
    alert = {
        "status": status,
        "labels": of,
        "annotations": {"summary_nl": f"{of['instance']} antwoordt niet", "summary_en": f"{of['instance']} is silent"},
        "startsAt": starts,
        "endsAt": "2026-11-27T11:00:00Z" if resolved else "0001-01-01T00:00:00Z",
        "generatorURL": "",
        "fingerprint": sha256(repr(sorted(of.items())).encode()).hexdigest()[:16],
    }
    return {"version": "4", "groupKey": "{}:{}", "status": status, "receiver": "ict", "alerts": [alert]}


def notice(**given: Any) -> Notice:
    """Return the notice in such a payload."""
    return parse(payload(**given))


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


@pytest.fixture
def region(tmp_path: Path, mailbox: Mailbox, web: Web, monkeypatch: pytest.MonkeyPatch) -> Region:
    """Return a region with a receiver of every way."""
    monkeypatch.setenv("TEAMS_URL", f"{web.url}/workflow?sig=not-a-real-secret")
    monkeypatch.setenv("NTFY_TOKEN", "not-a-real-token")
    files = dict(BASE)
    files["region.yml"] += f"""
alerts:
  grafana: https://grafana.example
  smtp: {{server: "127.0.0.1:{mailbox.port}", from: regiowacht@klein.example, security: none}}
  receivers:
    ict: {{email: [ict@klein.example, wacht@klein.example]}}
    ploeg: {{teams: "env:TEAMS_URL"}}
    telefoon: {{ntfy: "{web.url}/wacht", token: "env:NTFY_TOKEN", language: en}}
    meldpunt: {{webhook: "{web.url}/in"}}
    leeg: {{teams: "env:NOBODY_SET_THIS"}}
  to: [{{to: [ict]}}]
  watchdog: "{web.url}/hond"
"""
    files["gemeenten/aa.yml"] += "alerts: {receivers: {balie: {email: [balie@aa.example]}}, to: [{to: [balie]}]}\n"
    return load(write_base(tmp_path / "region", files))


@pytest.fixture
def notifier(region: Region, tmp_path: Path) -> Iterator[Notifier]:
    """Return a notifier of that region."""
    history = History(tmp_path)
    yield Notifier(region, history)
    history.close()


def test_a_mail_says_what_where_since_when_and_whom_to_call(notifier: Notifier, mailbox: Mailbox) -> None:
    notifier.deliver("aa/balie", notice())
    [mail] = mailbox.mails
    assert mail["Subject"] == "[KRITIEK] Aa: wan-1 antwoordt niet"
    assert mail["To"] == "balie@aa.example"
    text = mail.get_content()
    for wanted in ("Sinds 27-11-2026 11:00", "Telco A", "Wie te bellen", "1. ", "https://grafana.example/d/rw-site"):
        assert wanted in text
    assert "zelf niemand" not in text


def test_what_a_gemeente_names_nobody_for_says_so(notifier: Notifier, mailbox: Mailbox) -> None:
    notifier.deliver("ict", notice(gemeente="bb"))
    assert "Bb zelf niemand heeft opgegeven" in mailbox.mails[0].get_content()


def test_the_same_news_is_told_once_and_other_news_is_told(
    notifier: Notifier, mailbox: Mailbox, tmp_path: Path
) -> None:
    for given in ({}, {}, {"resolved": True}, {"starts": "2026-11-27T12:00:00Z"}):
        notifier.deliver("aa/balie", notice(**given))
    assert [mail["Subject"].split("]")[0] for mail in mailbox.mails] == ["[KRITIEK", "[OPGELOST", "[KRITIEK"]
    assert [told.outcome for told in told_since(tmp_path, 0)] == ["sent"] * 3
    assert told_since(tmp_path, 0)[0].alerts[0]["instance"] == "wan-1"


def test_what_begins_anew_because_the_engine_does_is_no_news(
    notifier: Notifier, mailbox: Mailbox, tmp_path: Path
) -> None:
    later = {"starts": "2026-11-27T12:00:00Z"}
    for given in ({}, later, {"resolved": True, **later}, {"resolved": True}):
        notifier.deliver("aa/balie", notice(**given))
    assert [mail["Subject"].split("]")[0] for mail in mailbox.mails] == ["[KRITIEK", "[OPGELOST"]
    assert len(told_since(tmp_path, 0)) == 2


def test_what_cannot_be_told_now_is_told_later(notifier: Notifier, mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.stop()
    with pytest.raises(NotNow, match="127"):
        notifier.deliver("ict", notice())
    mailbox.start()
    mailbox.refuses = "451 4.3.0 busy"
    with pytest.raises(NotNow, match="451"):
        notifier.deliver("ict", notice())
    mailbox.refuses = ""
    notifier.deliver("ict", notice())
    assert len(mailbox.mails) == 1
    assert [told.outcome for told in told_since(tmp_path, 0)] == ["sent", "later", "later"]
    assert notifier.counts.deliveries == {("ict", "mail", "later"): 2, ("ict", "mail", "sent"): 1}


def test_one_address_that_is_wrong_does_not_keep_the_others_from_it(
    notifier: Notifier, mailbox: Mailbox, tmp_path: Path
) -> None:
    mailbox.unknown = {"wacht@klein.example"}
    notifier.deliver("ict", notice())
    assert len(mailbox.mails) == 1
    assert told_since(tmp_path, 0)[0].reason == "wacht@klein.example"
    mailbox.unknown.add("ict@klein.example")
    with pytest.raises(Never, match="no such mailbox"):
        notifier.deliver("ict", notice(instance="sw-1"))


def test_teams_ntfy_and_a_webhook_get_what_they_understand(notifier: Notifier, web: Web) -> None:
    for receiver in ("ploeg", "telefoon", "meldpunt"):
        notifier.deliver(receiver, notice())
    (card_path, _, card), (_, headers, push), (path, _, hooked) = web.posts
    assert card_path.startswith("/workflow")
    assert card["attachments"][0]["content"]["body"][0]["text"] == "[KRITIEK] Aa: wan-1 antwoordt niet"
    assert (push["topic"], push["priority"], push["title"]) == ("wacht", 5, "[CRITICAL] Aa: wan-1 is silent")
    assert headers["Authorization"] == "Bearer not-a-real-token"
    assert path == "/in"
    assert hooked["alerts"][0]["labels"] == LABELS
    assert hooked["regiowacht"]["subject"].startswith("[KRITIEK]")


@pytest.mark.parametrize(("status", "error"), [(500, NotNow), (429, NotNow), (404, Never), (302, Never)])
def test_what_a_server_answers_says_whether_to_try_again_and_no_secret(
    notifier: Notifier, web: Web, status: int, error: type[Exception]
) -> None:
    web.status = status
    with pytest.raises(error) as raised:
        notifier.deliver("ploeg", notice())
    assert str(status) in str(raised.value)
    assert "sig" not in str(raised.value)


def test_a_secret_that_is_not_there_is_named_by_its_reference(notifier: Notifier) -> None:
    with pytest.raises(Never, match="env:NOBODY_SET_THIS"):
        notifier.deliver("leeg", notice())


def test_the_watchdog_is_called_every_time(notifier: Notifier, web: Web) -> None:
    for _ in range(3):
        notifier.deliver(WATCHDOG, notice(alertname="Waakhond"))
    assert [path for path, _, _ in web.posts] == ["/hond"] * 3


def test_a_receiver_that_is_not_there_is_refused(notifier: Notifier) -> None:
    for name in ("niemand", "bb/balie", "aa/", ""):
        with pytest.raises(UnknownReceiver):
            notifier.deliver(name, notice())


def test_over_http_each_has_its_status_and_only_who_knows_the_path_gets_in(
    notifier: Notifier, mailbox: Mailbox
) -> None:
    server = NotifierServer(notifier)
    try:
        url = f"{server.url}/notify"
        assert httpx.post(f"{url}/aa%2Fbalie", json=payload()).status_code == 200
        assert httpx.post(f"{url}/niemand", json=payload()).status_code == 400
        assert httpx.post(f"{url}/leeg", json=payload()).status_code == 400
        assert httpx.post(f"{url}/ict", json={"alerts": []}).status_code == 400
        assert httpx.post(f"{url}/ict", content=b"{").status_code == 400
        mailbox.stop()
        assert httpx.post(f"{url}/ict", json=payload()).status_code == 503
        outside = server.url.rpartition("/")[0]
        assert httpx.post(f"{outside}/guess/notify/ict", json=payload()).status_code == 404
        assert httpx.post(f"{url}/ict", content=iter([b"{}"])).status_code == 411
    finally:
        server.close()
    assert len(mailbox.mails) == 1
