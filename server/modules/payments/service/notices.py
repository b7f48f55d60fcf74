"""What the gateway tells: its notice (IPN) decides, the browser's return is for show."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.core.events import publish
from server.core.settings import Settings
from server.modules.payments.events import AttemptEnded
from server.modules.payments.models import Attempt, Charge, FindingKind
from server.modules.payments.rules import vnpay
from server.modules.payments.rules.states import AttemptState, Way, attempt_may
from server.modules.payments.service.findings import find
from server.modules.payments.service.refusals import ReturnNotSigned
from server.modules.payments.service.settling import Money, attempts_of, lock, settle


class Back(NamedTuple):
    """What a browser brought back: for show."""

    attempt: Attempt
    charge: Charge
    succeeded: bool
    response: str


class Notices:
    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def ipn(self, query: str) -> vnpay.Answer:
        """Signature, order, amount, not yet final, record: in this order. A repeat is answered 02."""
        try:
            fields = vnpay.read_query(query)
        except vnpay.Unreadable:
            return vnpay.INVALID_SIGNATURE
        signed = bool(self._settings.vnpay_secret) and vnpay.is_signed(self._settings.vnpay_secret, fields)
        attempt = await self._attempt(fields)
        if not signed:
            if attempt:
                today = datetime.now(HERE).date()
                await find(self._session, FindingKind.FORGED, f"{attempt.reference}/{today}", attempt.charge_id)
            return vnpay.INVALID_SIGNATURE
        return await self.take(fields, attempt)

    async def take(self, fields: Mapping[str, str], attempt: Attempt | None) -> vnpay.Answer:
        """What the gateway said, whose signature is right."""
        if attempt is None:
            return vnpay.ORDER_NOT_FOUND
        charge = await lock(self._session, attempt.charge_id)
        [attempt] = [it for it in await attempts_of(self._session, charge.id) if it.id == attempt.id]
        good = vnpay.succeeded(fields)
        there = AttemptState.SUCCEEDED if good else AttemptState.FAILED
        order = vnpay.Order(attempt.amount, not attempt_may(attempt.state, there))
        answer = vnpay.check(self._settings.vnpay_tmn_code, fields, order)
        if answer is vnpay.INVALID_AMOUNT:
            said = vnpay.dong_of(fields.get("vnp_Amount", ""))
            await find(
                self._session,
                FindingKind.WRONG_AMOUNT,
                attempt.reference,
                charge.id,
                due=attempt.amount,
                said=said if said is not None else 0,
                paid=good,
            )
        if answer is not None:
            return answer
        now = datetime.now(UTC)
        attempt.gateway_ref = fields.get("vnp_TransactionNo", "")[:40] or None
        attempt.response = fields.get("vnp_ResponseCode", "")[:4]
        if good:
            at = vnpay.read_instant(fields.get("vnp_PayDate", ""))
            # Its clock has no fractions of a second, and may be wrong.
            at = max(at, attempt.begun_at) if at and at <= now else now
            await settle(self._session, charge, Money("vnpay", attempt.reference, attempt.amount, at), attempt)
        else:
            attempt.state, attempt.ended_at = AttemptState.FAILED, now
            if vnpay.is_suspect(fields):
                await find(self._session, FindingKind.SUSPECT, attempt.reference, charge.id, amount=attempt.amount)
            publish(self._session, AttemptEnded(attempt_id=attempt.id))
        await self._session.flush()
        return vnpay.CONFIRMED

    async def returned(self, query: str) -> Back:
        """What the browser brought back. Raises ReturnNotSigned."""
        try:
            fields = vnpay.read_query(query.removeprefix("?"))
        except vnpay.Unreadable:
            raise ReturnNotSigned from None
        if not self._settings.vnpay_secret or not vnpay.is_signed(self._settings.vnpay_secret, fields):
            raise ReturnNotSigned
        attempt = await self._attempt(fields)
        if attempt is None:
            raise ReturnNotSigned
        charge = await lock(self._session, attempt.charge_id)
        [attempt] = [it for it in await attempts_of(self._session, charge.id) if it.id == attempt.id]
        good = vnpay.succeeded(fields)
        if good and attempt.state is AttemptState.BEGUN:
            attempt.claimed_at = attempt.claimed_at or datetime.now(UTC)
            await self._session.flush()
        return Back(attempt, charge, good, fields.get("vnp_ResponseCode", "")[:4])

    async def _attempt(self, fields: Mapping[str, str]) -> Attempt | None:
        asked = select(Attempt).where(Attempt.reference == fields.get("vnp_TxnRef", "")[:100], Attempt.way == Way.VNPAY)
        return await self._session.scalar(asked)
