"""Debian root file systems that the lab's hosts and servers stand on, made once and kept in the user's cache.

``base`` is a clean Debian for servers with systemd as PID 1. ``tools`` is a layer over it with what hosts of the
network need: FRR, net-snmp, OpenSSH, unbound, chrony. Nothing of either is installed on the machine itself. Both are
lower directories of overlayfs and are never written to.

A root file system is a folder ``rootfs-RECIPE-TIME``: RECIPE changes with the suite, the packages or the way it is
made. It gets that name when it is complete, so what was killed half-way never serves.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab.errors import LabError
from tests.lab.sources import debian_sources
from tests.lab.store import alone, is_fresh, lab_cache, require_space, run

if TYPE_CHECKING:
    from tests.lab.store import Tell

SUITE = "bookworm"
BASE = (
    *("systemd", "systemd-sysv", "dbus", "openssh-server", "python3", "python3-venv", "python3-packaging"),
    *("iproute2", "ca-certificates", "procps", "iputils-ping", "curl"),
)
TOOLS = (
    *("frr", "frr-snmp", "snmpd", "snmp", "snmptrapd", "openssh-client", "nftables", "tcpdump", "unbound", "chrony"),
    "prometheus-alertmanager",  # for the template it looks for at a fixed place
)
BUILD_WITHIN_S = 900.0
NEEDED_BYTES = 2_000_000_000
KEPT_UNUSED_S = 86400
WITNESSES = (
    "base/lib/systemd/systemd",
    "tools/usr/lib/frr/zebra",
    *(f"tools/usr/sbin/{daemon}" for daemon in ("snmpd", "snmptrapd", "unbound", "chronyd")),
)
"""Files by which a root file system is known to hold what the lab runs."""
PRIVATE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private")

BASE_SCRIPT = """
umask 022
exec mmdebstrap --quiet --mode=root --variant=minbase --include="$PACKAGES" --aptopt="$WORK/acquire.conf" \\
    --customize-hook='rm -f "$1/etc/resolv.conf" "$1/etc/hostname" "$1/etc/apt/apt.conf.d/99mmdebstrap"' \\
    "$SUITE" "$WORK/base" $SOURCES
"""
TOOLS_SCRIPT = """
set -eu
umask 022
mount -t tmpfs -o mode=755,size=3g tmpfs "$WORK/scratch"
cd "$WORK/scratch"
mkdir upper work merged
mount -t overlay overlay -o "lowerdir=$WORK/base,upperdir=upper,workdir=work,redirect_dir=off,metacopy=off" merged
mount -t proc proc merged/proc
mount --rbind /dev merged/dev
cp -L /etc/resolv.conf merged/etc/resolv.conf
cp "$WORK/acquire.conf" merged/etc/apt/apt.conf.d/99building
printf '#!/bin/sh\\nexit 101\\n' >merged/usr/sbin/policy-rc.d
chmod 755 merged/usr/sbin/policy-rc.d
chroot merged apt-get -q update
chroot merged apt-get -q install -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io $PACKAGES
umount -R merged/dev merged/proc merged
cd upper
rm -rf run dev proc usr/sbin/policy-rc.d etc/resolv.conf etc/apt/apt.conf.d/99building var/cache/apt var/lib/apt/lists
find var/log -type f -delete
mkdir "$WORK/tools"
cp -a . "$WORK/tools"
"""


@dataclass(frozen=True, slots=True)
class Rootfs:
    """A complete pair of root file systems.

    Attributes:
        folder: where both lie.
        server: overlayfs' ``lowerdir=`` for a server with systemd.
        host: overlayfs' ``lowerdir=`` for a host of the network, with FRR and net-snmp.
        made_s: when it was made, as a Unix time.
    """

    folder: Path
    server: str
    host: str
    made_s: float


def find(cache: Path | None = None) -> Rootfs:
    """Return the newest complete root file system, and note that it is in use.

    Raises:
        LabError: there is none; it is never made here.
    """
    folder = cache or lab_cache()
    found = _complete(folder)
    if not found:
        state = "of an older recipe" if any(folder.glob("rootfs-*")) else "not made yet"
        raise LabError(f"the lab's root file system is {state}; python -m tests.lab.rootfs")
    newest = found[0]
    if os.access(newest.folder, os.W_OK):
        os.utime(newest.folder)
    return newest


def ensure(tell: Tell, cache: Path | None = None) -> Rootfs:
    """Return the root file system; make it where it is missing or old. An old one serves on when that fails.

    Raises:
        LabError: there is none and it cannot be made.
    """
    folder = cache or lab_cache()
    with alone(folder):
        found = _complete(folder)
        if found and is_fresh(found[0].made_s, time.time()):
            return find(folder)
        try:
            _make(folder, tell)
        except LabError as error:
            if not found:
                raise
            day = time.strftime("%Y-%m-%d", time.gmtime(found[0].made_s))
            tell(f"the lab's root file system of {day} serves on, since no newer one could be made: {error}")
        _prune(folder)
        return find(folder)


def recipe() -> str:
    """Return what names a root file system of this suite, these packages and this way of making it."""
    parts = (SUITE, *BASE, "+", *TOOLS, BASE_SCRIPT, TOOLS_SCRIPT)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _complete(cache: Path) -> list[Rootfs]:
    """Return what is complete and of today's recipe, newest first."""
    found = [(path.name.rpartition("-")[2], path) for path in cache.glob(f"rootfs-{recipe()}-[0-9]*")]
    folders = [(int(made), path) for made, path in found if made.isdecimal()]
    return [_rootfs(path, made_s) for made_s, path in sorted(folders, reverse=True)]


