"""The reference page of all alerts: what each means, what to check, whom to call, and its examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.alerts.rule import alerts, expressions
from regiowacht_contract.labels import LAGEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_collector.alerts.schema import AlertFile, Example, Said

PATH = "reference/alerts.md"
HEADER = """# Alerts

What is worth a message. *Critical*: someone should look now, also at night; *warning*: this week. Who is told, and
when, stands in the [region folder](region-folder.md); which alerts wait for others, in
[Alerts](../explanation/alerts.md#who-fires-first). Every threshold is one of [the contract's](metrics.md#thresholds).

The examples are the tests: each is played to Prometheus 2.42 and the newest. There is a value each 15 seconds unless an
example says otherwise; `1x20` is a value and twenty times the same, `0+5x10` rises by 5 ten times, `_x4` is four times
nothing, `stale` says that the series has ended. A series without labels is about the thing that the example is about.

"""
ABOUT = {"asset": "one thing of the region folder", "gemeente": "a gemeente", "region": "the shared side"}


def page() -> str:
    """Return the page as Markdown."""
    rows = [
        f"| [{one.alert}](#{one.alert.lower()}) | {one.severity} | {_for(one)} | {one.laag or 'of the thing'} | "
        f"{_cell(one.summary.en)} |"
        for one in _by_severity()
    ]
    table = ["| alert | severity | after | laag | says |", "| --- | --- | --- | --- | --- |", *rows]
    return HEADER + "\n".join([*table, *(line for one in alerts() for line in _alert(one))])


def _by_severity() -> list[AlertFile]:
    return sorted(
        alerts(), key=lambda one: (one.severity, one.about, LAGEN.index(one.laag) if one.laag else 0, one.alert)
    )


def _for(one: AlertFile) -> str:
    return f"{one.for_}, {one.for_behind}" if one.for_behind else one.for_


def _alert(one: AlertFile) -> Iterator[str]:
    yield f"\n## {one.alert}\n"
    yield f"**{one.summary.nl}** · *{one.summary.en}*\n"
    yield f"{one.severity.capitalize()}, about {ABOUT[one.about]}. {_when(one)}\n"
    yield from _both("", one.means)
    yield "Kijk na · Check:\n"
    for number, step in enumerate(one.check, 1):
        yield f"{number}. {step.nl}  \n   *{step.en}*"
    yield ""
    yield from _both("Bel · Call: ", one.call)
    yield from _rest(one)
    for expr, _ in expressions(one):
        yield f"```promql\n{expr}\n```\n"
    for example in one.examples:
        yield from _example(example, f" (`{example.subject}`)" if one.about == "asset" else "")


def _both(lead: str, said: Said) -> Iterator[str]:
    yield f"{lead}{said.nl}\n"
    yield f"*{said.en}*\n"


def _when(one: AlertFile) -> str:
    if one.always:
        return "Always on."
    held = "As soon as it holds" if one.for_ == "0s" else f"After {one.for_}"
    behind = f", after {one.for_behind} where it hangs on something" if one.for_behind else ""
    keep = f"; {one.keep} longer than it holds" if one.keep else ""
    return f"{held}{behind}{keep}."


def _rest(one: AlertFile) -> Iterator[str]:
    chosen = ", ".join(f"`{name}`" for name in one.board.variables)
    yield f"Link: dashboard [`{one.board.uid}`](dashboards.md){f' with {chosen} chosen' if chosen else ''}.\n"
    if one.hidden_by:
        hiding = ", ".join(f"[{name}](#{name.lower()})" for name in one.hidden_by)
        yield f"Not told while this fires for the same thing: {hiding}.\n"


def _example(example: Example, subject: str) -> Iterator[str]:
    pace = f", one value each {example.every}" if example.every != "15s" else ""
    yield f"{example.name.nl} · *{example.name.en}*{subject}{pace}:\n"
    yield "| series | values |\n| --- | --- |"
    for name, values in example.series.items():
        yield f"| `{_cell(name)}` | `{values}` |"
    yield "\n| at | fires |\n| --- | --- |"
    for moment in example.moments:
        yield f"| {moment.at} | {', '.join(_fired(more) for more in moment.fires) or 'no'} |"
    yield ""


def _fired(more: dict[str, str]) -> str:
    labels = ", ".join(f'{name}="{value}"' for name, value in more.items())
    return f"`{_cell(labels)}`" if labels else "yes"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
