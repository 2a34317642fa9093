"""What the demo and the example region's own process tell each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.texts import LANGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_contract.texts import Lang

INTERVAL_S = 15
"""The example region is scraped this often, as a real one is."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be made.

    Attributes:
        folder: where the region folder is written.
        data: where the engine's files and storage go.
        engine: the Prometheus to run.
        lang: the language of what goes wrong.
    """

    folder: Path
    data: Path
    engine: Path
    lang: Lang

    def words(self) -> list[str]:
        """Return the command line that ``read`` reads."""
        return [str(self.folder), str(self.data), str(self.engine), self.lang]

    @classmethod
    def read(cls, words: Sequence[str]) -> Job:
        """Return the job on a command line."""
        folder, data, engine, lang = words
        return cls(Path(folder), Path(data), Path(engine), next(one for one in LANGS if one == lang))


@dataclass(frozen=True, slots=True)
class Ready:
    """What is up.

    Attributes:
        prometheus: address of the engine.
        gemeenten, assets: how many the region declares.
        incidents: those under way: kind, gemeente, asset, and when it began (Unix time).
        gemeente, server: a server worth opening first, as everything about it is known; "" for none.
    """

    prometheus: str
    gemeenten: int
    assets: int
    incidents: list[tuple[str, str, str, int]]
    gemeente: str
    server: str
