"""What ``[push]`` may say: where the agent sends what it measures, and what it keeps until that is done."""

from __future__ import annotations

from dataclasses import dataclass

from regiowacht_agent.polls.reference import Reference
from regiowacht_agent.polls.url import parse_url
from regiowacht_agent.settings import Directory, FilePath, Invalid, Number, Text, setting
from regiowacht_agent.toml_text import text_of

SPEED = 24
"""A day that is made up for takes an hour."""


@dataclass(frozen=True, slots=True)
class UrlText(Text):
    """An ``http`` or ``https`` URL without a user name, a query or a fragment; empty for none.

    Args:
        schemes: which of the two it may be.
    """

    name: str = "URL"
    may_be_empty: bool = True
    schemes: tuple[str, ...] = ("http", "https")

    def check(self, value: object) -> str:
        """Return the URL without a slash at its end."""
        text = Text.check(self, value)
        url = parse_url(text)
        if text and (url is None or "?" in text or "#" in text):
            raise Invalid("agent.bad-push-url", value=text_of(text.rpartition("@")[2]))
        if url is not None and url.scheme not in self.schemes:
            raise Invalid("agent.bad-proxy", value=text_of(text))
        return text.rstrip("/")


@dataclass(frozen=True, slots=True)
class Push:
    """Where to, how often, and what is kept while nobody takes it."""

    url: str = setting("", UrlText())
    interval_s: float = setting(15.0, Number(1, 3600, "seconds"))
    timeout_s: float = setting(20.0, Number(1, 300, "seconds"))
    ca: str = setting("", FilePath())
    proxy: str = setting("", UrlText(schemes=("http",)))
    proxy_login: str = setting("", Reference())
    state: str = setting("/var/lib/regiowacht", Directory())
    credential: str = setting("", FilePath())
    spool: str = setting("", FilePath(name="directory"))
    spool_max_mb: int = setting(0, Number(0, 1_000_000))
    spool_max_days: int = setting(14, Number(1, 400))
    backlog_speed: int = setting(SPEED, Number(1, 10_000))

    @property
    def credential_file(self) -> str:
        """Where the token is that says who writes."""
        return self.credential or f"{self.state.rstrip('/')}/credential"

    @property
    def spool_folder(self) -> str:
        """Where what is still to be sent is kept."""
        return self.spool or f"{self.state.rstrip('/')}/spool"
