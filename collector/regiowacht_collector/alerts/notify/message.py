"""A notice as people read it: a subject that fits a telephone, then what it means, what to check and whom to call."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from regiowacht_collector.alerts.rule import alert as rule_of
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from regiowacht_collector.alerts.notify.notice import Alert, Notice
    from regiowacht_collector.alerts.schema import AlertFile
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region
    from regiowacht_inventory.schema import Gemeente

SHOWN_MAX = 30
"""Alerts that are written out; of more, only how many."""

SUBJECT_MAX = 200
LINE_MAX = 500
"""Characters of a line that holds what labels say: a device names itself as it likes."""

_WORDS = {"solved": "alerts.word-solved", "critical": "alerts.word-critical", "warning": "alerts.word-warning"}


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent.

    Attributes:
        subject: one line.
        text: the body, plain text, lines as they are to be shown.
        link: where more is to be seen, or "".
        is_firing: whether anything holds still.
        is_critical: whether someone should look now.
    """

    subject: str
    text: str
    link: str
    is_firing: bool
    is_critical: bool


def message(notice: Notice, region: Region, lang: Lang, *, is_left: bool = False) -> Message:
    """Return the message of a notice.

    Args:
        notice: what is told.
        region: the region, for names, suppliers and links.
        lang: language.
        is_left: the gemeente names nobody of its own for it, which the message says.
    """
    first = notice.alerts[0]
    parts = [_block(one, region, lang) for one in notice.alerts[:SHOWN_MAX]]
    if len(notice.alerts) > SHOWN_MAX:
        parts.append(say("alerts.and-more", lang, count=len(notice.alerts) - SHOWN_MAX))
    if is_left:
        parts.append(say("alerts.nobody-named", lang, gemeente=_gemeente_name(region, first)))
    return Message(
        subject=_subject(notice, region, lang),
        text="\n\n".join(parts) + "\n",
        link=_link(first, region),
        is_firing=notice.is_firing,
        is_critical=notice.is_critical,
    )


def _subject(notice: Notice, region: Region, lang: Lang) -> str:
    word = "solved" if not notice.is_firing else "critical" if notice.is_critical else "warning"
    told = [_summary(one, lang) for one in notice.alerts if one.is_firing == notice.is_firing]
    about = told[0] if len(told) == 1 else say("alerts.several", lang, count=len(told), name=told[0])
    return one_line(f"[{say(_WORDS[word], lang)}] {_gemeente_name(region, notice.alerts[0])}: {about}", SUBJECT_MAX)


def one_line(text: str, longest: int) -> str:
    """Return a text as one line of bounded length, without anything that is not to be seen.

    No line of its own, header or turned direction of writing comes from a label.
    """
    seen = "".join(" " if unicodedata.category(char) in _UNSEEN else char for char in text[: longest * 4])
    line = " ".join(seen.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _block(alert: Alert, region: Region, lang: Lang) -> str:
    return "\n".join(line for line in _lines(alert, region, lang) if line)


def _lines(alert: Alert, region: Region, lang: Lang) -> Iterator[str]:
    zone = ZoneInfo(region.timezone)
    yield _summary(alert, lang)
    yield say("alerts.since", lang, since=_when(alert.starts, zone))
    if alert.ends:
        yield say("alerts.until", lang, until=_when(alert.ends, zone))
        return
    yield from _place(alert, region, lang)
    rule = _rule(alert)
    if rule:
        yield ""
        yield getattr(rule.means, lang)
        yield say("alerts.check", lang)
        for number, step in enumerate(rule.check, 1):
            yield f"  {number}. {getattr(step, lang)}"
        yield say("alerts.call", lang, whom=getattr(rule.call, lang))
    link = _link(alert, region)
    if link:
        yield say("alerts.see", lang, link=link)
    if region.alerts.runbooks and rule:
        yield say("alerts.runbook", lang, link=f"{region.alerts.runbooks}{quote(rule.alert.lower())}")


def _place(alert: Alert, region: Region, lang: Lang) -> Iterator[str]:
    """Yield where it is and who supplies it, with what is needed on the telephone."""
    gemeente = _gemeente(region, alert)
    site = gemeente.sites.get(alert.labels.get("site", "")) if gemeente else None
    if site and site.address:
        yield say("alerts.place", lang, site=alert.labels["site"], address=site.address)
    leverancier = region.leveranciers.get(alert.labels.get("leverancier", ""))
    if leverancier:
        yield say("alerts.leverancier", lang, name=leverancier.name, phone=leverancier.phone or "-")
    for uplink in site.uplinks if site else ():
        if uplink.name == alert.labels.get("instance") and uplink.contract:
            yield say("alerts.contract", lang, contract=uplink.contract)


def _summary(alert: Alert, lang: Lang) -> str:
    said = alert.annotations.get(f"summary_{lang}") or alert.annotations.get("summary") or alert.name
    return one_line(said, LINE_MAX)


def _when(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d-%m-%Y %H:%M}"


def _gemeente(region: Region, alert: Alert) -> Gemeente | None:
    return next((one for one in region.gemeenten if one.gemeente == alert.labels.get("gemeente")), None)


def _gemeente_name(region: Region, alert: Alert) -> str:
    gemeente = _gemeente(region, alert)
    return gemeente.name if gemeente else region.name


def _rule(alert: Alert) -> AlertFile | None:
    try:
        return rule_of(alert.name)
    except KeyError:
        return None


def _link(alert: Alert, region: Region) -> str:
    """Return the dashboard with its variables set, or "" where nobody said where Grafana is."""
    rule = _rule(alert)
    if rule is None or not region.alerts.grafana:
        return ""
    chosen = {
        f"var-{name}": alert.labels[label] for name, label in rule.board.variables.items() if label in alert.labels
    }
    return f"{region.alerts.grafana.rstrip('/')}/d/{rule.board.uid}?{urlencode(chosen, errors='replace')}"
