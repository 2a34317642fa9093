"""The engine's command line, for every version from 2.39 to 3.x."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.ports import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_collector.engine import Engine
    from regiowacht_collector.settings import Settings

HELD_AGAIN_FROM = "1m"
"""Alerts that must hold this long are taken up again where they were when the engine starts anew. By itself it does so
from ten minutes on, and lets the others begin anew: what fires is then told to be over, and told again."""


def engine_command(engine: Engine, settings: Settings, config: Path, storage: Path, port: int) -> list[str]:
    """Return the program and its arguments.

    It listens on loopback alone, takes remote writes, and can be told to reload over HTTP; the switches are those that
    2.x and 3.x share. Debian's build does not lock its storage unless asked; others lock it unless told not to.
    """
    command = [
        str(engine.prometheus),
        f"--config.file={config}",
        f"--storage.tsdb.path={storage}",
        f"--storage.tsdb.retention.time={settings.retention}",
        f"--web.listen-address={LOOPBACK}:{port}",
        "--web.enable-remote-write-receiver",
        "--web.enable-lifecycle",
        "--web.enable-admin-api",
        f"--rules.alert.for-grace-period={HELD_AGAIN_FROM}",
        "--log.level=info",
    ]
    if settings.retention_size:
        command.append(f"--storage.tsdb.retention.size={settings.retention_size}")
    if "--storage.tsdb.use-lockfile" in engine.switches:
        command.append("--storage.tsdb.use-lockfile")
    if engine.web_assets is not None and "--web.local-assets" in engine.switches:
        command.append(f"--web.local-assets={engine.web_assets}/")
    return command
