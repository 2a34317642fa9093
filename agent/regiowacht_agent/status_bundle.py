"""How it stands with the configuration that a running agent gets from its region, and with its credential."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_agent.push.look import said_duration
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from regiowacht_contract.texts import Lang

    Read = tuple[str, Mapping[str, str], float]

BUNDLE, EXPIRY = "regiowacht_agent_bundle_", "regiowacht_agent_credential_expiry_timestamp_seconds"
HOUR_S, DAY_S = 3600.0, 86_400.0

NEAR_S = 30 * DAY_S
"""A credential is renewed two months before its end: with less than one left, that has failed for a month."""

OLD_S = HOUR_S
"""The collector is asked every five minutes: who got no answer for so long runs on what may have changed."""

ANSWERED = frozenset({"same", "new", "invalid"})


@dataclass(frozen=True, slots=True)
class Unusable:
    """A configuration that could not be used here.

    Attributes:
        hash: the first characters of its SHA-256.
        ago_s: since when, in seconds.
        reason: why, in the words of the agent's log.
    """

    hash: str
    ago_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class BundleStatus:
    """What an agent that has joined a region says of its configuration and its credential; times in seconds.

    Attributes:
        hash: of the configuration in force, "" until it was asked for once.
        age_s: how long ago that came; None: it is not there.
        answered_s: how long ago the collector last answered; None: it never did since the agent started.
        result: what the latest question came to (``joining.asking.RESULTS``), "" before the first.
        reason: why it came to nothing, or "".
        renewal: why the credential was not renewed when it was time, or "".
        refused: which configuration could not be used last; None: none since the agent started.
        is_refused: whether that is the region's latest, so that an older one is in force.
        left_s: how long the credential holds, negative once it is over; None: it has no end, or it is not known yet.
    """

    hash: str
    age_s: float | None
    answered_s: float | None
    result: str
    reason: str
    renewal: str
    refused: Unusable | None
    is_refused: bool
    left_s: float | None

    @property
    def is_old(self) -> bool:
        """Whether the region may long have another configuration for this server."""
        is_silent = self.answered_s is None and self.result not in {"", *ANSWERED}
        return is_silent or (self.answered_s or 0.0) > OLD_S

    @property
    def is_near_its_end(self) -> bool:
        """Whether the credential should have been renewed long ago."""
        return self.left_s is not None and self.left_s < NEAR_S

    @property
    def is_fine(self) -> bool:
        """Whether the region's configuration is in force here, and the credential holds for long enough."""
        return not (self.is_old or self.is_refused or self.is_near_its_end)

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        told = self.refused
        return {
            "hash": self.hash,
            "age_seconds": _rounded(self.age_s),
            "answered_seconds_ago": _rounded(self.answered_s),
            "is_old": self.is_old,
            "result": self.result,
            "reason": self.reason,
            "is_refused": self.is_refused,
            "refused": told and {"hash": told.hash, "seconds_ago": _rounded(told.ago_s), "reason": told.reason},
            "credential_seconds_left": _rounded(self.left_s),
            "credential_near_its_end": self.is_near_its_end,
            "credential_renewal": self.renewal,
        }

    def lines(self, lang: Lang, *, is_let_in: bool = True) -> Iterator[str]:
        """Yield what a person reads; of a credential that the collector refuses nothing that would put at ease."""
        if self.age_s is not None:
            yield say("join.status-bundle", lang, hash=self.hash or "?", age=said_duration(self.age_s, lang))
        if self.answered_s is not None:
            yield say("join.status-answered", lang, ago=said_duration(self.answered_s, lang))
        if self.result and self.result not in ANSWERED:
            yield say("join.status-asking", lang, why=self._why(lang))
        if self.is_old:
            yield say("join.status-old", lang)
        if self.refused is not None:
            key = "join.status-unusable" if self.is_refused else "join.status-was-unusable"
            told = self.refused
            yield say(key, lang, hash=told.hash or "?", ago=said_duration(told.ago_s, lang), reason=told.reason)
        if is_let_in and self.reason not in ENDED:
            yield from self._credential(lang)

    def _credential(self, lang: Lang) -> Iterator[str]:
        if self.left_s is None:
            return
        renewal = f" ({self.renewal})" if self.renewal else ""
        if self.left_s <= 0:
            yield say("join.status-ended", lang, ago=said_duration(-self.left_s, lang), renewal=renewal)
        elif self.is_near_its_end:
            yield say("join.status-near", lang, left=said_duration(self.left_s, lang), renewal=renewal)
        else:
            yield say("join.status-credential", lang, left=said_duration(self.left_s, lang))

    def _why(self, lang: Lang) -> str:
        """Return why asking came to nothing: the collector's reason in the reader's words, or what the agent says."""
        key = REFUSALS.get(self.reason, "") if self.result == "refused" else ""
        return say(key, lang) if key else self.reason or "?"


ENDED = frozenset({"unknown", "revoked", "replaced"})
"""Reasons of the collector after which a credential holds no longer, whatever its own end says."""

REFUSALS = {
    "not-in-region": "join.status-not-in-region",
    **{reason: f"joining.{reason}" for reason in ("unknown", "expired", "revoked", "replaced", "store-failed")},
}
"""What the collector's reasons mean to who stands at the server."""


def bundle_status(found: Iterable[Read], page: str) -> BundleStatus | None:
    """Return it from the samples of the agent's own page and from its page about asking; None: it has not joined."""
    told = [(name, labels, value) for name, labels, value in found if name.startswith((BUNDLE, EXPIRY))]
    if not told:
        return None
    number = {name: value for name, _, value in told}
    words = {key: value for key, equals, value in (row.partition("=") for row in page.split("\n")) if equals}
    now = time.time()
    return BundleStatus(
        hash=next((labels["hash"] for name, labels, _ in told if name == f"{BUNDLE}info"), ""),
        age_s=_ago(now, number.get(f"{BUNDLE}timestamp_seconds")),
        answered_s=_ago(now, number.get(f"{BUNDLE}answered_timestamp_seconds")),
        result=words.get("result", ""),
        reason=words.get("reason", ""),
        renewal=words.get("renewal", ""),
        refused=_unusable(words, now),
        is_refused=number[f"{BUNDLE}refused"] == 1,
        left_s=number[EXPIRY] - now if EXPIRY in number else None,
    )


def _unusable(words: Mapping[str, str], now: float) -> Unusable | None:
    if "refused_at" not in words:
        return None
    ago_s = max(0.0, now - float(words["refused_at"]))
    return Unusable(words.get("refused", ""), ago_s, words.get("refused_reason", "?"))


def _ago(now: float, at: float | None) -> float | None:
    return None if at is None else max(0.0, now - at)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
