"""Orders one certificate (RFC 8555, section 7) and proves over HTTP-01 that its names are ours."""

from __future__ import annotations

import datetime
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING

from acme import challenges, crypto_util, messages
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.jwk import JWKEC

from regiowacht_collector.gateway.acme.answering import answering
from regiowacht_collector.gateway.acme.authority import Authority
from regiowacht_collector.gateway.acme.failed import Failed
from regiowacht_collector.gateway.acme.keeping import pem_of
from regiowacht_collector.gateway.acme.reasons import ORDER_WITHIN_S, as_failed

if TYPE_CHECKING:
    from acme.client import ClientV2
    from acme.messages import AuthorizationResource, OrderResource

    from regiowacht_collector.gateway.acme.keeping import Keeping
    from regiowacht_collector.gateway.acme.settings import AcmeSettings


def order(settings: AcmeSettings, keeping: Keeping) -> None:
    """Get a new certificate with a new key, and keep it.

    Raises:
        Failed: there is none, and why.
    """
    with as_failed(settings):
        # An order that ends on a full disk is one of the few that an authority allows in a week.
        keeping.check_room()
        account = JWKEC(key=keeping.account_key())
    with closing(Authority(settings, account)) as authority, as_failed(settings, authority):
        orders = authority.sign_in()
        key = ec.generate_private_key(ec.SECP256R1())
        ordered = orders.new_order(crypto_util.make_csr(pem_of(key), list(settings.domains)))
        done = _prove(orders, ordered, settings, account)
        keeping.keep(settings.directory, done.fullchain_pem, key)


def _prove(orders: ClientV2, ordered: OrderResource, settings: AcmeSettings, account: JWKEC) -> OrderResource:
    """Show that the names are ours, and return the order with its certificate."""
    deadline = datetime.datetime.now() + datetime.timedelta(seconds=ORDER_WITHIN_S)  # noqa: DTZ005 - the library's own
    asked = [_http(one) for one in ordered.authorizations if one.body.status == messages.STATUS_PENDING]
    answers = {one.chall.encode("token"): one.chall.validation(account) for one in asked}
    with answering(settings.address, answers) if asked else nullcontext():
        for one in asked:
            orders.answer_challenge(one, one.chall.response(account))
        proven = orders.poll_authorizations(ordered, deadline)
    return orders.finalize_order(proven, deadline)


def _http(authorization: AuthorizationResource) -> messages.ChallengeBody:
    for one in authorization.body.challenges:
        if isinstance(one.chall, challenges.HTTP01):
            return one
    raise Failed("refused", "acme.no-http", domain=authorization.body.identifier.value)
