"""What staff see and say."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.modules.payments.models import FindingKind
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import ChargeState, Purpose, RefundReason, RefundState
from server.modules.payments.schemas.bills import Dong, DongOrNone
from server.modules.payments.schemas.residents import ChargeReply, PastAttempt, PaymentStep


class DeskCharge(Reply):
    """A charge in a list."""

    id: UUID
    code: str
    payee: str
    purpose: Purpose
    amount: int
    due_on: date | None
    state: ChargeState
    paid_at: datetime | None
    place: str | None


class DeskCharges(Reply):
    items: list[DeskCharge]
    next_cursor: str | None


class DeskMovement(Reply):
    """A transaction of the ledger with the two accounts it moved money between.

    `left`: of money that was too much, what nobody has asked back yet, or was refused; else 0.
    """

    id: UUID
    kind: Kind
    at: datetime
    amount: int
    source: str
    debit: str
    credit: str
    by: str | None
    left: int


class DeskRefund(Reply):
    """Money that is to go back, or went. `mine`: the caller asked for it, so that somebody else decides.

    `by_gateway`: the gateway that has the money can give it back itself. `sent_at`: since when it has it in hand;
    `stuck`: for so long that people ask it themselves, and say what became of it.
    """

    id: UUID
    charge_id: UUID
    code: str
    payee: str
    amount: int
    reason: RefundReason
    state: RefundState
    asked_at: datetime
    asked_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    mine: bool
    by_gateway: bool
    sent_at: datetime | None
    stuck: bool
    version: int


class DeskRefunds(Reply):
    items: list[DeskRefund]
    next_cursor: str | None


class DeskChargeWhole(Reply):
    """One charge with everything that happened to its money. `remaining`: what can still be refunded."""

    id: UUID
    state: ChargeState
    charge: ChargeReply
    attempts: list[PastAttempt]
    steps: list[PaymentStep]
    movements: list[DeskMovement]
    refunds: list[DeskRefund]
    remaining: int
    may_take_cash: bool
    receipt_number: str | None
    receipt_link: str | None
    version: int


class TakeCash(Command):
    """What lies on the desk: the whole amount, in đồng."""

    amount: Dong


class AskRefund(Command):
    """`expected_remaining`: what is left to refund, as far as whoever asks knows; 412 when it is another sum.

    `movement`: of this money, which was too much; without one, of what paid the bill.
    """

    amount: Dong
    expected_remaining: DongOrNone
    reason: Literal["wrong-charge", "withdrawn", "other"]
    movement: UUID | None = None


class DecideRefund(Command):
    """`paid_ref`: the bank's name of the transfer back, when it is given; without one the gateway gives it.

    `cash`: it was given out of the drawer of the desk of whoever decides.
    """

    give: bool
    paid_ref: Annotated[str, msgspec.Meta(max_length=60)] = ""
    cash: bool = False


class DeskFinding(Reply):
    """What a person must look at. `amount`, `due`: of the money it is about, where known.

    `told`: what the gateway named that is none of ours: an order, a merchant with its order, a currency with its sum,
    a sum that is no whole number of đồng. `more`: of this kind there are more than are listed, in the log.
    """

    id: UUID
    kind: FindingKind
    at: datetime
    charge_id: UUID | None
    code: str | None
    amount: int | None
    due: int | None
    told: str | None
    more: bool
    line: UUID | None
    text: str | None


class DeskFindings(Reply):
    items: list[DeskFinding]
    next_cursor: str | None


class AssignLine(Command):
    """The bill that money was for."""

    code: Annotated[str, msgspec.Meta(max_length=60)]


class Account(Reply):
    """An account and what stands on it: above 0 is held, below 0 is owed. `name`: the payee's, where it has one."""

    account: str
    name: str | None
    balance: int


class Accounts(Reply):
    """`total` is 0, or something is wrong."""

    items: list[Account]
    total: int


class LedgerEntry(Reply):
    """One side of a transaction, with the balance of the account after it."""

    id: UUID
    at: datetime
    kind: Kind
    code: str | None
    amount: int
    balance: int


class LedgerPage(Reply):
    items: list[LedgerEntry]
    next_cursor: str | None


class CashMoved(Reply):
    at: datetime
    code: str
    amount: int
    by: str | None


class DayReply(Reply):
    """The cash of one's own desk on one day. `counted`: null until somebody closed the day."""

    day: date
    items: list[CashMoved]
    booked: int
    counted: int | None
    closed_by: str | None


class CloseDay(Command):
    """What was counted in the drawer."""

    counted: DongOrNone
