"""Alertmanager's command line."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from regiowacht_collector.ports import LOOPBACK
from regiowacht_contract.errors import PartMissing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from regiowacht_collector.alerts.manager.find import Manager

RETENTION = "400h"
"""How long it remembers what it told: longer than the longest time after which something is told again."""

KEPT_EVERY = "15s"
"""How often it writes down what it told: what a kill takes from it is told again, or its end is not told."""

_WITH_ITS_SHARE = """
set -e
share=$1
shift
if [ -d /usr/share/prometheus ]; then
  mount --bind "$share/prometheus" /usr/share/prometheus
else
  mkdir -p "$share/zoneinfo"
  mount --bind /usr/share/zoneinfo "$share/zoneinfo"
  mount --rbind "$share" /usr/share
fi
exec "$@"
"""
"""In a mount namespace of its own (unshare(1), as root or with a user namespace): what Debian's build looks for at a
fixed place is put there, for this process alone."""


def manager_command(
    manager: Manager, config: Path, storage: Path, port: int, *, cluster_port: int = 0, peers: Sequence[str] = ()
) -> list[str]:
    """Return the program and its arguments; it listens on loopback alone.

    Args:
        manager: which one.
        config: its configuration file.
        storage: folder for its silences and for what it told whom.
        port: where it listens.
        cluster_port: where others of the same cluster reach it, on loopback; 0 means that it is alone.
        peers: ``host:port`` of the others.

    Raises:
        PartMissing: it is not installed, and cannot be run from where it is unpacked.
    """
    command = [
        str(manager.program),
        f"--config.file={config}",
        f"--storage.path={storage}",
        f"--data.retention={RETENTION}",
        f"--data.maintenance-interval={KEPT_EVERY}",
        f"--web.listen-address={LOOPBACK}:{port}",
        f"--cluster.listen-address={f'{LOOPBACK}:{cluster_port}' if cluster_port else ''}",
        *(f"--cluster.peer={peer}" for peer in peers),
    ]
    if manager.share is None:
        return command
    unshare = shutil.which("unshare")
    if unshare is None:
        raise PartMissing("alerts.no-manager")
    return [unshare, "--mount", "--map-root-user", "/bin/sh", "-c", _WITH_ITS_SHARE, "sh", str(manager.share), *command]
