"""What goes with everything that is sent: header fields that tell this machine and this process from copies of it."""

from __future__ import annotations

ABOUT: dict[str, str] = {}
"""Filled once, when an agent starts that has joined a region (``machine.py``); empty otherwise."""
