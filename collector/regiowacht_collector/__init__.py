"""The shared side: an engine, what it scrapes and computes, and the state of everything a region declares."""

from __future__ import annotations

from regiowacht_collector.options import Options
from regiowacht_collector.render import render
from regiowacht_collector.running import RunningCollector, running_collector
from regiowacht_collector.settings import Settings

__all__ = ["Options", "RunningCollector", "Settings", "render", "running_collector"]
