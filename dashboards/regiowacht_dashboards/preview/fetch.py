"""Brings the pinned uPlot to this machine: ``python -m regiowacht_dashboards.preview.fetch``.

npm downloads it, from whichever registry npm is set up for. Without npm on PATH, a Python package that carries npm
is installed into an environment that is thrown away afterwards. What arrives is checked before anything is kept.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import PartMissing, RegiowachtError, Unreachable
from regiowacht_contract.texts import choose_lang, say
from regiowacht_dashboards.preview.vendor import cache_dir, is_whole, lock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regiowacht_dashboards.preview.vendor import Lock

STEP_TIMEOUT_S = 300
MEMBER_BYTES_MAX = 2_000_000


def fetch(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder with uPlot's files, downloading them only when they are not there whole.

    Args:
        environ: what the programs it runs see; PATH decides which npm.

    Raises:
        Unreachable: the download failed (no network, no registry).
        PartMissing: there is neither npm nor a way to get one, or what arrived is not what is pinned.
    """
    pinned = lock()
    target = cache_dir(pinned)
    if is_whole(target, pinned):
        return target
    with tempfile.TemporaryDirectory(prefix="regiowacht-uplot-") as scratch:
        tarball = _download(pinned, Path(scratch), environ)
        content = _check(tarball, pinned)
        _keep(content, target)
    return target


def _download(pinned: Lock, scratch: Path, environ: Mapping[str, str]) -> Path:
    npm = shutil.which("npm", path=environ.get("PATH", ""))
    if npm is None:
        npm = str(_borrow_npm(pinned, scratch, environ))
        environ = {**environ, "PATH": os.pathsep.join([str(Path(npm).parent), environ.get("PATH", "")])}
    wish = f"{pinned.name}@{pinned.version}"
    _run([npm, "pack", wish, "--ignore-scripts", "--pack-destination", str(scratch)], scratch, environ)
    found = sorted(scratch.glob("*.tgz"))
    if not found:
        raise Unreachable("preview.fetch-failed", step=f"npm pack {wish}", reason="-")
    return found[0]


def _borrow_npm(pinned: Lock, scratch: Path, environ: Mapping[str, str]) -> Path:
    """Install the npm wheel into ``scratch`` and return its npm."""
    venv = scratch / "npm"
    _run([sys.executable, "-m", "venv", str(venv)], scratch, environ)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _run([*pip, pinned.npm_wheel], scratch, environ)
    return venv / "bin" / "npm"


def _run(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
    step = " ".join([Path(command[0]).name, *command[1:3]])
    try:
        done = subprocess.run(
            command, cwd=folder, env=dict(environ), capture_output=True, text=True, timeout=STEP_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreachable("preview.fetch-failed", step=step, reason=f"> {STEP_TIMEOUT_S} s") from None
    except OSError as error:
        raise PartMissing("preview.fetch-failed", step=step, reason=error.strerror or str(error)) from None
    if done.returncode != 0:
        raise Unreachable("preview.fetch-failed", step=step, reason=_reason(done.stderr or done.stdout))


def _reason(talk: str) -> str:
    """Return the line of a program's talk that says most, for a person."""
    lines = [line.strip() for line in talk.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() and "complete log" not in line.lower()]
    return (telling or lines or ["-"])[0][:200]


def _check(tarball: Path, pinned: Lock) -> dict[str, bytes]:
    """Return the pinned files' bytes; only regular members with exactly the pinned names are read."""
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != pinned.integrity:
        raise PartMissing("preview.fetch-altered", name=pinned.name, version=pinned.version)
    content: dict[str, bytes] = {}
    with tarfile.open(tarball, "r:gz") as archive:
        for name, file in pinned.files.items():
            content[name] = _member(archive, file.member)
    return content


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    try:
        stream = archive.extractfile(name)
    except KeyError:
        stream = None
    if stream is None:
        raise PartMissing("preview.fetch-altered", name=name, version="?")
    return stream.read(MEMBER_BYTES_MAX)


def _keep(content: Mapping[str, bytes], target: Path) -> None:
    """Put the files in place in one move; a folder that is there but not whole is replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        for name, data in content.items():
            (fresh / name).write_bytes(data)
        if target.exists():
            target.replace(Path(scratch) / "old")
        fresh.replace(target)


def main() -> int:
    """Fetch and print the folder; an error is one line and exit code 3."""
    lang = choose_lang(None, None, os.environ)
    try:
        folder = fetch()
    except RegiowachtError as error:
        print(f"regiowacht: {error.message(lang)}", file=sys.stderr)
        return error.exit_code
    print(say("preview.fetched", lang, folder=folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
