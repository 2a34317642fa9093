"""The state folder of an agent that has joined: its credential, its configuration, and what it must remember.

===================== ==================================================================================
``joined.json``       where the collector is, who this machine is there, and until when the token holds
``credential``        the token, one line; only the owner may read it
``credential.next``   the token that is to follow, from before it is asked for until it holds
``ca.pem``            the authorities that are trusted for the collector, where not the system's
``agent.toml``        the configuration in force, as the region gave it and it was checked
``agent.toml.before`` the one before
``refused``           the hash of a configuration that could not be used, and why
``asked``             how the latest asking for a configuration went
``starts``            how often an agent was started with this folder
===================== ==================================================================================
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.system import AS_IT_IS, NOT_BLOCKING, NOT_INHERITED
from regiowacht_contract.credentials import SECRETS
from regiowacht_contract.errors import RegiowachtError, Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from regiowacht_agent.config import Config

DEFAULT = "/var/lib/regiowacht"
NO_LINKS = getattr(os, "O_NOFOLLOW", 0)
"""Root writes here too, in a folder of a user who could lay a link to any file."""

CONFIG, BEFORE = "agent.toml", "agent.toml.before"


@dataclass(frozen=True, slots=True)
class Membership:
    """What ``joined.json`` holds; times in seconds since 1970.

    Attributes:
        url: the collector's gateway, without a slash at its end.
        credential: the credential's id, which is no secret.
        proxy: URL of the proxy on the way, "" for none.
        proxy_login: reference to its ``USER:PASSWORD``, "" for none.
        renew_after: when the token is to be renewed.
        code: hash of the one-time code that it came for: typed again, the code is known to be used by this server.
    """

    url: str
    credential: str
    gemeente: str
    server: str
    expires: float | None = None
    renew_after: float | None = None
    proxy: str = ""
    proxy_login: str = ""
    code: str = ""


class StateFolder:
    """Reads and writes the state folder; every file is replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.credential = path / "credential"
        self.next_credential = path / "credential.next"
        self.ca = path / "ca.pem"
        self.config = path / CONFIG
        self.config_before = path / BEFORE
        self.refused = path / "refused"
        self.asked = path / "asked"
        self.starts = path / "starts"

    def make(self) -> None:
        """Make the folder, for its owner alone, and see that it can be written to.

        Raises:
            Unavailable: it cannot; says what to do.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.write(self.path / ".try", "")
            (self.path / ".try").unlink()
        except OSError as error:
            raise Unavailable("join.no-folder", path=self.path, reason=error.strerror) from None

    def membership(self) -> Membership:
        """Return what was agreed when this machine joined.

        Raises:
            UsageError: it has not joined with this folder, or the file was damaged.
        """
        path = self.path / "joined.json"
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            known = {field.name for field in fields(Membership)}
            return Membership(**{name: value for name, value in told.items() if name in known})
        except FileNotFoundError:
            raise UsageError("join.not-joined", path=self.path) from None
        except OSError as error:
            raise Unavailable("join.cannot-read", path=path, reason=error.strerror) from None
        except (ValueError, TypeError, AttributeError):
            raise UsageError("join.damaged", path=path) from None

    def member(self) -> Membership | None:
        """Return what was agreed; None where this machine has not joined with this folder, or not to the end."""
        try:
            return self.membership() if self.credential.exists() else None
        except UsageError:
            return None

    def proxy_login(self, member: Membership) -> str:
        """Return where the proxy's login is, as this server remembers it.

        Root does not follow whatever the user of the service may have written there: it would send any file's content.

        Raises:
            UsageError: root is to take it from another user's folder, and it is no file of the secrets' folder.
        """
        login = member.proxy_login
        is_anothers = hasattr(os, "geteuid") and os.geteuid() == 0 and self.path.stat().st_uid != 0
        if login and is_anothers and not os.path.normpath(login.removeprefix("file:")).startswith(SECRETS):
            raise UsageError("join.login-of-another", reference=login, secrets=SECRETS)
        return login

    def keep(self, membership: Membership) -> None:
        """Remember what was agreed."""
        self.write(self.path / "joined.json", json.dumps(asdict(membership), indent=2) + "\n")

    def token(self) -> str:
        """Return the token.

        Raises:
            UsageError: there is none, or it cannot be read.
        """
        try:
            return self._own(self.credential).decode("ascii").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "?"
            raise UsageError("join.no-credential", path=self.credential, reason=reason) from None

    def load(self, overrides: Mapping[str, object] | None = None) -> Config:
        """Return the configuration in force, or the one before where that cannot be used any more.

        Args:
            overrides: what the command line says on top, by the setting's key.

        Raises:
            ConfigInvalid: neither can be used; says why the newer one cannot.
            UsageError: this machine has not joined with this folder.
        """
        from regiowacht_agent.config_file import load  # noqa: PLC0415 - most uses of a folder read none

        told = {**self.overrides(), **(overrides or {})}
        try:
            return load(self.config, told)
        except RegiowachtError as error:
            if not self.config_before.exists():
                raise
            LOGGER.error(line("bundle-unusable", reason=error, used=self.config_before))
            return load(self.config_before, told)

    def overrides(self) -> Mapping[str, Any]:
        """Return what this machine adds to the configuration of the region: what only it can know."""
        member = self.membership()
        told = {"push.state": str(self.path), "push.proxy": member.proxy, "push.proxy_login": member.proxy_login}
        if self.ca.exists():
            told["push.ca"] = str(self.ca)
        return {key: value for key, value in told.items() if value}

    def write(self, path: Path, content: str | bytes) -> None:
        """Put a file in place as a whole, readable by its owner alone, and on the disk when this returns.

        Raises:
            OSError: it cannot be; what was there before is there still.
        """
        new = path.with_name(f".{path.name}.new")
        data = content.encode() if isinstance(content, str) else content
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | NO_LINKS, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def trust(self, ca: Path | None) -> None:
        """Keep the authorities that are trusted for the collector; None: the system's.

        Raises:
            OSError: the file cannot be read or kept.
        """
        if ca is None:
            self.ca.unlink(missing_ok=True)
        elif ca != self.ca:
            self.write(self.ca, ca.read_bytes())

    def take(self, content: bytes) -> None:
        """Put another configuration in force, and keep the one before."""
        try:
            before = self._own(self.config)
        except OSError:
            before = b""  # none, or none of ours
        if before:
            self.write(self.config_before, before)
        self.write(self.config, content)

    @staticmethod
    def _own(path: Path) -> bytes:
        """Return what a file holds whose content goes elsewhere: root copies and sends nothing that a link leads to.

        Raises:
            OSError: it cannot be read, or is a link.
        """
        descriptor = os.open(path, os.O_RDONLY | NO_LINKS | NOT_BLOCKING | NOT_INHERITED | AS_IT_IS)
        with os.fdopen(descriptor, "rb") as file:
            return file.read()
