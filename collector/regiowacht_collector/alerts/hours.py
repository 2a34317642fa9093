"""When people are there, as Alertmanager has it: office hours of a region or gemeente, less its public holidays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import holidays

from regiowacht_inventory.alerting import Office

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from regiowacht_inventory import Region
    from regiowacht_inventory.schema import Gemeente

_DAYS = {
    "mon": "monday", "tue": "tuesday", "wed": "wednesday", "thu": "thursday", "fri": "friday", "sat": "saturday",
    "sun": "sunday",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hours:
    """Office hours with a name.

    Attributes:
        office: which ones.
        countries: whose public holidays are days off: those that all of them share; empty where none are.
    """

    office: Office
    countries: tuple[str, ...]

    @property
    def active(self) -> str:
        """Name of the time interval in which someone is there."""
        days = "-".join(self.office.days) or "never"
        return f"office {days} {self.office.from_clock} {self.office.until_clock}"

    @property
    def muted(self) -> str | None:
        """Name of the time interval of days off, or None."""
        return f"holidays {'+'.join(self.countries)}" if self.countries else None


def of_gemeente(region: Region, gemeente: Gemeente) -> Hours:
    """Return a gemeente's office hours."""
    office = gemeente.alerts.office or region.alerts.office or Office()
    return Hours(office, (gemeente.country,) if office.holidays else ())


def of_region(region: Region) -> Hours:
    """Return the region's own office hours."""
    office = region.alerts.office or Office()
    countries = tuple(sorted({gemeente.country for gemeente in region.gemeenten}))
    return Hours(office, countries if office.holidays else ())


def time_intervals(all_hours: Iterable[Hours], years: Sequence[int], timezone: str) -> list[dict[str, object]]:
    """Return Alertmanager's ``time_intervals`` for some office hours, each once, sorted by name.

    Args:
        all_hours: which.
        years: for which years public holidays are written down.
        timezone: of the region.
    """
    found: dict[str, dict[str, object]] = {}
    for hours in all_hours:
        found[hours.active] = {"name": hours.active, "time_intervals": [_office(hours.office, timezone)]}
        if hours.muted:
            days = [_day(day, timezone) for day in days_off(hours.countries, years)]
            found[hours.muted] = {"name": hours.muted, "time_intervals": days}
    return [found[name] for name in sorted(found)]


def days_off(countries: Sequence[str], years: Sequence[int]) -> list[date]:
    """Return the public holidays that all these countries share, in order."""
    each = [set(holidays.country_holidays(country, years=list(years))) for country in countries]
    return sorted(set.intersection(*each)) if each else []


def _office(office: Office, timezone: str) -> dict[str, object]:
    until = "24:00" if office.until_clock == "23:59" else office.until_clock
    return {
        "weekdays": [_DAYS[day] for day in office.days],
        "times": [{"start_time": office.from_clock, "end_time": until}],
        "location": timezone,
    }


def _day(day: date, timezone: str) -> dict[str, object]:
    return {
        "years": [str(day.year)],
        "months": [str(day.month)],
        "days_of_month": [str(day.day)],
        "location": timezone,
    }
