"""What the payments announce."""

from datetime import datetime
from uuid import UUID

from server.core.events import Event
from server.modules.payments.rules.states import Purpose


class ChargesRaised(Event):
    """Somebody is asked to pay: these charges are new."""

    charge_ids: list[UUID]


class ChargesWithdrawn(Event):
    """Nobody has to pay these any more; nobody has paid them."""

    charge_ids: list[UUID]


class ChargesPaid(Event):
    """These charges are paid, as the ledger says."""

    charge_ids: list[UUID]


class ReceiptsArrived(Event):
    """Whoever was paid for these charges has made an electronic receipt."""

    charge_ids: list[UUID]


class PaymentSettled(Event):
    """The same of one that a module of this application has asked for, by this `reference`, for its `subject`."""

    charge_id: UUID
    purpose: Purpose
    subject: str
    amount: int
    reference: str


class AttemptEnded(Event):
    """An attempt to pay ended without money."""

    attempt_id: UUID


class RefundDecided(Event):
    """Somebody has decided that it is given, by the gateway that has the money."""

    refund_id: UUID


class RefundMoved(Event):
    """A refund was asked for, done or refused."""

    refund_id: UUID


class MoreFreshToAsk(Event):
    """The gateway was asked about many fresh orders, answered, and there may be more."""


class MoreToAsk(Event):
    """The gateway was asked about many orders this night: there are more behind this attempt."""

    after: UUID
    night: datetime
