"""Reference page: what operators ask, the clicks to the answer, and the panels that give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.texts import say
from regiowacht_dashboards.questions import MOST_CLICKS, QUESTIONS, START

if TYPE_CHECKING:
    from regiowacht_dashboards.questions import Question

PATH = "reference/questions.md"


def page() -> str:
    """Return the page as Markdown, each question in Dutch and in English."""
    parts = [
        "# Questions that the dashboards answer",
        "",
        f"{len(QUESTIONS)} questions of operators, each answered within {MOST_CLICKS} clicks of the {_title(START)} "
        f"(`{START}`). A test walks every one: the link stands where the page says, it leads there with its choices "
        "made, and the panels that answer have data.",
        "",
        "| question | clicks | way | answered by |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*parts, *(_row(question) for question in QUESTIONS)])


def _row(question: Question) -> str:
    answers = ", ".join(f"*{_panel(question.uid, key)}*" for key in question.answers)
    asked = f"{question.text('nl')}<br>{question.text('en')}"
    return f"| {asked} | {len(question.way)} | {_way(question)} | {answers} |"


def _way(question: Question) -> str:
    here, steps = START, [_title(START)]
    for click in question.way:
        by = f"panel *{_panel(here, click.panel)}*" if click.panel else "link on top"
        steps.append(f"{by} → {_title(click.to)} (`{click.to}`)")
        here = click.to
    return " → ".join(steps)


def _title(uid: str) -> str:
    return say(f"{uid}.dashboard", "en")


def _panel(uid: str, key: str) -> str:
    return say(f"{uid}.{key}", "en")
