"""A service that asks an authority for its certificate may answer the authority at port 80."""

from __future__ import annotations

from pathlib import Path

import pytest

from regiowacht.services.units import collector_dropins
from regiowacht_collector.gateway.acme.settings import AcmeSettings
from regiowacht_collector.gateway.settings import GatewaySettings

ACME = AcmeSettings("https://acme.example/directory", ("regiowacht.example",), agrees=True)
PEM, KEY = Path("/etc/ssl/gateway.pem"), Path("/etc/ssl/gateway.key")


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (GatewaySettings(listen="0.0.0.0:9781", certificate=PEM, key=KEY), False),
        (GatewaySettings(listen="0.0.0.0:443", certificate=PEM, key=KEY), True),
        (GatewaySettings(listen="0.0.0.0:9781", acme=ACME), True),
    ],
    ids=["files", "443", "acme"],
)
def test_a_low_port_takes_a_right(settings: GatewaySettings, *, wanted: bool) -> None:
    names = collector_dropins([], ports=settings.ports)
    assert any(name.endswith("low-port.conf") for name in names) == wanted
