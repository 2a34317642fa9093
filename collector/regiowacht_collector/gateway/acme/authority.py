"""Speaks to the authority with certbot's library, and signs in there (RFC 8555, sections 6 and 7.3)."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import josepy.errors
from acme import client, errors, messages
from josepy.jwa import ES256

from regiowacht_collector.gateway.acme.failed import Failed

if TYPE_CHECKING:
    import requests
    from acme.client import ClientV2
    from josepy.jwk import JWK

    from regiowacht_collector.gateway.acme.settings import AcmeSettings

ANSWER_WITHIN_S = 30
LONGEST_RETRY_S = 86_400.0
AGENT = "regiowacht"


class Authority:
    """Who gives certificates.

    Attributes:
        retry_s: how long its last refusal asks to wait (``Retry-After``, RFC 8555, section 6.6), in seconds, a day at
            most; 0 where it did not say.

    Raises:
        OSError: the file with who vouches for its server is not there.
        requests.RequestException: it cannot be reached.
        acme.errors.Error: it answers something else.
    """

    def __init__(self, settings: AcmeSettings, account: JWK) -> None:
        self.retry_s = 0.0
        self._settings, self._key = settings, account
        self._network = client.ClientNetwork(account, alg=ES256, user_agent=AGENT, timeout=ANSWER_WITHIN_S)
        self._network.session.hooks["response"].append(self._note)
        if settings.authority is not None:
            # The library hands it on to requests as ``verify``, which takes the path of an authority as well.
            self._network.verify_ssl = str(settings.authority)  # type: ignore[assignment]

    def sign_in(self) -> ClientV2:
        """Open an account, or find the one of this key, and return who orders go to.

        Raises:
            Failed: its terms were not agreed to, or it does not know whose customer we are.
        """
        directory = client.ClientV2.get_directory(self._settings.directory, self._network)
        self._agree(directory.meta.terms_of_service)
        orders = client.ClientV2(directory, self._network)
        try:
            orders.new_account(self._account(directory))
        except errors.ConflictError as error:
            known = messages.RegistrationResource(uri=error.location, body=messages.Registration())
            orders.query_registration(known)
        return orders

    def close(self) -> None:
        """Hang up."""
        self._network.session.close()

    def _agree(self, terms: str | None) -> None:
        if terms and not self._settings.agrees:
            raise Failed("terms", "acme.terms", directory=self._settings.directory, terms=terms)

    def _account(self, directory: messages.Directory) -> messages.NewRegistration:
        return messages.NewRegistration(
            contact=(f"mailto:{self._settings.contact}",) if self._settings.contact else (),
            terms_of_service_agreed=self._settings.agrees or None,
            external_account_binding=self._binding(directory),
        )

    def _binding(self, directory: messages.Directory) -> dict[str, Any] | None:
        """Return what ties the account to a customer of the authority (RFC 8555, section 7.3.4)."""
        path = self._settings.binding
        if path is None:
            if directory.meta.external_account_required:
                raise Failed("binding", "acme.no-binding", directory=self._settings.directory)
            return None
        words = path.read_text(encoding="utf-8", errors="replace").split()
        try:
            identifier, secret = words
            return messages.ExternalAccountBinding.from_data(self._key.public_key(), identifier, secret, directory)
        except (ValueError, josepy.errors.Error):
            raise Failed("binding", "acme.bad-binding", path=path) from None

    def _note(self, response: requests.Response, *_: object, **__: object) -> None:
        if not response.ok:
            self.retry_s = retry_s(response.headers.get("Retry-After", ""), time.time())


def retry_s(said: str, now_s: float) -> float:
    """Return how many seconds ``Retry-After`` asks for (RFC 9110, section 10.2.3), 0 where it makes no sense."""
    try:
        wanted = float(int(said)) if said.strip().isdecimal() else parsedate_to_datetime(said).timestamp() - now_s
    except (ValueError, OverflowError):
        return 0.0
    return min(max(wanted, 0.0), LONGEST_RETRY_S)
