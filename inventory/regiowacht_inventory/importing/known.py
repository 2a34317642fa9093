"""What the region will hold once the rows so far are in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from regiowacht_contract.nearest import nearest
from regiowacht_inventory import schema
from regiowacht_inventory.checks.probes import is_unmeasured, target_mistake
from regiowacht_inventory.checks.references import has_agent
from regiowacht_inventory.draft import Draft, text_of
from regiowacht_inventory.explain import note_errors
from regiowacht_inventory.importing.entry import Entry, RefusedError
from regiowacht_inventory.importing.words import meaning, plain, slug, table
from regiowacht_inventory.shown import shown_text
from regiowacht_inventory.values import is_slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from regiowacht_inventory.explain import Other
    from regiowacht_inventory.importing.sheet import Row
    from regiowacht_inventory.model import Model
    from regiowacht_inventory.nodes import Path, Raw

_MODELS: Mapping[str, tuple[type[Model], Path]] = {
    "servers": (schema.Server, ("servers", 0)),
    "devices": (schema.Device, ("devices", 0)),
    "services": (schema.Service, ("services", 0)),
    "uplinks": (schema.Uplink, ("sites", "*", "uplinks", 0)),
}


@dataclass(slots=True)
class KnownGemeente:
    """One gemeente, there already or new.

    Attributes:
        slug: its slug.
        heading: what its file says about itself.
        draft: its file, or None when it is new.
        sites: data of each site by slug; for a new site the cells that describe it.
        new_sites: slugs of the sites that only the rows name.
        names: every asset name.
        devices: names of devices.
        agents: names of servers with an agent, each with its site.
    """

    slug: str
    heading: dict[str, str]
    draft: Draft | None = None
    sites: dict[str, Mapping[str, Raw]] = field(default_factory=dict)
    new_sites: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    agents: dict[str, str] = field(default_factory=dict)

    def poller_of(self, site: str) -> str | None:
        """Return the poller of a site: the one it names, else, for a new site, a server with an agent."""
        named = text_of(self.sites[site], "poller")
        if named or site not in self.new_sites:
            return named
        here = [name for name, place in self.agents.items() if place == site]
        return next(iter([*here, *self.agents]), None)


class Known:
    """What is there, and what the accepted rows add to it."""

    def __init__(self, region: Draft | None, drafts: Iterable[Draft], rows: Iterable[Row]) -> None:
        self.gemeenten = {draft.slug: _from_draft(draft) for draft in drafts}
        data = region.data if region else {}
        self._leveranciers = _mapping(data.get("leveranciers"))
        self._credentials = _mapping(data.get("credentials"))
        self._headings: dict[str, dict[str, str]] = {}
        for row in rows:
            self._remember(row)

    def _remember(self, row: Row) -> None:
        """Keep what a row says about its gemeente and site: one row of many may be the only one that does."""
        gemeente = slug(row.cells.get("gemeente") or row.cells.get("gemeente_name", ""))
        for key, kind in (("gemeente", gemeente), ("site", f"{gemeente}/{slug(row.cells.get('site', ''))}")):
            told = self._headings.setdefault(kind, {})
            for heading in table("headings")[key]:
                if heading in row.cells:
                    told.setdefault(heading, row.cells[heading])

    def find_gemeente(self, cells: Mapping[str, str]) -> str:
        """Return the slug of the gemeente a row belongs to, making a new one where it tells enough about it."""
        text = cells.get("gemeente") or cells.get("gemeente_name")
        if text is None:
            if len(self.gemeenten) == 1:
                return next(iter(self.gemeenten))
            raise RefusedError("inventory.row-needs", key="gemeente")
        wanted = slug(text)
        if not wanted:
            raise RefusedError("inventory.row-slug", value=shown_text(text))
        for known in self.gemeenten.values():
            if wanted in (known.slug, slug(known.heading.get("name", ""))):
                return known.slug
        self.gemeenten[wanted] = self._new(wanted)
        return wanted

    def _new(self, wanted: str) -> KnownGemeente:
        told = self._headings[wanted]
        missing = [key for key in ("country", "code") if key not in told]
        if missing:
            raise RefusedError("inventory.row-new-gemeente", gemeente=wanted, missing=", ".join(missing))
        country = meaning("country", told["country"]) or told["country"]
        code = told["code"].zfill(4) if country == "NL" and told["code"].isdigit() else told["code"]
        heading = {
            "gemeente": wanted,
            "id": told.get("id") or str(self._free_id()),
            "name": told.get("gemeente_name") or told.get("gemeente", wanted),
            "country": country,
            "code": code,
            **({"inhabitants": told["inhabitants"].replace(".", "")} if "inhabitants" in told else {}),
        }
        errors = _errors(schema.Gemeente, heading, ())
        if errors:
            raise _refused(errors)
        return KnownGemeente(wanted, heading)

    def _free_id(self) -> int:
        taken = [known.heading.get("id", "") for known in self.gemeenten.values()]
        taken += [told.get("id", "") for told in self._headings.values()]
        return max((int(number) for number in taken if number.isdigit()), default=0) + 1

    def find_site(self, gemeente: str, cells: Mapping[str, str]) -> str:
        """Return the slug of the site a row belongs to; where it names none, the only one there is."""
        known = self.gemeenten[gemeente]
        if "site" not in cells:
            if len(known.sites) == 1:
                return next(iter(known.sites))
            raise RefusedError("inventory.row-needs", key="site")
        if cells["site"] in known.sites:
            return cells["site"]
        wanted = slug(cells["site"])
        if not wanted:
            raise RefusedError("inventory.row-slug", value=shown_text(cells["site"]))
        return wanted

    def find_in_region(self, key: str, text: str) -> str:
        """Return the slug of the leverancier or credential that ``text`` names, by slug or by name."""
        declared = self._leveranciers if key == "leverancier" else self._credentials
        for known, data in declared.items():
            name = text_of(data, "name") if isinstance(data, dict) else None
            if text == known or (key == "leverancier" and plain(text) in (plain(known), plain(name or ""))):
                return known
        if key != "leverancier":  # it may be the community itself: never print it
            raise RefusedError(
                "inventory.no-credential", key=key, known=", ".join(sorted(filter(is_slug, declared))) or "-"
            )
        close = nearest(text, declared)
        if close:
            raise RefusedError("inventory.no-leverancier-near", value=shown_text(text), nearest=close)
        raise RefusedError("inventory.no-leverancier", value=shown_text(text), known=", ".join(sorted(declared)) or "-")

    def refuse_wrong_values(self, section: str, item: Mapping[str, str]) -> None:
        """Refuse an item whose values the schema refuses."""
        model, under = _MODELS[section]
        errors = _errors(model, item, under)
        if errors:
            raise _refused(errors)
        if section == "uplinks" and is_unmeasured(dict(item)):
            raise RefusedError("inventory.link-unmeasured", value=item["name"])
        text = target_mistake(dict(item)) if section == "services" else None
        if text:
            raise RefusedError(text, value=shown_text(item["target"]))

    def add(self, entry: Entry) -> None:
        """Count an entry in; refuse a name that is taken."""
        known = self.gemeenten[entry.gemeente]
        if entry.name in known.names:
            raise RefusedError("inventory.row-taken", name=entry.name, gemeente=entry.gemeente)
        known.names.add(entry.name)
        if entry.site not in known.sites:
            told = self._headings.get(f"{slug(entry.row.cells.get('gemeente', ''))}/{entry.site}", {})
            known.sites[entry.site] = {
                key: told[heading]
                for key, heading in (("address", "site_address"), ("poller", "poller"), ("standby", "standby"))
                if heading in told
            }
            known.new_sites.add(entry.site)
        if entry.section == "devices":
            known.devices.add(entry.name)
        if entry.section == "servers" and has_agent(dict(entry.item)):
            known.agents[entry.name] = entry.site

    def remove(self, entry: Entry) -> None:
        """Count an entry out again."""
        known = self.gemeenten[entry.gemeente]
        known.names.discard(entry.name)
        known.devices.discard(entry.name)
        known.agents.pop(entry.name, None)

    def dangling(self, entry: Entry) -> RefusedError | None:
        """Return why an entry cannot stay: what it refers to will not be there, or nobody will poll it."""
        known = self.gemeenten[entry.gemeente]
        for key, there, text in (
            ("uplink", known.devices, "inventory.no-device"),
            ("device", known.devices, "inventory.no-device"),
            ("polled_by", known.agents, "inventory.no-server"),
        ):
            value = entry.item.get(key)
            if value is not None and value not in there:
                close = nearest(value, there)
                if close:
                    return RefusedError(f"{text}-near", value=value, nearest=close)
                return RefusedError(text, value=value, known=", ".join(sorted(there)[:8]) or "-")
        asks_itself = entry.section == "servers" and "relay" not in entry.item
        if not asks_itself and "polled_by" not in entry.item and known.poller_of(entry.site) is None:
            return RefusedError("inventory.row-no-poller", site=entry.site)
        return None


class _Reasons:
    def __init__(self) -> None:
        self.found: list[tuple[str, Mapping[str, object]]] = []

    def note(self, _path: Path, key: str, /, *, at_key: bool = False, other: Other = None, **values: object) -> None:
        del at_key, other  # a row has one line for its keys and its values
        self.found.append((key, values))


def _errors(model: type[Model], item: Mapping[str, str], under: Path) -> _Reasons | None:
    try:
        model.model_validate(item)
    except ValidationError as error:
        reasons = _Reasons()
        note_errors(reasons, "gemeente", error.errors(include_url=False), under)
        return reasons
    return None


def _refused(reasons: _Reasons) -> RefusedError:
    (key, values), *_ = reasons.found
    refused = RefusedError(key, **values)
    refused.reasons = reasons.found
    return refused


def _mapping(raw: Raw) -> dict[str, Raw]:
    return raw if isinstance(raw, dict) else {}


def _from_draft(draft: Draft) -> KnownGemeente:
    heading = {key: text for key in ("gemeente", "id", "name") if (text := text_of(draft.data, key))}
    known = KnownGemeente(draft.slug, heading, draft)
    known.sites = dict(draft.sites())
    for items in (draft.uplinks(), draft.items("servers"), draft.items("devices"), draft.items("services")):
        known.names |= {name for _, item in items if (name := text_of(item, "name"))}
    known.devices = {name for _, item in draft.items("devices") if (name := text_of(item, "name"))}
    for _, item in draft.items("servers"):
        name = text_of(item, "name")
        if name and has_agent(item):
            known.agents[name] = text_of(item, "site") or ""
    return known
