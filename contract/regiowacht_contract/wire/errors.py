"""What is wrong with a body of remote write as a whole.

::

    WireError
    ├── Malformed    it cannot be read
    └── TooLarge     it would be larger than allowed, and was not unpacked
"""

from __future__ import annotations

from regiowacht_contract.errors import RegiowachtError


class WireError(RegiowachtError):
    """A body that is not read; its key's last word is its reason."""

    @property
    def reason(self) -> str:
        """One word for a metric's label, the same for every body of that kind."""
        return self.key.partition(".")[2]


class Malformed(WireError):
    """A body that cannot be read.

    Args:
        reason: how, one word, with a text ``wire.REASON`` behind it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"wire.{reason}")


class TooLarge(WireError):
    """A body that would be larger than allowed.

    Args:
        size: what it says that it would be, bytes.
        limit: what is allowed, bytes.
    """

    def __init__(self, size: int, limit: int) -> None:
        super().__init__("wire.too-large", size=size, limit=limit)
