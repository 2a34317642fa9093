"""The distribution, from os-release(5)."""

from __future__ import annotations

import datetime
import re
import shlex
from typing import TYPE_CHECKING

from regiowacht_agent.family import NoData, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

FILES = ("etc/os-release", "usr/lib/os-release")


class Os:
    """``node_os_info``, ``node_os_version`` and the end of support where the distribution tells it."""

    def __init__(self, metrics: Metrics) -> None:
        self._info = metrics["node_os_info"]
        self._version = metrics["node_os_version"]
        self._support_end = metrics["node_os_support_end_timestamp_seconds"]
        self._text = ""
        self._told: dict[str, str] = {}

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield what the first os-release file says.

        Raises:
            NoData: the distribution has none.
        """
        text = next(filter(None, (host.text(host.rootfs / file, "") for file in FILES)), "")
        if text != self._text:
            self._text, self._told = text, parse(text)
        told = self._told
        if not told:
            raise NoData("no os-release file")
        yield Sample(self._info, tuple(told.get(label.upper(), "") for label in self._info.labels), 1)
        version = re.match(r"[0-9]+(\.[0-9]+)?", told.get("VERSION_ID", ""))
        if version:
            labels = (told.get("ID", ""), told.get("ID_LIKE", ""), told.get("NAME", ""))
            yield Sample(self._version, labels, float(version[0]))
        if told.get("SUPPORT_END"):
            end = datetime.datetime.fromisoformat(told["SUPPORT_END"]).replace(tzinfo=datetime.UTC)
            yield Sample(self._support_end, (), end.timestamp())


def parse(text: str) -> dict[str, str]:
    """Return the assignments of an os-release file; lines that are none are left out."""
    found: dict[str, str] = {}
    for row in text.splitlines():
        name, is_assignment, value = row.strip().partition("=")
        if is_assignment and name.isidentifier():
            found[name] = _unquoted(value)
    return found


def _unquoted(value: str) -> str:
    try:
        return "".join(shlex.split(value)[:1])
    except ValueError:
        return value


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Os(metrics)
