"""What ansible-lint and Ansible itself say of the roles and playbooks, without any server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pack.lock import of_extras
from pack.wheelhouse import AGENT
from regiowacht_inventory import example_path
from tests.ansible import tools
from tests.lab.wheelhouse import LAB

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.roles, pytest.mark.timeout(600)]

ANSIBLE = Path(__file__).parents[2] / "ansible"
BOOKS = ("site.yml", "upgrade.yml", "remove.yml")


def run(folder: Path, program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program of Ansible where a person would, with nothing written outside ``folder``."""
    own = {
        "PATH": f"{tools.find().parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "REGIOWACHT_REGION": str(example_path()),
        "REGIOWACHT": str(Path(sys.executable).with_name("regiowacht")),
        "LC_ALL": "C.UTF-8",
    }
    words = (str(tools.find(program)), *words)
    return subprocess.run(words, cwd=ANSIBLE, env=own, capture_output=True, text=True, timeout=500, check=False)


def tasks() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every task of every role, inside blocks too."""
    for path in sorted(ANSIBLE.glob("roles/*/*/*.yml")):
        if path.parent.name in {"tasks", "handlers"}:
            for task in flat(yaml.safe_load(path.read_text())):
                yield path, task


def flat(told: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for task in told:
        yield task
        for part in ("block", "rescue", "always"):
            yield from flat(task.get(part, []))


def test_lint_finds_nothing_at_its_strictest(tmp_path: Path) -> None:
    done = run(tmp_path, "ansible-lint", "--nocolor", "--offline", "--profile", "production")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Profile 'production' was required, and it passed" in done.stderr


@pytest.mark.parametrize("book", BOOKS)
def test_playbooks_are_understood_with_the_real_inventory(tmp_path: Path, book: str) -> None:
    done = run(tmp_path, "ansible-playbook", "--list-tasks", "--list-hosts", book)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "srv-files.zandbeke" in done.stdout
    assert "collector.voorbeeld" in done.stdout


def test_inventory_is_shown_as_the_documentation_does(tmp_path: Path) -> None:
    done = run(tmp_path, "ansible-inventory", "--graph")
    assert done.returncode == 0, done.stderr
    assert "  |--@gemeente_zandbeke:\n" in done.stdout
    assert "|--collector.voorbeeld\n" in done.stdout.partition("@collector:")[2]
    assert "[WARNING]" not in done.stderr


def test_modules_are_those_of_ansible_core() -> None:
    keywords = {
        "name",
        "when",
        "loop",
        "register",
        "vars",
        "block",
        "always",
        "rescue",
        "notify",
        "no_log",
        "diff",
        "listen",
    }
    keywords |= {
        "delegate_to",
        "become",
        "check_mode",
        "changed_when",
        "failed_when",
        "run_once",
        "environment",
        "until",
    }
    keywords |= {"retries", "delay"}
    for path, task in tasks():
        modules = set(task) - keywords
        assert all(name.startswith("ansible.builtin.") for name in modules), (path, modules)


def test_tasks_that_are_given_a_secret_hide_it() -> None:
    given = ("secrets_values", "secrets_files", "certificate_key }}", "grafana.env.j2", ".code }}")
    hidden = 0
    for path, task in tasks():
        words = yaml.safe_dump({name: value for name, value in task.items() if name.startswith("ansible.builtin.")})
        if any(word in words for word in given) and not set(task) & {"block", "ansible.builtin.debug"}:
            assert task.get("no_log") is True, (path, task["name"])
            assert task.get("diff") is False or "ansible.builtin.command" in task, (path, task["name"])
            hidden += 1
    assert hidden >= 6


def test_what_never_ran_says_so() -> None:
    for role in ("grafana", "windows"):
        for part in ("tasks", "defaults"):
            assert "NEVER RUN" in (ANSIBLE / f"roles/{role}/{part}/main.yml").read_text()
    assert "grafana_wanted: false" in (ANSIBLE / "roles/grafana/defaults/main.yml").read_text()
    windows = next(play for play in yaml.safe_load((ANSIBLE / "site.yml").read_text()) if play["hosts"] == "os_windows")
    assert "never" in windows["tags"]


def test_the_wheels_of_an_agent_are_those_of_the_lock() -> None:
    named = yaml.safe_load((ANSIBLE / "roles/program/vars/main.yml").read_text())["program_agent_wheels"]
    locked = {pin.name.replace("-", "_") for pin in of_extras(AGENT, LAB.environment())}
    assert set(named) >= locked | {"regiowacht"}
