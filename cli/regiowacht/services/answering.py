"""Sees that a collector which runs does what it is there for: gateway, engine and rules answer."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from regiowacht_collector.client import Client
from regiowacht_collector.data_folder import read_status
from regiowacht_contract.errors import RegiowachtError, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_collector.gateway.settings import GatewaySettings

WITHIN_S = 60.0
LOOK_EVERY_S = 0.2
ASK_S = 5.0


def wait_answers(data: Path, gateway: GatewaySettings | None, within_s: float = WITHIN_S) -> tuple[str, int]:
    """Wait until the engine has its rules and the gateway greets; return the engine's URL and how many rules it has.

    Args:
        data: the collector's data folder.
        gateway: how the gateway runs; None: there is none.
        within_s: how long.

    Raises:
        Unavailable: one of them does not answer; says which.
    """
    until = time.monotonic() + within_s
    while True:
        try:
            return _look(data, gateway)
        except RegiowachtError:
            if time.monotonic() >= until:
                raise
        time.sleep(LOOK_EVERY_S)


def _look(data: Path, gateway: GatewaySettings | None) -> tuple[str, int]:
    status = read_status(data)
    if status is None or not Client(status.url).is_ready():
        raise Unavailable("serving.no-engine", data=data)
    rules = _rules(status.url)
    if not rules:
        raise Unavailable("serving.no-rules", url=status.url)
    if gateway is not None and not greets(gateway):
        raise Unavailable("serving.no-gateway", listen=gateway.listen)
    return status.url, rules


def _rules(url: str) -> int:
    try:
        with urllib.request.urlopen(f"{url}/api/v1/rules", timeout=ASK_S) as answer:  # noqa: S310 - our own http:// URL
            return sum(len(group["rules"]) for group in json.load(answer)["data"]["groups"])
    except (OSError, ValueError, KeyError):
        return 0


def greets(gateway: GatewaySettings) -> bool:
    """Return whether the gateway answers where it listens; whose certificate it shows does not matter here."""
    host, port = gateway.address
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what is listened on, not we
    url = f"{'https' if gateway.has_tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}/v1/hello"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with urllib.request.build_opener(*handlers).open(url, timeout=ASK_S) as answer:
            return bool(json.load(answer).get("product") == "regiowacht")
    except (OSError, ValueError):
        return False
