"""``regiowacht collector invite|revoke``: who may send to this collector."""

from __future__ import annotations

import shlex
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import add_json, add_region
from regiowacht.verbs.collector_line import make_line
from regiowacht_contract.errors import EXIT_FINE, Found, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from regiowacht.console import Console
    from regiowacht_collector.gateway.joining.store import Credential, Invite, Store
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region

HOURS = 72
HOUR_S = 3600.0
USES_MAX = 1000
FEW = 20
"""Names that are listed where none of them is it."""

WRITE_PATH = "/api/v1/write"


def add_invite(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``invite`` takes."""
    parser.add_argument("gemeente", metavar="GEMEENTE", nargs="?", help=say("joining.option-gemeente", lang))
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument("--server", metavar="NAME", default="", help=say("joining.option-server", lang))
    whom.add_argument("--uses", metavar="N", type=int, help=say("joining.option-uses", lang))
    whom.add_argument("--client", metavar="NAME", help=say("joining.option-client", lang))
    whom.add_argument("--list", action="store_true", help=say("joining.option-list", lang))
    parser.add_argument("--certificate", metavar="FILE|SHA256", help=say("joining.option-certificate", lang))
    parser.add_argument("--ca", metavar="FILE", help=say("installer.option-ca", lang))
    text = say("joining.option-hours", lang, default=HOURS)
    parser.add_argument("--hours", metavar="N", type=int, help=text)
    parser.add_argument("--data", required=True, metavar="DIR", help=say("collector.option-data", lang))
    add_region(parser, lang)
    add_json(parser, lang)


def invite(chosen: Namespace, console: Console) -> int:
    """Print a one-time code, or the token of another client; ``--list`` shows who was invited and who has joined."""
    from regiowacht.services.owner import SERVED, give_to_owner

    try:
        return _invite_one(chosen, console)
    finally:
        give_to_owner(Path(chosen.data), SERVED)


def _invite_one(chosen: Namespace, console: Console) -> int:
    from regiowacht.region import open_region

    if chosen.list:
        return _list(_store(chosen), chosen, console)
    region, console = open_region(chosen.region, console)
    _check(chosen, region)
    store = _store(chosen)
    if chosen.certificate is not None:
        return _admit_certificate(store, chosen, console, region)
    if chosen.client is not None:
        return _admit(store, chosen, console, region)
    made, code = store.invite(chosen.gemeente, chosen.server, chosen.uses or 1, (chosen.hours or HOURS) * HOUR_S)
    url = region.collector.url or "URL"
    command = f"regiowacht agent join {shlex.quote(url)} {code}"
    line = make_line(store, (made, code), region, Path(chosen.data), chosen.ca, console.lang)
    if chosen.json:
        console.json({**_invite(made, time.time()), "code": code, "command": command, "line": line})
        return EXIT_FINE
    console.out(code)
    name = "" if chosen.server else " --name NAME"
    server = chosen.server or say("joining.any-server", console.lang)
    console.tell("joining.invited", server=server, gemeente=chosen.gemeente, command=command + name, until=_day(made))
    if line:
        console.tell("installer.line", line=line)
    return EXIT_FINE


def _store(chosen: Namespace) -> Store:
    """Return who may send to the collector of ``--data``.

    Raises:
        UsageError: no collector has run there.
        Unavailable: it cannot be read.
    """
    from regiowacht_collector.data_folder import refuse_strange
    from regiowacht_collector.gateway.joining.store import Store

    data = Path(chosen.data)
    refuse_strange(data)
    return Store(data)


def _check(chosen: Namespace, region: Region) -> None:
    """Refuse what the region does not know.

    Raises:
        UsageError: no such gemeente or server, or nothing was said of whom the code is for.
    """
    if chosen.gemeente is None:
        raise UsageError("joining.needs-gemeente")
    slugs = [gemeente.gemeente for gemeente in region.gemeenten]
    if chosen.gemeente not in slugs:
        raise UsageError("joining.no-gemeente", name=chosen.gemeente, known=_near(chosen.gemeente, slugs))
    if not (chosen.server or chosen.uses is not None or chosen.client is not None):
        raise UsageError("joining.needs-whom", gemeente=chosen.gemeente)
    if chosen.uses is not None and not 1 <= chosen.uses <= USES_MAX:
        raise UsageError("joining.bad-number", option="--uses", value=chosen.uses, limit=USES_MAX)
    if chosen.hours is not None and not 1 <= chosen.hours <= USES_MAX * 24:
        raise UsageError("joining.bad-number", option="--hours", value=chosen.hours, limit=USES_MAX * 24)
    if chosen.client is not None and not (chosen.client.isprintable() and 0 < len(chosen.client) <= 64):
        raise UsageError("joining.bad-client")
    servers = [asset.name for asset in region.assets if asset.job == "node" and asset.gemeente == chosen.gemeente]
    if chosen.server and chosen.server not in servers:
        known = _near(chosen.server, servers)
        raise UsageError("joining.no-server", name=chosen.server, gemeente=chosen.gemeente, known=known)
    if chosen.certificate is not None and chosen.client is None:
        raise UsageError("joining.certificate-of-whom")
    if chosen.client in servers:
        raise UsageError("joining.client-is-server", name=chosen.client, gemeente=chosen.gemeente)


def _near(name: str, known: list[str]) -> str:
    """Return all names where they are few; else the one that was meant, or the first of them."""
    if len(known) > FEW and (meant := nearest(name, known)):
        return meant
    return ", ".join(sorted(known)[:FEW]) + (", ..." if len(known) > FEW else "") or "-"


def _admit(store: Store, chosen: Namespace, console: Console, region: Region) -> int:
    valid_s = None if chosen.hours is None else chosen.hours * HOUR_S
    credential, token = store.admit_client(chosen.gemeente, chosen.client, valid_s)
    url = (region.collector.url or "URL").rstrip("/") + WRITE_PATH
    if chosen.json:
        console.json({**_credential(credential, time.time()), "token": token, "url": url})
        return EXIT_FINE
    console.out(token)
    console.tell("joining.admitted", name=chosen.client, gemeente=chosen.gemeente, url=url)
    return EXIT_FINE


def _admit_certificate(store: Store, chosen: Namespace, console: Console, region: Region) -> int:
    from regiowacht_collector.gateway.joining.certificates import read_certificate

    fingerprint, ends = read_certificate(chosen.certificate)
    if chosen.hours is not None:
        ends = min(ends or float("inf"), time.time() + chosen.hours * HOUR_S)
    credential = store.admit_certificate(chosen.gemeente, chosen.client, fingerprint, ends)
    url = (region.collector.url or "URL").rstrip("/") + WRITE_PATH
    if chosen.json:
        console.json({**_credential(credential, time.time()), "url": url})
        return EXIT_FINE
    console.out(fingerprint)
    until = _until(credential, console.lang)
    console.tell("joining.certified", name=chosen.client, gemeente=chosen.gemeente, url=url, until=until)
    return EXIT_FINE


def add_revoke(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``revoke`` takes."""
    parser.add_argument("gemeente", metavar="GEMEENTE", nargs="?", help=say("joining.option-gemeente", lang))
    parser.add_argument("name", metavar="NAME", nargs="?", help=say("joining.option-name", lang))
    parser.add_argument("--id", metavar="ID", help=say("joining.option-id", lang))
    parser.add_argument("--list", action="store_true", help=say("joining.option-list", lang))
    parser.add_argument("--data", required=True, metavar="DIR", help=say("collector.option-data", lang))
    add_json(parser, lang)


def revoke(chosen: Namespace, console: Console) -> int:
    """End the credential and the open codes of a server or client; a running collector heeds it within seconds."""
    from regiowacht.services.owner import SERVED, give_to_owner

    try:
        return _revoke_one(chosen, console)
    finally:
        give_to_owner(Path(chosen.data), SERVED)


def _revoke_one(chosen: Namespace, console: Console) -> int:
    if chosen.list:
        return _list(_store(chosen), chosen, console)
    if chosen.id is None and not (chosen.gemeente and chosen.name):
        raise UsageError("joining.revoke-needs-whom")
    store = _store(chosen)
    if chosen.id is not None:
        ended, whom = (store.revoke_id(chosen.id), 0), chosen.id
    else:
        ended, whom = store.revoke(chosen.gemeente, chosen.name), f"{chosen.gemeente}/{chosen.name}"
    if not any(ended):
        raise Found("joining.nothing-revoked", whom=whom)
    if chosen.json:
        console.json({"revoked": whom, "credentials": ended[0], "invites": ended[1]})
    else:
        console.tell("joining.revoke-done", whom=whom)
    return EXIT_FINE


def _list(store: Store, chosen: Namespace, console: Console) -> int:
    """Show codes that may still be used, and every credential that was not revoked; ``--json`` shows all."""
    now = time.time()
    invites = [one for one in store.invites() if chosen.gemeente in {None, one.gemeente}]
    credentials = [one for one in store.credentials() if chosen.gemeente in {None, one.gemeente}]
    if chosen.json:
        told = {"invites": [_invite(one, now) for one in invites]}
        console.json(told | {"credentials": [_credential(one, now) for one in credentials]})
        return EXIT_FINE
    for line in _lines(invites, credentials, console.lang, now):
        console.out(line)
    return EXIT_FINE


def _lines(invites: list[Invite], credentials: list[Credential], lang: Lang, now: float) -> Iterator[str]:
    for one in invites:
        if one.state(now) == "open":
            server, left = one.server or say("joining.any-server", lang), one.uses - one.used
            values = {"id": one.id, "gemeente": one.gemeente, "server": server, "left": left, "until": _day(one)}
            yield say("joining.list-invite", lang, **values)
    for held in credentials:
        state = held.state(now)
        if state != "revoked":
            values = {"id": held.id, "gemeente": held.gemeente, "server": held.server, "until": _until(held, lang)}
            row = say(f"joining.list-{state}", lang, **values)
            yield f"{row}  sha256:{held.certificate}" if held.certificate else row


def _invite(one: Invite, now: float) -> dict[str, object]:
    return {
        "id": one.id,
        "gemeente": one.gemeente,
        "server": one.server,
        "uses": one.uses,
        "used": one.used,
        "expires": one.expires,
        "state": one.state(now),
    }


def _credential(one: Credential, now: float) -> dict[str, object]:
    return {
        "id": one.id,
        "gemeente": one.gemeente,
        "server": one.server,
        "kind": one.kind,
        "made": one.made,
        "expires": one.expires,
        "state": one.state(now),
        "certificate": one.certificate,
    }


def _until(one: Credential, lang: Lang) -> str:
    return say("joining.never", lang) if one.expires is None else _day(one)


def _day(one: Invite | Credential) -> str:
    """Return when it ends, in this machine's time."""
    return datetime.fromtimestamp(one.expires or 0.0, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
