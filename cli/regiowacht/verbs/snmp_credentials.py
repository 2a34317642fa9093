"""Several SNMP credentials by name: those of the command line, or those of a region folder."""

from __future__ import annotations

import re
from argparse import Namespace
from typing import TYPE_CHECKING

from regiowacht.verbs.snmp_target import PUBLIC, REFERENCE, credential_of
from regiowacht_agent.snmp.credential import AUTH_PROTOCOLS, PRIV_PROTOCOLS
from regiowacht_agent.snmp.settings import VERSIONS
from regiowacht_contract.errors import UsageError
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht.console import Console
    from regiowacht_agent.snmp.discover import Named
    from regiowacht_inventory import Credential as Declared
    from regiowacht_inventory import Region

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
KEYS = ("version", "community", "user", "auth", "auth-secret", "priv", "priv-secret", "context")
CHOICES = {"version": VERSIONS, "auth": AUTH_PROTOCOLS, "priv": PRIV_PROTOCOLS}


def named(words: Sequence[str], console: Console) -> list[Named]:
    """Return the credentials of ``NAME=REF`` and ``NAME=KEY=VALUE,…``, their secrets read.

    Raises:
        UsageError: one is not written so; what may be a secret is never shown.
        Unreachable: a secret cannot be read.
    """
    from regiowacht_agent.snmp.discover import Named

    found: dict[str, Named] = {}
    for word in words:
        name, _, told = word.partition("=")
        if not NAME.fullmatch(name) or not told:
            raise UsageError("discover.bad-credential")
        if name in found:
            raise UsageError("discover.credential-twice", name=name)
        found[name] = Named(name, credential_of(_arguments(name, told), console))
    return list(found.values())


def of_region(region: Region, gemeente: str, console: Console) -> list[Named]:
    """Return the region's SNMP credentials, or those that a gemeente's devices name; those named most come first.

    Raises:
        UsageError: there is no such gemeente, or nothing to ask with.
        Unreachable: a secret cannot be read here.
    """
    from regiowacht_agent.snmp.discover import Named

    names = list(_names(region, gemeente))
    if not names:
        raise UsageError("discover.no-credentials")
    return [Named(name, credential_of(_declared(region.credentials[name]), console)) for name in names]


def _names(region: Region, gemeente: str) -> Iterator[str]:
    known = {one.gemeente: one for one in region.gemeenten}
    if gemeente and gemeente not in known:
        near = nearest(gemeente, known) or ", ".join(known)
        raise UsageError("discover.no-gemeente", value=gemeente, nearest=near)
    chosen = [known[gemeente]] if gemeente else known.values()
    used = [device.snmp for one in chosen for device in one.devices if device.snmp]
    declared = [name for name, one in region.credentials.items() if one.is_snmp]
    often = sorted(dict.fromkeys(used), key=lambda name: -used.count(name))
    yield from often or declared


def _declared(told: Declared) -> Namespace:
    return Namespace(
        version=told.version,
        community=told.community,
        user=told.user,
        auth=told.auth.protocol if told.auth else None,
        auth_secret=told.auth.secret if told.auth else None,
        priv=told.priv.protocol if told.priv else None,
        priv_secret=told.priv.secret if told.priv else None,
        context=None,
    )


def _arguments(name: str, told: str) -> Namespace:
    """Return what ``--version``, ``--community`` and so on would have said."""
    given: dict[str, str | None] = dict.fromkeys((key.replace("-", "_") for key in KEYS), None)
    if told == PUBLIC or REFERENCE.fullmatch(told):
        return Namespace(**{**given, "community": told})
    for part in told.split(","):
        key, _, value = part.partition("=")
        if key not in KEYS or not value:
            raise UsageError("discover.bad-credential-key", name=name, keys=", ".join(KEYS))
        if value not in CHOICES.get(key, (value,)):
            raise UsageError("discover.bad-credential-value", name=name, key=key, known=", ".join(CHOICES[key]))
        given[key.replace("-", "_")] = value
    return Namespace(**given)
