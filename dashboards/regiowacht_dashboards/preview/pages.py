"""Prepares what the browser loads: the page's own files, uPlot's, and the HTML around one dashboard."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regiowacht_contract.texts import LANGS, keys, template
from regiowacht_dashboards.preview.library import summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_dashboards.preview.library import Library
    from regiowacht_dashboards.preview.sources import Sources

PAGE = Path(__file__).parent / "page"
FOR_READERS_OF_CODE = re.compile(rb"/\*\*.*?\*/[ \t]*|^[ \t]+", re.DOTALL | re.MULTILINE)
"""Types and explanations in our own scripts, and indentation: a third of what a browser would load."""

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    "": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file for the browser: its media type and bytes."""

    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Pages:
    """Everything but Prometheus' answers.

    Attributes:
        library: the dashboards.
        assets: by path; each path begins with a digest of all of them, so that a browser may keep them for ever.
        base: the first part of those paths.
        sources: whom a page may ask.
    """

    library: Library
    assets: Mapping[str, Asset]
    base: str
    sources: Sources

    def html(self, uid: str | None) -> tuple[int, bytes]:
        """Return the status and the page for one dashboard, or for the list of them (None)."""
        dashboards, unreadable = self.library.dashboards()
        dashboard = dashboards.get(uid) if uid is not None else None
        lang = self.library.language(dashboard or next(iter(dashboards.values()), {}))
        boot = {
            "lang": lang,
            "texts": texts(lang),
            "dashboards": [summary(one) for one in dashboards.values()],
            "unreadable": unreadable,
            "uid": uid,
            "dashboard": dashboard,
            "sources": self.sources.listing(),
        }
        preload = [
            f'<link rel="modulepreload" href="{path}">'
            for path in sorted(self.assets)
            if path.endswith(".js") and not path.endswith((".min.js", "/types.js"))
        ]
        page = (PAGE / "index.html").read_text(encoding="utf-8")
        for mark, value in (
            ("@LANG@", lang),
            ("@BASE@", self.base),
            ("@PRELOAD@", "".join(preload)),
            ("@BOOT@", _inert(boot)),
        ):
            page = page.replace(mark, value)
        return (404 if uid is not None and dashboard is None else 200), page.encode()


def open_pages(library: Library, vendor: Path, sources: Sources) -> Pages:
    """Read the page's files and uPlot's from ``vendor`` once."""
    own = {path.relative_to(PAGE).as_posix(): path for path in sorted(PAGE.rglob("*")) if path.suffix in TYPES}
    both = {**{name: path for name, path in own.items() if path.is_file()}}
    both |= {f"vendor/{path.name}": path for path in sorted(vendor.iterdir())}
    read = {name: Asset(TYPES[path.suffix], _content(path)) for name, path in both.items()}
    digest = hashlib.sha256(b"".join(name.encode() + asset.content for name, asset in read.items())).hexdigest()[:16]
    base = f"/assets/{digest}"
    return Pages(library, {f"{base}/{name}": asset for name, asset in read.items()}, base, sources)


def _content(path: Path) -> bytes:
    """Return what a browser gets of a file: of our own scripts only what it runs."""
    content = path.read_bytes()
    return FOR_READERS_OF_CODE.sub(b"", content) if path.is_relative_to(PAGE) and path.suffix == ".js" else content


@functools.cache
def texts(lang: str) -> dict[str, str]:
    """Return the page's texts in one language, by key without ``page-``."""
    chosen = next(one for one in LANGS if one == lang)
    head = "preview.page-"
    return {key.removeprefix(head): template(key, chosen) for key in keys() if key.startswith(head)}


def _inert(data: Any) -> str:
    """Return JSON that cannot end the data block it stands in, whatever a title or label says."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return (
        text.replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )
