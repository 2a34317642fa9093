"""The two Debian packages: what each is for, and what it carries."""

from __future__ import annotations

from dataclasses import dataclass

from pack.wheelhouse import AGENT, EVERYTHING


@dataclass(frozen=True, slots=True)
class Kind:
    """A Debian package.

    Attributes:
        name: of the package.
        other: the package that has a part of the same files, so that only one of both is installed.
        extras: of the product.
        rooms: whose units it carries.
        folders: of its services below /var/lib and /var/cache.
        started: units that are started again after an upgrade, where they are enabled.
        beside: more fields of the control file.
        synopsis: one line.
        description: a paragraph.
        has_shelf: it carries wheels for other servers.
    """

    name: str
    other: str
    extras: tuple[str, ...]
    rooms: tuple[str, ...]
    folders: tuple[str, ...]
    started: tuple[str, ...]
    beside: dict[str, str]
    synopsis: str
    description: str
    has_shelf: bool


AGENT_PACKAGE = Kind(
    name="regiowacht-agent",
    other="regiowacht-collector",
    extras=AGENT,
    rooms=("agent",),
    folders=("regiowacht", "regiowacht-helper"),
    started=("regiowacht-agent.service", "regiowacht-helper.timer"),
    beside={"Recommends": "ca-certificates", "Conflicts": "regiowacht-collector"},
    synopsis="monitoring agent of a region of municipalities",
    description="Measures this server and the network gear around it, keeps what could not be sent, and sends it to "
    "the collector of the region. Nothing runs until the server has joined: regiowacht agent join URL CODE --install.",
    has_shelf=False,
)
COLLECTOR_PACKAGE = Kind(
    name="regiowacht-collector",
    other="regiowacht-agent",
    extras=EVERYTHING,
    rooms=("agent", "collector", "audit"),
    folders=("regiowacht", "regiowacht-helper", "regiowacht-collector", "regiowacht-audit"),
    started=(
        *("regiowacht-agent.service", "regiowacht-helper.timer"),
        *("regiowacht-collector.service", "regiowacht-audit.timer"),
    ),
    beside={
        "Recommends": "ca-certificates, git",
        "Suggests": "prometheus, prometheus-alertmanager",
        "Conflicts": "regiowacht-agent",
        "Replaces": "regiowacht-agent",
        "Provides": "regiowacht-agent (= {version})",
    },
    synopsis="collector of a region of municipalities, with its agent",
    description="The shared side of a region: receives what agents send, keeps it in Prometheus, judges it, warns, and "
    "makes dashboards and reports. Carries the agent for this machine, and the wheels that other servers are installed "
    "from. Nothing runs until there is a region folder: regiowacht collector install.",
    has_shelf=True,
)
KINDS = (AGENT_PACKAGE, COLLECTOR_PACKAGE)
