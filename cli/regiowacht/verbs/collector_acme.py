"""The switches of ``collector run`` for a certificate by ACME."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht_collector.gateway.acme.settings import AcmeSettings
    from regiowacht_contract.texts import Lang


def add_acme(parser: ArgumentParser, lang: Lang) -> None:
    """Declare the switches."""
    from regiowacht_collector.gateway.acme.settings import DEFAULT_HTTP

    group = parser.add_argument_group(say("acme.options", lang), say("acme.options-help", lang))
    text = say("acme.option-directory", lang)
    group.add_argument("--gateway-acme", metavar="DIRECTORY_URL", default="", help=text)
    text = say("acme.option-domain", lang)
    group.add_argument("--gateway-acme-domain", metavar="NAME", action="append", default=[], help=text)
    text = say("acme.option-agree-terms", lang)
    group.add_argument("--gateway-acme-agree-terms", action="store_true", help=text)
    for name, shown in (("http", "HOST:PORT"), ("contact", "MAIL"), ("binding", "FILE"), ("ca", "FILE")):
        text = say(f"acme.option-{name}", lang, default=DEFAULT_HTTP)
        group.add_argument(f"--gateway-acme-{name}", metavar=shown, default="", help=text)


def acme_settings(chosen: Namespace) -> AcmeSettings | None:
    """Return who is asked for a certificate; None where nobody is.

    Raises:
        UsageError: the switches contradict each other, or hold what nobody can mean.
    """
    from regiowacht_collector.gateway.acme.settings import DEFAULT_HTTP, AcmeSettings
    from regiowacht_contract.errors import UsageError

    asked = {name: value for name, value in vars(chosen).items() if name.startswith("gateway_acme")}
    if not chosen.gateway_acme:
        if any(asked.values()):
            raise UsageError("acme.no-directory")
        return None
    return AcmeSettings(
        directory=chosen.gateway_acme,
        domains=tuple(name.lower() for name in chosen.gateway_acme_domain),
        http=chosen.gateway_acme_http or DEFAULT_HTTP,
        contact=chosen.gateway_acme_contact,
        agrees=chosen.gateway_acme_agree_terms,
        binding=_path(chosen.gateway_acme_binding),
        authority=_path(chosen.gateway_acme_ca),
    )


def _path(text: str) -> Path | None:
    return Path(text) if text else None
