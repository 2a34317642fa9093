"""The process that a lab made by ``up`` stands and falls with; it says on standard output how far it is."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from regiowacht_contract.defaults import PROMETHEUS_PORT
from regiowacht_contract.errors import RegiowachtError
from regiowacht_dashboards.build import build
from regiowacht_dashboards.preview.server import serve
from regiowacht_dashboards.preview.sources import Source
from regiowacht_dashboards.settings import for_region
from tests.lab import rootfs, state
from tests.lab.errors import LabError
from tests.lab.small_region import INTERVAL_S, SmallRegion
from tests.lab.state import FAILED, READY
from tests.lab.window import window

TIME_FROM = "now-15m"
"""A lab is young: a cut line is to be seen as more than a sliver."""
REFRESH = "5s"


def keep() -> None:
    """Keep a small region up until SIGTERM."""
    stop = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, {state.RELAY_LINES})
    for number in stop:
        signal.signal(number, _end)
    with ExitStack() as stack:
        region = stack.enter_context(SmallRegion(rootfs.find(), _say))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=region.lab.run_dir)))
        build(folder, for_region(region.region))
        prometheus = stack.enter_context(window(region.lab.hosts[region.collector].pid, PROMETHEUS_PORT))
        source = Source(prometheus, scrape_interval_s=INTERVAL_S, time_from=TIME_FROM, refresh=REFRESH)
        preview = stack.enter_context(serve(folder, source, 0))
        urls = {"dashboards": preview.url, "prometheus": prometheus}
        state.write(region.lab, os.getpid(), kept=True, urls=urls)
        signal.pthread_sigmask(signal.SIG_BLOCK, stop)
        _say(f"{READY} {region.lab.id}")
        _let_go_of_terminal()
        while signal.sigwait({*stop, state.RELAY_LINES}) == state.RELAY_LINES:
            # What the line ends at may be gone too; then whoever asked is told that nothing answers.
            with suppress(LabError):
                region.lab.lay_dead_lines_anew()


def _say(line: str) -> None:
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # The person stopped waiting: then nobody wants the lab.
        sys.exit(1)


def _let_go_of_terminal() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _end(*_: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    try:
        keep()
    except (LabError, RegiowachtError) as error:
        _say(f"{FAILED} {error}")
        sys.exit(3)
    except OSError as error:
        _say(f"{FAILED} {error.filename or 'the lab'}: {error.strerror or error}")
        sys.exit(3)
