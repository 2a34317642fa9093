"""Every key a region folder may hold, as pydantic models: the edge where people type.

A description here is what the reference page, the JSON Schema and ``--help`` of an editor show.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from regiowacht_contract.labels import Laag
from regiowacht_inventory.alerting import GemeenteAlerts, LeverancierAlerts, RegionAlerts
from regiowacht_inventory.model import ListOf, MapOf, Model, OrEmpty
from regiowacht_inventory.values import (
    MAX_ID,
    Address,
    Bandwidth,
    Day,
    DnsName,
    Flag,
    Kind,
    Name,
    PemFile,
    Platform,
    Seconds,
    SecretRef,
    Slug,
    Text,
    Timezone,
    Url,
    Whole,
)


class Leverancier(Model):
    """A supplier of a circuit, device or service."""

    name: Text = Field(description="The supplier's name, as people know it.", examples=["Telco A"])
    phone: Text | None = Field(
        default=None, description="Number to call when its part is down.", examples=["+32 2 000 00 00"]
    )
    sla: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, description="Availability the contract promises, as a ratio of 1.", examples=[0.995]
    )
    alerts: Annotated[LeverancierAlerts, OrEmpty] = Field(
        default=LeverancierAlerts(), description="Who at the supplier hears of what is wrong with its part."
    )


class Traject(Model):
    """An exercise that gemeenten do together, in one laag."""

    name: Slug = Field(description="Slug of the traject; the label `traject`.", examples=["netwerk-op-orde"])
    laag: Laag = Field(description="The layer it is about.", examples=["connectiviteit"])
    trekkers: tuple[Text, ...] = Field(description="Gemeenten that lead; at least one.", examples=[["zandbeke"]])
    volgers: ListOf[Text] = Field(
        default=(), description="Gemeenten that reuse what the trekkers did.", examples=[["oosthove"]]
    )
    from_day: Day = Field(alias="from", description="First day.", examples=["2026-01-01"])
    until_day: Day | None = Field(
        default=None,
        alias="until",
        description="Last day; without it the traject has no end yet.",
        examples=["2026-12-31"],
    )

    @property
    def members(self) -> tuple[str, ...]:
        """Slugs of trekkers, then volgers."""
        return self.trekkers + self.volgers


class Auth(Model):
    """How an SNMPv3 user proves who it is."""

    protocol: Literal["md5", "sha", "sha224", "sha256", "sha384", "sha512"] = Field(
        description="Authentication protocol (RFC 3414, RFC 7860).", examples=["sha256"]
    )
    secret: SecretRef = Field(description="Where the passphrase is: a reference.", examples=["env:SNMP_AUTH"])


class Priv(Model):
    """How SNMPv3 messages are encrypted."""

    protocol: Literal["des", "aes128", "aes192", "aes256"] = Field(
        description="Privacy protocol (RFC 3414, RFC 3826).", examples=["aes128"]
    )
    secret: SecretRef = Field(description="Where the passphrase is: a reference.", examples=["env:SNMP_PRIV"])


class Credential(Model):
    """How to log in: SNMP when it says `version`, SSH when it does not. Secrets are references, never values."""

    version: Literal["1", "2c", "3"] | None = Field(
        default=None,
        description="SNMP version; without it the credential is for SSH.",
        examples=["3"],
        json_schema_extra={"anyOf": [{"enum": ["1", "2c", "3", 1, 3]}]},
    )
    user: Text | None = Field(default=None, description="User name (SNMPv3 or SSH).", examples=["monitor"])
    auth: Auth | None = Field(default=None, description="SNMPv3 authentication.")
    priv: Priv | None = Field(default=None, description="SNMPv3 encryption; needs `auth`.")
    community: SecretRef | None = Field(
        default=None,
        description="Where the SNMP 1 or 2c community is: a reference.",
        examples=["file:/etc/regiowacht/community"],
    )
    port: Annotated[Whole, Field(ge=1, le=65535)] | None = Field(
        default=None,
        description="Port at which its devices answer: UDP for SNMP (161 without it), TCP for SSH (22 without it).",
        examples=[1161],
    )
    password: SecretRef | None = Field(
        default=None, description="Where the SSH password is: a reference.", examples=["env:AUDIT_PASSWORD"]
    )
    enable: SecretRef | None = Field(
        default=None,
        description="Where the password is that a device asks for before it shows its configuration (`enable`): a "
        "reference.",
        examples=["env:AUDIT_ENABLE"],
    )
    key: PemFile | None = Field(
        default=None,
        description="File with the private SSH key, on the machine that audits; instead of a password, or beside one.",
        examples=["/etc/regiowacht/audit.key"],
    )

    @property
    def is_snmp(self) -> bool:
        """Whether it is for SNMP; else it is for SSH."""
        return self.version is not None


class Collector(Model):
    """The shared side, as agents reach it."""

    url: Url = Field(
        default="",
        description="Where agents push to. Each site whose poller stands there asks it, as the asset "
        "`collector-SITE`: any answer below 500 will do.",
        examples=["https://regiowacht.example"],
    )
    ca: PemFile | None = Field(
        default=None,
        description="File on the pollers, and on the servers that push, with the authorities (PEM) that issue the "
        "collector's certificate, when it is not one that the system trusts.",
        examples=["/etc/regiowacht/ca.pem"],
    )
    probe: Flag = Field(
        default=True, description="Whether sites ask if the collector can be reached.", examples=["false"]
    )


class Agent(Model):
    """How agents tell the collector. What a server says goes before its gemeente, and that before the region."""

    deliver: Literal["scrape", "push"] | None = Field(
        default=None,
        description="How what an agent measures reaches the collector: with `scrape` the collector asks the agent, "
        "with `push` the agent sends it to the `url` of `collector` itself, and keeps it while that is away; when "
        "nobody says so, `scrape`.",
        examples=["push"],
    )
    interval_s: Annotated[Seconds, Field(ge=5, le=60)] | None = Field(
        default=None,
        alias="interval",
        description="With `push`: how often an agent measures and sends, 5 to 60 seconds; without it `15s`.",
        examples=["15s"],
    )
    proxy: Url | None = Field(
        default=None,
        description="With `push`: the HTTP proxy between the agent and the collector, where there is one.",
        examples=["http://proxy.zandbeke.example:3128"],
    )
    tls: Flag | None = Field(
        default=None,
        description="Whether agents answer over HTTPS alone; when nobody says so they do not.",
        examples=["true"],
    )
    cert: PemFile | None = Field(
        default=None,
        description="File on the server with its agent's certificate (PEM); without it `/etc/regiowacht/agent.pem`.",
        examples=["/etc/regiowacht/agent.pem"],
    )
    key: PemFile | None = Field(
        default=None,
        description="File on the server with the certificate's key; without it `/etc/regiowacht/agent.key`.",
        examples=["/etc/regiowacht/agent.key"],
    )
    ca: PemFile | None = Field(
        default=None,
        description="File on the collector with the authorities (PEM) that issue the certificates, when they are not "
        "ones that the system trusts; a server that is a site's `standby` needs it too, at the same place.",
        examples=["/etc/regiowacht/agents-ca.pem"],
    )
    name: Address | None = Field(
        default=None,
        description="Name that the certificates hold, when it is not the server's `address`: one for all, such as one "
        "that a wildcard covers, or one a server.",
        examples=["agent.zandbeke.example"],
    )


class Snmp(Model):
    """How devices are asked over SNMP."""

    interval_s: Annotated[Seconds, Field(ge=5, le=60)] = Field(
        default=60,
        alias="interval",
        description="How often a device is asked, and the collector takes what it said: 5 to 60 seconds.",
        examples=["60s"],
    )


class Jump(Model):
    """A host that SSH goes through."""

    address: Address = Field(description="Where it answers.", examples=["10.12.0.5"])
    ssh: Text = Field(description="Credential for SSH to it.", examples=["ssh-audit"])


class Audit(Model):
    """How configurations of network gear are judged. What a gemeente says goes before the region."""

    baseline: Text | None = Field(
        default=None,
        description="What they are judged by: `recommended` (without it), `minimal`, or the name of a file in the "
        "region folder's `baselines/`.",
        examples=["recommended"],
    )


class GemeenteAudit(Audit):
    """How configurations of a gemeente's network gear are read and judged."""

    jump: Jump | None = Field(default=None, description="A host that SSH goes through on the way to the devices.")


