"""Asks a running agent how it is, over its own pages."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_agent.pages import METRICS
from regiowacht_agent.reasons import in_words, word
from regiowacht_agent.settings import split_address
from regiowacht_agent.status_bundle import bundle_status
from regiowacht_agent.status_devices import WANTED, devices_status
from regiowacht_agent.status_push import push_status
from regiowacht_contract import catalogue
from regiowacht_contract.defaults import ASSETS_PATH, BUNDLE_PATH, DEVICES_PATH
from regiowacht_contract.errors import CatalogueError, Unreachable
from regiowacht_contract.texts import say, say_count

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from regiowacht_agent.status_bundle import BundleStatus
    from regiowacht_agent.status_devices import DevicesStatus
    from regiowacht_agent.status_push import PushStatus
    from regiowacht_contract.texts import Lang

TIMEOUT_S = 10.0
SIZE_MAX_BYTES = 64_000_000
"""Of a page; no agent's is as large."""

LINE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a listener on every address is asked at
MB = 1_000_000
START = "regiowacht agent run"


@dataclass(frozen=True, slots=True)
class Status:
    """What a running agent says of itself; durations in seconds, memory in bytes."""

    url: str
    version: str
    reader: str
    config_hash: str
    reload_worked: bool
    uptime_s: float
    cpu_s: float
    memory_bytes: int
    series: int
    duration_s: float
    ok: tuple[str, ...]
    no_data: tuple[str, ...]
    failing: tuple[str, ...]
    mounts_stuck: int
    polls: Mapping[str, int]
    assets_down: tuple[tuple[str, str], ...]
    devices: DevicesStatus
    push: PushStatus | None = None
    bundle: BundleStatus | None = None

    @property
    def is_fine(self) -> bool:
        """Whether nothing fails that is measured, and what is measured gets through and is kept."""
        return not self.failing and all(one is None or one.is_fine for one in (self.push, self.bundle))

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {
            "url": self.url,
            "reachable": True,
            "version": self.version,
            "reader": self.reader,
            "config_hash": self.config_hash,
            "config_reload_success": self.reload_worked,
            "uptime_seconds": round(self.uptime_s, 1),
            "cpu_seconds": self.cpu_s,
            "memory_bytes": self.memory_bytes,
            "series": self.series,
            "duration_seconds": round(self.duration_s, 6),
            "families": {"ok": list(self.ok), "no_data": list(self.no_data), "failing": list(self.failing)},
            "mounts_stuck": self.mounts_stuck,
            "assets": {**self.polls, "down": [f"{name} ({why})" for name, why in self.assets_down]},
            "devices": self.devices.as_json(),
            "push": self.push and self.push.as_json(),
            "bundle": self.bundle and self.bundle.as_json(),
        }

    def lines(self, lang: Lang) -> Iterator[str]:
        """Yield what a person reads."""
        yield say(
            "agent.status-agent", lang, version=self.version, url=self.url, reader=self.reader, hash=self.config_hash
        )
        yield say(
            "agent.status-uptime", lang, uptime=_duration(self.uptime_s), cpu=round(self.cpu_s, 1),
            memory=round(self.memory_bytes / MB, 1),
        )  # fmt: skip
        yield say(
            "agent.status-reading", lang, series=self.series, duration=round(self.duration_s * 1000, 1),
            ok=len(self.ok), no_data=len(self.no_data), failing=len(self.failing),
        )  # fmt: skip
        if self.failing:
            yield say("agent.status-failing", lang, families=", ".join(self.failing))
        if not self.reload_worked:
            yield say("agent.status-reload", lang)
        if self.mounts_stuck:
            yield say_count("agent.status-mounts-", lang, self.mounts_stuck)
        if any(self.polls.values()):
            yield say(
                "agent.status-assets", lang, count=sum(self.polls.values()), up=self.polls.get("answering", 0),
                down=self.polls.get("failing", 0), silent=self.polls.get("silent", 0),
            )  # fmt: skip
        if self.assets_down:
            down = ", ".join(f"{name} ({word(why, lang)})" for name, why in self.assets_down)
            yield say("agent.status-assets-down", lang, assets=down)
        yield from self.devices.lines(lang)
        if self.push is not None:
            yield from self.push.lines(lang)
        if self.bundle is not None:
            is_let_in = self.push is None or self.push.failing != "credential"
            yield from self.bundle.lines(lang, is_let_in=is_let_in)


class NotReached(Unreachable):
    """No agent answers there; the reason is in the words of the system or of the page, and in the reader's language.

    Attributes:
        url: where it was looked for.
        reason: why not.
        command: what starts it.
        is_known: whether it is known where it listens: it was asked for by its configuration.
    """

    def __init__(self, key: str, url: str, reason: str) -> None:
        super().__init__(key, url=url, reason=reason)
        self.url = url
        self.reason = reason
        self.command = START
        self.is_known = False

    def message(self, lang: Lang) -> str:
        """Return it in ``lang``."""
        key = "agent.not-running" if self.is_known and self.key == "agent.unreachable" else self.key
        return say(key, lang, url=self.url, reason=in_words(self.reason, lang), command=self.command)

    def as_json(self, lang: Lang) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {"url": self.url, "reachable": False, "reason": self.reason, "message": self.message(lang)}


