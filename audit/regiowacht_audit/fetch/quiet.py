"""Keeps what devices say out of the logs: netmiko writes every line of a session at DEBUG, passwords and all."""

from __future__ import annotations

import logging

TALKATIVE = ("netmiko", "paramiko.transport")
"""Loggers of the libraries: netmiko repeats what is typed and what comes back, paramiko what a failed login said."""


def _is_silent(_record: logging.LogRecord) -> bool:
    return False


def keep_quiet() -> None:
    """Stop those loggers at the source, whatever level somebody sets; what goes wrong is told by our own errors."""
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        if _is_silent not in logger.filters:
            logger.addFilter(_is_silent)
