"""What the catalogue knows of the names that others tell: whose they are, and who may see them."""

from __future__ import annotations

NAMES: dict[str, tuple[str, str]] = {}
"""Family and laag by name, where another process read them for this one (``plan.py``)."""


def names() -> dict[str, tuple[str, str]]:
    """Return family and laag of every metric of the catalogue by its name."""
    if not NAMES:
        from regiowacht_contract.catalogue import catalogue  # noqa: PLC0415 - 3 MB that a running agent does without

        NAMES.update({name: (metric.family, metric.laag) for name, metric in catalogue().items()})
    return NAMES
