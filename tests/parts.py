"""Says which real part a test needs, and what happens where it is missing.

A missing part is a skip with its reason for a person, and a failure with ``CI=true``. What a marker needs stands in
``tests/setup/table.py``; a marked test asks by itself, before its fixtures are made. A set-up that is still under way
is waited for.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.engine import Engine, find_engine
from regiowacht_contract.errors import RegiowachtError
from regiowacht_dashboards.preview import vendor
from tests.ansible import tools
from tests.dashboards.oracle import install
from tests.lab import peers, rootfs, wheelhouse
from tests.lab.errors import LabError
from tests.lab.missing import missing as missing_of_lab
from tests.setup.state import failures
from tests.setup.table import HOW, which

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.peers import Peer


class PartAway(Exception):
    """A part is not here; the text says how to get it."""


def need(part: str) -> str:
    """Return where a part lies, or skip (fail with ``CI=true``) saying how to get it.

    Args:
        part: "prometheus", "promtool", "uplot", "oracle", "lab", "systemd", "wheelhouse", "ansible", or any program.
    """
    try:
        return find(part)
    except PartAway as away:
        missing(str(away))
        raise


def find(part: str) -> str:
    """Return where a part lies; programs may also be unpacked ones in the user's cache.

    Raises:
        PartAway: it is not here.
    """
    return FINDERS.get(part, functools.partial(_program, part))()


def need_engine() -> Engine:
    """Return the Prometheus that tests run, installed or unpacked, or skip (fail with ``CI=true``)."""
    need("prometheus")
    return _engine()


def need_uplot() -> None:
    """Skip (fail with ``CI=true``) where uPlot has not been fetched."""
    need("uplot")


def need_peer(name: str, *, own_suite: bool = False) -> Peer:
    """Return a peer by its key in ``tests/lab/peers.py``, fetched now where it is missing, or skip."""
    try:
        return peers.peer(name, own_suite=own_suite)
    except LabError as error:
        missing(str(error))
        raise


def missing(reason: str) -> None:
    """Skip with ``reason``, or fail where every part has to be there (``CI=true``)."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"a part is missing with CI=true: {reason}")
    pytest.skip(reason)


def _away(part: str, what: str) -> PartAway:
    """Return what to raise: what is missing, how to get it, and what the set-up said where it failed."""
    failed = failures()
    said = failed.get(part) or failed.get("apt")
    return PartAway(f"{what}; {HOW.get(part, 'install it')}" + (f" (the set-up said: {said})" if said else ""))


def _program(name: str) -> str:
    path = which(name)
    if path is None:
        raise _away(name, f"{name} is not installed")
    return path


@functools.cache
def _sought_engine() -> Engine | RegiowachtError:
    """Look for the engine once, also when that ends in a refusal: it may have tried to fetch it."""
    try:
        return find_engine()
    except RegiowachtError as error:
        return error


def _engine() -> Engine:
    found = _sought_engine()
    if isinstance(found, RegiowachtError):
        raise _away("prometheus", str(found))
    return found


def _prometheus() -> str:
    return str(_engine().prometheus)


def _promtool() -> str:
    promtool = _engine().promtool
    if promtool is None:
        raise _away("promtool", "this Prometheus came without promtool")
    return str(promtool)


def _uplot() -> str:
    try:
        return str(vendor.find())
    except RegiowachtError as error:
        raise PartAway(str(error)) from None


def _oracle() -> str:
    try:
        return str(install.find())
    except install.NotInstalled as error:
        raise _away("oracle", str(error)) from None


def _lab() -> str:
    lacking = missing_of_lab()
    if lacking:
        said = failures().get("lab")
        raise PartAway("; ".join(lacking) + (f" (the set-up said: {said})" if said else ""))
    return str(rootfs.find().folder)


def _wheelhouse() -> str:
    if not wheelhouse.is_here():
        raise _away("wheelhouse", "the wheels for lab servers are not in the cache")
    return str(wheelhouse.wheelhouse())


def _systemd() -> str:
    return _program("systemd-nspawn")


def _ansible() -> str:
    try:
        return str(tools.find())
    except tools.NotInstalled as error:
        raise _away("ansible", str(error)) from None


FINDERS: dict[str, Callable[[], str]] = {
    "prometheus": _prometheus,
    "promtool": _promtool,
    "uplot": _uplot,
    "oracle": _oracle,
    "lab": _lab,
    "systemd": _systemd,
    "wheelhouse": _wheelhouse,
    "ansible": _ansible,
}
