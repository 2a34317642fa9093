"""The gateway of ``collector run``: its switches, and what it is told of the region."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verbs.collector_acme import acme_settings, add_acme
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht_collector.gateway.joining.roll import Roll
    from regiowacht_collector.gateway.settings import GatewaySettings
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region


def add_gateway(parser: ArgumentParser, lang: Lang) -> None:
    """Declare the switches."""
    from regiowacht_collector.gateway.quotas import Quota
    from regiowacht_collector.gateway.settings import DEFAULT_LISTEN

    quota = Quota()
    group = parser.add_argument_group(say("gateway.options", lang), say("gateway.options-help", lang))
    for name, shown, values in (
        ("listen", "HOST:PORT", {"default": DEFAULT_LISTEN}),
        ("certificate", "FILE", {}),
        ("key", "FILE", {}),
        ("authority", "FILE", {}),
        ("tenant-header", "HEADER", {}),
        ("certificate-header", "HEADER", {}),
    ):
        text = say(f"gateway.option-{name}", lang, **values)
        group.add_argument(f"--gateway-{name}", metavar=shown, default="", help=text)
    for name, shown in (("proxy", "ADDRESS"), ("engine", "URL")):
        text = say(f"gateway.option-{name}", lang)
        group.add_argument(f"--gateway-{name}", metavar=shown, action="append", default=[], help=text)
    text = say("gateway.option-no-own-engine", lang)
    group.add_argument("--gateway-no-own-engine", action="store_true", help=text)
    for name, default in (("samples-per-second", quota.samples_a_second), ("series", quota.series)):
        text = say(f"gateway.option-{name}", lang, default=default)
        group.add_argument(f"--gateway-{name}", metavar="N", type=int, default=default, help=text)
    add_acme(parser, lang)


def gateway_settings(chosen: Namespace, region: Region) -> GatewaySettings | None:
    """Return how the gateway runs; None where nobody asks for one: no switch, and no server that pushes.

    Raises:
        UsageError: the switches contradict each other.
    """
    from regiowacht_collector.gateway.engines import EngineAddress
    from regiowacht_collector.gateway.quotas import Quota
    from regiowacht_collector.gateway.settings import DEFAULT_LISTEN, GatewaySettings

    pushes = any(asset.push is not None for asset in region.assets)
    asked = (
        chosen.gateway_listen,
        chosen.gateway_certificate,
        chosen.gateway_acme,
        chosen.gateway_proxy,
        chosen.gateway_engine,
    )
    if not pushes and not any(asked):
        return None
    return GatewaySettings(
        listen=chosen.gateway_listen or DEFAULT_LISTEN,
        certificate=_path(chosen.gateway_certificate),
        key=_path(chosen.gateway_key),
        authority=_path(chosen.gateway_authority),
        acme=acme_settings(chosen),
        proxies=tuple(chosen.gateway_proxy),
        certificate_header=chosen.gateway_certificate_header,
        engines=tuple(EngineAddress(url, chosen.gateway_tenant_header) for url in chosen.gateway_engine),
        own_engine=not chosen.gateway_no_own_engine,
        quota=Quota(samples_a_second=chosen.gateway_samples_per_second, series=chosen.gateway_series),
    )


def roll_of(region: Region) -> Roll:
    """Return who may write, and the configuration of every server that has an agent."""
    from regiowacht_agent.render import bundles
    from regiowacht_collector.gateway.joining.roll import Roll

    return Roll(
        tenants={gemeente.gemeente: gemeente.id for gemeente in region.gemeenten},
        bundles={(asset.gemeente, asset.name): content for asset, content in bundles(region)},
    )


def _path(text: str) -> Path | None:
    return Path(text) if text else None
