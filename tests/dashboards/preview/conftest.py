"""A real Prometheus, a real preview for these tests; the browser is everyone's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.errors import PartMissing
from regiowacht_dashboards.preview import serve, vendor
from tests.dashboards.preview import trial
from tests.dashboards.preview.engine import prometheus, write_past
from tests.parts import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_dashboards.preview import Preview
    from tests.dashboards.preview.engine import Engine


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Prometheus data folder with the region's past."""
    return write_past(tmp_path_factory.mktemp("past"))


@pytest.fixture(scope="session")
def engine(past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A Prometheus that stays."""
    with prometheus(past, tmp_path_factory.mktemp("engine")) as running:
        yield running


@pytest.fixture(scope="session")
def uplot() -> Path:
    """The folder with uPlot, or a skip."""
    try:
        return vendor.find()
    except PartMissing as error:
        missing(str(error))
        raise


@pytest.fixture(scope="session")
def trial_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-made dashboard."""
    return trial.write(tmp_path_factory.mktemp("dashboards") / "nl")


@pytest.fixture(scope="session")
def preview(engine: Engine, uplot: Path, trial_folder: Path) -> Iterator[Preview]:
    """The preview of the hand-made dashboard."""
    del uplot
    with serve(trial_folder, engine.url, 0, "nl") as running:
        yield running
