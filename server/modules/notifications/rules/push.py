"""Where a push may go, what its outcome means, and what it says. No database, no clock, no network."""

import base64
import ipaddress
import re
from collections.abc import Collection
from enum import Enum

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

A_JOB = 500
"""Messages of one job: what a worker that is killed may have sent without noting it. A larger one pays less for the
queue, and keeps a single message waiting longer.
"""

# ---- where a push may go (security.md C-21) ---------------------------------------------------------------------

LONGEST_ENDPOINT = 2_048

# What a browser writes, and nothing else: no user info, no brackets, no escapes in the host, no backslash, no
# fragment, no character a second parser could read in another way.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ENDPOINT = re.compile(rf"(https?)://({_LABEL}(?:\.{_LABEL})*)(?::([1-9][0-9]{{0,4}}))?(/[!$-\[\]-~]*)")
_USUAL_PORTS = {"https": "443", "http": "80"}


def service_of(endpoint: str, services: Collection[str]) -> str | None:
    """The push service (its origin) an endpoint belongs to; None when nothing may be sent there.

    `services` are origins, matched exactly, or `https://*.example.org`, which stands for its subdomains on port 443.
    An IP address, in whatever notation, is nobody's subdomain: it passes only when listed as an origin.
    """
    if len(endpoint) > LONGEST_ENDPOINT or not (parts := _ENDPOINT.fullmatch(endpoint)):
        return None
    scheme, host, port, _ = parts.groups()
    origin = f"{scheme}://{host}" if port in (None, _USUAL_PORTS[scheme]) else f"{scheme}://{host}:{port}"
    if origin in services:
        return origin
    if origin != f"https://{host}" or _is_number(host.rpartition(".")[2]):
        return None
    wildcards = (service.removeprefix("https://*") for service in services if service.startswith("https://*."))
    return origin if any(host.endswith(suffix) for suffix in wildcards) else None


def _is_number(label: str) -> bool:
    """A host that ends so is read as an IPv4 address (WHATWG URL, "ends in a number")."""
    return label.isdigit() or label.startswith("0x")


# Global by registration, but they carry a connection on to an IPv4 address that may be anything.
_RELAYS = [ipaddress.ip_network(n) for n in ("192.88.99.0/24", "2002::/16")]
_UNICAST_6 = ipaddress.ip_network("2000::/3")
_DOCUMENTATION_6 = ipaddress.ip_network("3fff::/20")  # RFC 9637; Python 3.11 does not know it


def may_connect(address: str, *, loopback: bool = False) -> bool:
    """Whether a connection may go to this resolved address: only global ones, or, in a demo, only loopback."""
    ip = ipaddress.ip_address(address)
    if loopback:
        return ip.is_loopback
    if not ip.is_global or ip.is_multicast or ip.is_reserved or any(ip in network for network in _RELAYS):
        return False
    # Leaves out mapped and compatible IPv4 addresses, NAT64, site-local, and whatever is not yet given out.
    return ip.version == 4 or (ip in _UNICAST_6 and ip not in _DOCUMENTATION_6)


# ---- the keys of a subscription (RFC 8291, 2.1 and 3.2) ---------------------------------------------------------


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Where a browser is reached, and the keys so that only it can read what is sent. All three are secrets."""

    endpoint: str
    p256dh: bytes
    auth: bytes


def subscription_of(endpoint: str, p256dh: str, auth: str) -> Subscription | None:
    """The subscription with its keys decoded; None when they are not a point on P-256 and 16 bytes."""
    point, secret = _from_base64url(p256dh), _from_base64url(auth)
    if point is None or secret is None or len(point) != 65 or len(secret) != 16:
        return None
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return None
    return Subscription(endpoint=endpoint, p256dh=point, auth=secret)


def _from_base64url(text: str) -> bytes | None:
    bare = text.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", bare) or len(bare) % 4 == 1 or len(text) - len(bare) > 2:
        return None
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


# ---- what the push service's answer means -----------------------------------------------------------------------


class Outcome(Enum):
    """What is done after an attempt."""

    ACCEPTED = "accepted"
    GONE = "gone"
    PAUSE = "pause"
    RETRY = "retry"
    FAILED = "failed"


_OUTCOMES = {
    200: Outcome.ACCEPTED,
    201: Outcome.ACCEPTED,
    202: Outcome.ACCEPTED,
    404: Outcome.GONE,
    408: Outcome.RETRY,
    410: Outcome.GONE,
    429: Outcome.PAUSE,
}


def outcome_of(status: int | None) -> Outcome:
    """What an HTTP status means; None is no answer at all.

    Whatever is not in the table is ours to repair (400, 413: the message; 401, 403: the VAPID key) or a redirect,
    which is never followed: trying again would not help.
    """
    if status is None or 500 <= status <= 599:
        return Outcome.RETRY
    return _OUTCOMES.get(status, Outcome.FAILED)


_USUAL_PAUSE, _LONGEST_PAUSE = 60, 3_600

RETRIES = (2, 8, 30, 120, 600)
"""Seconds before the second, third … attempt, each with up to half of itself as jitter."""


def next_try(attempts: int, jitter: float, retry_after: int | None = None) -> float | None:
    """Seconds to wait after so many attempts, `jitter` being 0 to 1; None after the last one. A service that says
    itself when (503) is not asked before, unless that is more than an hour away.
    """
    if attempts > len(RETRIES):
        return None
    return max(RETRIES[attempts - 1] * (1 + jitter / 2), min(retry_after or 0, _LONGEST_PAUSE))


def pause_of(retry_after: int | None) -> int:
    """Seconds a push service is left alone: its Retry-After (RFC 9110, 10.2.3), between a second and an hour."""
    return max(1, min(retry_after or _USUAL_PAUSE, _LONGEST_PAUSE))


# ---- what is sent -----------------------------------------------------------------------------------------------


def payload(*, title: str, body: str, language: str, tag: str, navigate: str, message_id: str) -> bytes:
    """A declarative push message (Push API, 3.3): browsers that know the form show it without our worker."""
    return msgspec.json.encode(
        {
            "web_push": 8030,
            "notification": {
                "title": title,
                "body": body,
                "lang": language,
                "tag": tag,
                "navigate": navigate,
                "data": {"message_id": message_id},
            },
        }
    )
