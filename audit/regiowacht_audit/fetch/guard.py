"""Stands between netmiko and the wire: what is not on the platform's list is never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netmiko.exceptions import ReadTimeout

from regiowacht_contract.errors import RegiowachtError

if TYPE_CHECKING:
    from collections.abc import Collection

    from netmiko import BaseConnection

    from regiowacht_audit.fetch.ear import Ear

KEYS = frozenset({"", " ", "a", "q", "y", "n", "\x03"})
"""Single keys: return, the next page, the end of a pager, the answer to a banner or a question, and the interrupt."""


class NotReadOnly(RegiowachtError):
    """Something else than reading was about to be sent: a mistake in the code, never a user's."""


class Stuck(ReadTimeout):
    """The driver waits for something that the device, which waits for a command, will not say."""


class Guard:
    """Mixed into a driver of netmiko; checks every line before it leaves.

    Attributes:
        allowed: every line that may be sent.
        answers: what may be sent as the answer to a question for it: passwords.
        ear: hears what the device says; None where nobody listens.
    """

    allowed: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    ear: Ear | None = None

    def write_channel(self, out_data: str) -> None:
        """Send a line of the list, a key, or an answer.

        Raises:
            NotReadOnly: it is none of those; nothing was sent.
        """
        for line in out_data.replace("\r", "\n").split("\n"):
            bare = line.strip() if line not in KEYS else line
            if bare not in KEYS and bare not in self.allowed and line not in self.answers:
                raise NotReadOnly("fetch.not-read-only", command=bare if bare.isprintable() else repr(bare))
        super().write_channel(out_data)  # type: ignore[misc]  # netmiko's
        if self.ear is not None:
            self.ear.typed(out_data)

    def read_channel(self) -> str:
        """Return what the device said since the last time.

        Raises:
            Stuck: it has been waiting for a command in silence, so that a driver would wait in vain.
        """
        said: str = super().read_channel()  # type: ignore[misc]  # netmiko's
        if self.ear is not None:
            self.ear.hear(said)
            if not said and self.ear.is_stuck:
                raise Stuck
        return said


def connect(
    driver: type[BaseConnection],
    allowed: Collection[str],
    answers: Collection[str],
    ear: Ear | None = None,
    **how: Any,
) -> BaseConnection:
    """Log in with a driver behind a guard and return the session; netmiko's exceptions go on."""
    bounds = {"allowed": frozenset(allowed), "answers": frozenset(answers), "ear": ear}
    session: BaseConnection = type(f"ReadOnly{driver.__name__}", (Guard, driver), bounds)(**how)
    return session
