"""Runs on the server that is installed, with its own Python alone: fetches wheels, unpacks them, swaps them in.

It travels inside the installer, so it knows nothing of the product: what to fetch and what to say comes as JSON.

    python3 on_server.py PLAN WORK TARGET

Source: PyPA "Binary distribution format" (unpacking), "Entry points specification"; renameat2(2).
"""

from __future__ import annotations

import compileall
import configparser
import ctypes
import hashlib
import json
import os
import platform
import re
import shutil
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "made-by-regiowacht-installer"
"""A file in the environment: `agent leave` takes away what has it."""

TRIES = 8
"""How often a download that brings nothing new is tried again."""

SILENT_S = 30
PART_BYTES = 1 << 16
AT_FDCWD, RENAME_EXCHANGE = -100, 2
SCRIPT = """\
#!{python}
import sys

from {module} import {function}

sys.exit({function}())
"""


class Failed(Exception):
    """It cannot go on; says why in the reader's language."""


class Installation:
    """One installation.

    Args:
        plan: ``url`` of the packages, ``ca`` (PEM or ""), ``wheels`` [[name, size, sha256], ...], ``texts``.
        work: folder that is ours, on the target's file system.
        target: where the environment is in the end.
    """

    def __init__(self, plan: dict[str, Any], work: Path, target: Path) -> None:
        self._plan, self._work, self._target = plan, work, target
        self._packages, self._made = work / "packages", work / "environment"

    def run(self) -> None:
        """Do it all.

        Raises:
            Failed: says why.
        """
        try:
            chosen = self._choose()
            self._fetch_all(chosen)
            self._make([self._packages / wheel[0] for wheel in chosen])
            self._swap()
        except OSError as error:
            self._fail("cannot-write", path=error.filename or self._work, reason=error.strerror or error)

    def _fail(self, name: str, /, **values: object) -> None:
        raise Failed(str(self._plan["texts"][name]).format_map(values))

    def _choose(self) -> list[list[Any]]:
        """Return of each project the wheel that suits this machine best."""
        suiting: dict[str, tuple[int, list[Any]]] = {}
        projects = set()
        for wheel in self._plan["wheels"]:
            project = wheel[0].partition("-")[0]
            projects.add(project)
            rank = suits(wheel[0])
            if rank > suiting.get(project, (0, []))[0]:
                suiting[project] = (rank, wheel)
        if missing := sorted(projects - set(suiting)):
            version = "{}.{}".format(*sys.version_info)
            self._fail("no-package", names=", ".join(missing), version=version, machine=platform.machine())
        return [wheel for _, wheel in suiting.values()]

    def _fetch_all(self, chosen: list[list[Any]]) -> None:
        self._packages.mkdir(exist_ok=True)
        context = ssl.create_default_context()
        if self._plan["ca"]:
            context.load_verify_locations(cadata=self._plan["ca"])
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
        for number, (name, size, sha256) in enumerate(chosen, 1):
            path = self._packages / name
            if path.exists() and digest(path) == sha256:
                continue
            self._say("fetching", number=number, count=len(chosen), name=name, size_mb=f"{size / 1e6:.1f}")
            part = path.with_suffix(".part")
            self._fetch(opener, f"{self._plan['url']}/{name}", part, size)
            if digest(part) != sha256:
                part.unlink()
                self._fail("changed", name=name)
            part.replace(path)

    def _say(self, name: str, /, **values: object) -> None:
        print("  " + str(self._plan["texts"][name]).format_map(values), flush=True)

    def _fetch(self, opener: urllib.request.OpenerDirector, url: str, part: Path, size: int) -> None:
        """Fetch a file; where the connection breaks, go on from where it broke."""
        left = TRIES
        while (had := part.stat().st_size if part.exists() else 0) < size:
            try:
                self._fetch_more(opener, url, part, had, size)
                reason: object = "-"
            except urllib.error.HTTPError as error:
                with error:
                    said = error.read(600).decode(errors="replace").strip()
                if error.code not in {429, 502, 503, 504}:
                    self._fail("refused", status=error.code, said=said, url=url)
                reason = f"{error.code} {said}"
            except urllib.error.URLError as error:
                reason = self._reason(error.reason, url)
            except (OSError, ValueError) as error:
                reason = str(error) or type(error).__name__
            if part.exists() and part.stat().st_size > had:
                left = TRIES
                continue
            left -= 1
            if not left:
                self._fail("broken", url=url, reason=reason)
            time.sleep(min(5.0, 0.25 * 2 ** (TRIES - left)))
        if part.stat().st_size > size:
            part.unlink()
            self._fail("changed", name=part.with_suffix(".whl").name)

    def _fetch_more(self, opener: urllib.request.OpenerDirector, url: str, part: Path, had: int, size: int) -> None:
        asked = urllib.request.Request(url, headers={"Range": f"bytes={had}-"} if had else {})  # noqa: S310
        with opener.open(asked, timeout=SILENT_S) as answer:
            is_rest = answer.status == 206
            coming = answer.headers.get("Content-Length", "")
            if coming.isdigit() and int(coming) + (had if is_rest else 0) != size:
                part.unlink(missing_ok=True)
                self._fail("changed", name=part.with_suffix(".whl").name)
            with part.open("ab" if is_rest else "wb") as file:
                written = had if is_rest else 0
                while written <= size and (more := answer.read(PART_BYTES)):
                    file.write(more)
                    written += len(more)

    def _reason(self, error: object, url: str) -> object:
        """Return why there is no connection; ends the installation where trying again will not help."""
        host = url.split("/")[2]
        if isinstance(error, ssl.SSLCertVerificationError):
            self._fail("not-trusted", host=host, reason=error.verify_message)
        if isinstance(error, socket.gaierror):
            return str(self._plan["texts"]["no-name"]).format_map({"host": host, "reason": error.strerror})
        return getattr(error, "strerror", None) or error

    def _make(self, wheels: list[Path]) -> None:
        """Make an environment that is complete, and as it will be at its place."""
        self._say("unpacking", count=len(wheels))
        shutil.rmtree(self._made, ignore_errors=True)
        venv.create(self._made, symlinks=True)  # pip would be a third of it all, and is not needed
        folder = next((self._made / "lib").glob("python3*")) / "site-packages"
        for path in wheels:
            self._unpack(path, folder)
        (self._made / MARK).touch()
        for text in (self._made / "pyvenv.cfg", *(self._made / "bin").iterdir()):
            self._rename_in(text)
        compileall.compile_dir(
            folder, quiet=2, stripdir=str(self._made), prependdir=str(self._target), maxlevels=20, workers=1
        )

    def _unpack(self, path: Path, folder: Path) -> None:
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                if name.startswith("/") or ".." in name.split("/"):
                    self._fail("changed", name=path.name)
            packed.extractall(folder)
            told = next(
                (name for name in packed.namelist() if re.fullmatch(r"[^/]+\.dist-info/entry_points.txt", name)), ""
            )
            entries = packed.read(told).decode() if told else ""
        for name, module, function in commands(entries):
            script = self._made / "bin" / name
            script.write_text(
                SCRIPT.format(python=self._target / "bin/python3", module=module, function=function), encoding="utf-8"
            )
            script.chmod(0o755)
        for data in folder.glob("*.data"):
            for kind in ("purelib", "platlib"):
                if (data / kind).is_dir():
                    shutil.copytree(data / kind, folder, dirs_exist_ok=True)
            shutil.rmtree(data)

    def _rename_in(self, path: Path) -> None:
        """Put the final place into a text file of the environment."""
        if path.is_symlink():
            return
        before = path.read_bytes()
        after = before.replace(os.fsencode(self._made), os.fsencode(self._target))
        if after != before:
            path.write_bytes(after)

    def _swap(self) -> None:
        """Put the environment in its place; at no moment is there none where there was one."""
        if not self._target.exists():
            self._made.rename(self._target)
            return
        if not exchange(self._made, self._target):
            old = self._work / "old"
            self._target.rename(old)
            self._made.rename(self._target)


