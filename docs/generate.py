"""Writes the reference pages from what the code knows, or says which are out of date.

Usage: ``python docs/generate.py`` writes; ``python docs/generate.py --check`` changes nothing and exits 1 when a page
differs from what the code says.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

DOCS = Path(__file__).resolve().parent
HEAD = "<!-- Written by docs/generate.py from the code; change the code, not this page. -->\n\n"


def generators() -> list[ModuleType]:
    """Return every module under ``docs/generators``: each has ``PATH`` and ``page()``."""
    found = []
    for path in sorted((DOCS / "generators").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"docs_generator_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError(path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.append(module)
    return found


def main(arguments: list[str]) -> int:
    """Write or check every page; return the exit code."""
    check = "--check" in arguments
    stale = []
    for module in generators():
        path = DOCS / module.PATH
        text = HEAD + module.page().rstrip() + "\n"
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(module.PATH)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for page in stale:
        print(f"docs/{page}: {'out of date; run: make docs' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
