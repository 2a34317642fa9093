"""Puts the fetched uPlot into the wheel, so that an installed preview needs neither network nor Node."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent


class VendorHook(BuildHookInterface[Any]):
    """Adds ``regiowacht_dashboards/preview/vendor/`` to a wheel; an editable install uses the cache instead."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch what is missing and include it."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path[:0] = [str(ROOT / "contract"), str(ROOT / "dashboards")]
        from regiowacht_dashboards.preview.fetch import fetch  # noqa: PLC0415 - importable only from here on

        folder = fetch()
        for file in sorted(folder.iterdir()):
            build_data["force_include"][str(file)] = f"regiowacht_dashboards/preview/vendor/{file.name}"
