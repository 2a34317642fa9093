"""Each red condition of piramide and trajecten turns the right panels red; what is not measured stays grey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_dashboards.style import GREY
from tests.dashboards.faults.planted import HEALTHY, always, expected, scenes
from tests.dashboards.faults.stage import staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dashboards.faults.planted import Fault
    from tests.dashboards.faults.stage import Samples, Stage

pytestmark = pytest.mark.tools

LAGEN = ("connectiviteit", "infrastructuur")
STATES = ("goed", "neer", "stil", "nog-niet-aangesloten")
TRAJECT = 'regiowacht_traject_info{{traject="netwerk",laag="connectiviteit",role="{role}"}}'


def counted(laag: str, *counts: int) -> Samples:
    name = "gemeente:regiowacht_assets:count"
    return {
        f'{name}{{laag="{laag}",state="{state}"}}': always(count) for state, count in zip(STATES, counts, strict=True)
    }


HEALTH = {
    **counted("connectiviteit", 20, 0, 0, 1),
    **counted("infrastructuur", 30, 0, 0, 0),
    TRAJECT.format(role="trekker"): always(1),
}
LAYERS = {"Deel dat antwoordde", "Per gemeente"}
FAULTS: dict[str, Fault] = {
    "lines": (counted("connectiviteit", 10, 10, 0, 1), {"Connectiviteit", "Neer", *LAYERS}),
    "servers": (counted("infrastructuur", 20, 10, 0, 0), {"Infrastructuur", "Neer", *LAYERS}),
    "one thing": (counted("infrastructuur", 29, 1, 0, 0), {"Neer", "Per gemeente"}),
    "silence": (counted("infrastructuur", 20, 0, 10, 0), {"Infrastructuur", *LAYERS}),
    "nothing connected yet": (counted("connectiviteit", 0, 0, 0, 21), set()),
}
FOLLOWS = {TRAJECT.format(role="trekker"): "_x60", TRAJECT.format(role="volger"): always(1)}
BEHIND: dict[str, Fault] = {
    "nothing connected yet": (counted("connectiviteit", 0, 0, 0, 21), {"Trekkers aangesloten", "Wie trekt"}),
    "half of it is down": (counted("connectiviteit", 10, 10, 0, 1), {"Wie trekt"}),
    "a volger has nothing connected yet": (
        {**FOLLOWS, **counted("connectiviteit", 0, 0, 0, 21)},
        {"Volgers aangesloten", "Wie volgt"},
    ),
    "half of a volger's is down": ({**FOLLOWS, **counted("connectiviteit", 10, 10, 0, 1)}, {"Wie volgt"}),
    "a volger is well": (FOLLOWS, set()),
    "all is well": ({}, set()),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    played = scenes(HEALTH, {**BEHIND, **FAULTS})
    played["not measured"] = {'regiowacht_gemeente_info{regio="r"}': always(1)}
    with staged(tmp_path_factory.mktemp("piramide"), played) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_layer_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-piramide", scene) == red


@pytest.mark.parametrize("scene", [HEALTHY, "lines", "not measured"])
def test_what_is_not_measured_is_grey_whatever_happens(scene: str, stage: Stage) -> None:
    assert stage.colours("rw-piramide", scene)["Alles daarboven"] == {GREY}


def test_layers_that_nothing_is_known_of_are_grey(stage: Stage) -> None:
    shown = stage.colours("rw-piramide", "not measured")
    assert [shown[title] for title in ("Connectiviteit", "Infrastructuur", "Neer")] == [{GREY}] * 3


@pytest.mark.parametrize(("scene", "red"), expected(BEHIND))
def test_a_traject_that_is_behind_is_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-trajecten", scene) == red
