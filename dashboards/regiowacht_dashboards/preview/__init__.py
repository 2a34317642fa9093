"""The preview: Grafana's dashboard JSON drawn in a browser, without Grafana.

``serve`` is what other rooms call; everything else stands in the modules beside it.
"""

from __future__ import annotations

from regiowacht_dashboards.preview.server import Preview, serve
from regiowacht_dashboards.preview.sources import Source

__all__ = ["Preview", "Source", "serve"]
