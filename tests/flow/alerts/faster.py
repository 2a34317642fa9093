"""Alerts whose clock runs faster, for a rehearsal of a few minutes; production has no such thing.

Every duration is divided by the same number: how long a rule must hold, the time it looks back, how late a push may
be, after how long the engine tells Alertmanager again, and Alertmanager's own waiting. What is measured is played
faster by as much. An alert's expression, its labels, the routes and what inhibits what stay as they are.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

from regiowacht_collector.alerts.routing import alertmanager_file
from regiowacht_collector.command import engine_command
from regiowacht_collector.rule_files import rule_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_inventory import Region

UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DURATION = r"(?:[0-9]+(?:ms|s|m|h|d))+"
WAITS = ("for", "keep_firing_for", "group_wait", "group_interval")
"""What a rule and a route wait; ``repeat_interval`` stays, or what still holds would be told again."""


def seconds(duration: str) -> float:
    """Return a duration as Prometheus writes it in seconds."""
    return sum(int(number) * UNIT_MS[unit] for number, unit in re.findall(r"([0-9]+)(ms|s|m|h|d)", duration)) / 1000


def quicker(text: str, factor: int) -> str:
    """Return rules or routes with every duration divided; a rate stays what it is by the slow clock."""

    def short(duration: str) -> str:
        return f"{max(1, round(seconds(duration) * 1000 / factor))}ms" if seconds(duration) else "0s"

    def divided(found: re.Match[str]) -> str:
        return re.sub(DURATION, lambda one: short(one[0]), found[0])

    text = re.sub(r"\brate\(([^()]*)\)", rf"(rate(\1) / {factor})", text)
    text = re.sub(rf"\[{DURATION}(?::{DURATION})?\]", divided, text)
    text = re.sub(rf"\boffset {DURATION}", divided, text)
    text = text.replace(
        "(regiowacht_asset_push_interval_seconds)", f"(regiowacht_asset_push_interval_seconds / {factor})"
    )
    text = re.sub(r", 30\) \+ 15\b", f", {30 / factor}) + {15 / factor}", text)
    return re.sub(rf"(?m)^ +(?:{'|'.join(WAITS)}): {DURATION}$", divided, text)


@contextmanager
def faster(factor: int) -> Iterator[None]:
    """Have collectors that start in this block run alerts that much faster; 1 leaves everything as it is."""

    def rules() -> dict[str, bytes]:
        return {path: quicker(content.decode(), factor).encode() for path, content in rule_files().items()}

    def manager(region: Region, years: Sequence[int], notifier_url: str) -> bytes:
        return quicker(alertmanager_file(region, years, notifier_url).decode(), factor).encode()

    def command(*given: Any) -> list[str]:
        return [*engine_command(*given), f"--rules.alert.resend-delay={60 // factor}s"]

    if factor == 1:
        yield
        return
    with (
        mock.patch("regiowacht_collector.render.rule_files", rules),
        mock.patch("regiowacht_collector.alerts.running.alertmanager_file", manager),
        mock.patch("regiowacht_collector.running.engine_command", command),
    ):
        yield
