"""The distribution, from os-release(5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import NoData, Sample
from regiowacht_agent.os_release import FILES, parse, support_end, version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host


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
        text = next(filter(None, (host.text(f"{host.rootfs}/{file}", "") for file in FILES)), "")
        if text != self._text:
            self._text, self._told = text, parse(text)
        told = self._told
        if not told:
            raise NoData("no os-release file")
        yield Sample(self._info, tuple(told.get(label.upper(), "") for label in self._info.labels), 1)
        if number := version(told):
            labels = (told.get("ID", ""), told.get("ID_LIKE", ""), told.get("NAME", ""))
            yield Sample(self._version, labels, float(number))
        end = support_end(told)
        if end is not None:
            yield Sample(self._support_end, (), end)


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Os(metrics)
