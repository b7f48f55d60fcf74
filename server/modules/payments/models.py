"""The tables of the payments: what is due, who tries to pay it, what came in, and the ledger that only grows."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.core.database import Table
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import (
    AttemptState,
    ChargeState,
    Exemption,
    Purpose,
    RefundReason,
    RefundState,
    Tried,
    Way,
)

OURSELVES = UUID(int=0)
"""Who asks for money when a module of this application does."""

GATEWAY = UUID(int=1)
"""Whose line it is when the gateway's notice tells of money that is not what was asked for."""

_AT_ONCE: Any = {"eager_defaults": "auto"}
"""Rows that are changed by many at once, in one statement: when they were changed last is not given back."""


class LineState(StrEnum):
    """What became of a line of a bank's statement."""

    MATCHED = "matched"
    OPEN = "open"
    """A person must decide."""
    ASSIGNED = "assigned"
    RETURNED = "returned"


class FindingKind(StrEnum):
    """What a person must look at."""

    UNKNOWN_MONEY = "unknown-money"
    SUSPECT = "suspect"
    FORGED = "forged"
    WRONG_AMOUNT = "wrong-amount"
    OTHER_CURRENCY = "other-currency"
    UNKNOWN_ORDER = "unknown-order"
    """The gateway tells, signed, of an order that we never gave it."""
    OTHER_MERCHANT = "other-merchant"
    """The gateway tells, signed, of an order of somebody else's."""
    GATEWAY_DIFFERS = "gateway-differs"
    LEDGER_DIFFERS = "ledger-differs"
    NOT_STATED = "not-stated"
    """In our books, and the bank's whole statement of that day does not have it."""
    NOT_BOOKED = "not-booked"
    """A line of the bank, and our books do not have it; or the other way round."""
    STATED_OTHERWISE = "stated-otherwise"
    """The bank's whole statement has it with another amount, or several times."""
    REFUND_REFUSED = "refund-refused"
    """Decided, and the gateway does not give it."""
    REFUND_SLOW = "refund-slow"
    """The gateway has it in hand since more than a day."""
    PROMISE_OVERDUE = "promise-overdue"
    """Whoever paid was told by when we know for sure, and we do not."""


class Charge(Table):
    """An amount that somebody is asked to pay."""

    __tablename__ = "payments_charge"
    __mapper_args__ = _AT_ONCE
    __table_args__ = (
        UniqueConstraint("partner_id", "reference"),
        CheckConstraint("amount BETWEEN 0 AND 1000000000000", name="amount"),
        CheckConstraint("(amount = 0) = (state = 'exempt')", name="exempt"),
        CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid"),
        Index("ix_payments_charge_subject", "purpose", "subject"),
        Index("ix_payments_charge_place", "place", "state", "id"),
        Index("ix_payments_charge_owner", "owner_index", "state", "id"),
        # What whoever asked has not heard of yet, and what is due soon.
        Index(
            "ix_payments_charge_untold",
            "partner_id",
            "paid_at",
            postgresql_where=text("state = 'paid' AND told_at IS NULL"),
        ),
        Index("ix_payments_charge_due", "due_on", postgresql_where=text("state = 'due'")),
    )

    code: Mapped[str] = mapped_column(unique=True)
    # Who asks: another system, or (OURSELVES) a module of this application; and what it calls the charge.
    partner_id: Mapped[UUID]
    reference: Mapped[str]
    payee: Mapped[str]
    payee_name: Mapped[str]
    purpose: Mapped[Purpose]
    subject: Mapped[str]
    # Whose staff see it; None: only those who reconcile for all.
    place: Mapped[str | None]
    amount: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date | None] = mapped_column(Date)
    exemption: Mapped[Exemption | None]
    state: Mapped[ChargeState]
    version: Mapped[int] = mapped_column(default=1)
    paid_at: Mapped[datetime | None]
    # When whoever asked for the money had heard that it is there.
    told_at: Mapped[datetime | None]
    # What for and for whom, sealed and bound to the row; None once the person was forgotten.
    said: Mapped[bytes | None]
    # The phone of whoever is asked, sealed and bound to the row.
    phone: Mapped[bytes | None]
    # By which identity finds the account of this phone; None for a number no account can have proved.
    owner_index: Mapped[bytes | None]
    # Keyed index of the code and the last four digits together: neither can be found without the other.
    lookup_index: Mapped[bytes | None] = mapped_column(index=True)
    # The electronic receipt of the agency, when it has made one: our confirmation is none.
    receipt_number: Mapped[str | None]
    receipt_link: Mapped[str | None]


