"""Asks the collector for this server's configuration, and renews the credential when it is time.

A process of its own, short (``asking.py`` starts it): what is needed for HTTPS and for reading a configuration never
burdens the one that measures. What it came to stands in the file ``asked``, one ``key=value`` a line.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regiowacht_agent.config_file import FileInvalid, load
from regiowacht_agent.joining.folder import StateFolder
from regiowacht_agent.joining.way import way_to
from regiowacht_agent.log import visible
from regiowacht_agent.service import open_tls
from regiowacht_agent.version import version
from regiowacht_contract.errors import Found, Problem, RegiowachtError
from regiowacht_contract.join_code import new_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_agent.joining.folder import Membership
    from regiowacht_agent.joining.way import Answer, Way

SAME, NEW, INVALID, REFUSED, UNREACHABLE = "same", "new", "invalid", "refused", "unreachable"
RESULTS = (SAME, NEW, INVALID, REFUSED, UNREACHABLE)
HASH_LENGTH = 16


class BundleInvalid(Found):
    """A configuration that this agent cannot use."""


def main(told: Mapping[str, Any], descriptor: int) -> int:
    """Ask once, as a process of its own; 0 whatever came of it, which ``asked`` tells."""
    os.close(descriptor)
    folder = StateFolder(Path(told["state"]))
    asked = ask(folder)
    try:
        folder.write(folder.asked, "".join(f"{key}={visible(str(value))}\n" for key, value in asked.items()))
    except OSError:
        return 1
    return 0


def ask(folder: StateFolder, clock: Callable[[], float] = time.time) -> dict[str, object]:
    """Ask once, and return what it came to.

    Returns:
        ``result``, one of ``RESULTS``; ``reason`` in a few words where it is not as it should be, and of a
        configuration that cannot be used here its hash, ``refused``; ``expires`` of the credential and ``at``, both in
        seconds since 1970; ``hash`` of the configuration in force.
    """
    told: dict[str, object] = {"at": round(clock(), 3)}
    try:
        member = folder.membership()
        told["expires"] = member.expires or 0
        way = way_of(folder, member)
        member, problem = renew(way, folder, member, clock())
        told["expires"] = member.expires or 0
        told |= _bundle(way, folder)
        if problem:
            told["renewal"] = problem
    except (RegiowachtError, OSError) as error:
        told |= {"result": UNREACHABLE, "reason": str(error)}
    return told | {"hash": mark_of(_read(folder.config))[:HASH_LENGTH]}


def mark_of(content: bytes) -> str:
    """Return what a configuration is known by for this version of the agent: another one may be able to use it."""
    return f"{hashlib.sha256(content).hexdigest()} {version()}"


def way_of(folder: StateFolder, member: Membership) -> Way:
    """Return the way to the collector that this machine joined."""
    ca = str(folder.ca) if folder.ca.exists() else ""
    return way_to(member.url, ca=ca, proxy=member.proxy, proxy_login=folder.proxy_login(member))


def fetch(way: Way, token: str, known: bytes) -> tuple[bytes | None, Answer]:
    """Ask for the configuration; return it, None where it is the known one or there is none, beside the answer.

    Raises:
        Unreachable: nobody answered.
    """
    fields = {"Authorization": f"Bearer {token}"}
    if known:
        fields["If-None-Match"] = f'"{hashlib.sha256(known).hexdigest()}"'
    answer = way.ask("GET", "/v1/bundle", fields)
    is_bundle = answer.status == 200 and answer.fields.get("content-type", "").startswith("application/toml")
    return (answer.body if is_bundle else None), answer


def check(folder: StateFolder, content: bytes) -> None:
    """See that this agent can use a configuration, as it would be in force.

    Raises:
        BundleInvalid: it cannot; every reason is in it.
    """
    new = folder.path / ".agent.toml.check"
    folder.write(new, content)
    try:
        open_tls(load(new, folder.overrides()))
    except FileInvalid as error:
        raise BundleInvalid("join.bundle-invalid", reason="; ".join(map(_line, error.problems))) from None
    except RegiowachtError as error:
        raise BundleInvalid("join.bundle-invalid", reason=error) from None
    finally:
        new.unlink(missing_ok=True)


def renew(way: Way, folder: StateFolder, member: Membership, now: float) -> tuple[Membership, str]:
    """Renew the token when it is time; return what holds now, and why it was not renewed where it should have been.

    Raises:
        Unreachable: nobody answered.
        OSError: the new one cannot be kept.
    """
    if member.renew_after is None or now < member.renew_after:
        return member, ""
    token = _next_token(folder)
    fields = {"Authorization": f"Bearer {folder.token()}"}
    answer = way.ask("POST", "/v1/renew", fields, {"token": token})
    told = answer.json()
    if answer.status != 200 or "expires" not in told:
        return member, str(told.get("reason", f"HTTP {answer.status}"))
    folder.write(folder.credential, token + "\n")
    member = replace(member, expires=told["expires"], renew_after=told["renew_after"])
    folder.keep(member)
    folder.next_credential.unlink(missing_ok=True)
    return member, ""


def _bundle(way: Way, folder: StateFolder) -> dict[str, object]:
    current = _read(folder.config)
    content, answer = fetch(way, folder.token(), current)
    if content is None and answer.status != 304:
        reason = answer.json().get("reason")
        return {"result": REFUSED, "reason": reason} if reason else {"result": UNREACHABLE, "reason": answer.status}
    if content is None or content == current:
        folder.refused.unlink(missing_ok=True)
        return {"result": SAME}
    mark = mark_of(content)
    known, _, why = _read(folder.refused).decode(errors="replace").partition("\n")
    told: dict[str, object] = {"result": INVALID, "refused": mark[:HASH_LENGTH]}
    if known == mark:
        return {**told, "reason": why.strip()}
    try:
        check(folder, content)
    except BundleInvalid as error:
        folder.write(folder.refused, f"{mark}\n{visible(str(error))}\n")
        return {**told, "reason": error}
    folder.take(content)
    return {"result": NEW}


def _next_token(folder: StateFolder) -> str:
    """Return the token that is to follow: the same until it holds, so that an answer may be lost."""
    try:
        kept = json.loads(_read(folder.next_credential))
        if kept["code"] == "":
            return str(kept["token"])
    except (ValueError, KeyError, TypeError):
        pass
    token = new_token()
    folder.write(folder.next_credential, json.dumps({"code": "", "token": token}) + "\n")
    return token


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _line(problem: Problem) -> str:
    return f"{problem.line}: {problem.message('en')}"
