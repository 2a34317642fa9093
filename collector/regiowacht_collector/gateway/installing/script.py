"""Writes the installer for one code: a POSIX shell script with what the server needs to know, and no secret."""

from __future__ import annotations

import json
import re
import shlex
import ssl
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable
from regiowacht_contract.texts import keys, template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from regiowacht_collector.gateway.installing.wheels import Wheel
    from regiowacht_contract.texts import Lang

PLACE = "install"
"""What stands between the collector's URL and the id of an invitation."""

PYTHONS = ("3.13", "3.12", "3.11")
UNPACKED = 5
"""An environment takes so many times what its wheels do, at most; pip and compiled modules among it."""

OWN_BYTES = 40_000_000
MACHINES = ("x86_64", "aarch64")
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
OF_PYTHON = "installer."


@dataclass(frozen=True, slots=True)
class Asked:
    """What an installer is for.

    Attributes:
        invite: the id of the invitation, never its code.
        server: the server that it is for; "" for any of the gemeente.
        url: the collector's, as servers reach it.
        authority: PEM with the authority of its certificate; "" for one that servers trust already.
        lang: of who runs it.
    """

    invite: str
    server: str
    url: str
    authority: str
    lang: Lang

    @property
    def place(self) -> str:
        """URL of the installer."""
        return f"{self.url.rstrip('/')}/{PLACE}/{self.invite}"


def installer(asked: Asked, wheels: Sequence[Wheel]) -> str:
    """Return the script; the same for the same."""
    largest = {
        wheel.name.partition("-")[0]: wheel.size_bytes for wheel in sorted(wheels, key=lambda one: one.size_bytes)
    }
    needed_bytes = sum(largest.values()) * UNPACKED + OWN_BYTES
    plain = {
        "id": asked.invite,
        "machines": " ".join(machines(wheels)),
        "pythons": " ".join(PYTHONS),
        "python-names": " ".join(f"python{version}" for version in PYTHONS),
        "needed-kb": str(needed_bytes // 1000),
        "plan": plan(asked, wheels),
        "program": _part("on_server.py").rstrip("\n"),
    }
    quoted = {"server": asked.server, "collector": asked.url, "lang": asked.lang, "authority": asked.authority.strip()}

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        if name in plain:
            return plain[name]
        return shlex.quote(quoted[name] if name in quoted else template(f"installer.{name}", asked.lang))

    return re.sub(r"@([a-z-]+)@", fill, _part("template.sh"))


def plan(asked: Asked, wheels: Sequence[Wheel]) -> str:
    """Return what ``on_server.py`` is told, as JSON."""
    texts = {key.removeprefix(OF_PYTHON): template(key, asked.lang) for key in keys() if key.startswith(OF_PYTHON)}
    told = {
        "url": f"{asked.place}/packages",
        "ca": asked.authority,
        "texts": {name: text for name, text in texts.items() if "{" in text},
        "wheels": [[wheel.name, wheel.size_bytes, wheel.sha256] for wheel in wheels],
    }
    return json.dumps(told, ensure_ascii=False, indent=0)


def machines(wheels: Sequence[Wheel]) -> tuple[str, ...]:
    """Return the processors that there are wheels for: of every project that is not for any."""
    known: dict[str, set[str]] = {}
    for wheel in wheels:
        platform = wheel.tags[2]
        of_wheel = MACHINES if platform == "any" else [one for one in MACHINES if platform.endswith(one)]
        known.setdefault(wheel.name.partition("-")[0], set()).update(of_wheel)
    return tuple(one for one in MACHINES if all(one in found for found in known.values()))


def read_authority(path: Path) -> str:
    """Return the certificates in a file, in PEM, without anything else that stands there.

    Raises:
        Unavailable: it cannot be read, or holds none.
    """
    try:
        found = CERTIFICATE.findall(path.read_text(encoding="utf-8", errors="replace"))
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata="\n".join(found) or "-")
    except ssl.SSLError as error:
        raise Unavailable("installer.bad-ca", path=path, reason=error.reason or error) from None
    except OSError as error:
        raise Unavailable("installer.bad-ca", path=path, reason=error.strerror) from None
    return "\n".join(found) + "\n"


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
