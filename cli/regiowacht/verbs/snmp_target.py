"""The device that a person names on the command line, and the secrets that they let be read or type in."""

from __future__ import annotations

import getpass
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_agent.snmp.credential import AUTH_PROTOCOLS, PRIV_PROTOCOLS, Community, User
from regiowacht_agent.snmp.session import PORT, Target
from regiowacht_agent.snmp.settings import HOST, VERSIONS
from regiowacht_contract.errors import Unreachable, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from regiowacht.console import Console
    from regiowacht_agent.snmp.credential import Credential
    from regiowacht_contract.texts import Lang

PUBLIC = "public"
"""The one community that may stand on a command line: it is no secret."""

REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+")
WITH_PORT = re.compile(r"(?:\[(?P<six>[^\[\]]+)\]|(?P<four>[^\[\]:]+)):(?P<port>[0-9]{1,5})")
"""A host with a port behind it; an IPv6 address has more colons than one, or stands in brackets."""

BY_COMMUNITY = ("community",)
BY_USER = ("user", "auth", "auth_secret", "priv", "priv_secret", "context")


def add_target(parser: ArgumentParser, lang: Lang) -> None:
    """Declare ``HOST`` and how it is asked."""

    def option(name: str, metavar: str, kind: type = str, default: object = None) -> None:
        text = say(f"snmp.option-{name}", lang)
        parser.add_argument(f"--{name}", metavar=metavar, type=kind, default=default, help=text)

    def protocol(name: str, known: Sequence[str]) -> None:
        text = say(f"snmp.option-{name}", lang, choices=", ".join(known))
        parser.add_argument(f"--{name}", metavar="PROTO", choices=known, help=text)

    parser.add_argument("host", metavar="HOST", help=say("snmp.option-host", lang))
    option("port", "N", int, PORT)
    parser.add_argument("--version", choices=VERSIONS, help=say("snmp.option-version", lang))
    option("community", "C")
    option("user", "NAME")
    protocol("auth", AUTH_PROTOCOLS)
    option("auth-secret", "REF")
    protocol("priv", PRIV_PROTOCOLS)
    option("priv-secret", "REF")
    option("context", "NAME")
    option("timeout", "S", float, 2.0)
    option("retries", "N", int, 2)
    option("window", "N", int, 2)


def target_of(arguments: Namespace, console: Console) -> Target:
    """Return the device, its secrets read or asked for.

    Raises:
        UsageError: the options do not go together.
        Unreachable: a secret cannot be read.
    """
    if told := WITH_PORT.fullmatch(arguments.host):
        host = told["six"] or told["four"]
        raise UsageError("snmp.host-port", value=arguments.host, host=host, port=told["port"])
    host = arguments.host.removeprefix("[").removesuffix("]")
    if not HOST.fullmatch(host):
        raise UsageError("snmp.bad-host", value=arguments.host)
    for name, low, high in (("port", 1, 65535), ("timeout", 0.1, 60), ("retries", 0, 10), ("window", 1, 8)):
        value = getattr(arguments, name)
        if not low <= value <= high:
            raise UsageError("snmp.bad-number", option=f"--{name}", low=low, high=high, value=value)
    return Target(
        host=host,
        credential=credential_of(arguments, console),
        port=arguments.port,
        timeout_s=arguments.timeout,
        retries=arguments.retries,
        window=arguments.window,
    )


def credential_of(arguments: Namespace, console: Console) -> Credential:
    """Return how the options say that a device is asked, its secrets read or asked for.

    Raises:
        UsageError: the options do not go together.
        Unreachable: a secret cannot be read.
    """
    version = arguments.version or ("3" if arguments.user else "2c")
    for name in BY_COMMUNITY if version == "3" else BY_USER:
        if getattr(arguments, name):
            raise UsageError("snmp.other-version", option=_option(name), version=version)
    if version == "3":
        return _user(arguments, console)
    prompt = say("snmp.prompt-community", console.lang)
    told = arguments.community
    secret = PUBLIC if told == PUBLIC else _secret(told, "--community", prompt)
    return Community("1" if version == "1" else "2c", secret.encode())


def _user(arguments: Namespace, console: Console) -> User:
    if not arguments.user:
        raise UsageError("snmp.needs-user")
    if arguments.priv and not arguments.auth:
        raise UsageError("snmp.priv-alone")
    secrets = {"auth": b"", "priv": b""}
    for name in secrets:
        protocol, reference = getattr(arguments, name), getattr(arguments, f"{name}_secret")
        if reference and not protocol:
            raise UsageError("snmp.secret-alone", option=f"--{name}-secret", other=f"--{name}")
        if protocol:
            prompt = say(f"snmp.prompt-{name}", console.lang, protocol=protocol)
            secrets[name] = _secret(reference, f"--{name}-secret", prompt).encode()
    return User(
        arguments.user,
        arguments.auth or "",
        secrets["auth"],
        arguments.priv or "",
        secrets["priv"],
        arguments.context or "",
    )


def _secret(reference: str | None, option: str, prompt: str) -> str:
    """Return the secret behind a reference, or what a person types.

    Raises:
        UsageError: it is no reference; what may be the secret itself is never shown.
        Unreachable: it cannot be read.
    """
    from regiowacht_agent.polls.outcome import Failed
    from regiowacht_agent.polls.secret import read_secret

    if reference is None:
        return _typed(option, prompt)
    if not REFERENCE.fullmatch(reference):
        raise UsageError("snmp.bad-reference", option=option)
    kind, _, place = reference.partition(":")
    try:
        return read_secret(f"file:{Path(place).absolute()}" if kind == "file" else reference)
    except Failed as failed:
        raise Unreachable("snmp.failed-secret", detail=failed.detail) from None


def _typed(option: str, prompt: str) -> str:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("snmp.needs-secret", option=option)
    try:
        typed = getpass.getpass(prompt)
    except EOFError:
        typed = ""
    if not typed:
        raise UsageError("snmp.empty-secret", option=option)
    return typed


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
