"""The stage of a rehearsal: a region, a collector that runs, and what is measured, written as agents push it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from regiowacht_collector import Options, Settings, running_collector
from regiowacht_collector.alerts.notify.history import told_since
from regiowacht_collector.alerts.settings import AlertSettings
from regiowacht_collector.client import Client
from regiowacht_collector.samples import bodies, encoded
from regiowacht_inventory import load
from tests.collector.alerts.notify.receivers import Mailbox
from tests.flow.alerts.faster import faster
from tests.parts import need_engine, need_peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from regiowacht_collector.alerts.notify.history import Told
    from regiowacht_collector.running import RunningCollector
    from regiowacht_collector.samples import Row, Rows
    from regiowacht_inventory import Region
    from tests.collector.alerts.notify.receivers import Web
    from tests.flow.alerts.planted import Planted

ZONE = "Europe/Brussels"
REGION = """\
name: Repetitie
regio: repetitie
language: nl
timezone: {zone}
collector: {{url: https://regiowacht.example}}
alerts:
  smtp: {{server: "127.0.0.1:{mail}", from: regiowacht@regio.example, security: none}}
  watchdog: {web}/watchdog
  receivers:
    ict: {{email: [ict@regio.example]}}
    noc-telco-a: {{email: [noc@telco-a.example]}}
  to: [{{to: [ict], hours: always}}]
leveranciers:
  telco-a: {{name: Telco A, sla: 0.995, alerts: {{to: [{{to: [noc-telco-a], hours: always}}]}}}}
  hoster: {{name: Hoster}}
credentials:
  v3: {{version: 3, user: monitor, auth: {{protocol: sha256, secret: "env:AUTH"}}}}
"""
GEMEENTE = """\
gemeente: {slug}
id: {number}
name: {slug}
country: BE
code: "{code}"
alerts:
{alerts}
sites:
  stadhuis:
    poller: srv-1
    uplinks:
      - {{name: wan-1, device: rt-1, leverancier: telco-a, bandwidth: 100M, far_end: 10.255.0.1}}
servers:
  - {{name: srv-1, site: stadhuis, address: 10.0.0.10, os: linux}}
  - {{name: srv-2, site: stadhuis, address: 10.0.0.11, os: linux, leverancier: hoster}}
devices:
  - {{name: rt-1, site: stadhuis, address: 10.0.0.1, kind: router, snmp: v3}}
  - {{name: sw-1, site: stadhuis, address: 10.0.0.2, kind: switch, uplink: rt-1, snmp: v3}}
  - {{name: ups-1, site: stadhuis, address: 10.0.0.3, kind: ups, uplink: sw-1, snmp: v3}}
  - {{name: nas-1, site: stadhuis, address: 10.0.0.5, kind: storage, uplink: sw-1, snmp: v3}}
  - {{name: prn-1, site: stadhuis, address: 10.0.0.4, kind: printer, uplink: sw-1, snmp: v3}}
{devices}
services:
  - {{name: mail, site: stadhuis, probe: tcp, target: "10.0.0.11:25"}}
"""
OWN = """\
  receivers: {{wacht: {{email: [ict@{slug}.example]}}}}
  to: [{{to: [wacht]{hours}}}]
"""
BEHIND = 40
"""Devices behind the router of the gemeente ``groot``."""


class TimedMailbox(Mailbox):
    """A mail server that notes when a mail came in (Unix time), beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Keep a mail, or refuse it."""
        answer = await super().handle_DATA(server, session, envelope)
        if not self.refuses:
            self.times.append(time.time())
        return answer

    def to(self, address: str) -> list[tuple[float, str, str]]:
        """Return when, subject and text of each mail to an address."""
        return [
            (at, mail["Subject"], mail.get_content())
            for at, mail in zip(self.times, self.mails, strict=False)
            if mail["To"] == address
        ]


def write_region(folder: Path, slugs: Sequence[str], mailbox: Mailbox, web: Web) -> Region:
    """Write a region of those gemeenten and load it; ``stom``, ``nacht``, ``werk`` and ``groot`` are as they say."""
    (folder / "gemeenten").mkdir(parents=True)
    (folder / "region.yml").write_text(REGION.format(zone=ZONE, mail=mailbox.port, web=web.url), encoding="utf-8")
    for number, slug in enumerate(slugs, 1):
        text = GEMEENTE.format(
            slug=slug, number=number, code=10_000 + number, alerts=_alerts(slug), devices=_devices(slug)
        )
        (folder / "gemeenten" / f"{slug}.yml").write_text(text, encoding="utf-8")
    return load(folder)


def _alerts(slug: str) -> str:
    now = datetime.now(ZoneInfo(ZONE))
    if slug == "stom":
        return "  receivers: {}\n"
    if slug == "nacht":
        day = f"{now + timedelta(days=3):%a}".lower()
        return OWN.format(slug=slug, hours="") + f"  office: {{days: [{day}], holidays: false}}\n"
    own = OWN.format(slug=slug, hours=", hours: always")
    if slug == "werk":
        begin, end = (f"{now + timedelta(hours=hours):%Y-%m-%d %H:%M}" for hours in (-1, 4))
        own += f'  windows: [{{name: Router vervangen, asset: rt-1, from: "{begin}", until: "{end}"}}]\n'
    return own


def _devices(slug: str) -> str:
    if slug != "groot":
        return ""
    return "\n".join(
        f"  - {{name: dev-{number}, site: stadhuis, address: 10.0.1.{number}, kind: switch, uplink: rt-1, snmp: v3}}"
        for number in range(1, BEHIND + 1)
    )


@dataclass(slots=True)
class Stage:
    """A rehearsal that runs.

    Attributes:
        collector: what runs.
        factor: how much faster than in production.
        data: the collector's data folder.
        started_s: when playing began, Unix time.
    """

    collector: RunningCollector
    factor: int
    data: Path
    started_s: float = 0.0
    step: int = 0
    _client: Client = field(init=False)

    def __post_init__(self) -> None:
        self._client = Client(self.collector.url)

    @property
    def step_s(self) -> float:
        """Seconds between two samples."""
        return 15 / self.factor

    def play(self, faults: Sequence[Planted], steps: int) -> None:
        """Play that many samples more of each, in real time; what lies before the first is written at once."""
        if not self.step:
            self.until(lambda: bool(self.ask("regiowacht:asset_state")))
            self.started_s = time.time()
            for one in faults:
                self._write([one], range(-one.begin, 0))
        for _ in range(steps):
            for phase in sorted({one.phase for one in faults}):
                self._wait(phase)
                self._write([one for one in faults if one.phase == phase], range(self.step, self.step + 1))
            self.step += 1
        self._wait(0)

    def go_on(self, started_s: float, faults: Sequence[Planted]) -> None:
        """Go on where another collector stopped, at this moment's sample; what was missed is written at once."""
        self.until(lambda: bool(self.ask("regiowacht:asset_state")))
        self.started_s = started_s
        self.step = round((time.time() - started_s) / self.step_s)
        self._write(faults, range(self.step))

    def until(self, is_so: Callable[[], bool], within_s: float = 120) -> None:
        """Wait for something, and look after the collector meanwhile."""
        deadline = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < deadline
            self.collector.check()
            time.sleep(0.1)

    def at_s(self, one: Planted, index: int) -> float:
        """Return when a sample of a fault was played, Unix time."""
        return self.started_s + (index - one.begin + one.phase) * self.step_s

    def told(self) -> list[Told]:
        """Return every message that was delivered, oldest first."""
        return [one for one in reversed(told_since(self.data, 0)) if one.outcome == "sent"]

    def since(self, one: Planted) -> float | None:
        """Return since when the engine saw what a fault's alert is about, Unix time; None where it never did."""
        asked = f'min_over_time(ALERTS_FOR_STATE{{alertname="{one.alert}",gemeente="{one.gemeente}"}}[2h])'
        return min((value for _, value in self.ask(asked) if value >= self.at_s(one, one.begin) - 60), default=None)

    def ask(self, expr: str) -> list[tuple[dict[str, str], float]]:
        """Return the engine's answer."""
        return self._client.query(expr)

    def _wait(self, phase: float) -> None:
        """Wait until that share of the step to come is over."""
        while time.time() < self.started_s + (self.step + phase) * self.step_s:
            self.collector.check()
            time.sleep(0.02)

    def _write(self, faults: Sequence[Planted], steps: range) -> None:
        rows: Rows = {}
        for one in faults:
            for step in steps:
                self._add(rows, one, step)
        for body in bodies(encoded(rows)):
            self._client.write(body)

    def _add(self, rows: Rows, one: Planted, step: int) -> None:
        at_s = self.at_s(one, step + one.begin)
        for labels in one.series:
            stored = one.sample(labels, step + one.begin, at_s)
            if stored is not None:
                row: Row = rows.setdefault(labels, [])
                row.append((round(at_s * 1000), stored))


@contextmanager
def running(region: Region, data: Path, factor: int, managers: int = 1) -> Iterator[Stage]:
    """Run a collector with so many Alertmanagers whose alerts run that much faster."""
    engine = need_engine()
    program = need_peer("alertmanager", own_suite=True).path
    every_s = max(1, 15 // factor)
    settings = Settings(data=data, port=0, engine=engine.prometheus)
    options = Options(scrape_interval_s=every_s, rule_interval_s=every_s, exporter_port=0, only=())
    with (
        faster(factor),
        running_collector(
            region, settings, options, alerts=AlertSettings(program=program, port=0, managers=managers)
        ) as collector,
    ):
        yield Stage(collector, factor, data)
