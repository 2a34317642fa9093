"""The ways out: mail over SMTP, JSON over HTTPS to a webhook, a Teams workflow and an ntfy topic."""

from __future__ import annotations

import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Any

import httpx

from regiowacht_contract.errors import RegiowachtError
from regiowacht_contract.secret import REFERENCE, resolve
from regiowacht_inventory.values import split_host_port

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regiowacht_collector.alerts.notify.message import Message
    from regiowacht_collector.alerts.notify.notice import Notice
    from regiowacht_inventory.alerting import Receiver, Smtp

WITHIN_S = 20.0
LARGEST_TEAMS_CHARS = 20_000
LARGEST_NTFY_BYTES = 3_500
TRY_AGAIN = frozenset({408, 425, 429, *range(500, 600)})


class NotNow(Exception):
    """It was not taken now, but may be later; says why."""


class Never(Exception):
    """It will never be taken like this; says why."""


def mail(smtp: Smtp | None, addresses: Sequence[str], message: Message) -> list[str]:
    """Send a mail, and return the addresses that were refused for good.

    Raises:
        NotNow: the server is away or wants to be asked later.
        Never: there is no server, it wants other credentials, or it refuses every address.
    """
    if smtp is None:
        raise Never("the region names no mail server (alerts.smtp)")
    try:
        with _connected(smtp) as server:
            refused = server.send_message(_written(smtp, addresses, message), smtp.sender, list(addresses))
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except smtplib.SMTPAuthenticationError as error:
        raise _smtp_error(error.smtp_code, f"login refused ({error.smtp_code})") from None
    except smtplib.SMTPResponseException as error:
        raise _smtp_error(error.smtp_code, f"{error.smtp_code} {_words(error.smtp_error)}") from None
    except smtplib.SMTPException as error:
        raise NotNow(f"{smtp.server}: {error}") from None
    except OSError as error:
        raise NotNow(f"{smtp.server}: {error.strerror or error}") from None
    later = [address for address, (code, _) in refused.items() if code < 500]
    if later:
        raise NotNow(f"{later[0]}: {refused[later[0]][0]} {_words(refused[later[0]][1])}")
    if len(refused) == len(addresses):
        raise Never("; ".join(f"{address}: {code} {_words(said)}" for address, (code, said) in refused.items()))
    return sorted(refused)


def webhook(receiver: Receiver, notice: Notice, message: Message) -> None:
    """Hand on the payload as Alertmanager's webhook has it, with the message beside it as ``regiowacht``.

    Raises:
        NotNow, Never: as ``mail``.
    """
    told = {"subject": message.subject, "text": message.text, "link": message.link}
    _post(_url(receiver.webhook or ""), json={**notice.raw, "regiowacht": told}, token=receiver.token)


def teams(receiver: Receiver, message: Message) -> None:
    """Send an Adaptive Card to a workflow of Teams.

    Raises:
        NotNow, Never: as ``mail``.
    """
    colour = "good" if not message.is_firing else "attention" if message.is_critical else "warning"
    title = {
        "type": "TextBlock",
        "text": _without_links(message.subject),
        "weight": "bolder",
        "wrap": True,
        "color": colour,
    }
    lines = _without_links(message.text[:LARGEST_TEAMS_CHARS].replace("\n", "\n\n"))
    card: dict[str, Any] = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": [title, {"type": "TextBlock", "text": lines, "wrap": True}],
    }
    if message.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Dashboard", "url": message.link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    _post(_url(receiver.teams or ""), json={"type": "message", "attachments": [attachment]})


def ntfy(receiver: Receiver, message: Message) -> None:
    """Send to a topic of an ntfy server (its "Publish as JSON" puts the topic beside the text).

    Raises:
        NotNow, Never: as ``mail``.
    """
    base, _, topic = _url(receiver.ntfy or "").rstrip("/").rpartition("/")
    told: dict[str, Any] = {
        "topic": topic,
        "title": message.subject,
        "message": message.text.encode(errors="replace")[:LARGEST_NTFY_BYTES].decode(errors="ignore"),
        "priority": 3 if not message.is_firing else 5 if message.is_critical else 4,
        "tags": ["rotating_light" if message.is_firing else "white_check_mark"],
    }
    if message.link:
        told["click"] = message.link
    _post(base + "/", json=told, token=receiver.token)


def call(url: str) -> None:
    """Call a URL: the watchdog's.

    Raises:
        NotNow, Never: as ``mail``.
    """
    _post(_url(url), json={})


def _post(url: str, *, json: Mapping[str, Any], token: str | None = None) -> None:
    """Post JSON; the URL may be a secret, so that no error names more of it than its host."""
    headers = {"Authorization": f"Bearer {_secret(token)}"} if token else {}
    host = httpx.URL(url).host
    try:
        answer = httpx.post(url, json=dict(json), headers=headers, timeout=WITHIN_S, follow_redirects=False)
    except httpx.HTTPError as error:
        raise NotNow(f"{host}: {type(error).__name__}") from None
    if answer.status_code in TRY_AGAIN:
        raise NotNow(f"{host}: {answer.status_code} {answer.reason_phrase}")
    if not answer.is_success:
        raise Never(f"{host}: {answer.status_code} {answer.reason_phrase}")


def _url(written: str) -> str:
    """Return a URL that stands there itself or behind a reference."""
    url = _secret(written) if REFERENCE.fullmatch(written) else written
    try:
        is_one = httpx.URL(url).scheme in {"http", "https"} and bool(httpx.URL(url).host)
    except httpx.InvalidURL:
        is_one = False
    if not is_one:
        raise Never(f"{written}: there is no URL there")
    return url


def _secret(reference: str) -> str:
    try:
        return resolve(reference)
    except RegiowachtError as error:
        raise Never(str(error)) from None


def _connected(smtp: Smtp) -> smtplib.SMTP:
    """Return a connection that is protected and logged in as the region says."""
    host, port = split_host_port(smtp.server) or (smtp.server, 25)
    context = ssl.create_default_context(cafile=smtp.ca)
    name = socket.gethostname()
    if smtp.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=WITHIN_S, context=context)
    else:
        server = smtplib.SMTP(host, port, name, timeout=WITHIN_S)
    try:
        if smtp.security == "starttls":
            server.starttls(context=context)
        if smtp.user and smtp.password:
            server.login(smtp.user, _secret(smtp.password))
    except BaseException:
        server.close()
        raise
    return server


def _written(smtp: Smtp, addresses: Sequence[str], message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = smtp.sender
    mail["To"] = ", ".join(addresses)
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = make_msgid(domain=smtp.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers to it
    if message.is_critical and message.is_firing:
        mail["X-Priority"] = "1"
    mail.set_content(message.text)
    return mail


def _without_links(text: str) -> str:
    """Return a text in which Markdown sees no link that says one thing and leads elsewhere."""
    return text.replace("](", "] (")


def _smtp_error(code: int, said: str) -> NotNow | Never:
    return Never(said) if code >= 500 else NotNow(said)


def _words(said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
