"""Turns whatever ends an order into one sentence for a person."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import josepy.errors
import requests
from acme import errors, messages

from regiowacht_collector.gateway.acme.failed import Failed
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_collector.gateway.acme.authority import Authority
    from regiowacht_collector.gateway.acme.settings import AcmeSettings

ORDER_WITHIN_S = 180.0
RATE_LIMITED = "rateLimited"


@contextmanager
def as_failed(settings: AcmeSettings, authority: Authority | None = None) -> Iterator[None]:
    """Let nothing out of the block but ``Failed``, with how long the authority asks to wait.

    Raises:
        Failed: what happened in the block.
    """
    try:
        yield
    except Failed:
        raise
    except (errors.Error, josepy.errors.Error, Unavailable, OSError, ValueError, KeyError) as error:
        raise _failed(error, settings, authority.retry_s if authority else 0.0) from None


def _failed(error: Exception, settings: AcmeSettings, retry_s: float) -> Failed:
    if isinstance(error, errors.Error | josepy.errors.Error | ValueError | KeyError):
        return _answered(error, settings, retry_s)
    if isinstance(error, requests.exceptions.SSLError):
        return Failed("unreachable", "acme.untrusted", directory=settings.directory, reason=_root(error))
    if isinstance(error, requests.RequestException):
        return Failed("unreachable", "acme.unreachable", directory=settings.directory, reason=_root(error))
    if isinstance(error, Unavailable):
        return Failed("port", _port(error), address=settings.http, reason=error.values.get("reason", ""))
    path, reason = getattr(error, "filename", None), getattr(error, "strerror", None)
    return Failed("disk", "acme.disk", path=path, reason=reason or error)


def _answered(error: Exception, settings: AcmeSettings, retry_s: float) -> Failed:
    """Return what an answer of the authority means."""
    where = settings.directory
    if isinstance(error, errors.ValidationError):
        names = ", ".join(settings.domains)
        return Failed("challenge", "acme.challenge", retry_s, domains=names, reason=_refusals(error))
    if isinstance(error, messages.Error) and error.code == RATE_LIMITED:
        return Failed("rate-limit", "acme.rate-limited", retry_s, directory=where, reason=_said(error))
    if isinstance(error, messages.Error | errors.NonceError | errors.IssuanceError):
        return Failed("refused", "acme.refused", retry_s, directory=where, reason=_said(error))
    if isinstance(error, errors.TimeoutError):
        return Failed("late", "acme.late", directory=where, seconds=round(ORDER_WITHIN_S))
    return Failed("unclear", "acme.unclear", retry_s, directory=where, reason=_unclear(error))


def _port(error: Unavailable) -> str:
    others = {"collector.port-taken": "acme.port-taken", "collector.port-forbidden": "acme.port-forbidden"}
    return others.get(error.key, "acme.port")


def _refusals(error: errors.ValidationError) -> str:
    found = [one.error for failed in error.failed_authzrs for one in failed.body.challenges if one.error is not None]
    return "; ".join(dict.fromkeys(_said(one) for one in found))


def _said(error: Exception) -> str:
    if isinstance(error, errors.IssuanceError):
        error = error.error
    if isinstance(error, messages.Error):
        parts = [error, *(error.subproblems or ())]
        return "; ".join(f"{one.code or one.typ}: {one.detail}" for one in parts)
    return str(error)


def _unclear(error: Exception) -> str:
    """Return what an answer that is no ACME looks like: a portal in between answers with a page of its own."""
    answer = next((one for one in error.args if isinstance(one, requests.Response)), None)
    return f"{type(error).__name__}: {error}" if answer is None else f"HTTP {answer.status_code} {answer.reason}"


def _root(error: BaseException) -> str:
    """Return the cause that lies deepest: what wraps it repeats addresses of objects."""
    found = error
    for _ in range(10):
        inner = getattr(found, "reason", None) or (found.args[0] if found.args else None)
        if not isinstance(inner, BaseException):
            break
        found = inner
    return str(found)
