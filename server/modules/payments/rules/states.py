"""How a charge, an attempt to pay it and a refund may move."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Purpose(StrEnum):
    """What a charge is for. Fines, land and taxes are paid on their own systems."""

    DOSSIER_FEE = "dossier-fee"
    TUITION = "tuition"
    HOSPITAL = "hospital"
    UTILITY = "utility"


class Exemption(StrEnum):
    """Why nothing is to be paid: a reason code, not free text."""

    MERIT = "merit"
    POOR = "poor"
    DISABILITY = "disability"
    CHILD = "child"
    ELDERLY = "elderly"
    COUNCIL = "council"
    """The province's council set the fee to 0 (online, say)."""


class ChargeState(StrEnum):
    DUE = "due"
    PAID = "paid"
    EXEMPT = "exempt"
    CANCELLED = "cancelled"


class Way(StrEnum):
    VIETQR = "vietqr"
    VNPAY = "vnpay"
    PORTAL = "portal"
    """The state's payment platform, for what a dossier costs: it is led to, and its money comes by the bank."""
    CASH = "cash"


class AttemptState(StrEnum):
    BEGUN = "begun"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class RefundState(StrEnum):
    REQUESTED = "requested"
    SENDING = "sending"
    """It was decided to give it; the gateway that has the money is asked to."""
    DONE = "done"
    REFUSED = "refused"


class RefundReason(StrEnum):
    """`SURPLUS`: more was paid than was due; asked for by the system itself, and by people once that was refused."""

    SURPLUS = "surplus"
    WRONG = "wrong-charge"
    WITHDRAWN = "withdrawn"
    OTHER = "other"


_CHARGE = {
    ChargeState.DUE: {ChargeState.PAID, ChargeState.CANCELLED},
    ChargeState.PAID: set[ChargeState](),
    ChargeState.EXEMPT: set[ChargeState](),
    # Money that comes for a charge that was withdrawn is not lost: it is a surplus, and the charge stays withdrawn.
    ChargeState.CANCELLED: set[ChargeState](),
}

_ATTEMPT = {
    AttemptState.BEGUN: {
        AttemptState.SUCCEEDED,
        AttemptState.FAILED,
        AttemptState.EXPIRED,
        AttemptState.CANCELLED,
    },
    # Money that moved counts, whatever was said before: late, or after a refusal that came first.
    AttemptState.FAILED: {AttemptState.SUCCEEDED},
    AttemptState.EXPIRED: {AttemptState.SUCCEEDED, AttemptState.FAILED},
    AttemptState.CANCELLED: {AttemptState.SUCCEEDED, AttemptState.FAILED},
    AttemptState.SUCCEEDED: set[AttemptState](),
}

_REFUND = {
    RefundState.REQUESTED: {RefundState.SENDING, RefundState.DONE, RefundState.REFUSED},
    # What the gateway does not give is for people again.
    RefundState.SENDING: {RefundState.DONE, RefundState.REQUESTED},
    RefundState.DONE: set[RefundState](),
    RefundState.REFUSED: set[RefundState](),
}


def charge_may(here: ChargeState, there: ChargeState) -> bool:
    return there in _CHARGE[here]


def attempt_may(here: AttemptState, there: AttemptState) -> bool:
    return there in _ATTEMPT[here]


def refund_may(here: RefundState, there: RefundState) -> bool:
    return there in _REFUND[here]


UNCERTAIN = (AttemptState.BEGUN, AttemptState.EXPIRED, AttemptState.CANCELLED)
"""Nobody who must know has said what became of it: money may still come."""

BY_BANK = (Way.VIETQR, Way.PORTAL)
"""The ways whose money the bank's statement tells of, and nobody else."""

LASTS = {Way.VNPAY: timedelta(minutes=15), Way.VIETQR: timedelta(hours=24), Way.PORTAL: timedelta(hours=24)}
"""How long an attempt waits for money before it expires by itself."""

PROMISED = timedelta(minutes=15)
"""By when we know for sure, once somebody's bank has said that it is paid."""

ASKED_FOR = timedelta(days=1)
"""So long the gateway is asked again and again what became of an order."""


class Standing(StrEnum):
    """Where a charge stands for whoever pays it."""

    DUE = "due"
    PAYING = "paying"
    CONFIRMING = "confirming"
    """The bank says paid, the office was not told yet."""
    PAID = "paid"
    EXEMPT = "exempt"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


def standing(state: ChargeState, *, trying: bool, unsure: bool, paid: int, refunded: int, refunding: bool) -> Standing:
    """`trying`: an attempt has begun; `unsure`: it may be paid without our knowing. `paid` counts everything that came
    in.
    """
    # What is still due is due, whatever else goes back: a surplus, say, of another amount.
    if refunding and state is not ChargeState.DUE:
        return Standing.REFUNDING
    if state is ChargeState.PAID:
        return Standing.REFUNDED if refunded >= paid > 0 else Standing.PAID
    if state is not ChargeState.DUE:
        return Standing(state.value)
    if unsure:
        return Standing.CONFIRMING
    return Standing.PAYING if trying else Standing.DUE


def promised_at(claimed_at: datetime) -> datetime:
    return claimed_at + PROMISED


class Tried(NamedTuple):
    """What is known of an attempt that has brought no money yet. `asked_at`: when the gateway was asked last."""

    way: Way
    state: AttemptState
    begun_at: datetime
    expires_at: datetime
    claimed_at: datetime | None
    asked_at: datetime | None
    ended_at: datetime | None


def is_over(it: Tried, now: datetime, *, asks: bool) -> bool:
    """Whether an attempt that has begun ends by itself, for whoever pays to begin again.

    Its time may be over, and its money be on its way: what somebody's bank has called paid waits until the gateway has
    been asked long enough, and what nobody has said anything of until it was asked once (`asks`: it can be).
    """
    if now < it.expires_at:
        return False
    if it.claimed_at and now < promised_at(it.claimed_at):
        return False
    if it.way is not Way.VNPAY or now >= it.begun_at + ASKED_FOR:
        return True
    if it.claimed_at:
        return False
    return not asks or is_answered(it) or now >= promised_at(it.expires_at)


def is_answered(it: Tried) -> bool:
    """Whether the gateway was asked when nobody could pay this order any more."""
    return it.asked_at is not None and it.asked_at >= it.expires_at


def unsure_since(it: Tried, now: datetime) -> datetime | None:
    """Since when it may be paid without our knowing: whoever pays must not be led to pay again. None: it is not."""
    if it.state is AttemptState.BEGUN:
        return it.claimed_at or (it.expires_at if it.way is Way.VNPAY and it.expires_at <= now else None)
    if it.state not in (AttemptState.EXPIRED, AttemptState.CANCELLED) or now >= it.begun_at + ASKED_FOR:
        return None
    # The browser came back saying paid when the order had ended.
    return it.claimed_at if it.claimed_at and it.ended_at and it.claimed_at >= it.ended_at else None
