"""Which worker runs which tests, and in which order.

The tests of a file stay on one worker. Tests that share the lab's region all go to one, so that the region comes up
once; those with a lab of their own go wherever there is room. While the set-up is under way what needs no part goes
first; else the lab goes first, since it takes longest, and then whatever needs parts, so that the small files at the
end even out the workers.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.guard import scratch_prefix
from tests.setup.plugin import parts_of
from tests.setup.state import is_under_way

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.workermanage import WorkerController

SHARED = {"small_region": "lab"}
"""Fixtures that are made once for the whole run, and the group of the tests that take them."""

GROUPS = set(SHARED.values())
NOTES = "groups_file"
"""Key under which a worker is told where to write which tests are of a group: the controller itself collects none."""
FOLDER = pytest.StashKey[Path]()
ROOT = Path(__file__).parents[2]
LONGEST = (
    "tests/flow/story/test_story.py",
    "tests/ansible/test_roll_out.py",
    "tests/lab/test_deb.py",
    "tests/lab/test_install.py",
    "tests/lab/test_collector_service.py",
    "tests/lab/test_first_region.py",
    "tests/pack/test_deb.py",
    "tests/lab/test_services.py",
    "tests/lab/test_pasted_line.py",
    "tests/lab/test_push.py",
    "tests/flow/test_demo_example.py",
    "tests/flow/test_demo.py",
    "tests/flow/test_wheel.py",
    "tests/collector/alerts/test_examples.py",
    "tests/agent/push/test_agent.py",
    "tests/collector/test_running.py",
    "tests/collector/alerts/test_running.py",
    "tests/cli/test_snmp.py",
    "tests/cli/history/test_past.py",
    "tests/cli/history/test_live.py",
    "tests/collector/gateway/acme/test_gateway.py",
    "tests/collector/repair/test_repair.py",
    "tests/agent/snmp/test_checking.py",
    "tests/agent/snmp/test_zoo.py",
    "tests/flow/test_audit_push.py",
    "tests/flow/alerts/test_rehearsal.py",
    "tests/flow/test_demo_device.py",
    "tests/flow/test_house.py",
    "tests/flow/test_whole_way.py",
    "tests/flow/test_demo_browser.py",
    "tests/flow/test_joining.py",
    "tests/flow/test_standby.py",
    "tests/collector/test_state_live.py",
    "tests/collector/gateway/test_kills.py",
)
"""Files that take longest, the longest first: where one begins last, all wait for its worker at the end."""


class FilesAndGroups(LoadScopeScheduling):
    """Hands out files, and the groups of those that share what is made once."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        self._group_of: dict[str, str] = {}

    def schedule(self) -> None:
        """Read what the workers noted before the first test is handed out."""
        folder = self.config.stash.get(FOLDER, None)
        if folder is not None and self.collection is None:
            for notes in folder.glob("*.json"):
                self._group_of |= json.loads(notes.read_text())
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return self._group_of.get(nodeid) or nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(choose(list(self.workqueue), is_cold=is_under_way()), last=False)
        super()._assign_work_unit(node)


def choose(scopes: list[str], *, is_cold: bool) -> str:
    """Return which of the files and groups goes next; they stand in the order of ``by_weight``."""
    if is_cold:
        return scopes[0]
    return next((scope for scope in scopes if scope in GROUPS), scopes[-1])


def by_weight(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests by file: those that need no part, that do, the longest, the groups; small files before large."""
    files = Counter(item.path for item in items)
    needy = {item.path for item in items if parts_of(item) and not group_of(item)}
    long = {ROOT / name: len(LONGEST) - place for place, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> tuple[int, int, str]:
        turn = 3 if group_of(item) else 2 if item.path in long else int(item.path in needy)
        return turn, long.get(item.path, files[item.path]), str(item.path)

    return sorted(items, key=place)


def group_of(item: pytest.Item) -> str:
    """Return the group of a test, "" where it goes with its file."""
    return next((SHARED[name] for name in getattr(item, "fixturenames", ()) if name in SHARED), "")


def pytest_xdist_auto_num_workers() -> int:
    """Return the workers that ``--numprocesses=auto`` means: three for two processors, since tests often wait."""
    return max(2, 3 * (os.cpu_count() or 1) // 2)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Take the place of pytest-xdist's own ``--dist=loadfile``."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return FilesAndGroups(config, log)


def pytest_configure_node(node: WorkerController) -> None:
    """Tell a worker where to note its groups."""
    if FOLDER not in node.config.stash:
        node.config.stash[FOLDER] = Path(tempfile.mkdtemp(prefix=scratch_prefix("groups")))
    node.workerinput[NOTES] = str(node.config.stash[FOLDER] / f"{node.gateway.id}.json")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the notes."""
    if FOLDER in config.stash:
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put tests in order, the same on every worker, and note which are of a group."""
    items[:] = by_weight(items)
    notes = getattr(config, "workerinput", {}).get(NOTES)
    if notes:
        groups = {item.nodeid: group for item in items if (group := group_of(item))}
        Path(notes).write_text(json.dumps(groups))
