"""Checks what is written: ``check`` says what of a body goes on, and in which words."""

from regiowacht_collector.gateway.write.checked import Checked, Refused
from regiowacht_collector.gateway.write.checking import check
from regiowacht_collector.gateway.write.limits import WriteLimits

__all__ = ["Checked", "Refused", "WriteLimits", "check"]
