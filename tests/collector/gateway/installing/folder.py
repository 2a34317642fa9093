"""Folders of small wheels, as ``make wheelhouse`` makes large ones."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = "[console_scripts]\nregiowacht = regiowacht_fake:main\n"
PROGRAM = "import sys\n\n\ndef main():\n    print('regiowacht', *sys.argv[1:])\n    return 0\n"


def wheel(folder: Path, name: str, needs: tuple[str, ...] = (), files: dict[str, str] | None = None) -> Path:
    """Write a wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    project, version = name.split("-")[:2]
    info = f"{project}-{version}.dist-info"
    lines = [f"Name: {project}", f"Version: {version}", *(f"Requires-Dist: {one}" for one in needs)]
    with zipfile.ZipFile(folder / name, "w") as packed:
        packed.writestr(f"{info}/METADATA", "\n".join(["Metadata-Version: 2.4", *lines, "", "Text."]))
        packed.writestr(f"{project}.py", f"VERSION = '{version}'\n")
        for path, content in (files or {}).items():
            packed.writestr(path.replace("INFO", info), content)
    return folder / name


def product(folder: Path, version: str = "1.0", needs: tuple[str, ...] = ()) -> Path:
    """Write a wheel called regiowacht, with a command that says what it was told."""
    files = {"INFO/entry_points.txt": ENTRY, "regiowacht_fake.py": PROGRAM}
    return wheel(folder, f"regiowacht-{version}-py3-none-any.whl", needs, files)
