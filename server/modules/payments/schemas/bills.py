"""What billers and banks send, and what becomes of each."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from server.core.links import public_link
from server.core.wire import Command, Reply
from server.modules.payments.rules.money import MOST
from server.modules.payments.rules.states import Exemption, Purpose

Dong = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
DongOrNone = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
_NOT_BLANK = r"\S"
"""Two lines that spaces alone name would be one and the same, and the second one's money nobody's."""
_Short = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=_NOT_BLANK)]
_Said = Annotated[str, msgspec.Meta(max_length=300)]


class Bill(Command):
    """One bill. `reference`: what the biller calls it, once for ever. `amount`: whole đồng; 0 only with `exemption`."""

    reference: _Short
    payee: _Short
    payee_name: _Short
    purpose: Purpose
    amount: DongOrNone
    what: Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=_NOT_BLANK)]
    for_whom: _Said = ""
    subject: _Said = ""
    due_on: date | None = None
    exemption: Exemption | None = None
    payer_phone: Annotated[str, msgspec.Meta(max_length=20)] = ""
    place: Annotated[str, msgspec.Meta(max_length=60)] | None = None


class SendBills(Command):
    """Up to 500 bills; each is read by itself, so that a broken one is refused alone."""

    bills: list[dict[str, Any]]


class ItemProblem(Reply):
    """Why one item was refused, and by which of its fields."""

    type: str
    title: str
    field: str


class BillOutcome(Reply):
    """`known`: the same bill was sent before. `code`: what stands on its paper and in its QR."""

    index: int
    reference: str | None
    result: Literal["taken", "known", "refused"]
    code: str | None
    problem: ItemProblem | None


class BillOutcomes(Reply):
    items: list[BillOutcome]


class WithdrawBills(Command):
    """Bills that are not to be paid any more, by their references."""

    references: Annotated[list[_Short], msgspec.Meta(max_length=500)]


class Withdrawn(Reply):
    """`withdrawn`: nobody can pay them any more. The others are paid, or were not there."""

    withdrawn: list[str]


class SettledBill(Reply):
    """A bill that was paid."""

    id: UUID
    reference: str
    code: str
    amount: int
    paid_at: datetime


class SettledBills(Reply):
    items: list[SettledBill]


class RefundedBill(Reply):
    """Money that went back of what had paid a bill. `amount`: that part of it; the bill stays paid."""

    id: UUID
    reference: str
    code: str
    amount: int
    refunded_at: datetime


class RefundedBills(Reply):
    items: list[RefundedBill]


class TakeNoteOfRefunds(Command):
    """Refunds that the biller has taken into its own books, by their ids."""

    ids: Annotated[list[UUID], msgspec.Meta(max_length=500)]


class NotedRefunds(Reply):
    noted: list[UUID]


class TakeNote(Command):
    """Bills whose payment the biller has taken into its own books, by their references."""

    references: Annotated[list[_Short], msgspec.Meta(max_length=500)]


class Noted(Reply):
    noted: list[str]


class AttachReceipt(Command):
    """The electronic receipt of whoever was paid: its number, and where it is looked up, by a public https address."""

    number: Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=_NOT_BLANK)]
    link: Annotated[str, msgspec.Meta(max_length=300)] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.link and not public_link(self.link):
            raise ValueError("`link` is no public https address")


class Receipt(AttachReceipt, kw_only=True):
    """One of a biller, for what it called `reference`."""

    reference: _Short


class SendReceipts(Command):
    """Up to 500 receipts, each read by itself."""

    receipts: list[dict[str, Any]]


class ReceiptOutcome(Reply):
    """`known`: the same receipt was sent before."""

    index: int
    reference: str | None
    result: Literal["taken", "known", "refused"]
    problem: ItemProblem | None


class ReceiptOutcomes(Reply):
    items: list[ReceiptOutcome]


class Credit(Command):
    """Money that came in, as the bank's statement says: `bank_ref` is the bank's own name for it, once for ever."""

    bank_ref: _Short
    amount: Dong
    at: datetime
    text: Annotated[str, msgspec.Meta(max_length=500)] = ""
    currency: Literal["VND"] = "VND"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.at.tzinfo is None:
            raise ValueError("`at` needs its zone")
        # What no clock can show would stand in a ledger that only grows.
        if not 2000 <= self.at.year <= 2100:
            raise ValueError("`at` is no year of ours")


class SendStatement(Command):
    """Up to 500 lines of a statement, each read by itself."""

    lines: list[dict[str, Any]]


class LineOutcome(Reply):
    """`matched`: it paid a bill. `kept`: nobody can tell what it is for, a person will. Money is never guessed."""

    index: int
    bank_ref: str | None
    result: Literal["matched", "kept", "known", "refused"]
    problem: ItemProblem | None


class LineOutcomes(Reply):
    items: list[LineOutcome]
