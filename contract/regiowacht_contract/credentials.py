"""Files of /etc/regiowacht/secrets where a service finds them: systemd hands them over (LoadCredential=).

Root alone may look into that folder. A service runs as a user that may not, and gets what lay there when it started as
``$CREDENTIALS_DIRECTORY/secrets_NAME``; a file in a folder of it has ``_`` where its path has ``/`` (systemd.exec(5)).
"""

from __future__ import annotations

import os

SECRETS = "/etc/regiowacht/secrets/"
NAME = "secrets"
"""What the units call the folder."""


def at_hand(path: str) -> str:
    """Return where this process finds a file: what it was handed for it, else the path itself."""
    handed = _handed(path)
    return handed if handed and os.path.exists(handed) else path  # noqa: PTH110 - the agent does without pathlib


def is_handed(folder: str) -> bool:
    """Return whether this is a service that does not read a folder of secrets itself: it was handed what is there."""
    return bool(_handed(folder))


def is_late(path: str) -> bool:
    """Return whether this service was handed secrets, but not this one: it came after the start, if at all."""
    handed = _handed(path)
    return bool(handed) and not os.path.exists(handed)  # noqa: PTH110 - likewise


def _handed(path: str) -> str:
    """Return what a file would be handed as, "" where it is no secret or this process is handed none."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    place = os.path.normpath(path)
    if not folder or not place.startswith(SECRETS):
        return ""
    return f"{folder}/{NAME}_{place.removeprefix(SECRETS).replace('/', '_')}"
