"""The files of a Debian package, staged: an environment of its own below /usr/lib/regiowacht, and what points to it.

The environment is what ``python3 -m venv`` makes, for the system's own Python: so the product starts itself, and finds
its parts, as it does anywhere else.
"""

from __future__ import annotations

import gzip
import shutil
import zipfile
from typing import TYPE_CHECKING

from pack import manual
from pack.errors import PackError
from regiowacht.services import units

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pack.kinds import Kind
    from pack.target import Target

HOME = "usr/lib/regiowacht"
COMMAND = "/usr/bin/regiowacht"
SHELF = "usr/share/regiowacht/packages"
PROGRAM = f"""#!/{HOME}/bin/python3 -I
import sys

from regiowacht.main import main

sys.exit(main())
"""
FOLDERS = {"etc/regiowacht": 0o755, "etc/regiowacht/secrets": 0o700}


def stage(kind: Kind, target: Target, wheels: Iterable[Path], top: Path) -> None:
    """Put all but the documentation and the control files below ``top``.

    Raises:
        PackError: a wheel has what cannot be put there.
    """
    home = top / HOME
    site = home / f"lib/python{target.python}/site-packages"
    for path in wheels:
        unpack(path, site)
    (home / "bin").mkdir()
    (home / "bin/python3").symlink_to("/usr/bin/python3")
    write(home / "bin/regiowacht", PROGRAM, 0o755)
    write(home / "pyvenv.cfg", f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {target.python}\n")
    link = top / COMMAND.lstrip("/")
    link.parent.mkdir(parents=True)
    link.symlink_to("../lib/regiowacht/bin/regiowacht")
    for room in kind.rooms:
        for name in units.names(room):
            write(top / "usr/lib/systemd/system" / name, units.render(name, COMMAND))
    for name, mode in FOLDERS.items():
        (top / name).mkdir(parents=True)
        (top / name).chmod(mode)
    write(top / "usr/share/man/man1/regiowacht.1.gz", packed(manual.page()))


def unpack(wheel: Path, site: Path) -> None:
    """Unpack a wheel as an installer does (PyPA "Binary distribution format"); its scripts are left out.

    Raises:
        PackError: it has files for a place that a package of ours does not have.
    """
    with zipfile.ZipFile(wheel) as content:
        for name in content.namelist():
            place = _place(name, wheel)
            if place is None or name.endswith("/"):
                continue
            path = site / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read(name))


def fill_shelf(wheels: Iterable[Path], top: Path) -> Path:
    """Put wheels for other servers below ``top``; return where."""
    shelf = top / SHELF
    shelf.mkdir(parents=True)
    for path in wheels:
        shutil.copyfile(path, shelf / path.name)
    return shelf


def write(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)


def packed(text: str) -> bytes:
    """Return a text as ``gzip -9n`` packs it: the same bytes each time."""
    return gzip.compress(text.encode(), mtime=0)


def _place(name: str, wheel: Path) -> str | None:
    """Return where a file of a wheel goes below site-packages; None: nowhere."""
    first, _, rest = name.partition("/")
    if not first.endswith(".data"):
        return name
    scheme, _, inner = rest.partition("/")
    if scheme in {"purelib", "platlib"}:
        return inner
    if scheme in {"scripts", "headers"}:
        return None
    raise PackError(f"{wheel.name} has {name}, for which a Debian package has no place")
