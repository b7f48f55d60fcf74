"""The words of a payment's confirmation that a phone can check without a line: signed, one QR.

    XN1|<code>|<amount>|<when, by the clock here>|<payee>|<signature>

The signature is ECDSA P-256 with SHA-256 over everything before its bar, 64 raw bytes as base64url: what browsers
verify.
"""

from datetime import datetime
from typing import NamedTuple

from server.core.clock import HERE

KIND = "XN1"
_INSTANT = "%Y-%m-%d %H:%M"


class Confirmed(NamedTuple):
    """What is confirmed: nothing about a person."""

    code: str
    amount: int
    paid_at: datetime
    payee: str


def text_of(it: Confirmed) -> str:
    """What is signed."""
    when = it.paid_at.astimezone(HERE).strftime(_INSTANT)
    return "|".join([KIND, it.code, str(it.amount), when, it.payee.replace("|", " ")])
