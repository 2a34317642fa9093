"""What a task of the helper is, and which there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Sample
    from regiowacht_agent.helper.outside import Outside

TASKS = ("apt", "backups", "certificates", "chrony", "dnf", "fstab", "md_info", "needrestart", "smartmon")
"""Sorted; each is a module of ``tasks`` with ``make(config) -> Task``."""


class Absent(Exception):
    """This machine has nothing of the kind, which is no failure: no such program, no such disks, nothing declared."""


class TaskFailed(Exception):
    """A task could not find out.

    Attributes:
        reason: one word of a few, for a label: ``timeout``, ``exit-100``, ``not-understood``...
        detail: what a person wants to know.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Task(Protocol):
    """Finds one thing out."""

    def read(self, outside: Outside) -> Iterable[Sample]:
        """Return what there is to tell.

        Raises:
            Absent: there is nothing of this kind here.
            TaskFailed: it could not find out.
        """


class MakeTask(Protocol):
    """A task module's ``make``: looks its metrics up, takes its settings, asks nothing yet."""

    def __call__(self, config: Config) -> Task:
        """Return the task, ready to ask."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a task fared.

    Attributes:
        task: its name.
        state: ``ok``, ``absent`` (nothing of the kind here) or ``failed``.
        reason: one word where it failed.
        detail: what a person wants to know where it did not go well.
        text: the exposition of what it found.
        series: how many series that are.
        duration_s: how long it took.
    """

    task: str
    state: str
    reason: str = ""
    detail: str = ""
    text: str = ""
    series: int = 0
    duration_s: float = 0.0
