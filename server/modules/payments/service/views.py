"""Charges as whoever pays them sees them."""

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import cast
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.core.settings import Settings
from server.core.words import Language
from server.modules.payments.models import Attempt, Charge, Refund, Transaction
from server.modules.payments.rules import saying, vietqr, vnpay
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import (
    AttemptState,
    ChargeState,
    Purpose,
    RefundState,
    Standing,
    Way,
    promised_at,
    standing,
    unsure_since,
)
from server.modules.payments.schemas.residents import (
    ChargeReply,
    ChargeWhole,
    OpenAttempt,
    PastAttempt,
    PaymentStep,
    Qr,
    Transfer,
    WayOnline,
)
from server.modules.payments.service.attempts import ways_of
from server.modules.payments.service.charges import attempts_seen
from server.modules.payments.service.personal import Personal, Words

Moves = Sequence[tuple[Transaction, Refund | None]]
"""What came in for a charge and went back, each with what is asked back of it."""


async def moves_of(session: AsyncSession, charge_ids: Collection[UUID]) -> dict[UUID, Moves]:
    """Everything that was booked for these charges, the oldest first."""
    asked = (
        select(Transaction, Refund)
        .outerjoin(Refund, Refund.transaction_id == Transaction.id)
        .where(Transaction.charge_id.in_(charge_ids))
        .order_by(Transaction.id, Refund.id)
    )
    found: dict[UUID, list[tuple[Transaction, Refund | None]]] = {}
    for booked, refund in await session.execute(asked):
        assert booked.charge_id is not None
        found.setdefault(booked.charge_id, []).append((booked, refund))
    return dict(found)


class Views:
    """What is read of charges, and shown."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._shown = Showing(settings)

    async def short(self, charges: Sequence[Charge], language: Language, *, whole: bool = True) -> list[ChargeReply]:
        """`whole` False: for whoever only holds the paper, which may have been lost: nothing about anybody."""
        ids = [it.id for it in charges]
        attempts = await attempts_seen(self._session, ids)
        refunds: dict[object, list[Refund]] = {}
        for refund in await self._session.scalars(select(Refund).where(Refund.charge_id.in_(ids))):
            refunds.setdefault(refund.charge_id, []).append(refund)
        return [
            self._shown.short(it, attempts.get(it.id, []), refunds.get(it.id, []), language, whole=whole)
            for it in charges
        ]

    async def whole(
        self, charge: Charge, language: Language, *, address: str = "127.0.0.1", whole: bool = True
    ) -> ChargeWhole:
        attempts = (await attempts_seen(self._session, [charge.id])).get(charge.id, [])
        moves = (await moves_of(self._session, [charge.id])).get(charge.id, [])
        return self._shown.whole(charge, attempts, moves, language, address=address, whole=whole)


class Showing:
    """Charges that were read, as they are shown."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._personal = Personal(settings)

    def whole(
        self,
        charge: Charge,
        attempts: Sequence[Attempt],
        moves: Moves,
        language: Language,
        *,
        address: str = "127.0.0.1",
        whole: bool = True,
    ) -> ChargeWhole:
        refunds = [refund for _, refund in moves if refund is not None]
        due = charge.state is ChargeState.DUE
        now = datetime.now(UTC)
        open_ones = [it for it in attempts if it.state is AttemptState.BEGUN and (it.expires_at > now or it.claimed_at)]
        return ChargeWhole(
            charge=self.short(charge, attempts, refunds, language, whole=whole),
            ways=[_online(way) for way in ways_of(self._settings, charge.purpose)] if due else [],
            open=[self._open(charge, it, language, address) for it in open_ones],
            attempts=[_past(it, language) for it in attempts if it not in open_ones],
            steps=_steps(charge, dict.fromkeys(booked for booked, _ in moves), refunds, language),
            receipt_number=charge.receipt_number,
            receipt_link=charge.receipt_link,
            version=charge.version,
        )

    def short(
        self, it: Charge, attempts: Sequence[Attempt], refunds: Sequence[Refund], language: Language, *, whole: bool
    ) -> ChargeReply:
        now = datetime.now(UTC)
        unsure = [since for one in attempts if (since := unsure_since(one.tried, now))]
        given = sum(one.amount for one in refunds if one.state is RefundState.DONE and one.reason != "surplus")
        here = standing(
            it.state,
            trying=any(one.state is AttemptState.BEGUN for one in attempts),
            unsure=bool(unsure),
            paid=it.amount,
            refunded=given,
            refunding=any(one.state in (RefundState.REQUESTED, RefundState.SENDING) for one in refunds),
        )
        said = self._personal.open_words(it.id, it.said) if whole else Words()
        promise = it.paid_at if it.told_at is None and it.paid_at else min(unsure, default=None)
        # Of a payment nobody waits for: by when its office was to be told is not said once that is over.
        over = it.paid_at is not None and promise is not None and now >= promised_at(promise)
        return ChargeReply(
            code=it.code,
            payee=it.payee_name,
            purpose=it.purpose,
            purpose_says=saying.PURPOSES[it.purpose].for_(language),
            what=said.what or None,
            for_whom=said.for_whom or None,
            amount=it.amount,
            due_on=it.due_on,
            overdue=it.state is ChargeState.DUE and it.due_on is not None and it.due_on < datetime.now(HERE).date(),
            exemption=it.exemption,
            exemption_says=saying.EXEMPTIONS[it.exemption].for_(language) if it.exemption else None,
            standing=here,
            says=saying.STANDINGS[here].for_(language),
            paid_at=it.paid_at,
            promised_at=promised_at(promise) if promise and not over and here is not Standing.REFUNDED else None,
            office_told=it.told_at is not None,
            dossier=it.subject if whole and it.purpose is Purpose.DOSSIER_FEE else None,
        )

    def _open(self, charge: Charge, it: Attempt, language: Language, address: str) -> OpenAttempt:
        qr = transfer = url = None
        if it.way is Way.VIETQR:
            text = self.request_of(charge)
            qr = draw(text)
            transfer = Transfer(
                bank=self._settings.bank_name,
                account=self._settings.bank_account,
                name=self._settings.bank_holder,
                amount=it.amount,
                words=charge.code,
            )
        elif it.way is Way.VNPAY:
            fields = vnpay.request(
                merchant=self._settings.vnpay_tmn_code,
                reference=it.reference,
                amount=it.amount,
                info=f"Thanh toan {charge.code}",
                back=f"{self._settings.origin}/payments/return",
                address=address,
                locale=language,
                begun=it.begun_at,
                until=it.expires_at,
            )
            url = f"{self._settings.vnpay_url}?{vnpay.signed_query(self._settings.vnpay_secret, fields)}"
        elif it.way is Way.PORTAL:
            url = address_of(
                self._settings.payment_portal,
                code=charge.code,
                dossier=charge.subject,
                amount=str(it.amount),
                back=f"{self._settings.origin}/payments/{charge.code}",
            )
        return OpenAttempt(
            way=it.way,
            begun_at=it.begun_at,
            expires_at=it.expires_at,
            claimed_at=it.claimed_at,
            qr=qr,
            transfer=transfer,
            url=url,
        )

    def request_of(self, charge: Charge) -> str:
        """The VietQR that asks for this charge."""
        return vietqr.build(
            vietqr.VietQR(
                bank=self._settings.bank_bin,
                account=self._settings.bank_account,
                amount=charge.amount,
                bill=charge.code,
                purpose=charge.code,
            )
        )


