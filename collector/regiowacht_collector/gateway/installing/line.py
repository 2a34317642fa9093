"""The one line that a colleague pastes: it fetches the installer, checks its SHA-256, and runs it with the code.

It holds no quotes and no double hyphens, which mail programs turn into other signs, and works in sh, bash and zsh. What
it fetches runs only where it has the checksum that the line holds: the line vouches for it, not the network; so a
certificate of an own authority need not be known there yet. Where the collector refuses, its sentence is shown.
"""

from __future__ import annotations

import hashlib
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_collector.gateway.installing.script import Asked


def pasted_line(asked: Asked, script: str, code: str) -> str:
    """Return the line.

    Args:
        asked: what the installer is for.
        script: the installer.
        code: the one-time code.
    """
    sha256 = hashlib.sha256(script.encode()).hexdigest()
    curl, wget = ("curl -ksSO", "wget -nv --no-check-certificate") if asked.authority else ("curl -sSO", "wget -nv")
    url = shlex.quote(asked.place.removesuffix(asked.invite))
    return (
        f"(f={asked.invite};u={url}$f;cd $(mktemp -d)||exit;{curl} $u||{wget} $u;"
        f"echo {sha256} $f|sha256sum -c||{{ head -n1 $f;exit 1;}};printf {code}|sh $f)"
    )
