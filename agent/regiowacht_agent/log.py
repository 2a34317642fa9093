"""One event a line on standard error, key=value, silent while all is well.

Without ``logging``, which costs a running agent a megabyte; the levels and the lines are those of it.
"""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Logger:
    """Hands events on.

    Attributes:
        tell: takes the level, one of INFO, WARNING and ERROR, and the event.
    """

    __slots__ = ("tell",)

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self.tell = tell

    def info(self, event: str) -> None:
        """Tell of something that is as it should be."""
        self.tell("INFO", event)

    def warning(self, event: str) -> None:
        """Tell of something that is not as it should be, while the rest goes on."""
        self.tell("WARNING", event)

    def error(self, event: str) -> None:
        """Tell of something that somebody asked for and that did not work."""
        self.tell("ERROR", event)


def set_up() -> None:
    """Send the agent's events to standard error, as ``level=... event=... key=value`` with the time before it."""
    LOGGER.tell = _with_time


def line(event: str, **values: object) -> str:
    """Return ``event=... key=value``, values quoted where they hold blanks or quotes."""
    return " ".join([f"event={event}", *(f"{key}={_quote(str(value))}" for key, value in values.items())])


def _quote(value: str) -> str:
    if value and value.isprintable() and not any(character in value for character in ' "='):
        return value
    inner = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{visible(inner)}"'


def visible(text: str) -> str:
    """Return text on one line, without what would steer a terminal: names of files may hold anything."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text.replace("\n", "\\n").replace("\t", "\\t")))


def _visible(character: str) -> str:
    """Return a character that would steer a terminal, or that is no text at all, as its number."""
    return character if character.isprintable() else f"\\u{ord(character):04x}"


def _with_time(level: str, event: str) -> None:
    now = time.time()
    day = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
    say(f"{day},{int(now * 1000) % 1000:03d} level={level} {event}")


def _bare(level: str, event: str) -> None:
    """Write what is not as it should be, for a command that people call."""
    if level != "INFO":
        say(event)


def say(text: str) -> None:
    """Write to standard error as far as it takes anything: a full disk or a closed one does not stop the measuring."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return


LOGGER = Logger(_bare)
