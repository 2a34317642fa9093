"""Judges the text of one configuration: reads it, fills the facts, asks the rules."""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from regiowacht_audit.document import Document, read_text, refusal
from regiowacht_audit.facts.sheet import Sheet
from regiowacht_audit.judge.beside import Beside, say_beside
from regiowacht_audit.judge.finding import Finding, judge
from regiowacht_audit.judge.rule import rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_audit.judge.baseline import Baseline
    from regiowacht_audit.platform import Platform

SHOWN = {
    "ntp_servers": "ntp.servers",
    "syslog_hosts": "syslog.hosts",
    "snmp_communities": "snmp_server.communities",
    "aaa_servers": "aaa.servers",
    "local_users": "users.local",
    "dns_servers": "dns.servers",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of judging one configuration.

    Attributes:
        platform: what it was read as.
        baseline: what it was judged by.
        is_whole: False where it is an excerpt, of which nothing was said that rests on an absence.
        findings: one per rule, by rule id.
        sheet: the facts themselves.
    """

    platform: Platform
    baseline: Baseline
    is_whole: bool
    findings: tuple[Finding, ...]
    sheet: Sheet


def check_text(text: str, platform: Platform, baseline: Baseline, beside: Beside | None = None) -> Judged:
    """Judge a configuration; without ``beside`` it is a file of which nothing else is known.

    Raises:
        Found: it is no configuration of any kind, or the device refused to tell it.
    """
    document = read_text(text, platform)
    sheet = facts_of(document)
    say_beside(sheet, beside or Beside())
    findings = tuple(judge(sheet, rules(), baseline))
    return Judged(platform, baseline, document.is_whole, findings, sheet)


def judge_again(judged: Judged, beside: Beside) -> Judged:
    """Judge what became known since: the rules that rest on it anew, the others as they were."""
    known = beside.facts()
    say_beside(judged.sheet, beside)
    asked = [rule for rule in rules() if known & {check.fact for check in (*rule.when, *rule.holds)}]
    again = {one.rule: one for one in judge(judged.sheet, asked, judged.baseline)}
    return replace(judged, findings=tuple(again.get(one.rule, one) for one in judged.findings))


def facts_of(document: Document) -> Sheet:
    """Return the facts that a configuration tells.

    Raises:
        Found: it tells none, and the device refused a command.
    """
    sheet = Sheet(is_whole=document.is_whole)
    adapter(document.platform)(document, sheet)
    if document.refused_at and not document.is_whole and not sheet.rests_on_lines:
        raise refusal(document.refused_at, document.platform)
    return sheet


@functools.cache
def adapter(platform: Platform) -> Callable[[Document, Sheet], None]:
    """Return the function that fills the facts of a platform."""
    module = importlib.import_module(f"regiowacht_audit.adapters.{platform.adapter}")
    fill: Callable[[Document, Sheet], None] = module.fill
    return fill
