"""``regiowacht snmp identify --dump``: the report for whoever adds a family of devices."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.progress import Progress
from regiowacht.verbs.snmp_said import unreachable
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND, Unavailable

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from regiowacht.console import Console
    from regiowacht_agent.snmp.credential import Credential
    from regiowacht_agent.snmp.dump import Dump
    from regiowacht_agent.snmp.scrub import Scrubber
    from regiowacht_agent.snmp.session import Target

STDOUT = "-"


def write_dump(target: Target, arguments: Namespace, console: Console) -> int:
    """Write all that a device shows, without what tells whose it is; return 1 where it is not all."""
    from regiowacht_agent.snmp.dump import dump
    from regiowacht_agent.snmp.scrub import Scrubber

    try:
        with Progress(console, "snmp.still-reading", host=target.host, engine="fast"):
            told = dump(target)
    except SnmpFailed as failed:
        raise unreachable(failed, target) from None
    scrubber = Scrubber(told.objects, secrets_of(target.credential), keeps_serials=arguments.keep_serials)
    body = list(scrubber.lines(told.objects))
    text = "\n".join([*head(told, scrubber), *body, ""])
    if arguments.dump == STDOUT:
        console.write(text)
    else:
        _write(Path(arguments.dump), text)
    removed = ", ".join(f"{count} {what}" for what, count in sorted(scrubber.removed.items())) or "-"
    console.tell("dump.removed", objects=len(body), removed=removed)
    console.tell("dump.look-first", file=arguments.dump)
    if told.cut:
        console.tell("dump.cut", reason=told.cut)
    return EXIT_FOUND if told.cut else EXIT_FINE


def secrets_of(credential: Credential) -> Iterator[str]:
    """Yield what a device was asked with, so that it does not stand in what it says."""
    if isinstance(credential, Community):
        yield credential.community.decode("utf-8", "replace")
    else:
        yield from (credential.name, credential.context)
        yield from (secret.decode("utf-8", "replace") for secret in (credential.auth_secret, credential.priv_secret))


def head(told: Dump, scrubber: Scrubber) -> Iterator[str]:
    """Yield what a reader has to know, as comments."""
    yield "# regiowacht snmp identify --dump: NAME|TAG|VALUE, TAG as in BER, with x for octets in hexadecimal"
    removed = ", ".join(f"{what} {count}" for what, count in sorted(scrubber.removed.items()))
    yield f"# objects: {len(told.objects)}; not all of them: {told.cut or 'no'}; replaced: {removed or 'nothing'}"


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner may read.

    Raises:
        Unavailable: it cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Unavailable("cli.cannot-write", reason=f"{path}: {error.strerror}") from None
