"""The example region beside the real machine: made up, said to be so, and gone with the demo."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.states import AssetState
from regiowacht_inventory import example_path, load
from tests.flow.demo_process import ALONE, Demo, is_alive, running_demo, wait_for
from tests.flow.small_demo import COMMAND as SMALL
from tests.parts import need, need_engine, need_uplot

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.tools, pytest.mark.timeout(600)]

STATE = "regiowacht:asset_state"
TIDY = re.compile("regiowacht-")


@pytest.fixture(autouse=True)
def parts() -> None:
    need("promtool")
    need_uplot()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo in Dutch with its example region, which is there when the tests begin."""
    need("promtool")
    need_uplot()
    with running_demo(["--lang", "nl"], TMPDIR=str(tmp_path_factory.mktemp("demo"))) as running:
        running.example()
        yield running


def region_folder(demo: Demo) -> Path:
    """Return where the demo says that the example region's folder lies."""
    wait_for(lambda: any("regiomap " in line for line in demo.err), "the demo to tell the folder")
    found = re.search(r"regiomap ([^,)]+)", "\n".join(demo.err))
    assert found
    return Path(found[1])


def keys(samples: list[dict[str, dict[str, str]]]) -> list[tuple[str, str]]:
    return sorted((s["metric"]["gemeente"], s["metric"]["instance"]) for s in samples)


def test_it_comes_after_the_two_lines_of_the_real_machine(demo: Demo) -> None:
    assert [line.split()[0] for line in demo.out] == ["dashboards", "prometheus", "voorbeeldgegevens"]
    assert demo.example() == f"{demo.url('dashboards')}/d/rw-regio?var-datasource=voorbeeldgegevens"


def test_its_region_folder_is_there_to_be_read(demo: Demo) -> None:
    region = load(region_folder(demo))
    assert "verzonnen" in region.name
    assert not {g.gemeente for g in region.gemeenten} & {g.gemeente for g in load(example_path()).gemeenten}


def test_every_asset_it_declares_has_exactly_one_state_by_the_real_rules(demo: Demo) -> None:
    declared = sorted(asset.key for asset in load(region_folder(demo)).assets)
    wait_for(lambda: keys(demo.query_example(STATE)) == declared, "a state for every asset", 120)


def test_an_incident_is_under_way_in_it_and_the_rules_say_so(demo: Demo) -> None:
    def states() -> set[float]:
        return {float(s["value"][1]) for s in demo.query_example(STATE)}

    wait_for(lambda: states() == set(AssetState), "an asset in every state", 120)


def test_its_past_is_there_and_goes_on_without_a_hole(demo: Demo) -> None:
    hours_ago = demo.query_example(f"count({STATE} offset 5h)")
    assert float(hours_ago[0]["value"][1]) > 100
    wait_for(lambda: bool(demo.query_example('up{job="carried"} == 1')), "the first page to be read", 120)
    rates = demo.query_example("rate(node_network_receive_bytes_total[5m])")
    assert len({(s["metric"]["gemeente"], s["metric"]["instance"]) for s in rates}) > 5


def test_the_real_machine_stays_alone_in_its_own_region(demo: Demo) -> None:
    declared = sorted(asset.key for asset in load(example_path()).assets)
    absent = keys(demo.query(f"{STATE} == {AssetState.NOG_NIET_AANGESLOTEN:d}"))
    assert keys(demo.query(STATE)) == declared
    assert len(absent) == len(declared) - 1


def test_the_two_engines_know_nothing_of_each_other(demo: Demo) -> None:
    here = {s["metric"]["gemeente"] for s in demo.query("regiowacht_gemeente_info")}
    there = {s["metric"]["gemeente"] for s in demo.query_example("regiowacht_gemeente_info")}
    assert here
    assert there
    assert not here & there


def left_in(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if TIDY.match(path.name)]


@pytest.mark.parametrize("is_loaded", [False, True])
def test_ctrl_c_ends_everything_at_any_moment(tmp_path: Path, *, is_loaded: bool) -> None:
    with running_demo(command=SMALL, TMPDIR=str(tmp_path)) as demo:
        if is_loaded:
            demo.example()
        else:
            wait_for(lambda: has_example(demo), "the example region's process")
        children = demo.children()
        demo.process.send_signal(signal.SIGINT)
        wait_for(lambda: demo.process.poll() is not None, "the demo to end", 60)
        assert demo.process.returncode == 0, demo.err
        assert [command for pid, command in children.items() if is_alive(pid)] == []
        assert left_in(tmp_path) == []


def has_example(demo: Demo) -> bool:
    return any("demo.example" in command for command in demo.children().values())


@pytest.mark.parametrize("is_loaded", [False, True])
def test_killed_hard_it_leaves_no_process_behind(tmp_path: Path, *, is_loaded: bool) -> None:
    with running_demo(command=SMALL, TMPDIR=str(tmp_path)) as demo:
        if is_loaded:
            demo.example()
        else:
            wait_for(lambda: has_example(demo), "the example region's process")
        children = demo.children()
        demo.process.kill()
        demo.process.wait()
        wait_for(lambda: not any(is_alive(pid) for pid in children), "the children of a killed demo to end", 60)


def test_without_it_nothing_of_it_is_started() -> None:
    with running_demo([ALONE, "--lang", "nl"]) as demo:
        wait_for(lambda: any("Ctrl-C" in line for line in demo.err), "the demo to be ready")
        assert not has_example(demo)
        assert not any("voorbeeldgegevens" in line for line in (*demo.out, *demo.err))


def test_where_it_cannot_be_made_one_line_says_so_and_the_rest_goes_on(tmp_path: Path) -> None:
    engine = tmp_path / "prometheus"
    engine.symlink_to(need_engine().prometheus)  # and no promtool beside it, nor on the PATH
    with running_demo(["--lang", "nl", "--engine", str(engine)], PATH="/nonexistent") as demo:
        wait_for(lambda: any("komen er niet" in line for line in demo.err), "the demo to say so", 120)
        (said,) = [line for line in demo.err if "komen er niet" in line]
        assert "promtool" in said
        assert "Traceback" not in "\n".join(demo.err)
        assert demo.process.poll() is None
        assert demo.query("up")
        assert len(demo.out) == 2


def test_its_folder_can_be_kept(tmp_path: Path) -> None:
    kept = tmp_path / "regions" / "kept"
    with running_demo(["--lang", "nl", "--example-data", str(kept)], SMALL, TMPDIR=str(tmp_path)) as demo:
        demo.example()
        assert region_folder(demo) == kept
    assert len(load(kept).gemeenten) > 1
    assert left_in(tmp_path) == []


def test_when_its_process_is_killed_its_engine_ends_too_and_the_demo_says_so(tmp_path: Path) -> None:
    with running_demo(["--lang", "nl"], SMALL, TMPDIR=str(tmp_path)) as demo:
        demo.example()
        children = demo.children()
        (made_by,) = [pid for pid, command in children.items() if "demo.example" in command]
        engines = [pid for pid, command in children.items() if "/example/config" in command]
        assert len(engines) == 1
        os.kill(made_by, signal.SIGKILL)
        wait_for(lambda: any("zijn gestopt" in line for line in demo.err), "the demo to say so", 60)
        wait_for(lambda: not is_alive(engines[0]), "its engine to end", 60)
        assert demo.query("up")
