"""``regiowacht collector run|render|reload``, as a person and a service manager use it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.data_folder import DataFolder
from regiowacht_collector.ports import free_port
from regiowacht_inventory import example_path
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def regiowacht(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "regiowacht", "collector", *words, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def copy_of_the_example(folder: Path) -> Path:
    return shutil.copytree(example_path(), folder / "region")


@contextmanager
def a_running_collector(region: Path, data: Path) -> Iterator[subprocess.Popen[str]]:
    words = ["run", "--region", str(region), "--data", str(data), "--engine", need("prometheus")]
    ports = ["--port", "0", "--exporter-port", str(free_port()), "--lang", "en"]
    command = [sys.executable, "-m", "regiowacht", "collector", *words, *ports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.tools
def test_run_reloads_on_request_and_stops_in_good_order(tmp_path: Path) -> None:
    region, data = copy_of_the_example(tmp_path), tmp_path / "data"
    with a_running_collector(region, data) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("prometheus http://127.0.0.1:")

        lindemeer = region / "gemeenten/lindemeer.yml"
        lindemeer.write_text(lindemeer.read_text().replace("10.31.0.10,", "10.31.0.99,"))
        taken_over = regiowacht("reload", "--data", str(data), "--json")
        targets = (data / "config/targets/lindemeer.json").read_text()

        told = regiowacht("reload", "--data", str(data))

        (region / "region.yml").write_text("name: [\n")
        refused = regiowacht("reload", "--data", str(data))

        process.send_signal(signal.SIGTERM)
        _, talk = process.communicate(timeout=60)

    assert taken_over.returncode == 0, taken_over.stderr
    assert json.loads(taken_over.stdout)["taken_over"] is True
    assert "10.31.0.99:9780" in targets
    assert (told.returncode, told.stderr) == (0, f"{data}: the collector has taken the region over\n")
    assert refused.returncode == 1
    assert "region.yml:" in refused.stderr
    assert process.returncode == 0
    assert "the previous region stays in force" in talk
    assert talk.splitlines()[-1] == "stopped"


@pytest.mark.tools
def test_ctrl_c_stops_it_and_frees_its_folder(tmp_path: Path) -> None:
    assert interrupted(tmp_path / "data") == 0
    assert interrupted(tmp_path / "data") == 0


def interrupted(data: Path) -> int | None:
    """Run a collector, send it what Ctrl-C sends, and return its exit code."""
    with a_running_collector(example_path(), data) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        return process.returncode


def test_reload_where_nothing_runs_says_how_to_start(tmp_path: Path) -> None:
    answer = regiowacht("reload", "--data", str(tmp_path))
    assert answer.returncode == 3
    assert "collector run --data" in answer.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.tools
def test_render_writes_checks_and_tells_as_json(tmp_path: Path) -> None:
    need("promtool")
    words = ["render", "--region", str(example_path()), "--out", str(tmp_path / "out")]

    differs = regiowacht(*words, "--dry-run")
    assert differs.returncode == 1
    assert "+++ b/prometheus.yml" in differs.stdout
    assert not (tmp_path / "out").exists()

    written = regiowacht(*words, "--json")
    assert written.returncode == 0
    assert "prometheus.yml" in json.loads(written.stdout)["changed"]

    same = regiowacht(*words, "--dry-run")
    assert (same.returncode, same.stdout) == (0, "")


def test_an_invalid_region_is_told_line_by_line_and_nothing_is_written(tmp_path: Path) -> None:
    region = copy_of_the_example(tmp_path)
    with (region / "gemeenten/zandbeke.yml").open("a") as file:
        file.write("inhabitantz: 3\n")

    answer = regiowacht("render", "--region", str(region), "--out", str(tmp_path / "out"))

    assert answer.returncode == 1
    assert "zandbeke.yml:" in answer.stderr
    assert "inhabitants" in answer.stderr
    assert not (tmp_path / "out").exists()


def test_a_number_out_of_range_is_wrong_use(tmp_path: Path) -> None:
    words = ["render", "--region", str(example_path()), "--out", str(tmp_path), "--scrape-interval", "300"]
    answer = regiowacht(*words)
    assert answer.returncode == 2
    assert "--scrape-interval 300" in answer.stderr


@pytest.mark.tools
def test_a_port_that_does_not_exist_is_wrong_use(tmp_path: Path) -> None:
    need("prometheus")
    words = ["run", "--region", str(example_path()), "--data", str(tmp_path), "--port", "70000"]
    answer = regiowacht(*words)
    assert answer.returncode == 2
    assert "70000" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_damaged_status_file_is_one_line_and_exit_3(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    try:
        (tmp_path / "collector.json").write_text("garbage", encoding="utf-8")
        answer = regiowacht("reload", "--data", str(tmp_path))
    finally:
        folder.close()
    assert answer.returncode == 3
    assert "collector.json" in answer.stderr
    assert "Traceback" not in answer.stderr
