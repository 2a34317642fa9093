"""Says once in the log when a mount fails, and once when it is well again."""

from __future__ import annotations

from regiowacht_agent.log import LOGGER, line


class MountLog:
    """Remembers why each mount failed the last time."""

    __slots__ = ("_reasons",)

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    def tell(self, reasons: dict[str, str]) -> None:
        """Log what changed.

        Args:
            reasons: why, by mount point, of those that fail now.
        """
        if reasons == self._reasons:
            return
        for mount_point, reason in reasons.items():
            if reason != self._reasons.get(mount_point):
                LOGGER.warning(line("mount-failed", mountpoint=mount_point, reason=reason))
        for mount_point in self._reasons.keys() - reasons.keys():
            LOGGER.info(line("mount-recovered", mountpoint=mount_point))
        self._reasons = reasons
