"""What must hold between the values of a region, one subject a file.

Every check works on the plain data, so that it also runs in a file with other mistakes, and passes over what the schema
has refused already: one mistake, one problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.checks import (
    agents,
    alerting,
    credentials,
    loads,
    names,
    pollers,
    probes,
    pushes,
    references,
    self_description,
    standby,
    trajecten,
    uplinks,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_inventory.checks.whole import Whole

CHECKS: tuple[Callable[[Whole], None], ...] = (
    self_description.check,
    names.check,
    credentials.check,
    references.check,
    uplinks.check,
    pollers.check,
    standby.check,
    loads.check,
    probes.check,
    agents.check,
    pushes.check,
    trajecten.check,
    alerting.check,
)
