"""What a server's figures mean is said once, and means what df and a technician expect."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from regiowacht_contract import host
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path

CPU = 'node_cpu_seconds_total{instance="srv",cpu="%s",mode="%s"}'
DISK = 'node_filesystem_%s_bytes{instance="srv",mountpoint="%s",fstype="%s"}'


def series(name: str, values: str) -> str:
    return f"      - series: '{name}'\n        values: '{values}'\n"


def disk(mountpoint: str, fstype: str, sizes: tuple[int, int, int]) -> str:
    named = zip(("size", "free", "avail"), sizes, strict=True)
    return "".join(series(DISK % (what, mountpoint, fstype), f"{number}x10") for what, number in named)


def promtool(
    folder: Path, given: str, expr: str, expected: list[tuple[str, float]]
) -> subprocess.CompletedProcess[str]:
    samples = "".join(f"          - labels: '{labels}'\n            value: {value}\n" for labels, value in expected)
    test = folder / "test.yml"
    test.write_text(
        "evaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n"
        f"{given}    promql_expr_test:\n      - expr: '{expr}'\n        eval_time: 10m\n"
        f"        exp_samples:\n{samples}",
        encoding="utf-8",
    )
    return subprocess.run([need("promtool"), "test", "rules", test], capture_output=True, text=True, check=False)


@pytest.mark.tools
def test_a_file_system_is_as_full_as_df_says(tmp_path: Path) -> None:
    """df(1) shows used / (used + available): 60 of 60 + 20, whatever root keeps back."""
    given = disk("/", "ext4", (100, 40, 20)) + disk("/run", "tmpfs", (100, 1, 1)) + disk("/iso", "ext4", (10, 0, 0))
    given += series('node_filesystem_readonly{instance="srv",mountpoint="/iso",fstype="ext4"}', "1x10")
    done = promtool(tmp_path, given, host.filesystem_usage(), [('{instance="srv",mountpoint="/",fstype="ext4"}', 0.75)])
    assert done.returncode == 0, done.stderr


@pytest.mark.tools
def test_waiting_for_a_disk_is_no_work_of_the_processor(tmp_path: Path) -> None:
    """One of two processors works half its time; the other idles and waits."""
    given = series(CPU % ("0", "user"), "0+30x10") + series(CPU % ("0", "idle"), "0+30x10")
    given += series(CPU % ("1", "iowait"), "0+20x10") + series(CPU % ("1", "idle"), "0+40x10")
    done = promtool(tmp_path, given, host.cpu_usage("5m", "instance"), [('{instance="srv"}', 0.25)])
    assert done.returncode == 0, done.stderr


@pytest.mark.tools
@pytest.mark.parametrize(("idle", "user"), [("0+45x8", "0+15x8"), ("_x8 0+45x2", "_x8 0+15x2")], ids=["went", "came"])
def test_a_server_that_came_or_went_looks_no_busier_than_it_was(tmp_path: Path, idle: str, user: str) -> None:
    given = series(CPU % ("0", "idle"), idle) + series(CPU % ("0", "user"), user)
    asked = f"round({host.cpu_usage('5m', 'instance')}, 0.001)"
    done = promtool(tmp_path, given, asked, [('{instance="srv"}', 0.25)])
    assert done.returncode == 0, done.stderr
