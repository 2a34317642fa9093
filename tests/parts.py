"""Says which real part a test needs, and what happens where it is missing.

A missing part is a skip with its reason for a person, and a failure with ``CI=true``. ``python -m tests.parts`` fetches
what can be fetched without root before the tests run.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys

import pytest

from regiowacht_collector.engine import Engine, find_engine
from regiowacht_contract.errors import RegiowachtError
from regiowacht_contract.texts import choose_lang, say
from regiowacht_dashboards.preview import vendor

HOW = {
    "chromium": "apt install chromium",
    "dpkg": "this test needs Debian or Ubuntu",
    "apt-get": "this test needs Debian or Ubuntu",
}


def need(program: str) -> str:
    """Return the path of a program, or skip (fail with ``CI=true``) saying how to get it.

    ``prometheus`` and ``promtool`` may also be unpacked ones in the user's cache.
    """
    if program == "prometheus":
        return str(need_engine().prometheus)
    if program == "promtool":
        promtool = need_engine().promtool
        if promtool is None:
            missing("this Prometheus came without promtool; apt install prometheus")
        return str(promtool)
    path = shutil.which(program) or (shutil.which("chromium-browser") if program == "chromium" else None)
    if path is None:
        missing(f"{program} is not installed; {HOW.get(program, 'install it')}")
    return str(path)


def need_engine() -> Engine:
    """Return the Prometheus that tests run, installed or unpacked, or skip (fail with ``CI=true``)."""
    found = _engine()
    if isinstance(found, RegiowachtError):
        missing(str(found))
        raise found
    return found


def need_uplot() -> None:
    """Skip (fail with ``CI=true``) where uPlot has not been fetched."""
    try:
        vendor.find()
    except RegiowachtError as error:
        missing(str(error))


def missing(reason: str) -> None:
    """Skip with ``reason``, or fail where every part has to be there (``CI=true``)."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"a part is missing with CI=true: {reason}")
    pytest.skip(reason)


@functools.cache
def _engine() -> Engine | RegiowachtError:
    try:
        return find_engine()
    except RegiowachtError as error:
        return error


def main() -> int:
    """Fetch the engine where there is none; return the exit code."""
    lang = choose_lang(None, None, os.environ)

    def tell(key: str, /, **values: object) -> None:
        print(f"setup: {say(key, lang, **values)}", file=sys.stderr, flush=True)

    try:
        find_engine(tell=tell)
    except RegiowachtError as error:
        print(f"setup: {error.message(lang)}", file=sys.stderr)
        return error.exit_code if os.environ.get("CI") == "true" else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
