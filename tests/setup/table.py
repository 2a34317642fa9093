"""The one table of markers, the parts each needs, and how to get them; Python's standard library alone.

``bootstrap.sh`` runs this file before there is a virtual environment: ``table.py packages`` prints the Debian packages
that this machine lacks, ``table.py state`` the folder where set-up runs leave their word.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

MAKE_TEST = "sudo make test"


@dataclass(frozen=True, slots=True)
class Marker:
    """A pytest marker.

    Attributes:
        parts: what ``need()`` is asked for before such a test runs.
        text: what the marker stands for.
    """

    parts: tuple[str, ...]
    text: str


MARKERS = {
    "tools": Marker(("prometheus", "promtool"), "Prometheus and promtool judge what was generated"),
    "ui": Marker(("chromium", "uplot"), "Chromium shows the pages"),
    "oracle": Marker(("oracle",), "Grafana's own types and formatting judge what was generated"),
    "snmp": Marker(("lab",), "net-snmp of the lab's root file system answers or receives"),
    "daemons": Marker(("lab",), "name and time servers of the lab's root file system answer"),
    "lab": Marker(("lab",), "the region of real hosts, each in its own namespaces"),
    "systemd": Marker(("lab", "systemd"), "a lab server with systemd as PID 1"),
    "wheels": Marker(("wheelhouse",), "the product is installed from wheels, without a network"),
    "roles": Marker(("ansible",), "ansible-lint judges the roles and playbooks"),
    "ansible": Marker(("lab", "systemd", "ansible", "ssh"), "Ansible sets up lab servers"),
}

HOW = {
    "prometheus": "make test unpacks it into the cache, or apt install prometheus",
    "promtool": "make test unpacks it into the cache, or apt install prometheus",
    "chromium": "apt install chromium",
    "uplot": "make test fetches it",
    "oracle": "make test installs it into the cache",
    "lab": f"{MAKE_TEST}; python -m tests.lab.missing says what of it",
    "systemd": "apt install systemd-container",
    "ansible": "make test installs it into the cache",
    "wheelhouse": "make test downloads it into the cache",
    "ssh": "apt install openssh-client",
    "apt-get": "this test needs Debian or Ubuntu",
    "dpkg": "this test needs Debian or Ubuntu",
}
"""How to get a part; ``need()`` of any other name looks for a program."""

PACKAGES = {
    "chromium": ("chromium", "fonts-dejavu-core"),
    "mmdebstrap": ("mmdebstrap",),
    "systemd-nspawn": ("systemd-container",),
    "ip": ("iproute2",),
    "setpriv": ("util-linux",),
    "mount": ("mount",),
    "ssh": ("openssh-client",),
}
"""Programs that come by apt, each with its packages. Daemons never do: they live in the lab's root file system."""

OTHER_NAMES = {"chromium": "chromium-browser"}


def which(program: str) -> str | None:
    """Return the path of a program, also under the other name some distributions give it."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
    return shutil.which(program, path=path) or shutil.which(OTHER_NAMES.get(program, program), path=path)


def lacking() -> list[str]:
    """Return the Debian packages whose programs this machine does not have."""
    return [package for program, packages in PACKAGES.items() if which(program) is None for package in packages]


def state_folder() -> Path:
    """Return where set-up runs leave their lock, log and failures: in the user's cache, outside any checkout."""
    cache = os.environ.get("XDG_CACHE_HOME", "").strip() or "~/.cache"
    return Path(cache).expanduser() / "regiowacht/setup"


if __name__ == "__main__":
    print(*(lacking() if sys.argv[1:] == ["packages"] else [state_folder()]))
