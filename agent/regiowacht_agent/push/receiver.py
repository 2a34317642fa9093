"""Who takes what the agent sends: where it is, how it is reached, and by what it knows the agent."""

from __future__ import annotations

import binascii
import os

from regiowacht_agent.joining.about import ABOUT
from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.polls.secret import read_secret
from regiowacht_agent.polls.url import parse_url
from regiowacht_agent.version import version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.polls.url import Url
    from regiowacht_agent.push.settings import Push

WRITE_PATH = "/api/v1/write"
REMOTE_WRITE = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
"""Prometheus Remote-Write 1.0 specification, "Protocol"."""


OF_BACKLOG = {"X-Regiowacht-Lane": "backlog"}
"""Tells our gateway that a write has waited already: it makes room for what is new."""


class Receiver:
    """The collector that an agent writes to.

    Args:
        push: how the configuration says that it is reached.

    Attributes:
        url: where writes go.
        proxy: the proxy on the way, or None.
        timeout_s: what one exchange may take.
        ca: file with the authorities that are trusted, or "" for the system's.
    """

    def __init__(self, push: Push) -> None:
        self.url = _url(f"{push.url}{WRITE_PATH}")
        self.proxy = _url(push.proxy) if push.proxy else None
        self.timeout_s = push.timeout_s
        self.ca = push.ca
        self._login = push.proxy_login
        self._credential = push.credential_file
        self._token: tuple[object, str] = (None, "")

    @property
    def is_secure(self) -> bool:
        """Whether it is spoken to over TLS."""
        return self.url.scheme == "https"

    def fields(self) -> dict[str, str]:
        """Return the header fields of a write, the credential's as its file holds it now.

        Raises:
            Failed: there is a credential, and it cannot be read.
        """
        told = {"User-Agent": f"regiowacht-agent/{version()}", **REMOTE_WRITE, **ABOUT}
        token = self.token()
        return {**told, "Authorization": f"Bearer {token}"} if token else told

    def proxy_fields(self) -> dict[str, str]:
        """Return the header fields that the proxy alone reads.

        Raises:
            Failed: its login cannot be read.
        """
        if not self._login:
            return {}
        told = binascii.b2a_base64(read_secret(self._login).encode(), newline=False)
        return {"Proxy-Authorization": f"Basic {told.decode()}"}

    def token(self) -> str:
        """Return the credential, read again when its file is another one; "" where there is no such file."""
        try:
            seen = os.stat(self._credential)  # noqa: PTH116 - without pathlib, before every write
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise Failed("secret", f"{self._credential}: {error.strerror}") from None
        stamp = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
        if self._token[0] != stamp:
            self._token = (stamp, read_secret(f"file:{self._credential}"))
        return self._token[1]


def _url(text: str) -> Url:
    url = parse_url(text)
    if url is None:  # the settings have looked at it
        raise ValueError(f"{text} is no URL")
    return url
