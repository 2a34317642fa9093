"""Grafana's own components as a page, which the preview is measured beside: npm packages in the user's cache.

``package-lock.json`` pins each with its hash; nothing of them is in the product. ``page.jsx`` is bundled by esbuild,
minified and in pieces that load when they are needed, as Grafana's own pages are.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from tests.dashboards.oracle.install import NPM, node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).parent
SOURCES = ("package.json", "package-lock.json", "page.jsx", "scrollbars.js")
TIMEOUT_S = 900
HTML = (
    b"<!doctype html><meta charset=utf-8><title>peer</title><link rel=stylesheet href=/page.css>"
    b"<div id=root></div><script type=module src=/page.js></script>"
)
KINDS = {".js": "text/javascript", ".css": "text/css"}
ALIAS = "--alias:react-custom-scrollbars-2=./scrollbars.js"
LOADERS = ("--loader:.svg=dataurl", "--loader:.woff2=dataurl", "--loader:.ttf=dataurl")


def bundle() -> Path:
    """Return the folder of the bundled page; it is installed and bundled where it was not there."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in SOURCES)).hexdigest()[:16]
    target = platformdirs.user_cache_path("regiowacht", appauthor=False) / f"grafana-ui-{digest}"
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".grafana-ui-", dir=target.parent) as scratch:
        folder = Path(scratch)
        for name in SOURCES:
            shutil.copy(HERE / name, folder)
        where = Path(node()).parent
        environment = {**os.environ, "PATH": f"{where}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
        options = (
            "--bundle",
            "--minify",
            "--format=esm",
            "--splitting",
            "--jsx=automatic",
            "--outdir=out",
            ALIAS,
            *LOADERS,
        )
        esbuild = ["node_modules/.bin/esbuild", "page.jsx", *options, '--define:process.env.NODE_ENV="production"']
        for command in ([str(where / "npm"), *NPM], esbuild):
            subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=TIMEOUT_S)
        (folder / "out").replace(target)
    return target


def weight(loaded: set[str]) -> int:
    """Return the gzipped bytes of these files of the page."""
    return sum(len(gzip.compress((bundle() / name).read_bytes(), 9)) for name in loaded)


@contextmanager
def served(board: Mapping[str, Any], prometheus: str) -> Iterator[tuple[str, set[str]]]:
    """Serve the page with a dashboard on it; yield its address and the names of the files that were loaded."""
    folder, loaded = bundle(), set[str]()

    class Page(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0].strip("/")
            if path == "":
                self._send("text/html", HTML)
            elif path == "board.json":
                self._send("application/json", json.dumps(board).encode())
            elif (folder / path).is_file():
                loaded.add(path)
                self._send(KINDS[Path(path).suffix], (folder / path).read_bytes())
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            with urllib.request.urlopen(f"{prometheus}{self.path}", data=asked, timeout=60) as answer:
                self._send("application/json", answer.read())

        def _send(self, kind: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", loaded
        finally:
            server.shutdown()
            thread.join()