def suits(name: str) -> int:
    """Return how well a wheel suits this Python on this machine: 0 not at all, more is better."""
    pythons, abis, platforms = name.removesuffix(".whl").split("-")[-3:]
    major, minor = sys.version_info[:2]
    of_platform = max(_suits_platform(one) for one in platforms.split("."))
    best = 0
    for python in pythons.split("."):
        found = re.fullmatch(r"(py|cp)(\d)(\d*)", python)
        if found is None or int(found[2]) != major or int(found[3] or 0) > minor:
            continue
        is_own = found[1] == "cp" and int(found[3] or 0) == minor
        for abi in abis.split("."):
            if abi in {"none", "abi3"} or (is_own and abi == f"cp{major}{minor}"):
                best = max(best, 2 + (abi != "none") + is_own)
    return best * of_platform


def _suits_platform(one: str) -> int:
    if one == "any":
        return 1
    found = re.fullmatch(r"manylinux(?:_(\d+)_(\d+)|(1|2010|2014))_(\w+)|linux_(\w+)", one)
    if found is None or platform.machine() != (found[4] or found[5]):
        return 0
    needed = {"1": (2, 5), "2010": (2, 12), "2014": (2, 17)}.get(found[3] or "") or (
        (int(found[1]), int(found[2])) if found[1] else (2, 0)
    )
    told = re.fullmatch(r"glibc (\d+)\.(\d+).*", os.confstr("CS_GNU_LIBC_VERSION") or "")
    return 2 if told and needed <= (int(told[1]), int(told[2])) else 0


def commands(entries: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, module, function) of each command that a package brings."""
    told = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    told.optionxform = str  # type: ignore[assignment,method-assign] # names keep their case
    told.read_string(entries)
    if told.has_section("console_scripts"):
        for name, value in told.items("console_scripts"):
            module, _, function = value.partition(":")
            if re.fullmatch(r"[\w.-]+", name):
                yield name, module.strip(), function.partition("[")[0].strip()


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places at one moment; False where this system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return int(rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)) == 0


def main(arguments: list[str]) -> int:
    """Install, and return the exit code: 0, or 3 with a sentence."""
    plan, work, target = map(Path, arguments)
    try:
        Installation(json.loads(plan.read_text(encoding="utf-8")), work, target).run()
    except Failed as failed:
        print(f"regiowacht: {failed}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
