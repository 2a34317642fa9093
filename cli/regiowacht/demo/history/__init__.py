"""Example data: a made-up region of any size, and its past, the same bytes for the same seed and end.

``write_region`` makes the region folder, ``make_past`` what happened in it, ``Past.write`` the OpenMetrics files and
``Past.page`` what its agents would say at a later moment, so that history and the live demo are one line.
"""

from __future__ import annotations

from regiowacht.demo.history.incidents import Incident
from regiowacht.demo.history.past import Past, make_past
from regiowacht.demo.history.region_files import write_region
from regiowacht.demo.history.size import DEMO, Size

__all__ = ["DEMO", "Incident", "Past", "Size", "make_past", "write_region"]
