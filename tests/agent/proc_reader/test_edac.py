"""Memory controllers of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.devices import ROUND
from tests.agent.proc_reader.turns import turns

if TYPE_CHECKING:
    from pathlib import Path

MC0 = "devices/system/edac/mc/mc0"
MEMORY = {
    f"{MC0}/ce_count": "1",
    f"{MC0}/ce_noinfo_count": "2",
    f"{MC0}/ue_count": "5",
    f"{MC0}/ue_noinfo_count": "6",
    f"{MC0}/csrow0/ce_count": "3",
    f"{MC0}/csrow0/ue_count": "4",
    f"{MC0}/csrow0/ch0_ce_count": "7",
    f"{MC0}/csrow0/ch0_ue_count": "8",
    f"{MC0}/csrow0/ch0_dimm_label": "mc#0csrow#0channel#0",
    f"{MC0}/csrow0/ch1_ce_count": "9",
    f"{MC0}/csrow0/mem_type": "DDR4",
    "devices/system/edac/mc/power/control": "auto",
}
TOLD = """\
node_edac_channel_correctable_errors_total{controller="0",csrow="0",channel="0",dimm_label="mc0_csrow0_channel0"} 7
node_edac_channel_correctable_errors_total{controller="0",csrow="0",channel="1",dimm_label="unknown"} 9
node_edac_channel_uncorrectable_errors_total{controller="0",csrow="0",channel="0",dimm_label="mc0_csrow0_channel0"} 8
node_edac_correctable_errors_total{controller="0"} 1
node_edac_csrow_correctable_errors_total{controller="0",csrow="unknown"} 2
node_edac_csrow_correctable_errors_total{controller="0",csrow="0"} 3
node_edac_csrow_uncorrectable_errors_total{controller="0",csrow="unknown"} 6
node_edac_csrow_uncorrectable_errors_total{controller="0",csrow="0"} 4
node_edac_uncorrectable_errors_total{controller="0"} 5
"""


def test_controllers_rows_and_channels_tell_their_errors(tmp_path: Path) -> None:
    memory = turns("edac", tmp_path, MEMORY)
    assert memory.told() == TOLD
    memory.write(f"{MC0}/csrow0/ch1_ce_count", "10")
    assert 'dimm_label="unknown"} 10' in memory.told()


def test_modules_named_later_get_their_names_within_a_round(tmp_path: Path) -> None:
    memory = turns("edac", tmp_path, MEMORY)
    memory.told()
    memory.write(f"{MC0}/csrow0/ch1_dimm_label", "DIMM_A2")
    assert 'dimm_label="DIMM_A2"} 9' in memory.after(ROUND)


def test_a_counter_that_is_not_there_or_no_number_costs_only_itself(tmp_path: Path) -> None:
    odd = {f"{MC0}/ce_noinfo_count": None, f"{MC0}/ue_count": "many"}
    told = turns("edac", tmp_path, {**MEMORY, **odd}).told()
    missing = ('node_edac_csrow_correctable_errors_total{controller="0",csrow="unknown"}', "node_edac_uncorrectable")
    assert told == "".join(row for row in TOLD.splitlines(keepends=True) if not row.startswith(missing))


@pytest.mark.parametrize("sys", [{}, {"devices/system/edac/mc/power/control": "auto"}])
def test_no_controller_is_nothing_to_tell(tmp_path: Path, sys: dict[str, str | None]) -> None:
    assert turns("edac", tmp_path, sys).told() == ""
