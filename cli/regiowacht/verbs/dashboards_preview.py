"""``regiowacht dashboards preview``: the dashboards in a browser, without Grafana."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.signals import Signals
from regiowacht.verb import Verb, add_region
from regiowacht_contract.defaults import PREVIEW_PORT, PROMETHEUS_PORT
from regiowacht_contract.errors import UsageError
from regiowacht_contract.texts import LANGS, say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang

PROMETHEUS_URL = f"http://127.0.0.1:{PROMETHEUS_PORT}"


def _add_arguments(parser: ArgumentParser, lang: Lang) -> None:
    add_region(parser, lang)
    parser.add_argument("--dir", type=Path, default=None, metavar="DIR", help=say("preview.option-dir", lang))
    prometheus = say("preview.option-prometheus", lang, url=PROMETHEUS_URL)
    parser.add_argument("--prometheus", default=PROMETHEUS_URL, metavar="URL", help=prometheus)
    port = say("preview.option-port", lang, port=PREVIEW_PORT)
    parser.add_argument("--port", type=int, default=PREVIEW_PORT, metavar="PORT", help=port)


def _run(arguments: Namespace, console: Console) -> int:
    if arguments.dir is not None and arguments.region is not None:
        raise UsageError("preview.both")
    from regiowacht_dashboards.preview import serve

    with Signals() as signals, ExitStack() as stack:
        folder, lang = arguments.dir, _folder_lang(arguments.dir, console)
        if folder is None:
            folder, lang = _built(Path(arguments.region or "."), console, stack)
        preview = stack.enter_context(serve(folder, arguments.prometheus, arguments.port, lang))
        console.out(f"dashboards {preview.url}")
        console.tell("preview.serving")
        signals.hold()
        while signals.pause():
            pass
    return 0


def _folder_lang(folder: Path | None, console: Console) -> Lang:
    """Return ``--lang``, else the language the folder is named after, else the one console speaks."""
    for lang in LANGS:
        if console.flag is None and folder is not None and folder.resolve().name == lang:
            return lang
    return console.lang


def _built(region_folder: Path, console: Console, stack: ExitStack) -> tuple[Path, Lang]:
    """Build the region's dashboards into a folder that lives as long as ``stack``."""
    from regiowacht.region import open_region
    from regiowacht_dashboards.build import build
    from regiowacht_dashboards.settings import for_region

    region, console = open_region(region_folder, console)
    settings = for_region(region, console.lang)
    out = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="regiowacht-dashboards-")))
    build(out, settings)
    return out, settings.lang


PREVIEW = Verb(name="preview", help="preview.verb", add_arguments=_add_arguments, run=_run)