class Attempt(Table):
    """Somebody begins to pay, one way."""

    __tablename__ = "payments_attempt"
    __mapper_args__ = _AT_ONCE
    __table_args__ = (
        # Two taps, two tabs: one attempt.
        Index(
            "uq_payments_attempt_begun",
            "charge_id",
            "way",
            unique=True,
            postgresql_where=text("state = 'begun'"),
        ),
        Index("ix_payments_attempt_expires", "expires_at", postgresql_where=text("state = 'begun'")),
        # Whom the gateway is asked about, every minute.
        Index("ix_payments_attempt_vnpay", "begun_at", postgresql_where=text("way = 'vnpay'")),
        # Whom something was promised, every minute.
        Index(
            "ix_payments_attempt_claimed",
            "claimed_at",
            postgresql_where=text("claimed_at IS NOT NULL AND state <> 'succeeded'"),
        ),
        CheckConstraint("amount BETWEEN 1 AND 1000000000000", name="amount"),
    )

    charge_id: Mapped[UUID] = mapped_column(ForeignKey("payments_charge.id", ondelete="CASCADE"), index=True)
    way: Mapped[Way]
    # What the gateway calls the order: unique for ever.
    reference: Mapped[str] = mapped_column(unique=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[AttemptState]
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # When the browser came back saying paid, or whoever pays said so: for show, and a reason to ask sooner.
    claimed_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    gateway_ref: Mapped[str | None]
    response: Mapped[str | None]

    @property
    def tried(self) -> Tried:
        """As the rules know it."""
        return Tried(
            self.way, self.state, self.begun_at, self.expires_at, self.claimed_at, self.asked_at, self.ended_at
        )


class Entry(Table):
    """One side of a transaction."""

    __tablename__ = "payments_entry"
    __mapper_args__ = _AT_ONCE
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_payments_entry_account", "account", "id"),
    )

    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("payments_transaction.id"), index=True)
    account: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)


class Transaction(Table):
    """Money moved. With its entries it is written once and never changed (server/migrations: triggers)."""

    __tablename__ = "payments_transaction"
    __mapper_args__ = _AT_ONCE
    __table_args__ = (
        # The same notice of the same money, however often and by whichever way it comes.
        UniqueConstraint("source", "source_ref", "kind"),
        # A charge is paid once.
        Index("uq_payments_transaction_paid", "charge_id", unique=True, postgresql_where=text("pays")),
        CheckConstraint("amount BETWEEN 1 AND 1000000000000", name="amount"),
    )

    kind: Mapped[Kind]
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments_charge.id"), index=True)
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments_attempt.id"))
    # Whether it is what makes its charge paid.
    pays: Mapped[bool]
    source: Mapped[str]
    source_ref: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[UUID | None]
    # Its two sides, to be written with it; never read through it.
    entries: Mapped[list[Entry]] = relationship(lazy="raise")


class Refund(Table):
    """Money that is to go back. One asks, another one decides."""

    __tablename__ = "payments_refund"
    __table_args__ = (CheckConstraint("amount BETWEEN 1 AND 1000000000000", name="amount"),)

    charge_id: Mapped[UUID] = mapped_column(ForeignKey("payments_charge.id"), index=True)
    # The money it gives back of.
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("payments_transaction.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[RefundReason]
    state: Mapped[RefundState] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    # None: the system itself, for what was paid twice.
    asked_by: Mapped[UUID | None]
    asked_place: Mapped[str | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    # When the gateway had said that it has the request, and what it calls it; and when it was asked last.
    sent_at: Mapped[datetime | None]
    gateway_ref: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    # When whoever was paid had heard that it went back.
    told_at: Mapped[datetime | None]


class StatementLine(Table):
    """One line of a bank's statement, as it came; or (GATEWAY) what its notice told, called as the order is."""

    __tablename__ = "payments_statement_line"
    __table_args__ = (UniqueConstraint("bank_ref", "partner_id"),)

    partner_id: Mapped[UUID]
    bank_ref: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    # What whoever transferred wrote, sealed and bound to the row: it may say anything about a person.
    said: Mapped[bytes | None]
    state: Mapped[LineState]
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments_charge.id"))
    # The order of the gateway whose money it is: one line for each.
    carries: Mapped[str | None] = mapped_column(unique=True)
    decided_by: Mapped[UUID | None]
    # When the last whole statement of its day has stated it.
    stated_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class StatedDay(Table):
    """A day of which somebody has brought the bank's whole statement: what it does not state did not come."""

    __tablename__ = "payments_stated_day"

    day: Mapped[date] = mapped_column(Date, unique=True)
    staff_id: Mapped[UUID]


class Finding(Table):
    """A difference, or an alarm: where what we know and what we are told are not the same. Closed by a person."""

    __tablename__ = "payments_finding"
    __table_args__ = (Index("ix_payments_finding_open", "id", postgresql_where=text("closed_at IS NULL")),)

    kind: Mapped[FindingKind]
    # Of what it is about, so that it is found once.
    about: Mapped[str] = mapped_column(unique=True)
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments_charge.id"))
    # Numbers and words of ours, nothing about a person.
    detail: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]


class Closing(Table):
    """The cash of one desk on one day, counted by somebody and said to be so."""

    __tablename__ = "payments_closing"
    __table_args__ = (UniqueConstraint("place", "day"),)

    place: Mapped[str]
    day: Mapped[date] = mapped_column(Date)
    booked: Mapped[int] = mapped_column(BigInteger)
    counted: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[UUID]
