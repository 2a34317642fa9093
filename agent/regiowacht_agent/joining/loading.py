"""The configuration of a server that has joined."""

from __future__ import annotations

from regiowacht_agent.joining.folder import StateFolder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from regiowacht_agent.config import Config


def load_joined(state: Path, overrides: Mapping[str, object]) -> Config:
    """Return the configuration of a server that has joined; where it has none yet, the collector is asked for it.

    Raises:
        RegiowachtError: there is none that can be used.
    """
    folder = StateFolder(state)
    if not folder.config.exists():
        from regiowacht_agent.joining.ask import way_of  # noqa: PLC0415 - hardly ever: joining has asked already
        from regiowacht_agent.joining.join import configure  # noqa: PLC0415 - likewise

        configure(way_of(folder, folder.membership()), folder, lambda key, **values: None)
    return folder.load(overrides)