class RegionAudit(Audit):
    """How configurations of network gear are read, kept and judged, for all gemeenten."""

    key: SecretRef | None = Field(
        default=None,
        description="Where the region's key for fingerprints of secrets is: a reference to any long random text. With "
        "it reuse and change of secrets stay visible without them.",
        examples=["file:/etc/regiowacht/audit.fingerprint"],
    )


class RegionFile(Model):
    """`region.yml`: what the gemeenten share."""

    name: Text = Field(description="The region's name, as people know it.", examples=["Voorbeeldregio"])
    regio: Slug = Field(description="Slug of the region; the label `regio`.", examples=["voorbeeld"])
    language: Literal["nl", "en"] = Field(
        default="nl", description="Language of dashboards, alerts and reports.", examples=["nl"]
    )
    timezone: Timezone = Field(
        default="Europe/Brussels",
        description="Time zone of dashboards and reports (tz database).",
        examples=["Europe/Brussels"],
    )
    collector: Annotated[Collector, OrEmpty] = Field(default=Collector(), description="The shared side.")
    agent: Annotated[Agent, OrEmpty] = Field(default=Agent(), description="How agents tell the collector.")
    snmp: Annotated[Snmp, OrEmpty] = Field(default=Snmp(), description="How devices are asked over SNMP.")
    audit: Annotated[RegionAudit, OrEmpty] = Field(
        default=RegionAudit(), description="How configurations of network gear are read, kept and judged."
    )
    alerts: Annotated[RegionAlerts, OrEmpty] = Field(
        default=RegionAlerts(), description="Who hears of what is wrong, and when."
    )
    leveranciers: MapOf[Leverancier] = Field(
        default_factory=dict, description="Suppliers, by the slug that others refer to."
    )
    trajecten: ListOf[Traject] = Field(default=(), description="Exercises done together.")
    credentials: MapOf[Credential] = Field(
        default_factory=dict, description="Ways to log in, by the slug that devices refer to."
    )


