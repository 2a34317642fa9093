"""Data sources: what keeps Grafana from starting, or hands a secret to whoever reads the file."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from regiowacht_dashboards.provisioning.references import is_reference, stray_dollars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.provisioning.read import File

NEEDED = ("name", "type", "access", "url")
UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
SECRETS_IN_THE_OPEN = ("password", "basicAuthPassword")


def check(files: Sequence[File]) -> Iterator[Problem]:
    """Yield data sources that Grafana refuses, overwrites, or that hold a secret in the open."""
    for file in files:
        for entry in file.entries:
            yield from _one(file, entry)
    yield from _together(files)


def _one(file: File, entry: Mapping[str, Any]) -> Iterator[Problem]:
    name = str(entry.get("name") or "-")
    for key in NEEDED:
        if not isinstance(entry.get(key), str) or not entry[key]:
            yield file.problem("source-lacks", name=name, key=key)
    if not UID.fullmatch(str(entry.get("uid") or "")):
        yield file.problem("source-uid", name=name)
    if entry.get("access") == "direct":
        yield file.problem("source-direct", name=name)
    for key in SECRETS_IN_THE_OPEN:
        if entry.get(key):
            yield file.problem("secret-in-the-open", name=name, key=key)
    secure = entry.get("secureJsonData")
    for key, value in secure.items() if isinstance(secure, dict) else ():
        if not is_reference(value):
            yield file.problem("secret-in-the-open", name=name, key=f"secureJsonData.{key}")
    yield from _headers(file, name, entry)
    for key in stray_dollars({key: value for key, value in entry.items() if key != "secureJsonData"}):
        yield file.problem("stray-dollar", name=name, key=key)


def _headers(file: File, name: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield names of headers without a value, and values without a name: Grafana sends neither."""
    data, secure = entry.get("jsonData") or {}, entry.get("secureJsonData") or {}
    if not isinstance(data, dict) or not isinstance(secure, dict):
        yield file.problem("source-shape", name=name)
        return
    named = {key.removeprefix("httpHeaderName") for key in data if str(key).startswith("httpHeaderName")}
    valued = {key.removeprefix("httpHeaderValue") for key in secure if str(key).startswith("httpHeaderValue")}
    for number in sorted(named ^ valued):
        yield file.problem("half-a-header", name=name, number=number)


def _together(files: Sequence[File]) -> Iterator[Problem]:
    listed = [(file, entry) for file in files for entry in file.entries]
    for key in ("name", "uid"):
        seen = Counter((entry.get("orgId", 1), str(entry.get(key))) for _, entry in listed if entry.get(key))
        for file, entry in listed:
            if seen[entry.get("orgId", 1), str(entry.get(key))] > 1:
                yield file.problem("source-twice", key=key, value=entry.get(key))
    defaults = Counter(entry.get("orgId", 1) for _, entry in listed if entry.get("isDefault"))
    for file, entry in listed:
        if entry.get("isDefault") and defaults[entry.get("orgId", 1)] > 1:
            yield file.problem("two-defaults", name=entry.get("name"))
