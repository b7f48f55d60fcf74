"""What the payments announce."""

from uuid import UUID

from server.core.events import Event
from server.modules.payments.rules.states import Purpose


class ChargesRaised(Event):
    """Somebody is asked to pay: these charges are new."""

    charge_ids: list[UUID]


class PaymentSettled(Event):
    """A charge is paid, as the ledger says. `subject`, `reference`: of whoever asked for the money.

    `reference` is None when another system asked: what such a charge says it is for is nobody's word but its own.
    """

    charge_id: UUID
    purpose: Purpose
    subject: str
    amount: int
    reference: str | None


class AttemptEnded(Event):
    """An attempt to pay ended without money."""

    attempt_id: UUID


class RefundDecided(Event):
    """Somebody has decided that it is given, by the gateway that has the money."""

    refund_id: UUID


class RefundMoved(Event):
    """A refund was asked for, done or refused."""

    refund_id: UUID
