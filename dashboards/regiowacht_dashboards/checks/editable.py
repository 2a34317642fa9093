"""Changes by hand: none on a dashboard that is written by a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document


def check(document: Document) -> Iterator[Problem]:
    """Yield a dashboard that can be edited in Grafana: the next start undoes what was changed there."""
    if document.raw.get("editable") is not False:
        yield document.problem("editable")
