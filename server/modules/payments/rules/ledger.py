"""Double entry: what comes in on one account stands as owed on another, and each transaction sums to 0.

An amount above 0 is a debit (we hold it), below 0 a credit (we owe it). The accounts:

    held:<source>     money at a bank, at a gateway, in the drawer of a desk
    owed:<payee>      collected for a payee
    owed-back         paid twice or too much: belongs to whoever paid
    unknown           came in and nobody knows for what yet
"""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    PAYMENT = "payment"
    SURPLUS = "surplus"
    UNKNOWN = "unknown"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    """What nobody could match went back to where it came from, or never came."""
    REFUND = "refund"


class Line(NamedTuple):
    account: str
    amount: int


def held(source: str) -> str:
    return f"held:{source}"


def owed(payee: str) -> str:
    return f"owed:{payee}"


OWED_BACK, UNKNOWN = "owed-back", "unknown"


def lines(kind: Kind, amount: int, *, source: str, payee: str) -> list[Line]:
    """The two sides of a transaction. For a refund, `payee` is the account it was owed to: empty for a surplus."""
    here, there = held(source), owed(payee) if payee else OWED_BACK
    match kind:
        case Kind.PAYMENT:
            return [Line(here, amount), Line(there, -amount)]
        case Kind.SURPLUS:
            return [Line(here, amount), Line(OWED_BACK, -amount)]
        case Kind.UNKNOWN:
            return [Line(here, amount), Line(UNKNOWN, -amount)]
        case Kind.ASSIGNED:
            return [Line(UNKNOWN, amount), Line(there, -amount)]
        case Kind.RETURNED:
            return [Line(UNKNOWN, amount), Line(here, -amount)]
        case Kind.REFUND:
            return [Line(there, amount), Line(here, -amount)]


def balanced(entries: list[Line]) -> bool:
    return len(entries) >= 2 and sum(it.amount for it in entries) == 0 and all(it.amount for it in entries)
