"""The variables on top of a dashboard, each narrowed by the ones before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from grafanalib import core

from regiowacht_contract.promql import gauge, regex
from regiowacht_dashboards.grafana import DATASOURCE

if TYPE_CHECKING:
    from regiowacht_contract.promql import Match
    from regiowacht_dashboards.words import Words

ALL = ".+"
"""What *All* stands for in a selector: any value that is there."""

REFRESH_ON_TIME_CHANGE = 2


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice on top of the dashboard.

    Attributes:
        name: as expressions use it, ``$NAME``; its label is the shared text ``variable-NAME``.
        query: ``label_values(SELECTOR, LABEL)``; for a datasource the plugin's type.
        kind: where the values come from.
        many: several values, or all, may be chosen.
    """

    name: str
    query: str
    kind: Literal["query", "datasource"] = "query"
    many: bool = False

    def render(self, words: Words) -> core.Template:
        """Return the grafanalib variable with its label in the language of ``words``."""
        is_query = self.kind == "query"
        return core.Template(
            name=self.name,
            label=words.shared(f"variable-{self.name}"),
            type=self.kind,
            query=self.query,
            dataSource=DATASOURCE if is_query else None,
            multi=self.many,
            includeAll=self.many,
            allValue=ALL if self.many else None,
            refresh=REFRESH_ON_TIME_CHANGE if is_query else 1,
            default=["$__all"] if self.many else None,
            regex="",
        )


def label_values(selector: object, label: str) -> str:
    """Return the query that lists the values of ``label`` among the series of ``selector``."""
    return f"label_values({selector}, {label})"


def chosen(*names: str) -> dict[str, Match]:
    """Return label matches that follow the variables of the same names."""
    return {name: regex(f"${name}") for name in names}


def datasource() -> Variable:
    """Return the choice of Prometheus: the first one, so that no dashboard names one of its own."""
    return Variable("datasource", "prometheus", kind="datasource")


def regio() -> Variable:
    """Return the choice of region."""
    return Variable("regio", label_values(gauge("regiowacht_gemeente_info"), "regio"))


def gemeente(*, many: bool) -> Variable:
    """Return the choice of gemeente within the region."""
    selector = gauge("regiowacht_gemeente_info", **chosen("regio"))
    return Variable("gemeente", label_values(selector, "gemeente"), many=many)


def site(*, many: bool = True) -> Variable:
    """Return the choice of site within the gemeente."""
    selector = gauge("regiowacht_asset_info", **chosen("gemeente"))
    return Variable("site", label_values(selector, "site"), many=many)


def port() -> Variable:
    """Return the choice of port of the chosen device, by its ifName."""
    return Variable("port", label_values(gauge("ifOperStatus", **chosen("gemeente", "site", "instance")), "ifName"))


def instance(*, many: bool, **matches: str | Match) -> Variable:
    """Return the choice of asset within gemeente and site, among those that ``matches`` holds for."""
    selector = gauge("regiowacht_asset_info", **chosen("gemeente", "site"), **matches)
    return Variable("instance", label_values(selector, "instance"), many=many)


def of_assets(**matches: str | Match) -> tuple[Variable, ...]:
    """Return the choices of a dashboard about many assets, among those that ``matches`` holds for."""
    return (datasource(), regio(), gemeente(many=True), site(), instance(many=True, **matches))


def of_one_asset(**matches: str | Match) -> tuple[Variable, ...]:
    """Return the choices of a dashboard about one asset; names are unique within a gemeente only, so one is chosen."""
    return (datasource(), regio(), gemeente(many=False), site(), instance(many=False, **matches))