def ask(listen: str, *, has_tls: bool = False) -> Status:
    """Return the status of the agent that listens on ``HOST:PORT``.

    With TLS its certificate is not checked: it is for those who ask from elsewhere, and no secret is sent.

    Raises:
        NotReached: nothing answers there, or what answers is no agent.
    """
    host, port = split_address(listen)
    host = ANY.get(host, host)
    scheme = "https" if has_tls else "http"
    url = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
    begin = time.perf_counter()
    text = _page(url, METRICS)
    duration_s = time.perf_counter() - begin
    try:
        pages = _page(url, ASSETS_PATH), _page(url, DEVICES_PATH, WANTED), _page(url, BUNDLE_PATH)
        return _status(url, text, pages, duration_s)
    except (KeyError, ValueError, OverflowError):  # it lacks what every agent tells, or tells no numbers
        raise _no_agent(url, text) from None


def _page(url: str, path: str, wanted: tuple[str, ...] = ()) -> str:
    """Return a page, or of a long one the lines that begin with what is wanted."""
    connection = _connection(url)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "identity", "Connection": "close"})
        text = connection.getresponse().read(SIZE_MAX_BYTES).decode("utf-8", "replace")
        return _shown("\n".join(row for row in text.split("\n") if row.startswith(wanted)) if wanted else text)
    except http.client.HTTPException:  # its words are what the other side said, whoever that is
        raise NotReached("agent.no-agent-there", url, "the answer is no HTTP") from None
    except OSError as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise NotReached("agent.unreachable", url, reason) from None
    finally:
        connection.close()


def _connection(url: str) -> http.client.HTTPConnection:
    scheme, _, where = url.partition("://")
    if scheme == "http":
        return http.client.HTTPConnection(where, timeout=TIMEOUT_S)
    from regiowacht_agent.http.tls import client_context  # noqa: PLC0415 - only where TLS is on

    return http.client.HTTPSConnection(where, timeout=TIMEOUT_S, context=client_context())


def _no_agent(url: str, text: str) -> NotReached:
    begin = text.strip().partition("\n")[0][:80].strip()
    return NotReached("agent.no-agent-there", url, f"it begins with: {begin}" if begin else "the page is empty")


def _shown(text: str) -> str:
    """Return a page without what steers a terminal: whoever listens there may be somebody else."""
    return "".join(one if one == "\n" or one.isprintable() else "\ufffd" for one in text)


def _status(url: str, text: str, pages: tuple[str, str, str], duration_s: float) -> Status:
    assets, devices, bundle = pages
    found = list(read(text))
    by_name = {name: (labels, value) for name, labels, value in found}
    if "regiowacht_agent_info" not in by_name:
        raise _no_agent(url, text)
    info = by_name["regiowacht_agent_info"][0]
    number = {name: value for name, (_, value) in by_name.items()}
    failing = _collectors(found, "regiowacht_agent_family_failing", 1)
    read_well = _collectors(found, "node_scrape_collector_success", 1)
    ok = tuple(family for family in read_well if tells(family, by_name))
    nothing = {*read_well, *_collectors(found, "node_scrape_collector_success", 0)} - {*ok, *failing}
    return Status(
        url=url,
        version=info.get("version", ""),
        reader=info.get("reader", ""),
        config_hash=info.get("config_hash", ""),
        reload_worked=number["regiowacht_agent_config_reload_success"] == 1,
        uptime_s=max(0.0, time.time() - number["process_start_time_seconds"]),
        cpu_s=number["process_cpu_seconds_total"],
        memory_bytes=int(number["process_resident_memory_bytes"]),
        series=len(found),
        duration_s=duration_s,
        ok=ok,
        no_data=tuple(sorted(nothing)),
        failing=failing,
        mounts_stuck=int(number["regiowacht_agent_mounts_stuck"]),
        polls={labels["state"]: int(value) for name, labels, value in found if name == "regiowacht_agent_polls"},
        assets_down=_down(assets),
        devices=devices_status(found, read(devices)),
        push=push_status(found),
        bundle=bundle_status(found, bundle),
    )


def read(text: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """Yield name, labels and value of every sample of an exposition that this agent wrote."""
    for row in text.split("\n"):
        match = None if row.startswith("#") else LINE.fullmatch(row)
        if match:
            yield match[1], dict(LABEL.findall(match[2] or "")), float(match[3])


def tells(family: str, names: Container[str]) -> bool:
    """Whether any of these names is of that family; of one that this program does not know: that it is."""
    try:
        return any(metric.name in names for metric in catalogue.family(family))
    except CatalogueError:
        return True


def _collectors(found: list[tuple[str, Mapping[str, str], float]], name: str, wanted: float) -> tuple[str, ...]:
    return tuple(labels["collector"] for metric, labels, value in found if metric == name and value == wanted)


def _down(assets: str) -> tuple[tuple[str, str], ...]:
    """Return the assets that are not well, each with the word why."""
    return tuple(
        (labels["instance"], labels["reason"])
        for name, labels, _ in read(assets)
        if name == "regiowacht_agent_poll_failed"
    )


def _duration(seconds: float) -> str:
    """Return a duration as ``3d 04:05:06`` or ``04:05:06``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = f"{hours:02}:{minutes:02}:{rest:02}"
    return f"{days}d {clock}" if days else clock
