"""Leaving takes off what is there, however much that is, and leaves what others need."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from regiowacht.console import Console
from regiowacht.services.install import SECRETS
from regiowacht.services.leaving import HELPER_STATE, PRIVATE, Leaving
from regiowacht.services.manifest import Made, Manifest
from regiowacht.services.program import VENV_MARK
from regiowacht.services.systemd import Systemd
from regiowacht.services.units import AGENT
from regiowacht.verbs.agent_install import _tell_left
from regiowacht_agent.joining.folder import DEFAULT

UNIT = f"/etc/systemd/system/{AGENT}"


def put(root: Path, *paths: str) -> None:
    for path in paths:
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("x")


def left(root: Path, *, dry_run: bool = False) -> Leaving:
    leaving = Leaving(Systemd(root), dry_run=dry_run)
    leaving.stop()
    leaving.tell()
    leaving.remove()
    return leaving


def files(root: Path) -> set[str]:
    return {f"/{path.relative_to(root)}" for path in root.rglob("*") if path.is_symlink() or not path.is_dir()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A server with an agent whose state is behind systemd's link, and with the environment of an installer."""
    put(tmp_path, f"{PRIVATE}/spool/spool.db", f"{HELPER_STATE}/apt.prom", UNIT, f"/opt/regiowacht/{VENV_MARK}")
    (tmp_path / DEFAULT.lstrip("/")).symlink_to("private/regiowacht")
    (tmp_path / SECRETS.lstrip("/")).mkdir(parents=True)
    return tmp_path


def test_half_an_installation_of_which_nothing_is_noted_goes_whole(root: Path) -> None:
    dry = left(root, dry_run=True)
    assert UNIT[1:] in {str(path.relative_to(root)) for path in root.rglob("*.service")}
    leaving = left(root)
    assert [change.item for change in dry.changes.done] == [change.item for change in leaving.changes.done]
    assert files(root) == {f"/opt/regiowacht/{VENV_MARK}"}
    assert leaving.venv() == Path("/opt/regiowacht")
    assert not (root / "etc/regiowacht").exists()
    assert not left(root).changes.done


def test_what_other_services_need_stays(root: Path) -> None:
    Manifest(root).note("agent", [Made("file", UNIT), Made("venv", "/opt/regiowacht")])
    Manifest(root).note("collector", [Made("file", "/etc/systemd/system/regiowacht-collector.service")])
    leaving = left(root)
    assert leaving.venv() is None
    assert (root / SECRETS.lstrip("/")).is_dir()
    assert dict(leaving.stays())["/opt/regiowacht"] == "install.kept-shared"
    assert set(Manifest(root).rooms()) == {"collector"}


def test_of_a_package_stays_what_is_its_own(root: Path) -> None:
    put(root, "/usr/bin/regiowacht", f"/usr/lib/systemd/system/{AGENT}")
    leaving = left(root)
    assert (root / SECRETS.lstrip("/")).is_dir()
    assert dict(leaving.stays())["/usr/bin/regiowacht"] == "install.kept-package"
    assert f"/usr/lib/systemd/system/{AGENT}" in files(root)


def test_the_command_for_the_ict_dienst_runs_nothing_that_the_agents_user_wrote(root: Path) -> None:
    told = {"url": "https://127.0.0.1:1", "credential": "c-1", "gemeente": "x;id", "server": "srv\n$(id)"}
    (root / PRIVATE.lstrip("/") / "joined.json").write_text(json.dumps(told))
    seen = io.StringIO()
    _tell_left(left(root), [], Console("en", stderr=seen))
    assert r"collector revoke 'x;id' 'srv\n$(id)'" in seen.getvalue()