class Uplink(Model):
    """A circuit between a site and the outside; it becomes an asset of kind `link`."""

    name: Name = Field(description="Name of the link, unique within the gemeente.", examples=["wan-1"])
    device: Text | None = Field(default=None, description="Device it ends on.", examples=["rt-stadhuis"])
    port: Text | None = Field(
        default=None, description="Port of that device, as the device names it.", examples=["ge-0/0/0"]
    )
    leverancier: Text | None = Field(default=None, description="Who supplies the circuit.", examples=["telco-a"])
    bandwidth_bps: Bandwidth | None = Field(
        default=None,
        alias="bandwidth",
        description="Contracted bandwidth in bits per second (k, M, G, T).",
        examples=["500M"],
    )
    contract: Text | None = Field(
        default=None, description="Number of the contract, to quote on the phone.", examples=["C-2024-17"]
    )
    far_end: Address | None = Field(
        default=None,
        description="An address beyond the circuit that answers a ping: it tells up from down.",
        examples=["10.255.0.1"],
    )


class Site(Model):
    """A building with ICT in it."""

    address: Text | None = Field(default=None, description="Street address.", examples=["Markt 1"])
    poller: Text | None = Field(
        default=None,
        description="Server whose agent polls this site's devices, links and services.",
        examples=["srv-files"],
    )
    standby: Text | None = Field(
        default=None,
        description="Server whose agent asks this site's devices while their poller is silent.",
        examples=["srv-app"],
    )
    uplinks: ListOf[Uplink] = Field(default=(), description="Circuits that end here.")


class Server(Model):
    """A machine that is measured from the inside, by an agent or through a relay."""

    name: Name = Field(description="Name, unique within the gemeente; the label `instance`.", examples=["srv-files"])
    site: Text = Field(description="Site it stands at.", examples=["stadhuis"])
    address: Address | None = Field(
        default=None, description="IPv4 or IPv6 address, or host name.", examples=["10.12.0.10"]
    )
    os: Literal["linux", "windows", "macos", "other"] = Field(description="Operating system.", examples=["linux"])
    relay: Url | None = Field(
        default=None,
        description="A /metrics page that the site's poller fetches, for a server without an agent of its own.",
        examples=["http://10.12.0.11:9182/metrics"],
    )
    relay_user: Text | None = Field(
        default=None, description="User name for the /metrics page (basic authentication).", examples=["reader"]
    )
    relay_password: SecretRef | None = Field(
        default=None,
        description="Where the password for the /metrics page is, on the poller: a reference.",
        examples=["file:/etc/regiowacht/relay-password"],
    )
    relay_token: SecretRef | None = Field(
        default=None,
        description="Where the bearer token for the /metrics page is, on the poller: a reference.",
        examples=["env:RELAY_TOKEN"],
    )
    relay_ca: PemFile | None = Field(
        default=None,
        description="File on the poller with the authorities (PEM) that issue the page's certificate, when it is "
        "not one that the system trusts.",
        examples=["/etc/regiowacht/ca.pem"],
    )
    agent: Annotated[Agent, OrEmpty] = Field(default=Agent(), description="How its agent tells the collector.")
    leverancier: Text | None = Field(default=None, description="Who runs it, when outsourced.", examples=["telco-a"])
    polled_by: Text | None = Field(
        default=None, description="Server whose agent relays it, when not the site's poller.", examples=["srv-files"]
    )

    @property
    def has_agent(self) -> bool:
        """Whether an agent measures it, so that it can ask others too."""
        return self.relay is None


