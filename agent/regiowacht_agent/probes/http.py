"""Asks a web page: what status, what body, how fast, and until when its certificate holds."""

from __future__ import annotations

from regiowacht_agent.polls.http_get import Journey, get
from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.polls.url import follow, parse_url
from regiowacht_agent.version import version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.polls.http_get import Reply
    from regiowacht_agent.polls.network import Deadline
    from regiowacht_agent.polls.settings import Probe
    from regiowacht_agent.polls.tls import Tls
    from regiowacht_agent.polls.url import Url
    from regiowacht_agent.probes.found import Found
    from regiowacht_agent.probes.runner import Ask

FAMILIES = ("probe_http", "probe_ssl")
PHASES = ("resolve", "connect", "tls", "processing", "transfer")
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REDIRECTS_MAX = 10
BODY_MAX_BYTES = 1_000_000
"""Of a longer body the beginning is looked at."""


def make(wanted: Probe) -> Ask:
    """Return the probe of a URL."""
    return _Http(wanted)


class _Http:
    def __init__(self, wanted: Probe) -> None:
        self._wanted = wanted
        self._tls: Tls | None = None

    def __call__(self, deadline: Deadline, found: Found) -> None:
        """Ask, follow redirects, and look at the last answer."""
        url = parse_url(self._wanted.target)
        if url is None:
            raise Failed("protocol", f"{self._wanted.target} is no URL")
        journey = Journey()
        found.tell("probe_http_status_code", 0)
        found.tell("probe_failed_due_to_regex", 0)
        redirects = 0
        try:
            while True:
                found.tell("probe_http_ssl", int(url.scheme == "https"))
                found.tell("probe_http_redirects", redirects)
                reply = self._get(url, deadline, journey, found)
                location = reply.fields.get("location", "")
                if not (self._wanted.redirects and location and reply.code in REDIRECTS):
                    break
                url, redirects = _next(url, location, redirects), redirects + 1
        finally:
            for phase in PHASES:
                found.tell("probe_http_duration_seconds", round(journey.phases.get(phase, 0.0), 6), phase)
            if journey.address is not None:
                found.tell_address(journey.address, journey.phases.get("resolve", 0.0))
        self._judge(reply, found)

    def _get(self, url: Url, deadline: Deadline, journey: Journey, found: Found) -> Reply:
        if url.scheme == "https" and self._tls is None:
            from regiowacht_agent.polls.tls import Tls  # noqa: PLC0415 - ssl takes megabytes

            self._tls = Tls(self._wanted.ca)
        tls = self._tls if url.scheme == "https" else None
        fields = {"User-Agent": f"regiowacht-agent/{version()}", "Accept": "*/*"}
        try:
            return get(url, deadline, journey, fields, BODY_MAX_BYTES, tls)
        finally:
            agreed = tls.agreed if tls is not None else None
            if agreed is not None:
                found.tell("probe_tls_version_info", 1, agreed.version)
                if agreed.expiry is not None:
                    found.tell("probe_ssl_earliest_cert_expiry", agreed.expiry)

    def _judge(self, reply: Reply, found: Found) -> None:
        found.tell("probe_http_status_code", reply.code)
        found.tell("probe_http_version", float(reply.version))
        found.tell("probe_http_content_length", reply.length)
        found.tell("probe_http_uncompressed_body_length", len(reply.body))
        wanted = self._wanted.status
        if reply.code not in wanted if wanted else not 200 <= reply.code < 300:
            raise Failed("status", f"status {reply.code}")
        if self._wanted.contains.encode() not in reply.body:
            found.tell("probe_failed_due_to_regex", 1)
            raise Failed("body", f"the page does not hold {self._wanted.contains!r}")


def _next(url: Url, location: str, redirects: int) -> Url:
    if redirects >= REDIRECTS_MAX:
        raise Failed("redirects", f"more than {REDIRECTS_MAX} redirects")
    target = follow(url, location)
    if target is None:
        raise Failed("redirects", "it redirects to what is no web page")
    return target
