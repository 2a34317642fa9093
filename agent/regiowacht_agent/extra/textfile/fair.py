"""Shares the room for the files' series and bytes: the small ones always fit, the largest are left out whole.

In the order of their names, one script gone wild would cost every file after it. Half a file would be worse than none:
what is missing of it looks like what is no more.
"""

from __future__ import annotations

import os

from regiowacht_agent.extra.textfile.format import Parsed, Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOO_MANY = "too-many"
LEFT_OUT = Parsed((), Refused(1, 0, TOO_MANY))


def within(files: Mapping[str, Parsed], series_max: int) -> dict[str, Parsed]:
    """Return the files in their order, each as it is or ``LEFT_OUT``.

    Args:
        files: by path.
        series_max: series that they may have together; of two files as large as each other the first one fits.
    """
    sizes = {path: sum([len(group.rows) for group in parsed.groups]) for path, parsed in files.items()}
    left = series_max
    if sum(sizes.values()) <= left:
        return dict(files)
    out = set()
    for path in sorted(sizes, key=sizes.__getitem__):
        if sizes[path] > left:
            out.add(path)
        else:
            left -= sizes[path]
    return {path: LEFT_OUT if path in out else parsed for path, parsed in files.items()}


def smallest_first(paths: Sequence[str]) -> list[str]:
    """Return paths by the size of their files; what cannot be looked at takes no room."""
    return sorted(paths, key=_size)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a thousand of them at most
    except OSError:
        return 0
