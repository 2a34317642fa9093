"""The keys of the region folder that say who hears of what is wrong, and when."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from regiowacht_contract.labels import Laag
from regiowacht_inventory.model import ListOf, MapOf, Model
from regiowacht_inventory.values import Clock, Email, Flag, HostPort, Moment, PemFile, SecretRef, Text, Url, UrlRef

DayOfWeek = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WORKING_DAYS: tuple[DayOfWeek, ...] = ("mon", "tue", "wed", "thu", "fri")
Severity = Literal["warning", "critical"]


class Receiver(Model):
    """Where alerts go: one of `email`, `webhook`, `teams` and `ntfy`."""

    email: ListOf[Email] = Field(default=(), description="Mail addresses.", examples=[["ict@zandbeke.example"]])
    webhook: UrlRef | None = Field(
        default=None,
        description="A URL that takes alerts as JSON, as Alertmanager's own webhook sends them; a reference where the "
        "URL is itself a secret.",
        examples=["https://meldpunt.example/alerts"],
    )
    teams: SecretRef | None = Field(
        default=None,
        description='Where the URL of a Teams workflow is ("When a Teams webhook request is received"): a reference.',
        examples=["file:/etc/regiowacht/teams-url"],
    )
    ntfy: UrlRef | None = Field(
        default=None,
        description="A topic of an ntfy server; a reference where its name is itself the secret.",
        examples=["https://ntfy.example/zandbeke-ict"],
    )
    token: SecretRef | None = Field(
        default=None,
        description="With `webhook` and `ntfy`: where the bearer token is, a reference.",
        examples=["env:NTFY_TOKEN"],
    )
    language: Literal["nl", "en"] | None = Field(
        default=None, description="Language of what it gets, when not the region's.", examples=["nl"]
    )


class AlertRoute(Model):
    """Who gets which alerts; every route that fits gets them."""

    to: tuple[Text, ...] = Field(description="Receivers, by name; at least one.", examples=[["ict-zandbeke"]])
    laag: Laag | None = Field(default=None, description="Only those of this layer.", examples=["connectiviteit"])
    severity: Severity | None = Field(default=None, description="Only those of this severity.", examples=["critical"])
    hours: Literal["always", "office"] | None = Field(
        default=None,
        description="When: `always`, or in `office` hours alone (what comes at night waits for the morning, if it "
        "still holds then). Without it critical ones always and warnings in office hours.",
        examples=["always"],
    )


class Office(Model):
    """When people are there, in the region's time zone."""

    days: ListOf[DayOfWeek] = Field(default=WORKING_DAYS, description="Days.", examples=[list(WORKING_DAYS)])
    from_clock: Clock = Field(default="08:00", alias="from", description="First minute.", examples=["08:00"])
    until_clock: Clock = Field(default="17:00", alias="until", description="Last minute.", examples=["17:00"])
    holidays: Flag = Field(
        default=True,
        description="Whether the public holidays of the gemeente's country (for the region itself: those that all its "
        "countries share) are days off.",
        examples=["false"],
    )


class Window(Model):
    """When work is done somewhere, so that nobody is to be called: once, or again and again."""

    name: Text = Field(description="What is done, for whoever reads it.", examples=["Onderhoud glasvezel"])
    from_moment: Moment = Field(
        alias="from",
        description="When it begins: a moment, or a time of day when it comes back (region's time zone).",
        examples=["2026-12-01 22:00"],
    )
    until_moment: Moment = Field(
        alias="until", description="When it ends, likewise; 14 days later at most.", examples=["2026-12-02 04:00"]
    )
    days: ListOf[DayOfWeek] = Field(
        default=(), description="The days on which it comes back; without them it is once.", examples=[["sun"]]
    )
    week: Literal["1", "2", "3", "4", "last"] | None = Field(
        default=None,
        description="With `days`: only on the first, second, ... or last such day of a month.",
        examples=["2"],
        json_schema_extra={"anyOf": [{"enum": ["1", "2", "3", "4", "last", 1, 2, 3, 4]}]},
    )
    site: Text | None = Field(default=None, description="Only this site.", examples=["stadhuis"])
    asset: Text | None = Field(
        default=None, description="Only this server, device, link or service.", examples=["wan-1"]
    )
    laag: Laag | None = Field(default=None, description="Only this layer.", examples=["connectiviteit"])
    leverancier: Text | None = Field(
        default=None, description="Only what this supplier supplies or manages.", examples=["telco-a"]
    )


class Smtp(Model):
    """The server that takes mail."""

    server: HostPort = Field(description="Its name or address, and port.", examples=["mail.regiowacht.example:587"])
    sender: Email = Field(alias="from", description="Whom mails are from.", examples=["regiowacht@regiowacht.example"])
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is protected.", examples=["starttls"]
    )
    ca: PemFile | None = Field(
        default=None,
        description="File on the collector with the authorities (PEM) that issue its certificate, when it is not one "
        "that the system trusts.",
        examples=["/etc/regiowacht/mail-ca.pem"],
    )
    user: Text | None = Field(default=None, description="User name, where it wants one.", examples=["regiowacht"])
    password: SecretRef | None = Field(
        default=None,
        description="Where the password is, on the collector: a reference.",
        examples=["env:SMTP_PASSWORD"],
    )


class LeverancierAlerts(Model):
    """Who at a supplier hears of what is wrong with its part."""

    to: ListOf[AlertRoute] = Field(
        default=(), description="Who gets which alerts.", examples=[[{"to": ["telco-a-noc"]}]]
    )


class GemeenteAlerts(Model):
    """Who hears of what is wrong in a gemeente, and when."""

    receivers: MapOf[Receiver] = Field(
        default_factory=dict, description="Receivers of its own, by the slug that routes refer to."
    )
    to: ListOf[AlertRoute] = Field(
        default=(),
        description="Who gets which alerts; without any they go to the region's, and say so.",
        examples=[[{"to": ["ict-zandbeke"]}]],
    )
    office: Office | None = Field(default=None, description="Its office hours, when not the region's.")
    windows: ListOf[Window] = Field(default=(), description="Maintenance windows.")


class RegionAlerts(GemeenteAlerts):
    """Who hears of what is wrong, and when: of the region's own, and of gemeenten that name nobody."""

    smtp: Smtp | None = Field(default=None, description="The server that takes mail.")
    watchdog: UrlRef | None = Field(
        default=None,
        description="A URL outside the region that is called every minute as long as alerts are watched over, and that "
        "raises the alarm by itself when the calls stop (a dead-man's switch).",
        examples=["file:/etc/regiowacht/watchdog-url"],
    )
    grafana: Url | None = Field(
        default=None,
        description="Where Grafana is, for the links in alerts.",
        examples=["https://grafana.regiowacht.example"],
    )
    runbooks: Url | None = Field(
        default=None,
        description="Where the pages about the alerts are, for the links in them; the name of the rule is put behind "
        "it.",
        examples=["https://docs.regiowacht.example/alerts/"],
    )
