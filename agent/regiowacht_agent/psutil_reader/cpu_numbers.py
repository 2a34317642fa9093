"""Which processors psutil's lists stand for: it numbers them by position, the kernel by their own number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.kernel_list import expand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.host import Host


def online(host: Host, count: int) -> Sequence[str]:
    """Return the numbers of the processors that are online, of which psutil lists ``count``.

    Source: /sys/devices/system/cpu/online. By position where that file is missing or tells another number.
    """
    numbers = expand(host.text(f"{host.sysfs}/devices/system/cpu/online", ""))
    return numbers if len(numbers) == count else [str(number) for number in range(count)]
