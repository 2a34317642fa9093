"""Chooses devices by node_exporter's pair of regular expressions, searched for anywhere in the name."""

from __future__ import annotations

import re

from regiowacht_contract.light import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Lets a name through when it matches ``include``, or, where that is empty, does not match ``exclude``."""

    exclude: re.Pattern[str] | None
    include: re.Pattern[str] | None

    @classmethod
    def of(cls, exclude: str, include: str = "") -> Self:
        """Return the filter; an include takes the place of the exclude's default."""
        return cls(re.compile(exclude) if exclude and not include else None, re.compile(include) if include else None)

    def takes(self, name: str) -> bool:
        """Return whether the device is wanted."""
        if self.include is not None:
            return self.include.search(name) is not None
        return self.exclude is None or self.exclude.search(name) is None
