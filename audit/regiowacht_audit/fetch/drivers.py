"""netmiko's drivers, without the ones among their habits that change a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netmiko.ssh_dispatcher import ssh_dispatcher

if TYPE_CHECKING:
    from netmiko import BaseConnection


class _Pages:
    """FortiOS turns its pager off in the configuration alone; here it stays on, and pages are turned."""

    def __init__(self, *args: Any, **how: Any) -> None:
        how.setdefault("disabled_algorithms", {"kex": ["-"]})  # the driver would offer none but those of long ago
        super().__init__(*args, **how)

    def session_preparation(self) -> None:
        """Find the prompt; accept the banner that some ask to be accepted."""
        said = self._test_channel_read(pattern=r"to accept|[#$]")  # type: ignore[attr-defined]  # netmiko's
        if "to accept" in said:
            self.write_channel("a\r")  # type: ignore[attr-defined]  # netmiko's
            self._test_channel_read(pattern=r"[#$]")  # type: ignore[attr-defined]  # netmiko's
        self.set_base_prompt()  # type: ignore[attr-defined]  # netmiko's

    def cleanup(self, command: str = "exit") -> None:
        """Leave everything as it is."""
        del command


HABITS: dict[str, type] = {"fortinet": _Pages}


def driver_of(name: str) -> type[BaseConnection]:
    """Return netmiko's class for a ``device_type``, with what is said here in front of it."""
    found: Any = ssh_dispatcher(device_type=name)
    habit = HABITS.get(name)
    driver: type[BaseConnection] = type(found.__name__, (habit, found), {}) if habit else found
    return driver
