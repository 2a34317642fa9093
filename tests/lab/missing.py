"""What the lab lacks on this machine, with how to get it; ``python -m tests.lab.missing`` prints it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tests.lab import rootfs
from tests.lab.cgroup import make_cgroup
from tests.lab.errors import LabError
from tests.lab.store import lab_cache, require_space
from tests.setup.table import which

TUN = Path("/dev/net/tun")
NAMESPACES = ("unshare", "--net", "--mount", "--uts", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc")
OVERLAY = """
mount -t tmpfs tmpfs "$1" && cd "$1" && mkdir lower upper work root &&
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work root
"""
PROBE_WITHIN_S = 60


def missing() -> list[str]:
    """Return one sentence for each thing the lab lacks, none when it can run."""
    if os.geteuid() != 0:
        return ["the lab needs root for its namespaces and wires; sudo make test"]
    return [*_programs(), *_kernel(), *_root_file_system()]


def _programs() -> list[str]:
    packages = {"ip": "iproute2", "setpriv": "util-linux", "unshare": "util-linux", "nsenter": "util-linux"}
    packages["systemd-nspawn"] = "systemd-container"
    return [f"{name} is not installed; apt install {package}" for name, package in packages.items() if not which(name)]


def _kernel() -> list[str]:
    """Return what this kernel, or the container around us, does not let us do."""
    found = []
    try:
        os.close(os.open(TUN, os.O_RDWR))
    except OSError as error:
        found.append(f"{TUN}: {error.strerror}; modprobe tun, or give the container this device")
    if not _works(NAMESPACES, "true"):
        found.append("namespaces of network, mounts and processes are refused; run outside a container or privileged")
    elif not _works(NAMESPACES, OVERLAY):
        found.append("overlayfs cannot be mounted; modprobe overlay, or run outside a container")
    try:
        make_cgroup(f"regio-probe-{os.getpid()}-{threading.get_ident()}").rmdir()
    except (LabError, OSError) as error:
        found.append(f"{error}; run outside a container, or with control groups mounted for writing")
    return found


def _works(namespaces: tuple[str, ...], script: str) -> bool:
    # Mounts are tried over a folder that is there anyway, seen from inside alone: killed half-way, nothing is left.
    words = [*namespaces, "sh", "-c", script, "sh", tempfile.gettempdir()]
    try:
        return subprocess.run(words, capture_output=True, timeout=PROBE_WITHIN_S, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _root_file_system() -> list[str]:
    try:
        found = rootfs.find()
    except LabError as error:
        return [str(error), *_what_hinders_making_it()]
    lacking = [name for name in rootfs.WITNESSES if not (found.folder / name).exists()]
    if lacking:
        return [f"{found.folder} lacks {lacking[0]}; remove it and run python -m tests.lab.rootfs"]
    return []


def _what_hinders_making_it() -> list[str]:
    found = [] if which("mmdebstrap") else ["mmdebstrap is not installed; apt install mmdebstrap"]
    try:
        require_space(lab_cache(), rootfs.NEEDED_BYTES)
    except LabError as error:
        found.append(str(error))
    return found


def main() -> int:
    """Print what is missing, a line each; return the exit code."""
    found = missing()
    print("\n".join(found) or "the lab lacks nothing")
    return 3 if found else 0


if __name__ == "__main__":
    sys.exit(main())
