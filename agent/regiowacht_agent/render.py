"""Turns a region into one agent configuration for every server with an agent.

The only module of this room that knows the region: at run time an agent has nothing but what is written here.
"""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import TYPE_CHECKING

from regiowacht_agent.render_devices import devices
from regiowacht_agent.render_polls import polls
from regiowacht_agent.toml_text import text_of
from regiowacht_contract.defaults import AGENT_PORT
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_inventory import Asset, Region

FILE = "agent.toml"
HEAD = "# Written by `regiowacht agent render` from the region folder; changes belong there.\n"


def bundles(region: Region) -> Iterator[tuple[Asset, bytes]]:
    """Yield every server that an agent measures, with the bytes of its configuration.

    The bytes are the same whenever the region is, so that they can be compared and hashed.
    """
    for asset in region.assets:
        if asset.job == "node":
            yield asset, bundle(region, asset)


def bundle(region: Region, asset: Asset) -> bytes:
    """Return the configuration of one server's agent, as TOML in UTF-8."""
    lines = [
        f"listen = {text_of(_listen(region, asset))}",
        f"language = {text_of(region.language)}",
        "",
        "[asset]",
        f"gemeente = {text_of(asset.gemeente)}",
        f"site = {text_of(asset.site)}",
        f"instance = {text_of(asset.name)}",
        "",
        *_http(asset),
        *_push(asset),
        *polls(region, asset),
        *devices(region, asset),
    ]
    return (HEAD + "\n".join(lines)).encode()


def _http(asset: Asset) -> list[str]:
    if asset.tls is None:
        return []
    return ["[http]", f"tls_cert = {text_of(asset.tls.cert)}", f"tls_key = {text_of(asset.tls.key)}", ""]


def _push(asset: Asset) -> list[str]:
    push = asset.push
    if push is None:
        return []
    said = {"url": push.url, "interval_s": push.interval_s, "ca": push.ca, "proxy": push.proxy}
    return ["[push]", *(f"{key} = {text_of(value)}" for key, value in said.items() if value), ""]


def _listen(region: Region, asset: Asset) -> str:
    """Return where a server's agent listens: on its own machine alone where nobody at its site need ask it."""
    if asset.push and not any(other.standby and (other.gemeente, other.poller) == asset.key for other in region.assets):
        return f"127.0.0.1:{AGENT_PORT}"
    return listen(asset.address)


def listen(address: str) -> str:
    """Return where the agent of a server with that address listens: there, or everywhere where it is no IP address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return f"[::]:{AGENT_PORT}"
    return f"[{ip}]:{AGENT_PORT}" if ip.version == 6 else f"{ip}:{AGENT_PORT}"


def write(region: Region, out: Path) -> tuple[Path, ...]:
    """Write ``OUT/GEMEENTE/SERVER/agent.toml`` for every server with an agent, and return the paths.

    Each file is replaced as a whole, so that nobody ever reads half of one.

    Raises:
        Unavailable: the folder cannot be written to.
    """
    written: list[Path] = []
    for asset, content in bundles(region):
        path = out / asset.gemeente / asset.name / FILE
        try:
            _replace(path, content)
        except OSError as error:
            raise Unavailable("agent.cannot-write", path=path, reason=error.strerror) from None
        written.append(path)
    return tuple(written)


def _replace(path: Path, content: bytes) -> None:
    """Put the content in place as a whole, or leave everything as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{FILE}.new")
    try:
        new.write_bytes(content)
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
