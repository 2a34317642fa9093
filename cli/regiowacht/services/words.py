"""Words of a command as a unit file has them (systemd.service(5), "Command lines")."""

from __future__ import annotations


def exec_line(setting: str, *words: str) -> str:
    """Return a drop-in that starts this command instead of the unit's own.

    Args:
        setting: ``ExecStart=`` or another one, with the signs that go before a command.
        words: the command.
    """
    return f"[Service]\n{setting.partition('=')[0]}=\n{setting}{' '.join(map(quoted, words))}\n"


def quoted(word: str) -> str:
    """Return a word that systemd reads back as it is: no variable, no specifier, no escape, one word.

    Raises:
        ValueError: it holds a line end or a zero byte, which no command line can.
    """
    if any(sign in word for sign in "\n\r\0"):
        raise ValueError(word)
    plain = word.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$")
    if plain and not any(sign in plain for sign in " \t'\";"):
        return plain
    return '"' + plain.replace('"', '\\"') + '"'
