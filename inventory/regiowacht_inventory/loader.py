"""Reads a region folder into a checked, frozen Region, or says everything that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from regiowacht_contract.errors import Problem, RegionInvalid
from regiowacht_inventory.assets import derive_assets
from regiowacht_inventory.checks import CHECKS
from regiowacht_inventory.checks.whole import Declared, Whole
from regiowacht_inventory.codes import normal_code
from regiowacht_inventory.draft import Draft
from regiowacht_inventory.explain import note_errors
from regiowacht_inventory.model import Model
from regiowacht_inventory.region import Region
from regiowacht_inventory.schema import Gemeente, RegionFile
from regiowacht_inventory.source import GEMEENTEN_FOLDER, read_folder, read_region_file

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory.source import Folder

AnyModel = TypeVar("AnyModel", bound=Model)


def load(folder: Path) -> Region:
    """Return the region that stands in ``folder`` (``region.yml``, ``gemeenten/*.yml``).

    Raises:
        RegionInvalid: it holds mistakes; ``problems`` has every one of them.
        UsageError: there is no such folder.
    """
    return load_sources(read_folder(folder))


def load_sources(found: Folder) -> Region:
    """Return the region that a folder's files make up, as they stand in ``found``.

    Raises:
        RegionInvalid: they hold mistakes.
    """
    region_draft = Draft(found.region) if found.region else None
    region_file = _validate(region_draft, "region", RegionFile) if region_draft else None
    drafts = [Draft(source) for source in found.gemeenten]
    gemeenten = [_validate(draft, "gemeente", Gemeente) for draft in drafts]
    _check(found, region_draft, drafts)
    problems = _problems(found, [region_draft, *drafts])
    if problems or region_file is None:
        raise RegionInvalid(str(found.folder), problems)
    return _assemble(region_file, [gemeente for gemeente in gemeenten if gemeente is not None])


def peek_language(folder: Path) -> str | None:
    """Return the language a region asks for, whatever else is wrong with it, or None."""
    source = read_region_file(folder)
    language = Draft(source).data.get("language") if source else None
    return language if isinstance(language, str) else None


def _validate(draft: Draft, file_kind: str, model: type[AnyModel]) -> AnyModel | None:
    if not draft.is_parsed:
        return None
    try:
        return model.model_validate(draft.data)
    except ValidationError as error:
        note_errors(draft, file_kind, error.errors(include_url=False))
        return None


def _check(found: Folder, region: Draft | None, drafts: list[Draft]) -> None:
    slugs = {draft.slug for draft in drafts} | found.unread
    whole = Whole(region, [Declared(draft) for draft in drafts if draft.is_parsed], slugs)
    for check in CHECKS:
        check(whole)


def _problems(found: Folder, drafts: list[Draft | None]) -> list[Problem]:
    problems = list(found.problems)
    if not drafts[1:] and not found.unread and not any(p.key == "inventory.extension" for p in problems):
        problems.append(Problem(str(found.folder / GEMEENTEN_FOLDER), 0, "inventory.no-gemeenten"))
    for draft in drafts:
        if draft is not None and draft.has_mistakes():
            problems += draft.problems()
    return problems


def _assemble(file: RegionFile, gemeenten: list[Gemeente]) -> Region:
    ordered = sorted((_with_normal_code(gemeente) for gemeente in gemeenten), key=lambda gemeente: gemeente.gemeente)
    return Region(
        name=file.name,
        regio=file.regio,
        language=file.language,
        timezone=file.timezone,
        collector=file.collector,
        snmp=file.snmp,
        audit=file.audit,
        alerts=file.alerts,
        leveranciers=file.leveranciers,
        trajecten=file.trajecten,
        credentials=file.credentials,
        gemeenten=tuple(ordered),
        assets=derive_assets(file, ordered),
    )


def _with_normal_code(gemeente: Gemeente) -> Gemeente:
    code = normal_code(gemeente.country, gemeente.code)
    return gemeente if code == gemeente.code else gemeente.model_copy(update={"code": code})
