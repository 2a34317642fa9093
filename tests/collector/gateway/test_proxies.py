"""Who stands behind a proxy is believed of a proxy, and of nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_collector.gateway.proxies import behind, proxies
from tests.collector.gateway import own_loop

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

TRUSTED = ("10.0.0.0/24", "fd00::1")


def seen(client: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """Return the request as the application sees it."""
    found: dict[str, Any] = {}

    async def application(scope: Scope, _receive: Receive, _send: Send) -> None:
        found.update(scope)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        pass

    scope = {"type": "http", "scheme": "http", "client": (client, 5), "headers": list(headers)}
    own_loop.run(behind(application, TRUSTED)(scope, receive, send))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("client", "told", "is_seen"),
    [
        ("10.0.0.7", b"192.0.2.1", "192.0.2.1"),
        ("fd00::1", b"192.0.2.1", "192.0.2.1"),
        ("10.0.0.7", b"192.0.2.9, 192.0.2.1, 10.0.0.8", "192.0.2.1"),
        ("192.0.2.66", b"192.0.2.1", "192.0.2.66"),
        ("10.0.1.7", b"192.0.2.1", "10.0.1.7"),
    ],
)
def test_the_last_that_no_proxy_is_is_the_client(client: str, told: bytes, is_seen: str) -> None:
    assert seen(client, (b"x-forwarded-for", told))["client"][0] == is_seen


def test_what_only_a_proxy_may_say_is_thrown_away_of_others() -> None:
    said = [(b"client-cert", b"x"), (b"x-forwarded-proto", b"https"), (b"forwarded", b"for=1"), (b"accept", b"*/*")]
    assert seen("192.0.2.66", *said)["headers"] == [(b"accept", b"*/*")]
    assert seen("10.0.0.7", *said)["headers"] == said


def test_what_is_no_address_is_no_proxy() -> None:
    assert [proxies(TRUSTED)(text) for text in ("10.0.0.200", "fd00::1", "10.0.1.0", "", "proxy")] == [
        True, True, False, False, False,
    ]  # fmt: skip
