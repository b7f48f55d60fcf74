"""What the gateway tells: its notice (IPN) decides, the browser's return is for show."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import publish
from server.core.settings import Settings
from server.core.together import Together
from server.modules.payments.events import AttemptEnded, ChargesPaid
from server.modules.payments.models import GATEWAY, Attempt, Charge, FindingKind, LineState, StatementLine
from server.modules.payments.rules import vnpay
from server.modules.payments.rules.money import MOST
from server.modules.payments.rules.states import UNCERTAIN, AttemptState, Way, attempt_may
from server.modules.payments.service.findings import find, find_from_outside
from server.modules.payments.service.keeping import is_kept, keep, take_back
from server.modules.payments.service.ledger import already
from server.modules.payments.service.refusals import ReturnNotSigned
from server.modules.payments.service.settling import Money, attempts_of, lock_all, take


class Back(NamedTuple):
    """What a browser brought back: for show."""

    attempt: Attempt
    charge: Charge
    succeeded: bool
    response: str


class Said(NamedTuple):
    """The fields of a notice, and whether the gateway has signed them."""

    fields: Mapping[str, str]
    signed: bool

    @property
    def reference(self) -> str:
        return self.fields.get("vnp_TxnRef", "")[:100]


class Notices:
    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._paid: list[UUID] = []

    async def ipn(self, query: str) -> vnpay.Answer:
        """Signature, order, amount, not yet final, record: in this order. A repeat is answered 02."""
        return await self.answer(read(self._settings, query))

    async def answer(self, said: Said) -> vnpay.Answer:
        [answer] = await self.take([said])
        assert answer  # whoever is patient is given one
        return answer

    async def take(self, notices: Sequence[Said], *, patient: bool = True) -> list[vnpay.Answer | None]:
        """What the gateway said of several orders, in the order in which it came: one answer for each.

        With `patient` False it waits for no lock; None for an order that somebody holds, or nobody has.
        """
        signed = {it.reference for it in notices if it.signed}
        charges, attempts = await self._held(signed, patient=patient) if signed else ({}, {})
        answers: list[vnpay.Answer | None] = []
        for said in notices:
            if not said.signed:
                await self._forged(said)
                answers.append(vnpay.INVALID_SIGNATURE)
            elif attempt := attempts.get(said.reference):
                of_charge = [it for it in attempts.values() if it.charge_id == attempt.charge_id]
                answers.append(await self._decide(said.fields, charges[attempt.charge_id], attempt, of_charge))
            elif patient:
                answers.append(await self._of_no_order(said))
            else:
                answers.append(None)
        if self._paid:
            publish(self._session, ChargesPaid(charge_ids=self._paid))
        await self._session.flush()
        return answers

    async def _held(
        self, references: Collection[str], *, patient: bool = True
    ) -> tuple[dict[UUID, Charge], dict[str, Attempt]]:
        """The charges of these orders by their id, and all attempts at them by their reference, locked."""
        theirs = select(Attempt.charge_id).where(Attempt.reference.in_(references), Attempt.way == Way.VNPAY)
        charges = {it.id: it for it in await lock_all(self._session, Charge.id.in_(theirs), patient=patient)}
        attempts = await attempts_of(self._session, *charges) if charges else []
        return charges, {it.reference: it for it in attempts}

    async def _forged(self, said: Said) -> None:
        if said.reference and (attempt := await self._attempt(said)):
            today = datetime.now(HERE).date()
            await find(self._session, FindingKind.FORGED, f"{attempt.reference}/{today}", attempt.charge_id)

    async def _of_no_order(self, said: Said) -> vnpay.Answer:
        """It may have taken money that nobody here has asked for: a person must ask it."""
        if vnpay.is_for(self._settings.vnpay_tmn_code, said.fields):
            about = said.reference
            await find_from_outside(
                self._session, FindingKind.UNKNOWN_ORDER, about, told=said.reference, **_sum(said.fields)
            )
        else:
            await self._of_another(said.fields)
        return vnpay.ORDER_NOT_FOUND

    async def _of_another(self, fields: Mapping[str, str], charge_id: UUID | None = None) -> None:
        """Of another merchant, whose order may be called as one of ours."""
        merchant, reference = fields.get("vnp_TmnCode", "")[:20], fields.get("vnp_TxnRef", "")[:100]
        about, told = f"{merchant}/{reference}", f"{merchant} {reference}".strip()
        await find_from_outside(self._session, FindingKind.OTHER_MERCHANT, about, charge_id, told=told, **_sum(fields))

    async def _decide(
        self, fields: Mapping[str, str], charge: Charge, attempt: Attempt, attempts: Sequence[Attempt]
    ) -> vnpay.Answer:
        good = vnpay.succeeded(fields)
        there = AttemptState.SUCCEEDED if good else AttemptState.FAILED
        order = vnpay.Order(attempt.amount, not attempt_may(attempt.state, there))
        answer = vnpay.check(self._settings.vnpay_tmn_code, fields, order)
        if answer is vnpay.ORDER_NOT_FOUND:
            await self._of_another(fields, charge.id)
        elif answer is vnpay.INVALID_AMOUNT:
            await self._differs(fields, charge, attempt, paid=good)
        if answer is not None:
            return answer
        now = datetime.now(UTC)
        spoke_before = attempt.gateway_ref is not None
        attempt.gateway_ref = _calls_it(fields)
        attempt.response = fields.get("vnp_ResponseCode", "")[:4]
        if good:
            if spoke_before and not await take_back(self._session, attempt.reference):
                # Somebody has decided about another sum: a person must ask whether both are money.
                await find(
                    self._session, FindingKind.GATEWAY_DIFFERS, attempt.reference, charge.id, amount=attempt.amount
                )
            # Not booked as paid before: an order that was has succeeded, and is final.
            money = Money("vnpay", attempt.reference, attempt.amount, _at(fields, attempt, now))
            if await take(self._session, charge, money, attempt, attempts):
                self._paid.append(charge.id)
        else:
            attempt.state, attempt.ended_at = AttemptState.FAILED, now
            if vnpay.is_suspect(fields):
                await find(self._session, FindingKind.SUSPECT, attempt.reference, charge.id, amount=attempt.amount)
            publish(self._session, AttemptEnded(attempt_id=attempt.id))
        return vnpay.CONFIRMED

    async def _differs(self, fields: Mapping[str, str], charge: Charge, attempt: Attempt, *, paid: bool) -> None:
        """It speaks of another amount than was asked for. What it has taken is ours all the same: it is kept, once, for
        a person to say what for, as a wrong sum in the bank's statement is.
        """
        said, given = vnpay.dong_of(fields.get("vnp_Amount", "")), fields.get("vnp_Amount", "")[:20]
        detail: dict[str, Any] = {"due": attempt.amount, "paid": paid}
        if not vnpay.is_in_dong(fields):
            told = f"{fields['vnp_CurrCode'][:10]} {given}"
            await find(self._session, FindingKind.OTHER_CURRENCY, attempt.reference, charge.id, told=told, **detail)
            return
        # What is no whole number of đồng stands there as it was told.
        detail |= {"told": given} if said is None else {"said": said}
        money = said if paid and said is not None and 0 < said <= MOST else None
        if money and await is_kept(self._session, attempt, money):
            # That it spoke of it counts, though the bank's line was first.
            attempt.gateway_ref = attempt.gateway_ref or _calls_it(fields)
            return
        if not money or await already(self._session, "vnpay", attempt.reference):
            await find(self._session, FindingKind.WRONG_AMOUNT, attempt.reference, charge.id, **detail)
            return
        attempt.gateway_ref = _calls_it(fields)
        line = StatementLine(
            id=uuid7(),
            partner_id=GATEWAY,
            bank_ref=attempt.reference,
            amount=money,
            at=_at(fields, attempt, datetime.now(UTC)),
            state=LineState.OPEN,
            version=1,
        )
        self._session.add(line)
        await keep(self._session, line, FindingKind.WRONG_AMOUNT, charge.id, **detail)

    async def returned(self, query: str) -> Back:
        """What the browser brought back. Raises ReturnNotSigned."""
        said = read(self._settings, query.removeprefix("?"))
        charges, attempts = await self._held([said.reference]) if said.signed else ({}, {})
        attempt = attempts.get(said.reference)
        if attempt is None:
            raise ReturnNotSigned
        good = vnpay.succeeded(said.fields)
        if good and attempt.state in UNCERTAIN:
            # Of an order that had ended it is news, and what was promised before is over.
            if attempt.claimed_at is None or (attempt.ended_at and attempt.claimed_at < attempt.ended_at):
                attempt.claimed_at = datetime.now(UTC)
            await self._session.flush()
        return Back(attempt, charges[attempt.charge_id], good, said.fields.get("vnp_ResponseCode", "")[:4])

    async def _attempt(self, said: Said) -> Attempt | None:
        asked = select(Attempt).where(Attempt.reference == said.reference, Attempt.way == Way.VNPAY)
        return await self._session.scalar(asked)


def _at(fields: Mapping[str, str], attempt: Attempt, now: datetime) -> datetime:
    """When it was paid. The gateway's clock has no fractions of a second, and may be wrong."""
    at = vnpay.read_instant(fields.get("vnp_PayDate", ""))
    return max(at, attempt.begun_at) if at and at <= now else now


