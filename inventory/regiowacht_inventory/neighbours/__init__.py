"""What hangs on what: neighbours as devices hear them, laid beside what the region folder declares."""

from __future__ import annotations

from regiowacht_inventory.neighbours.heard import Heard, Key, Told
from regiowacht_inventory.neighbours.match import Edge, Status, match
from regiowacht_inventory.neighbours.uplinks import Uplinks, compare
from regiowacht_inventory.neighbours.write import propose

__all__ = ["Edge", "Heard", "Key", "Status", "Told", "Uplinks", "compare", "match", "propose"]
