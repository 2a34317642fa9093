"""Takes an address apart, ``HOST:PORT``."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.%\w]+)\]|(?P<host>[^\s:\[\]]+)):(?P<port>[0-9]{1,5})")


class Invalid(Exception):
    """A value that the setting cannot have: text key and what fills it."""

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def split_address(text: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT`` or ``[IPV6]:PORT``.

    Raises:
        Invalid: it is no such thing, or the port is not between 0 and 65535 (0 = any free one).
    """
    match = ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        raise Invalid("agent.bad-address", value=text)
    return match["six"] or match["host"], int(match["port"])
