"""The example region's own process: makes a region, fills an engine with its past, and goes on from there.

It prints one JSON line (``Ready``) when all of it is up. It ends at SIGTERM, and when its standard input ends: whoever
started it is gone then.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING

from regiowacht.console import Console
from regiowacht.demo.example_job import INTERVAL_S, Job, Ready
from regiowacht.demo.history import DEMO, load_past, make_past, write_region
from regiowacht.signals import Signals
from regiowacht_collector.data_folder import STORAGE
from regiowacht_collector.engine import find_engine
from regiowacht_collector.exporter import Exporter
from regiowacht_collector.options import Options
from regiowacht_collector.ports import LOOPBACK
from regiowacht_collector.running import running_collector
from regiowacht_collector.settings import Settings
from regiowacht_contract.errors import EXIT_FINE, EXIT_UNAVAILABLE, RegiowachtError
from regiowacht_inventory import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht.demo.history import Past
    from regiowacht_collector.running import RunningCollector


def main(words: Sequence[str]) -> int:
    """Run until told to stop; what goes wrong is one line on standard error and the error's exit code."""
    job = Job.read(words)
    console = Console(job.lang)
    with Signals() as signals:
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
        try:
            with ExitStack() as stack:
                stack.callback(signals.hold)
                collector = _start(job, console, stack)
                signals.hold()
                while signals.pause():
                    collector.check()
        except KeyboardInterrupt:
            pass
        except RegiowachtError as error:
            console.talk(error.message(job.lang))
            return error.exit_code
        except OSError as error:
            console.talk(f"{error.filename or job.data}: {error.strerror}")
            return EXIT_UNAVAILABLE
    return EXIT_FINE


def _start(job: Job, console: Console, stack: ExitStack) -> RunningCollector:
    write_region(job.folder, DEMO)
    region = load(job.folder)
    past = make_past(region, int(time.time()) // INTERVAL_S * INTERVAL_S)
    promtool = find_engine(job.engine).promtool
    load_past(past, job.data / STORAGE, promtool, whole=True)
    page = stack.enter_context(Exporter(0, lambda: past.page(time.time())))
    options = Options(exporter_port=0, only=[], carried=(f"{LOOPBACK}:{page.port}",))
    settings = Settings(data=job.data, port=0, engine=job.engine, restarts=False)
    collector = stack.enter_context(running_collector(region, settings, options))
    console.out(json.dumps(asdict(_ready(past, collector))))
    return collector


def _ready(past: Past, collector: RunningCollector) -> Ready:
    under_way = [incident for incident in past.incidents if incident.until_s is None]
    servers = sorted(asset.key for asset in past.measured if asset.job == "node")
    gemeente, server = servers[0] if servers else ("", "")
    return Ready(
        prometheus=collector.url,
        gemeenten=len(past.region.gemeenten),
        assets=len(past.region.assets),
        incidents=[(one.kind, one.gemeente, one.asset, one.from_s) for one in under_way],
        gemeente=gemeente,
        server=server,
    )


def _end_with_parent() -> None:
    """Wait for the end of standard input, without its buffer: a thread that holds that one blocks the way out."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
