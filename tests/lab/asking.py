"""Questions to a Prometheus inside the lab."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from regiowacht_collector.ports import LOOPBACK
from regiowacht_contract.defaults import PROMETHEUS_PORT

if TYPE_CHECKING:
    from tests.lab.host import Host


def ask(host: Host, query: str) -> list[dict[str, Any]]:
    """Return what the engine in a host's network finds, as its API says it; nothing while it is not there."""
    url = f"http://{LOOPBACK}:{PROMETHEUS_PORT}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    try:
        with host.network(), urllib.request.urlopen(url, timeout=30) as answer:
            found = json.load(answer)["data"]["result"]
    except OSError:
        return []
    assert isinstance(found, list)
    return found