def address_of(template: str, **values: str) -> str:
    """Where whoever pays is led to. What stands in it is data: it ends neither a field nor the path."""
    return re.sub(r"\{(\w+)\}", lambda at: quote(values[at[1]], safe=""), template)


def draw(text: str) -> Qr:
    """A code as one path of an SVG, so that nobody needs a library to show it."""
    import segno  # only whoever pays needs it

    matrix = segno.make(text, error="m", micro=False).matrix
    path = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                path.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run or 1
    return Qr(text=text, size=len(matrix), path="".join(path))


def _online(way: Way) -> WayOnline:
    return cast(WayOnline, way.value)


def _past(it: Attempt, language: Language) -> PastAttempt:
    says = saying.ATTEMPTS[it.state]
    if it.state is AttemptState.FAILED and it.response:
        says = vnpay.says(it.response)
    return PastAttempt(way=it.way, state=it.state, begun_at=it.begun_at, ended_at=it.ended_at, says=says.for_(language))


def _says(kind: str, language: Language) -> str:
    return saying.STEPS[kind].for_(language)


def _steps(
    charge: Charge, booked: Collection[Transaction], refunds: Sequence[Refund], language: Language
) -> list[PaymentStep]:
    steps = [PaymentStep(at=charge.created_at, kind="raised", says=_says("raised", language), amount=charge.amount)]
    for it in booked:
        way = saying.source_says(it.source).for_(language)
        if it.kind is not Kind.REFUND:
            kind = "paid" if it.pays else "surplus"
            says = _says(kind, language).replace("{way}", way)
            steps.append(PaymentStep(at=it.at, kind=kind, says=says, amount=it.amount))  # type: ignore[arg-type]
    for one in refunds:
        asked = PaymentStep(
            at=one.created_at, kind="refund-asked", says=_says("refund-asked", language), amount=one.amount
        )
        steps.append(asked)
        if one.decided_at and one.state is not RefundState.SENDING:
            kind = "refunded" if one.state is RefundState.DONE else "refund-refused"
            says = _says(kind, language)
            steps.append(PaymentStep(at=one.decided_at, kind=kind, says=says, amount=one.amount))  # type: ignore[arg-type]
    if charge.told_at:
        steps.append(PaymentStep(at=charge.told_at, kind="told", says=_says("told", language), amount=None))
    if charge.state is ChargeState.CANCELLED:
        at = charge.updated_at
        steps.append(PaymentStep(at=at, kind="cancelled", says=_says("cancelled", language), amount=None))
    return sorted(steps, key=lambda step: step.at)
