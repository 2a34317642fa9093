"""The heavy half of the set-up: engine, root file system and peers, while the fast tests run.

``bootstrap.sh`` starts it in the background with the set-up's lock held, beside its apt run, for which it waits where
it needs what that installs. Everything here is found again by a second run at once.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
from typing import TYPE_CHECKING

from regiowacht_collector.engine import find_engine
from regiowacht_contract.errors import RegiowachtError
from regiowacht_contract.texts import choose_lang, say
from tests.ansible import tools
from tests.dashboards.oracle import install
from tests.lab import rootfs, wheelhouse
from tests.lab.errors import LabError
from tests.lab.peers import peer
from tests.setup.state import note_failure
from tests.setup.table import state_folder

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS_OF_TESTS = ("node_exporter", "prometheus", "victoria_metrics", "pebble")
"""What tests ask for; benchmarks fetch theirs when they run."""


def tell(line: str) -> None:
    """Write a line to the set-up's log."""
    print(f"setup: {line}", file=sys.stderr, flush=True)


def engine() -> None:
    """Unpack Prometheus where there is none."""
    lang = choose_lang(None, None, os.environ)
    find_engine(tell=lambda key, /, **values: tell(say(key, lang, **values)))


def root_file_system() -> None:
    """Make the lab's root file system, as soon as apt has installed what makes it; an ordinary user has no lab."""
    if os.geteuid() != 0:
        return
    with (state_folder() / "apt.lock").open("w") as apt:
        fcntl.flock(apt, fcntl.LOCK_EX)
    rootfs.ensure(tell)


def peers() -> None:
    """Fetch what tests compare with."""
    for name in PEERS_OF_TESTS:
        peer(name, tell=tell)


def oracle() -> None:
    """Install Grafana's own types and formatting."""
    install.ensure()


def ansible() -> None:
    """Install Ansible and what judges its files; only root has the lab's servers, but anybody may judge."""
    tools.ensure()


def attempt(part: str, work: Callable[[], None]) -> None:
    """Get one part; where that fails, leave the reason for the tests that need it."""
    try:
        work()
    except (RegiowachtError, LabError, install.NotInstalled, tools.NotInstalled, OSError) as error:
        tell(str(error))
        note_failure(part, str(error))


def main() -> None:
    """Get everything, the slowest beside the rest."""
    slowest = threading.Thread(target=attempt, args=("lab", root_file_system))
    slowest.start()
    attempt("prometheus", engine)
    attempt("wheelhouse", lambda: wheelhouse.ensure(tell))
    attempt("peers", peers)
    attempt("oracle", oracle)
    attempt("ansible", ansible)
    slowest.join()


if __name__ == "__main__":
    main()
