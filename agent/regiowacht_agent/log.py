"""One event a line on standard error, key=value, silent while all is well."""

from __future__ import annotations

import logging
from typing import TextIO

LOGGER = logging.getLogger("regiowacht.agent")


class _BestEffort(logging.StreamHandler[TextIO]):
    """Standard error as far as it takes anything: a full disk or a closed one does not stop the measuring."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        """Let the event go."""


def set_up() -> None:
    """Send the agent's events to standard error, as ``level=... event=... key=value``; the journal adds the time."""
    for before in [handler for handler in LOGGER.handlers if isinstance(handler, _BestEffort)]:
        LOGGER.removeHandler(before)
    handler = _BestEffort()
    handler.setFormatter(logging.Formatter("%(asctime)s level=%(levelname)s %(message)s"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False


def line(event: str, **values: object) -> str:
    """Return ``event=... key=value``, values quoted where they hold blanks or quotes."""
    return " ".join([f"event={event}", *(f"{key}={_quote(str(value))}" for key, value in values.items())])


def _quote(value: str) -> str:
    if value and not any(character in value for character in ' "=\n\t'):
        return value
    inner = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{inner}"'
