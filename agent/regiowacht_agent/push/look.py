"""Says where the agent would send what it measures, how long it could wait, and what is in the way of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.polls.secret import read_secret
from regiowacht_agent.push.fit import holds_s, size_max_mb
from regiowacht_agent.push.receiver import Receiver
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_contract.texts import Lang

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class PushLook:
    """What ``agent check`` finds out of pushing.

    Attributes:
        url: where it sends.
        interval_s: seconds between two readings of its own server.
        folder: where it keeps what is still to be sent.
        size_max_mb: how large that may become.
        holds_s: about how long the line may be down before anything is dropped.
        has_credential: whether there is a credential.
        problems: what is in the way, a word of ``sending.look-WORD`` and what it is about.
    """

    url: str
    interval_s: float
    folder: str
    size_max_mb: int
    holds_s: float
    has_credential: bool
    problems: tuple[tuple[str, str], ...]

    def lines(self, lang: Lang) -> Iterator[str]:
        """Yield what a person reads."""
        yield say("sending.look", lang, url=self.url, interval=f"{self.interval_s:g}")
        holds = said_duration(self.holds_s, lang)
        yield say("sending.look-spool", lang, folder=self.folder, size=self.size_max_mb, holds=holds)
        if not self.has_credential:
            yield say("sending.look-no-credential", lang)
        yield from (say(f"sending.look-{word}", lang, about=about) for word, about in self.problems)

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {
            "url": self.url,
            "interval_seconds": self.interval_s,
            "spool": self.folder,
            "spool_max_bytes": self.size_max_mb * 1_000_000,
            "spool_holds_seconds": round(self.holds_s),
            "has_credential": self.has_credential,
            "problems": [{"problem": word, "about": about} for word, about in self.problems],
        }


def look(config: Config, own_series: int) -> PushLook | None:
    """Return what there is to say of pushing; None: the agent waits to be asked.

    Args:
        config: where to, and what else is asked.
        own_series: series of its own server.
    """
    push = config.push
    if not push.url:
        return None
    problems = (*_of_folder(Path(push.spool_folder)), *_of_receiver(config))
    return PushLook(
        url=push.url,
        interval_s=push.interval_s,
        folder=push.spool_folder,
        size_max_mb=size_max_mb(config),
        holds_s=holds_s(config, own_series),
        has_credential=Path(push.credential_file).exists(),
        problems=problems,
    )


def said_duration(seconds: float, lang: Lang) -> str:
    """Return a duration in the largest unit of which there are two: days, hours, minutes or seconds."""
    if seconds >= 2 * DAY_S:
        return say("sending.days", lang, count=round(seconds / DAY_S))
    if seconds >= 2 * HOUR_S:
        return say("sending.hours", lang, count=round(seconds / HOUR_S, 1))
    if seconds >= 2 * MINUTE_S:
        return say("sending.minutes", lang, count=round(seconds / MINUTE_S))
    return say("sending.seconds", lang, count=round(seconds))


def _of_folder(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the problem with the folder, or with the nearest one above it that is there."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield "folder", str(there)


def _of_receiver(config: Config) -> Iterator[tuple[str, str]]:
    receiver = Receiver(config.push)
    try:
        receiver.token()
    except Failed as failed:
        yield "credential", failed.detail
    if config.push.proxy_login:
        try:
            read_secret(config.push.proxy_login)
        except Failed as failed:
            yield "proxy-login", failed.detail
    if receiver.ca and receiver.is_secure:
        from regiowacht_agent.push.secure import Secure  # noqa: PLC0415 - only where TLS is spoken

        try:
            Secure(receiver.ca).look()
        except Failed as failed:
            yield "ca", failed.detail
