"""Why something was not measured, in the language of whoever reads it."""

from __future__ import annotations

import ast
import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.extra.systemd.bus import UNKNOWN_USER
from regiowacht_agent.extra.textfile.family import REASONS as TEXTFILE_REASONS
from regiowacht_agent.polls.outcome import REASONS as POLL_REASONS
from regiowacht_agent.reasons import in_words, known, word
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator

AGENT = Path(__file__).resolve().parents[2] / "agent"
SAID_BY = {"NoData": 0, "Absent": 0, "TaskFailed": 1, "Failed": 1}
"""Exceptions whose words a person reads, with the place of those among the arguments."""

OF_CHOICE = frozenset({"the name server knows /x"})
"""Reasons of which a part is one of two texts."""

ERRNOS = (
    errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.EIO, errno.ELOOP, errno.EMFILE,
    errno.ENOSPC, errno.EROFS, errno.ESTALE, errno.ENODEV, errno.EINVAL, errno.ENOMEM, errno.ECONNREFUSED,
    errno.ECONNRESET, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT, errno.EADDRNOTAVAIL,
)  # fmt: skip


def said_in_code() -> Iterator[str]:
    """Yield every reason that stands in the agent's source, its placeholders filled with ``/x``."""
    for path in AGENT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAID_BY:
                place = SAID_BY[node.func.id]
                if place < len(node.args) and (words := _words(node.args[place])):
                    yield words


def _words(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "/x" for part in node.values)
    return ""


def test_every_reason_in_the_code_has_its_text_in_dutch_and_is_what_is_said_in_english() -> None:
    said = set(said_in_code())
    assert len(said) > 60
    assert [reason for reason in sorted(said) if reason not in OF_CHOICE and not known(reason, "nl")] == []
    assert {reason: in_words(reason, "en") for reason in said} == {reason: reason for reason in said}


@pytest.mark.parametrize("reason", sorted(TEXTFILE_REASONS.values()))
def test_what_is_refused_of_a_script_has_its_text(reason: str) -> None:
    assert known(reason, "en") == reason
    assert known(reason, "nl") != reason


@pytest.mark.parametrize("reason", POLL_REASONS)
def test_every_word_of_a_poll_that_failed_has_its_text(reason: str) -> None:
    assert say(f"reasons.why-{reason}", "nl") == word(reason, "nl")


@pytest.mark.parametrize(
    "reason",
    [
        f"Refusal: {UNKNOWN_USER}",
        "srv.example: no answer within 5 s from this system's resolver",
        "srv.example: no answer within 0.5 s from this system's resolver, which is still to say where 16 others are",
    ],
)
def test_what_is_put_together_elsewhere_has_its_text(reason: str) -> None:
    assert in_words(reason, "en") == reason
    before, _, why = reason.partition(": ")
    told = in_words(reason, "nl")
    assert told.startswith(f"{before}: ")
    assert why not in told


def test_a_word_of_a_newer_agent_is_shown_as_it_is() -> None:
    assert word("sideways", "nl") == "sideways"


@pytest.mark.skipif(os.name != "posix", reason="other systems have other words")
@pytest.mark.parametrize("number", ERRNOS, ids=errno.errorcode.get)
def test_what_the_system_says_has_its_text(number: int) -> None:
    error = OSError(number, os.strerror(number), "/proc/stat")
    told = in_words(f"{type(error).__name__}: {error}", "nl")
    assert told.startswith("/proc/stat: ")
    assert os.strerror(number) not in told


@pytest.mark.parametrize(
    ("reason", "nl", "en"),
    [
        ("no bonds", "geen gebundelde netwerkkaarten (bonding)", "no bonds"),
        ("no /sys/class/nvme", "/sys/class/nvme is er niet", "no /sys/class/nvme"),
        ("no program chronyc", "het programma chronyc is er niet", "no program chronyc"),
        ("PermissionError: [Errno 13] Permission denied: '/x'", "/x: geen toestemming", "/x: Permission denied"),
        ("[Errno 5] Input/output error", "fout bij het lezen of schrijven", "Input/output error"),
        ("No such file or directory: /x/stat", "/x/stat: bestaat niet", "No such file or directory: /x/stat"),
        ("TimeoutError: no answer for 5 s", "al 5 s geen antwoord", "no answer for 5 s"),
        ("smartctl: Permission denied", "smartctl: geen toestemming", "smartctl: Permission denied"),
        ("ValueError: a is '', which is no number", "a is '', en dat is geen getal", "a is '', which is no number"),
        (
            "IndexError: list index out of range",
            "wat er staat is anders dan de agent verwacht (IndexError: list index out of range)",
            "what is there is not as the agent expects (IndexError: list index out of range)",
        ),
        ("OSError: [Errno 999] Odd {x}: '/y'", "/y: Odd {x}", "/y: Odd {x}"),
        ("something {new}", "something {new}", "something {new}"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_reason_in_words(reason: str, nl: str, en: str) -> None:
    assert in_words(reason, "nl") == nl
    assert in_words(reason, "en") == en
