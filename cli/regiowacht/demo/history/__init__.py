"""Example data: a made-up region of any size, and its past, the same bytes for the same seed and end.

``write_region`` makes the region folder, ``make_past`` what happened in it, ``load_past`` puts that into an engine's
storage, and ``Past.page`` is what the region's agents would say at a later moment: history and live demo are one line.
"""

from __future__ import annotations

from regiowacht.demo.history.incidents import Incident
from regiowacht.demo.history.load import load_past
from regiowacht.demo.history.past import Past, make_past
from regiowacht.demo.history.region_files import write_region
from regiowacht.demo.history.size import DEMO, Size

__all__ = ["DEMO", "Incident", "Past", "Size", "load_past", "make_past", "write_region"]
