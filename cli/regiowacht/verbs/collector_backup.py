"""``regiowacht collector backup|restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import add_json
from regiowacht_contract.errors import EXIT_FINE
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_contract.texts import Lang


def add_backup(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``backup`` takes."""
    parser.add_argument("file", metavar="FILE", help=say("backup.option-file", lang))
    parser.add_argument("--data", required=True, metavar="DIR", help=say("collector.option-data", lang))
    parser.add_argument("--region", metavar="DIR", help=say("backup.option-region", lang))
    add_json(parser, lang)


def backup(chosen: Namespace, console: Console) -> int:
    """Put a collector's data, and its region where it is named, into one file."""
    from regiowacht_collector.backup import make_backup

    out = Path(chosen.file)
    count = make_backup(Path(chosen.data), Path(chosen.region) if chosen.region else None, out)
    size_bytes = out.stat().st_size
    if chosen.json:
        console.json({"file": str(out), "files": count, "size_bytes": size_bytes})
    else:
        console.tell("backup.made", path=out, count=count, size_mb=-(-size_bytes // 10**6))
    return EXIT_FINE


def add_restore(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``restore`` takes."""
    parser.add_argument("file", metavar="FILE", help=say("backup.option-file", lang))
    parser.add_argument("--data", required=True, metavar="DIR", help=say("backup.option-data-out", lang))
    parser.add_argument("--region", metavar="DIR", help=say("backup.option-region-out", lang))
    add_json(parser, lang)


def restore(chosen: Namespace, console: Console) -> int:
    """Bring a backup back, whole or not at all."""
    from regiowacht_collector.backup import restore_backup

    data, region = Path(chosen.data), Path(chosen.region) if chosen.region else None
    has_region = restore_backup(Path(chosen.file), data, region)
    if chosen.json:
        told = str(region) if region is not None and has_region else None
        console.json({"data": str(data), "region": told})
        return EXIT_FINE
    console.tell("backup.restored", data=data)
    if region is not None:
        console.tell("backup.region-restored" if has_region else "backup.no-region-inside", path=region)
    return EXIT_FINE
