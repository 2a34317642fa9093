"""A baseline: which rules are judged, by which parameters."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from regiowacht_audit.judge.rule import Loader, rules
from regiowacht_audit.judge.schema import BaselineFile
from regiowacht_contract.errors import Found, UsageError
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What holds where.

    Attributes:
        name: what a gemeente's file calls it.
        version: goes into every report, so that two can be compared.
        params: by rule id, every parameter of every rule that is judged.
    """

    name: str
    version: str
    params: Mapping[str, Mapping[str, Any]]


def shipped() -> tuple[str, ...]:
    """Return the names of the baselines that come with the product."""
    folder = resources.files("regiowacht_audit") / "baselines"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def find_baseline(name: str, folder: Path | None = None) -> Baseline:
    """Return the baseline of that name: a file as typed, one of the region's ``baselines/``, or one of the product's.

    Raises:
        UsageError: there is none of that name.
        Found: it cannot be used; the sentence says why.
    """
    if name.endswith(SUFFIXES):
        return read_baseline(Path(name).stem, _text_of(Path(name)), name)
    for suffix in SUFFIXES if folder else ():
        path = Path(folder or "") / f"{name}{suffix}"
        if path.exists():
            return read_baseline(name, _text_of(path), str(path))
    if name in shipped():
        file = resources.files("regiowacht_audit") / "baselines" / f"{name}.yaml"
        return read_baseline(name, file.read_text(encoding="utf-8"), name)
    raise UsageError("audit.no-baseline", baseline=name, known=", ".join(shipped()))


def read_baseline(name: str, text: str, file: str) -> Baseline:
    """Return the baseline that ``text`` describes.

    Raises:
        Found: it is no YAML, has a key or a rule that nobody knows, or a parameter of the wrong kind.
    """
    try:
        data = BaselineFile.model_validate(yaml.load(text, Loader))  # noqa: S506  # a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Found("audit.baseline-yaml", file=file, line=line, said=error.problem or "?") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "-"
        raise Found("audit.baseline-invalid", file=file, key=where, said=first["msg"]) from None
    _refuse_unknown(data, file)
    return Baseline(
        name, data.version, {rule.id: {**rule.params, **data.rules.get(rule.id, {})} for rule in _judged(data)}
    )


def _judged(data: BaselineFile) -> list[Any]:
    return [rule for rule in rules() if rule.id not in data.without]


def _refuse_unknown(data: BaselineFile, file: str) -> None:
    known = {rule.id: rule.params for rule in rules()}
    for rule in (*data.rules, *data.without):
        if rule not in known:
            raise Found("audit.baseline-rule", file=file, rule=rule, nearest=nearest(rule, known) or min(known))
    for rule, params in data.rules.items():
        for name, value in params.items():
            _refuse_param(file, rule, name, value, known[rule])


def _refuse_param(file: str, rule: str, name: str, value: object, known: Mapping[str, object]) -> None:
    if name not in known:
        raise Found("audit.baseline-param", file=file, rule=rule, param=name, known=", ".join(sorted(known)) or "-")
    if type(value) is not type(known[name]):
        raise Found("audit.baseline-kind", file=file, rule=rule, param=name, example=repr(known[name]))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError("audit.no-file", file=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Found("audit.unreadable", file=str(path), said=type(error).__name__) from None
