"""Errors are one tree, each with its exit code and a sentence in both languages."""

from __future__ import annotations

import pytest

from regiowacht_contract import errors
from regiowacht_contract.errors import Problem, RegionInvalid, RegiowachtError, UsageError


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.RegionInvalid, 1),
        (errors.ConfigInvalid, 1),
        (errors.DashboardsInvalid, 1),
        (errors.UsageError, 2),
        (errors.PartMissing, 3),
        (errors.PortTaken, 3),
        (errors.ProcessDied, 3),
        (errors.Unreachable, 3),
    ],
)
def test_exit_codes(kind: type[RegiowachtError], code: int) -> None:
    assert kind.exit_code == code


def test_message_follows_the_language() -> None:
    error = UsageError("cli.no-room", room="chek", nearest="check")
    assert "bedoelde u 'check'" in error.message("nl")
    assert "did you mean 'check'" in str(error)


def test_problems_are_sorted_by_place() -> None:
    late = Problem("b.yml", 3, "cli.no-room", {"room": "x", "nearest": "y"})
    early = Problem("a.yml", 12, "cli.no-room", {"room": "x", "nearest": "y"})
    whole = Problem("a.yml", 0, "cli.no-room", {"room": "x", "nearest": "y"})
    invalid = RegionInvalid("r", [late, early, whole])
    assert [problem.place() for problem in invalid.problems] == ["a.yml", "a.yml:12", "b.yml:3"]
    assert invalid.problems[1].as_json("en")["line"] == 12


def test_what_the_system_answers_follows_the_language() -> None:
    error = errors.Unavailable("agent.cannot-write", path="/x", reason="Permission denied")
    assert error.message("nl") == "kan /x niet schrijven: geen toestemming"
    assert error.message("en") == "cannot write /x: Permission denied"
    other = errors.Unavailable("agent.cannot-write", path="Permission denied", reason="Something {new}")
    assert other.message("nl") == "kan Permission denied niet schrijven: Something {new}"