class Device(Model):
    """A machine that is measured from the outside, over SNMP."""

    name: Name = Field(
        description="Name, unique within the gemeente; the label `instance`.", examples=["sw-stadhuis-1"]
    )
    site: Text = Field(description="Site it stands at.", examples=["stadhuis"])
    address: Address = Field(description="IPv4 or IPv6 address, or host name.", examples=["10.12.0.2"])
    kind: Kind = Field(description="What it is; decides its laag.", examples=["switch"])
    platform: Platform | None = Field(
        default=None, description="Operating system of the device, as netmiko names it.", examples=["aruba_osswitch"]
    )
    uplink: Text | None = Field(
        default=None, description="Device of the same gemeente that it hangs on.", examples=["rt-stadhuis"]
    )
    snmp: Text | None = Field(default=None, description="Credential for SNMP.", examples=["snmp-v3"])
    ssh: Text | None = Field(default=None, description="Credential for SSH, for audits.", examples=["ssh-audit"])
    leverancier: Text | None = Field(default=None, description="Who manages it, when outsourced.", examples=["telco-a"])
    polled_by: Text | None = Field(
        default=None, description="Server whose agent polls it, when not the site's poller.", examples=["srv-app"]
    )


class Service(Model):
    """Something that answers over the network, probed from the site."""

    name: Name = Field(description="Name, unique within the gemeente; the label `instance`.", examples=["mail"])
    site: Text = Field(description="Site it is probed from.", examples=["stadhuis"])
    probe: Literal["tcp", "http", "icmp", "dns", "ntp"] = Field(
        description="How to ask whether it is there.", examples=["tcp"]
    )
    target: Text = Field(
        description="What to ask: `host:port` for tcp, a URL for http, an address for icmp, a server's address (with "
        "`:port` when it is not the usual one) for dns and ntp.",
        examples=["10.12.0.11:25"],
    )
    contains: Text | None = Field(
        default=None, description="With http: text that the page has to hold.", examples=["Welkom"]
    )
    status: tuple[Annotated[Whole, Field(ge=100, le=599)], ...] | None = Field(
        default=None,
        description="With http: status codes that are good; without it each from 200 to 299.",
        examples=[[200, 401]],
    )
    ca: PemFile | None = Field(
        default=None,
        description="With http: file on the poller with the authorities (PEM) that issue the certificate, when it "
        "is not one that the system trusts.",
        examples=["/etc/regiowacht/ca.pem"],
    )
    query: DnsName | None = Field(
        default=None, description="With dns: the name to ask for.", examples=["www.zandbeke.example"]
    )
    record: Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"] | None = Field(
        default=None, description="With dns: the kind of record to ask for; without it `A`.", examples=["MX"]
    )
    laag: Laag = Field(default="infrastructuur", description="The layer it belongs to.", examples=["infrastructuur"])
    leverancier: Text | None = Field(default=None, description="Who runs it, when outsourced.", examples=["telco-a"])
    polled_by: Text | None = Field(
        default=None, description="Server whose agent probes it, when not the site's poller.", examples=["srv-app"]
    )


class Gemeente(Model):
    """`gemeenten/SLUG.yml`: one municipality, whole."""

    gemeente: Slug = Field(description="Slug, equal to the file's name; the label `gemeente`.", examples=["zandbeke"])
    id: Annotated[Whole, Field(ge=1, le=MAX_ID)] = Field(
        description="Stable 32-bit number, unique in the region, never reused.", examples=[12]
    )
    name: Text = Field(description="The municipality's name, as people know it.", examples=["Zandbeke"])
    country: Literal["BE", "NL"] = Field(description="Country.", examples=["BE"])
    code: Text = Field(
        description="Official code, between quotes: NIS, 5 digits (BE); CBS, `GM` and 4 digits (NL; `GM` is optional).",
        examples=["44999"],
    )
    inhabitants: Annotated[Whole, Field(ge=1, le=100_000_000)] | None = Field(
        default=None, description="Number of inhabitants.", examples=[18400]
    )
    agent: Annotated[Agent, OrEmpty] = Field(default=Agent(), description="How its agents tell the collector.")
    audit: Annotated[GemeenteAudit, OrEmpty] = Field(
        default=GemeenteAudit(), description="How configurations of its network gear are read and judged."
    )
    alerts: Annotated[GemeenteAlerts, OrEmpty] = Field(
        default=GemeenteAlerts(), description="Who hears of what is wrong here, and when."
    )
    sites: MapOf[Annotated[Site, OrEmpty]] = Field(
        default_factory=dict, description="Buildings, by the slug that others refer to."
    )
    servers: ListOf[Server] = Field(default=(), description="Machines measured from the inside.")
    devices: ListOf[Device] = Field(default=(), description="Machines measured over SNMP.")
    services: ListOf[Service] = Field(default=(), description="What is probed over the network.")