def _sum(fields: Mapping[str, str]) -> dict[str, Any]:
    """What it says was or was not paid, for whoever must look."""
    return {"amount": vnpay.dong_of(fields.get("vnp_Amount", "")), "paid": vnpay.succeeded(fields)}


def _calls_it(fields: Mapping[str, str]) -> str | None:
    return fields.get("vnp_TransactionNo", "")[:40] or None


def read(settings: Settings, query: str) -> Said:
    """What stands in a query; of one that cannot be read, nothing."""
    try:
        fields = vnpay.read_query(query)
    except vnpay.Unreadable:
        return Said({}, signed=False)
    return Said(fields, signed=bool(settings.vnpay_secret) and vnpay.is_signed(settings.vnpay_secret, fields))


class Incoming:
    """The gateway's notices as they come. What they book ends in one chain, the audit log, transaction after
    transaction: with one for each payment there would be as many a second as the disk has syncs.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._signed = Together(database, self._take)

    async def ipn(self, query: str) -> vnpay.Answer:
        said = read(self._settings, query)
        if said.signed:
            return await self._signed.ask(said)
        # Whoever sends such keeps none of the gateway's waiting.
        async with self._database.transaction() as session:
            return await Notices(session, self._settings).answer(said)

    async def _take(self, session: AsyncSession, notices: Sequence[Said], patient: bool) -> list[vnpay.Answer | None]:
        return await Notices(session, self._settings).take(notices, patient=patient)
