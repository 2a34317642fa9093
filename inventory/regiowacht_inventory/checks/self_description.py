"""A gemeente file says consistently which gemeente it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_inventory.codes import normal_code
from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import printable, shown_text
from regiowacht_inventory.values import SLUG

if TYPE_CHECKING:
    from regiowacht_inventory.checks.whole import Whole
    from regiowacht_inventory.draft import Draft


def check(whole: Whole) -> None:
    """Note a slug that differs from the file's name, and a code that does not fit the country."""
    for declared in whole.gemeenten:
        _check_slug(declared.draft)
        _check_code(declared.draft)


def _check_slug(draft: Draft) -> None:
    slug = text_of(draft.data, "gemeente")
    if slug is not None and slug != draft.slug and re.match(SLUG, slug):
        draft.note(("gemeente",), "inventory.slug-not-file", slug=shown_text(slug), name=f"{printable(draft.slug)}.yml")


def _check_code(draft: Draft) -> None:
    country, code = text_of(draft.data, "country"), text_of(draft.data, "code")
    if code is None:
        return
    if "code" in draft.plain_numbers:
        draft.note(("code",), "inventory.code-quotes", code=shown_text(code, 20))
    elif country in {"BE", "NL"} and normal_code(country, code) is None:
        draft.note(("code",), f"inventory.code-{country.lower()}", code=shown_text(code, 20))
