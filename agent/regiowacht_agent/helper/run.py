"""Runs the helper's tasks one after the other, and says what each came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.helper.apart import run_apart
from regiowacht_agent.helper.files import exposition, open_folder, path_of, write
from regiowacht_agent.helper.outside import Outside
from regiowacht_agent.helper.task import TASKS
from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.reasons import in_words
from regiowacht_contract.errors import UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_contract.texts import say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from regiowacht_agent.config import Config
    from regiowacht_agent.helper.task import Result
    from regiowacht_contract.texts import Lang


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """Return the tasks of these names in the table's order, all where none is named.

    Raises:
        UsageError: there is no such task.
    """
    wanted = set(names)
    for name in sorted(wanted - set(TASKS)):
        raise UsageError("agent.helper-no-task", name=name, nearest=nearest(name, TASKS) or ", ".join(TASKS))
    return tuple(name for name in TASKS if not wanted or name in wanted)


def run_all(
    config: Config, folder: Path | None, names: Iterable[str] = (), outside: Outside | None = None
) -> Iterator[Result]:
    """Yield how each task fared, its file being in place; without a folder nothing is written.

    Raises:
        UsageError: there is no such task.
        Unavailable: the folder cannot be written to.
    """
    tasks = chosen(names)
    there = outside or Outside(timeout_s=config.helper.timeout_s)
    if folder is not None:
        open_folder(folder)
    for name in tasks:
        result = run_apart(name, config, there)
        if result.state == "failed":
            LOGGER.warning(line("task-failed", task=name, reason=result.detail))
        if folder is not None:
            write(folder, result, there.clock())
        yield result


def text_of(result: Result, now: float) -> str:
    """Return what would stand in the task's file."""
    return exposition(result, now)


def told(result: Result, lang: Lang) -> str:
    """Return one line for a person."""
    if result.state == "ok":
        said = say_count("agent.values-", lang, result.series)
    else:
        said = say(f"agent.helper-{result.state}", lang, detail=in_words(result.detail, lang))
    return f"  {result.task:<{max(map(len, TASKS))}}  {said}"


def as_json(results: Iterable[Result], folder: Path | None) -> dict[str, object]:
    """Return what ``--json`` prints."""
    return {
        "folder": None if folder is None else str(folder),
        "tasks": [
            {
                "task": result.task,
                "state": result.state,
                "reason": result.reason,
                "detail": result.detail,
                "series": result.series,
                "duration_seconds": round(result.duration_s, 3),
                "file": None if folder is None or result.state == "absent" else str(path_of(folder, result.task)),
            }
            for result in results
        ],
    }
