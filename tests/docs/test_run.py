"""Commands of the pages run as they stand: in a folder with the example region, and beside a collector that runs it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_collector.ports import free_port
from regiowacht_inventory import example_path
from tests.docs.pages import ROOT, blocks
from tests.docs.runners import COLLECTOR, FOLDER, run_here
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.docs.pages import Command

ELSEWHERE = re.compile(r"(?<![\w./])/(?:var/lib|srv|backup|etc/regiowacht)(?=/)")
"""Folders of a server: in the test they lie below its own."""

SHELLS_OWN = frozenset({">", "|", "||", "&&"})
ALERTS = """
alerts:
  receivers:
    ict-dienst: {webhook: "https://127.0.0.1:1/nobody"}
  to:
    - {to: [ict-dienst]}
"""


def write_gemeente(region: Path) -> None:
    """Write the file of the gemeente that joins in ``add-a-gemeente.md``."""
    for block in blocks(ROOT / "docs/how-to/add-a-gemeente.md"):
        if block.lang == "yaml":
            name, text = block.body.removeprefix("# ").split("\n", 1)
            (region / name).write_text(text, encoding="utf-8")


class Place:
    """A folder with what the pages speak of: the region under all its names, and the folders of a server.

    Attributes:
        folder: where commands run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("region", "regio", "srv/region", "etc/regiowacht/region"):
            shutil.copytree(example_path(), folder / name)
            with (folder / name / "region.yml").open("a", encoding="utf-8") as file:
                file.write(ALERTS)
            write_gemeente(folder / name)
        shutil.copytree(folder / "region", folder, dirs_exist_ok=True)
        for name in ("var/lib/regiowacht/textfile", "backup"):
            (folder / name).mkdir(parents=True)
        (folder / "etc/regiowacht/community").write_text("fake-not-a-secret")
        sheet = next(one for one in blocks(ROOT / "docs/how-to/import-a-spreadsheet.md") if one.lang == "csv")
        (folder / "equipment.csv").write_text(sheet.body, encoding="utf-8")
        (folder / "agent.toml").write_text("", encoding="utf-8")

    def here(self, text: str) -> str:
        """Return a command with the server's folders in this one."""
        return ELSEWHERE.sub(lambda found: f"{self.folder}{found[0]}", text)

    def run(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run a command of a page as a shell does."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            ["sh", "-eu"],
            input=self.here(text),
            cwd=self.folder,
            env={**os.environ, "PATH": path, "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )

    def run_all(self, commands: list[Command]) -> list[str]:
        """Run them in turn; return what did not end as its page says."""
        wrong = []
        for command in commands:
            words = shlex.split(self.here(command.text))
            if words[0] == "regiowacht" and not set(words) & SHELLS_OWN:
                with contextlib.chdir(self.folder):  # in this process: starting Python for each takes minutes
                    code = main(words[1:])
                if code != command.exits:
                    wrong.append(f"{command}: {code}")
                continue
            done = self.run(command.text)
            if done.returncode != command.exits or "Traceback" in done.stderr:
                wrong.append(f"{command}: {done.returncode}\n{done.stdout[-500:]}{done.stderr[-1500:]}")
        return wrong


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_in_a_folder(tmp_path: Path) -> None:
    commands = run_here(FOLDER)
    assert len(commands) >= 25
    assert Place(tmp_path).run_all(commands) == []
    assert (tmp_path / "var/lib/regiowacht/textfile/backup.prom").read_text().count("\n") == 3


@pytest.fixture
def beside_a_collector(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    ports = [word for name in ("--exporter-port", "--alertmanager-port") for word in (name, str(free_port()))]
    words = ["run", "--region", str(tmp_path / "region"), "--data", str(tmp_path / "var/lib/regiowacht-collector")]
    words += ["--engine", need("prometheus"), "--port", "0", "--gateway-listen", "127.0.0.1:0", *ports]
    command = [sys.executable, "-m", "regiowacht", "collector", *words, "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert [process.stdout.readline().split()[0] for _ in range(3)] == ["prometheus", "gateway", "alertmanager"]
            yield place
        finally:
            process.terminate()
            process.wait(120)


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_beside_a_collector(beside_a_collector: Place) -> None:
    commands = run_here(COLLECTOR)
    assert len(commands) >= 9
    ended = [one for one in commands if " ID " in one.text]
    assert beside_a_collector.run_all([one for one in commands if one not in ended]) == []
    listed = beside_a_collector.run(
        "regiowacht collector silence --list --json --data /var/lib/regiowacht-collector"
    ).stdout
    (silence,) = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", json.dumps(json.loads(listed)))
    for one in ended:
        assert beside_a_collector.run(one.text.replace("ID", silence)).returncode == one.exits
