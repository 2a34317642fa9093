"""Pinned wheels into a folder: what is there with the right hash is not asked for again."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name, parse_wheel_filename

from pack.errors import PackError
from pack.target import Target, this_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pack.lock import Pin

    Tell = Callable[[str], None]

WITHIN_S = 900.0


def fetch(pins: Sequence[Pin], target: Target, folder: Path, tell: Tell) -> dict[str, Path]:
    """Return the wheel of each pin for ``target``, by name; download those that ``folder`` lacks.

    Raises:
        PackError: there is no such wheel, no network, or a file has another hash than the lock says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = find(pins, target, folder)
    lacking = [pin for pin in pins if pin.name not in found]
    if lacking:
        tell(f"wheels for {target}: {len(lacking)} of {len(pins)} to download")
        _download(lacking, target, folder)
        found = find(pins, target, folder)
    if missing := [f"{pin.name} {pin.version}" for pin in pins if pin.name not in found]:
        raise PackError(f"no wheel for {target} of: {', '.join(missing)}")
    return found


def find(pins: Sequence[Pin], target: Target, folder: Path) -> dict[str, Path]:
    """Return the wheels in ``folder`` that are of a pin and run on ``target``, by name."""
    wanted = {(pin.name, pin.version): pin for pin in pins}
    found = {}
    for wheel in sorted(folder.glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(wheel.name)
        pin = wanted.get((canonicalize_name(name), str(version)))
        if pin and target.takes(wheel.name) and sha256(wheel) in pin.hashes:
            found[pin.name] = wheel
    return found


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _download(pins: Sequence[Pin], target: Target, folder: Path) -> None:
    """Have pip get them: it judges markers by the Python that runs it, so none are left in what it reads."""
    lines = [
        f"{pin.name}=={pin.version} {' '.join(f'--hash=sha256:{one}' for one in sorted(pin.hashes))}" for pin in pins
    ]
    listed = folder / ".wanted.txt"
    listed.write_text("\n".join(lines) + "\n")
    where = ["--python-version", target.python, "--implementation", "cp"]
    where += [word for abi in (f"cp{target.python.replace('.', '')}", "abi3", "none") for word in ("--abi", abi)]
    where += [word for name in target.platforms() for word in ("--platform", name)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", *where, "--dest", str(folder), "-r", str(listed)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        raise PackError(f"pip took longer than {WITHIN_S:g} s; is the network slow? then try again") from None
    finally:
        listed.unlink()
    if done.returncode:
        errors = [line.partition("ERROR:")[2].strip() for line in done.stderr.splitlines() if "ERROR:" in line]
        reason = (errors or done.stderr.strip().splitlines()[-1:] or ["it did not say why"])[0]
        raise PackError(f"pip could not get the wheels for {target}: {reason}")


__all__ = ["Target", "fetch", "find", "sha256", "this_machine"]
