"""What tests of SNMP share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agent.snmp import snmpd as net_snmp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.agent.snmp.snmpd import Snmpd


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    """Return a real snmpd that a module's tests share; it is not to be stopped or killed."""
    with net_snmp.snmpd(tmp_path_factory.mktemp("snmpd")) as device:
        yield device
