"""What Windows servers tell through windows_exporter, as the same figures that other servers have."""

from __future__ import annotations

from regiowacht_contract.promql import not_regex
from regiowacht_dashboards.queries import ASSET, aggregate, total, value

NICS = not_regex(".*(?i:isatap|loopback|teredo).*")
"""Network cards (label ``nic``) that carry traffic."""


def cpu() -> str:
    """Return the share of time that processors worked."""
    idle = total("windows_cpu_time_total", mode="idle").rate()
    return f"clamp_min(1 - {aggregate('avg', idle, *ASSET)}, 0)"


def waiting() -> str:
    """Return how many threads wait for each processor, as the load of other servers says."""
    queue = aggregate("max", value("windows_system_processor_queue_length"), *ASSET)
    return f"{queue} / ({aggregate('max', value('windows_cpu_logical_processor'), *ASSET)} > 0)"


def memory() -> str:
    """Return the share of memory that is not available to programs."""
    size = aggregate("max", value("windows_memory_physical_total_bytes"), *ASSET)
    return f"1 - {aggregate('max', value('windows_memory_available_bytes'), *ASSET)} / ({size} > 0)"


def swapping() -> str:
    """Return pages a second that came from the page file."""
    return aggregate("max", total("windows_memory_swap_pages_read_total").rate(), *ASSET)


def busy() -> str:
    """Return the share of time that the busiest disk had work."""
    idle = total("windows_physical_disk_idle_seconds_total").rate()
    return f"clamp(1 - {aggregate('min', idle, *ASSET)}, 0, 1)"


def traffic() -> str:
    """Return bits a second of all network cards, in and out together."""
    return f"8 * {aggregate('sum', total('windows_net_bytes_total', nic=NICS).rate(), *ASSET)}"


def faults() -> str:
    """Return packets a second with an error or dropped, of all network cards."""
    names = ("received_errors", "outbound_errors", "received_discarded", "outbound_discarded")
    return " + ".join(
        aggregate("sum", total(f"windows_net_packets_{name}_total", nic=NICS).rate(), *ASSET) for name in names
    )
