"""What residents see of what is due and paid."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.wire import Command, Reply
from server.modules.payments.rules.states import AttemptState, Exemption, Purpose, Standing, Way

WayOnline = Literal["vietqr", "vnpay", "portal"]


class ChargeReply(Reply):
    """What somebody is asked to pay. `what`, `for_whom`: null for whoever only holds the paper.

    `promised_at`: by when we know for sure while the bank says paid and the office was not told. `office_told`: whether
    whoever asked for the money has heard that it is there.
    """

    code: str
    payee: str
    purpose: Purpose
    purpose_says: str
    what: str | None
    for_whom: str | None
    amount: int
    due_on: date | None
    overdue: bool
    exemption: Exemption | None
    exemption_says: str | None
    standing: Standing
    says: str
    paid_at: datetime | None
    promised_at: datetime | None
    office_told: bool
    dossier: str | None


class ChargesReply(Reply):
    items: list[ChargeReply]
    next_cursor: str | None


class Qr(Reply):
    """A QR to draw: `path` is the dark of a picture of `size` × `size` modules (SVG)."""

    text: str
    size: int
    path: str


class Transfer(Reply):
    """The same for whoever types it into their bank's app."""

    bank: str
    account: str
    name: str
    amount: int
    words: str


class OpenAttempt(Reply):
    """An attempt that waits for money, and how it is made: a code to scan, or an address to go to."""

    way: Way
    begun_at: datetime
    expires_at: datetime
    claimed_at: datetime | None
    qr: Qr | None
    transfer: Transfer | None
    url: str | None


class PastAttempt(Reply):
    way: Way
    state: AttemptState
    begun_at: datetime
    ended_at: datetime | None
    says: str


class PaymentStep(Reply):
    """Something that happened to the money of a charge."""

    at: datetime
    kind: Literal["raised", "paid", "surplus", "refund-asked", "refunded", "refund-refused", "told", "cancelled"]
    says: str
    amount: int | None


class ChargeWhole(Reply):
    """A charge with everything that was tried and done. `ways`: how it can be paid now. `receipt_number`,
    `receipt_link`: of the agency's electronic receipt, when it has made one.
    """

    charge: ChargeReply
    ways: list[WayOnline]
    open: list[OpenAttempt]
    attempts: list[PastAttempt]
    steps: list[PaymentStep]
    receipt_number: str | None
    receipt_link: str | None
    version: int


class FindCharge(Command):
    """The code on a bill and the last four digits of the phone it was made for."""

    code: Annotated[str, msgspec.Meta(max_length=60)]
    last_digits: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}$")]


class Begin(Command):
    way: WayOnline


class BeginFound(FindCharge):
    way: WayOnline


class Returned(Command):
    """The query string the gateway gave the browser on its way back."""

    query: Annotated[str, msgspec.Meta(max_length=4000)]


class ReturnedReply(Reply):
    """What the gateway told the browser: for show. Only the gateway's own notice decides."""

    outcome: Literal["paid", "confirming", "failed"]
    code: str
    amount: int
    says: str
    promised_at: datetime | None


class ReadQr(Command):
    """The text of a code that was scanned, or what was typed."""

    text: Annotated[str, msgspec.Meta(max_length=600)]


class QrRead(Reply):
    """The bill a scanned code or a typed text names. `amount`: what the code asks for, null when it says nothing."""

    code: str
    amount: int | None


class ConfirmationKey(Reply):
    """What confirmations are checked with: ECDSA P-256 as a JWK, and the certificate that signs the PDF."""

    kty: str
    crv: str
    x: str
    y: str
    certificate: str


class IpnReply(Reply):
    """As VNPay reads it."""

    rsp_code: str = msgspec.field(name="RspCode")
    message: str = msgspec.field(name="Message")
