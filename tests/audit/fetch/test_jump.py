"""Several devices that a jump host refuses at once: each is told the jump host's own reason."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, cast

import paramiko
import paramiko.transport
import pytest

from regiowacht_audit.fetch.jump import REASON_LOST, TRIES, _opened

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE = ("192.0.2.1", 22)


class Session:
    """Answers a request for a channel with one outcome after the other."""

    def __init__(self, *outcomes: Exception | str) -> None:
        self.left = list(outcomes)

    def is_active(self) -> bool:
        return True

    def open_channel(self, *_: object, **__: object) -> str:
        outcome = self.left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def opened(*outcomes: Exception | str) -> tuple[object, Sequence[object]]:
    session = Session(*outcomes)
    return _opened(cast("paramiko.Transport", session), WHERE), session.left


def test_a_reason_that_went_to_another_is_asked_for_again() -> None:
    lost, forbidden = paramiko.SSHException(REASON_LOST), paramiko.ChannelException(1, "prohibited")
    with pytest.raises(paramiko.ChannelException):
        opened(lost, lost, forbidden)
    assert opened(lost, "channel") == ("channel", [])


def test_it_is_not_asked_without_end_and_other_mishaps_are_told_at_once() -> None:
    with pytest.raises(paramiko.SSHException, match="Unable"):
        opened(*[paramiko.SSHException(REASON_LOST)] * TRIES)
    with pytest.raises(paramiko.SSHException, match="Timeout"):
        opened(paramiko.SSHException("Timeout opening channel."), "never asked")


def test_the_library_still_says_it_in_these_words() -> None:
    assert f'"{REASON_LOST}"' in inspect.getsource(paramiko.transport.Transport.open_channel)