def _rootfs(folder: Path, made_s: float) -> Rootfs:
    base, tools = (str(folder / name).replace(":", "\\:") for name in ("base", "tools"))
    return Rootfs(folder, server=base, host=f"{tools}:{base}", made_s=made_s)


def _make(cache: Path, tell: Tell) -> None:
    """Make both in a folder beside, then rename it into place. The caller holds the lock, so leftovers are nobody's."""
    for leftover in cache.glob(".rootfs-*"):
        _remove(leftover)
    if os.geteuid() != 0:
        raise LabError("the lab's root file system is made as root only; sudo make test")
    if shutil.which("mmdebstrap") is None:
        raise LabError("mmdebstrap is not installed; apt install mmdebstrap")
    require_space(cache, NEEDED_BYTES)
    tell(f"making the lab's root file system of Debian {SUITE} in {cache} (about a minute and a half)")
    work = Path(tempfile.mkdtemp(dir=cache, prefix=".rootfs-"))
    try:
        work.chmod(0o755)
        _fill(work)
        for name in WITNESSES:
            if not (work / name).exists():
                raise LabError(f"the lab's root file system came without {name}")
        (work / "scratch").rmdir()
        work.rename(cache / f"rootfs-{recipe()}-{int(time.time())}")
    except OSError as error:
        raise LabError(f"{error.filename}: {error.strerror}") from None
    finally:
        _remove(work)


def _fill(work: Path) -> None:
    (work / "scratch").mkdir()
    (work / "acquire.conf").write_text(_acquire_settings(work))
    sources = debian_sources(SUITE)
    (work / "debian.sources").write_text(sources)
    env = {"WORK": str(work), "SUITE": SUITE, "SOURCES": str(work / "debian.sources") if sources else ""}
    steps = ((BASE_SCRIPT, ",".join(BASE)), (TOOLS_SCRIPT, " ".join(TOOLS)))
    for script, packages in steps:
        run([*PRIVATE, "sh", "-c", script], work, BUILD_WITHIN_S, env | {"PACKAGES": packages})
    for name in ("acquire.conf", "debian.sources"):
        (work / name).unlink()


def _acquire_settings(work: Path) -> str:
    """Return how this machine reaches package sources (proxies, certificates); it serves while building only."""
    return run(["apt-config", "dump", "--no-empty", "--format", '%f "%v";%n', "Acquire"], work, 60)


def _prune(cache: Path) -> None:
    """Remove root file systems that are neither the newest nor under any mount, unless somebody took one of late."""
    kept = {rootfs.folder for rootfs in _complete(cache)[:1]}
    mounts = _all_mounts()
    for folder in cache.glob("rootfs-*"):
        is_idle = time.time() - folder.stat().st_mtime > KEPT_UNUSED_S
        if folder not in kept and is_idle and str(folder) not in mounts:
            _remove(folder)


def _all_mounts() -> str:
    """Return the mounts of every mount namespace on this machine (proc_pid_mounts(5))."""
    seen: dict[str, str] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            namespace = str((process / "ns/mnt").readlink())
            if namespace not in seen:
                seen[namespace] = (process / "mounts").read_text(errors="replace")
        except OSError:
            continue
    return "\n".join(seen.values())


def _remove(folder: Path) -> None:
    """Remove a tree; mounts inside it ended with the namespace that held them."""
    if folder.exists():
        subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=False, stderr=subprocess.DEVNULL)


def main() -> int:
    """Make the root file system where it is missing or old, and print where it lies; return the exit code."""
    try:
        print(ensure(lambda line: print(f"setup: {line}", flush=True)).folder)
    except LabError as error:
        print(f"setup: {error}")
        return 3
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
