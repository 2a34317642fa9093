"""Exchanges a one-time code for the credential of this server, and says what fails and what to do about it."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from regiowacht_agent.joining.ask import check, fetch
from regiowacht_agent.joining.folder import Membership
from regiowacht_agent.joining.machine import machine
from regiowacht_contract.errors import Found, RegiowachtError, Unreachable, UsageError
from regiowacht_contract.join_code import new_token, read_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.joining.folder import StateFolder
    from regiowacht_agent.joining.way import Answer, Way
    from regiowacht_contract.texts import Lang

CLOCK_S = 300.0
"""How far this clock may be away; the collector sets the same bound."""

SLIGHTLY_S = 5.0


class NotLetIn(Found):
    """The collector says no, in its own words."""

    def __init__(self, reason: str, said: dict[str, str]) -> None:
        super().__init__("join.not-let-in", reason=reason)
        self.reason = reason
        self._said = said

    def message(self, lang: Lang) -> str:
        """Return what the collector said, in the reader's language."""
        said = self._said.get(lang) or self._said.get("en") or self.reason
        return f"{said} [{self.reason}]"


def join(way: Way, folder: StateFolder, code: str, name: str, tell: Callable[..., None]) -> Membership:
    """Join, and keep the credential in the folder.

    Args:
        way: to the collector.
        folder: made already.
        code: as it was typed.
        name: which server this is; "" leaves it to the code, or to the name of this machine.
        tell: hears of each step that worked.

    Raises:
        UsageError: the code was copied wrong.
        Unreachable: the collector cannot be reached; nothing was spent.
        Found: its clock or this one is wrong, or it says no.
    """
    right = read_code(code)
    if right is None:
        raise UsageError("join.bad-code")
    greet(replace(way, tell=tell), tell)
    token = _token(folder, right)
    told: dict[str, object] = {"code": right, "token": token, "server": name, "machine": machine()}
    answer = _exchange(way, told)
    if answer.json().get("reason") == "server-unnamed":
        told["server"] = short_name()
        tell("join.uses-host-name", name=told["server"])
        answer = _exchange(way, told)
    if answer.status != 200:
        raise _joined_already(way, folder, answer) or refusal(way, answer)
    agreed = answer.json()
    member = replace(membership_of(way, agreed), code=code_mark(right))
    folder.write(folder.credential, token + "\n")
    folder.keep(member)
    folder.next_credential.unlink(missing_ok=True)
    tell("join.joined", server=member.server, gemeente=member.gemeente, path=folder.credential)
    return member


def configure(way: Way, folder: StateFolder, tell: Callable[..., None]) -> None:
    """Get the configuration of this server, check it, and put it in force.

    Raises:
        Unreachable: the collector cannot be reached.
        Found: it has none for this server, or one that cannot be used; says why.
    """
    content, answer = fetch(way, folder.token(), b"")
    if content is None:
        raise refusal(way, answer)
    check(folder, content)
    folder.take(content)
    folder.refused.unlink(missing_ok=True)
    tell("join.configured", path=folder.config)


def greet(way: Way, tell: Callable[..., None]) -> None:
    """See that it is a collector that answers there, and what time it is.

    Raises:
        Unreachable: something else answers, or nothing.
        Found: one of the two clocks is wrong.
    """
    began = time.time()
    answer = way.ask("GET", "/v1/hello")
    told = answer.json()
    if told.get("product") != "regiowacht" or not isinstance(told.get("time"), (int, float)):
        raise Unreachable("join.no-gateway", url=way.url, status=answer.status)
    now = time.time()
    away_s = (began + now) / 2 - told["time"]
    tell("join.greeted", version=told.get("version", "?"))
    if abs(away_s) > CLOCK_S:
        raise Found("join.clock", ours=_when(now), theirs=_when(told["time"]))
    tell("join.clock-fine" if abs(away_s) <= SLIGHTLY_S else "join.clock-slightly", seconds=round(abs(away_s), 1))


def code_mark(code: str) -> str:
    """Return what a code is known by, however it was typed; a code is random enough that this tells nothing of it."""
    return hashlib.sha256((read_code(code) or code).encode()).hexdigest()


def knows(way: Way, folder: StateFolder) -> bool:
    """Return whether the collector still lets this server in with the credential that it has.

    Raises:
        Unreachable: nobody answered.
        Found: it lets this server in, but has no configuration for it; says why.
    """
    content, answer = fetch(way, folder.token(), b"")
    if content is None and answer.status != 401:
        raise refusal(way, answer)
    return content is not None


def short_name() -> str:
    """Return this machine's name without its domain."""
    return platform.node().partition(".")[0].lower()


def membership_of(way: Way, told: dict[str, Any]) -> Membership:
    """Return what was agreed, from the collector's answer.

    Raises:
        Unreachable: the answer does not say it.
    """
    try:
        return Membership(
            url=str(way.url).rstrip("/"),
            credential=str(told["credential"]),
            gemeente=str(told["gemeente"]),
            server=str(told["server"]),
            expires=_time(told["expires"]),
            renew_after=_time(told["renew_after"]),
            proxy=str(way.proxy).rstrip("/") if way.proxy else "",
            proxy_login=way.proxy_login,
        )
    except (KeyError, TypeError, ValueError):
        raise Unreachable("join.no-gateway", url=way.url, status=200) from None


def refusal(way: Way, answer: Answer) -> Exception:
    """Return why the collector said no; where it is no answer of a collector, that."""
    told = answer.json()
    reason, said = told.get("reason"), told.get("message")
    if not isinstance(reason, str) or not isinstance(said, dict):
        return Unreachable("join.no-gateway", url=way.url, status=answer.status)
    return NotLetIn(reason, {str(lang): str(text) for lang, text in said.items()})


def _exchange(way: Way, told: dict[str, object]) -> Answer:
    return way.ask("POST", "/v1/join", body={**told, "time": time.time()})


def _token(folder: StateFolder, code: str) -> str:
    """Return the token to come with: the same for the same code, so that a lost answer spends no code."""
    path, mark = folder.next_credential, code_mark(code)
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
        if kept["code"] == mark:
            return str(kept["token"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    token = new_token()
    folder.write(path, json.dumps({"code": mark, "token": token}) + "\n")
    return token


def _joined_already(way: Way, folder: StateFolder, answer: Answer) -> Found | None:
    """Return that this server has joined already, where that is why its code is used; else None."""
    try:
        member = folder.membership()
    except RegiowachtError:
        return None
    if answer.json().get("reason") != "code-used" or member.url != str(way.url).rstrip("/"):
        return None
    return Found("join.joined-already", server=member.server, gemeente=member.gemeente, path=folder.path)


def _time(value: Any) -> float | None:
    return None if value is None else float(value)


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
