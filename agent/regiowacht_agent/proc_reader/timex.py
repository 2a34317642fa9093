"""How the kernel keeps the clock in step with a reference, from adjtimex(2)."""

from __future__ import annotations

import ctypes
import os
import struct

from regiowacht_agent.block import Block, Layout
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

NAMES = (
    *("sync_status", "offset_seconds", "frequency_adjustment_ratio", "maxerror_seconds", "estimated_error_seconds"),
    *("status", "loop_time_constant", "tick_seconds", "pps_frequency_hertz", "pps_jitter_seconds"),
    *("pps_shift_seconds", "pps_stability_hertz", "pps_jitter_total", "pps_calibration_total", "pps_error_total"),
    *("pps_stability_exceeded_total", "tai_offset_seconds"),
)
TIMEX = struct.Struct("@I4li3l2ll2li5li44x")
"""``struct timex`` of adjtimex(2), which pads itself to the machine's own alignment."""

TIME_ERROR = 5
"""What adjtimex(2) returns when nothing keeps the clock in step."""

STA_NANO = 0x2000
"""The status bit that says that offset and jitter are in nanoseconds, not in microseconds."""

PER_S = {True: 1e9, False: 1e6}
US_PER_S = 1e6
PPM_FRACTION = 1e6 * 65536
"""Frequencies are in parts per million with 16 bits behind the point."""


class Timex:
    """``node_timex_*``.

    Args:
        metrics: the family's metrics.
        ask: returns the state that adjtimex(2) returns, and the fields of ``TIMEX``.
    """

    def __init__(self, metrics: Metrics, ask: Callable[[], tuple[int, tuple[int, ...]]]) -> None:
        self._layout = Layout((metrics[f"node_timex_{name}"], ()) for name in NAMES)
        self._ask = ask

    def read(self, host: Host) -> Block:
        """Return the clock's state.

        Raises:
            NoData: this process may not even ask, as in some containers.
            OSError: the kernel does not answer.
        """
        del host
        try:
            state, told = self._ask()
        except PermissionError:
            raise NoData("adjtimex(2) is not permitted") from None
        _modes, offset, frequency, maximum, estimated, status, constant, _precision, _tolerance = told[:9]
        _s, _us, tick, pps_frequency, jitter, shift, stability, jitters, measured, failed, varied, tai = told[9:]
        per_s = PER_S[bool(status & STA_NANO)]
        return Block(
            self._layout,
            (
                *(int(state != TIME_ERROR), offset / per_s, 1 + frequency / PPM_FRACTION),
                *(maximum / US_PER_S, estimated / US_PER_S, status, constant, tick / US_PER_S),
                *(pps_frequency / PPM_FRACTION, jitter / per_s, shift, stability / PPM_FRACTION),
                *(jitters, measured, failed, varied, tai),
            ),
        )


def adjtimex() -> Callable[[], tuple[int, tuple[int, ...]]]:
    """Return a function that asks the kernel, changing nothing; it raises OSError where the kernel does not answer."""
    call = ctypes.CDLL(None, use_errno=True).adjtimex
    buffer = ctypes.create_string_buffer(TIMEX.size)

    def ask() -> tuple[int, tuple[int, ...]]:
        # No bits of what to change: only asking.
        ctypes.memset(buffer, 0, TIMEX.size)
        state: int = call(buffer)
        if state < 0:
            raise OSError(number := ctypes.get_errno(), os.strerror(number))
        return state, TIMEX.unpack(buffer)

    return ask


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Timex(metrics, adjtimex())
