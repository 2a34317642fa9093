"""Kinds of assets, each with the laag it stands in (``kinds.toml``)."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING

from regiowacht_contract.labels import LAGEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_contract.labels import Laag


def _read(section: str) -> Mapping[str, Laag]:
    text = (resources.files(__package__) / "kinds.toml").read_text(encoding="utf-8")
    lagen = {laag: laag for laag in LAGEN}
    return {kind: lagen[laag] for kind, laag in tomllib.loads(text)[section].items()}


DEVICE_LAAG: Mapping[str, Laag] = _read("device")
"""Laag of each kind of device; its keys are the closed list of ``kind:``."""

ASSET_LAAG: Mapping[str, Laag] = {**DEVICE_LAAG, **_read("asset")}
"""Laag of each kind of asset, unless a service says otherwise."""

DEVICE_KINDS: tuple[str, ...] = tuple(DEVICE_LAAG)
ASSET_KINDS: tuple[str, ...] = tuple(ASSET_LAAG)
