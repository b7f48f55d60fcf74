"""Telling whoever is asked to pay what happens to it."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.core.words import Words
from server.modules.identity.public import residents_by_trace
from server.modules.notifications.public import Notice, Topic, notify
from server.modules.payments.models import OURSELVES, Attempt, Charge, Finding, FindingKind, Refund
from server.modules.payments.rules import saying, vnpay
from server.modules.payments.rules.money import dong
from server.modules.payments.rules.states import (
    AttemptState,
    ChargeState,
    Purpose,
    RefundReason,
    RefundState,
    is_answered,
    unsure_since,
)
from server.modules.payments.service.charges import attempts_seen
from server.modules.payments.service.ledger import already
from server.modules.payments.service.personal import Personal

BEFORE = timedelta(days=3)
"""So long before it is due somebody is reminded."""


_OF_DOSSIER = (Charge.partner_id == OURSELVES) & (Charge.purpose == Purpose.DOSSIER_FEE)


class Telling:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._personal = Personal(session.info["settings"])

    async def raised(self, charge_ids: Collection[UUID]) -> None:
        charges = [it for it in await self._not_by_a_dossier(charge_ids) if it.state is ChargeState.DUE]
        await self._tell(charges, "raised", saying.RAISED_TITLE, saying.RAISED_BODY, duty=True)

    async def withdrawn(self, charge_ids: Collection[UUID]) -> None:
        charges = await self._not_by_a_dossier(charge_ids)
        await self._tell(charges, "withdrawn", saying.WITHDRAWN_TITLE, saying.WITHDRAWN_BODY)

    async def settled(self, charge_ids: Collection[UUID]) -> None:
        charges = await self._charges(charge_ids)
        await self._tell(charges, "settled", saying.SETTLED_TITLE, saying.SETTLED_BODY)

    async def receipts(self, charge_ids: Collection[UUID]) -> None:
        """Once for each number: a receipt that takes the place of another is told, too."""
        charges = [it for it in await self._charges(charge_ids) if it.receipt_number]
        await self._tell(charges, lambda it: f"receipt/{it.receipt_number}", saying.RECEIPT_TITLE, saying.RECEIPT_BODY)

    async def ended(self, attempt_id: UUID) -> None:
        """Only while there is still something to pay: whoever paid another way need not know."""
        attempt = await self._session.scalar(select(Attempt).where(Attempt.id == attempt_id))
        if attempt is None or attempt.state is AttemptState.SUCCEEDED or unsure_since(attempt.tried, datetime.now(UTC)):
            return
        charges = [it for it in await self._charges([attempt.charge_id]) if it.state is ChargeState.DUE]
        # Whose bank may have taken it must not be told to pay again.
        answered = is_answered(attempt.tried) or not self._session.info["settings"].vnpay_api_url
        unsure = attempt.claimed_at is not None or not answered
        lost = attempt.state is AttemptState.EXPIRED and (unsure or await self._is_kept(attempt))
        body = saying.UNSURE_BODY if lost else vnpay.says(attempt.response or "11")
        await self._tell(charges, f"ended/{attempt_id}", saying.FAILED_TITLE, body, duty=True)

    async def _is_kept(self, attempt: Attempt) -> bool:
        """Whether the gateway has taken another sum for it, about which a person decides."""
        return await already(self._session, "vnpay", attempt.reference) is not None

    async def refund(self, refund_id: UUID) -> None:
        refund = await self._session.scalar(select(Refund).where(Refund.id == refund_id))
        if refund is None:
            return
        charges = await self._charges([refund.charge_id])
        # What is being sent is not given yet, and may not be: for whoever paid it is still asked for.
        state = RefundState.REQUESTED if refund.state is RefundState.SENDING else refund.state
        key = f"refund/{refund_id}/{state}"
        if refund.reason is RefundReason.SURPLUS and state is RefundState.REQUESTED:
            await self._tell(charges, key, saying.SURPLUS_TITLE, saying.SURPLUS_BODY, amount=refund.amount)
        else:
            title = saying.REFUND_TITLES[state]
            await self._tell(charges, key, title, saying.REFUND_BODY, amount=refund.amount)

    async def remind(self, now: datetime) -> None:
        """Tell what is due soon; once for each date, however often it is run. The dossier reminds of its own fee.

        Whose bank says that it is paid, and whoever was told that people look into it, must not be led to pay again.
        """
        today = now.astimezone(HERE).date()
        looked_into = select(Finding.id).where(
            Finding.charge_id == Charge.id, Finding.kind == FindingKind.PROMISE_OVERDUE, Finding.closed_at.is_(None)
        )
        soon = select(Charge).where(
            ~_OF_DOSSIER, Charge.state == ChargeState.DUE, Charge.due_on >= today, Charge.due_on <= today + BEFORE
        )
        charges = (await self._session.scalars(soon.where(~looked_into.exists()))).all()
        tried = await attempts_seen(self._session, [it.id for it in charges])
        charges = [it for it in charges if not any(unsure_since(one.tried, now) for one in tried.get(it.id, []))]
        await self._tell(charges, lambda it: f"remind/{it.due_on}", saying.REMIND_TITLE, saying.REMIND_BODY, duty=True)

    async def _not_by_a_dossier(self, ids: Collection[UUID]) -> list[Charge]:
        """Whoever owns a dossier of ours is told by the dossier what becomes of its fee: once is enough."""
        return list(await self._session.scalars(select(Charge).where(Charge.id.in_(ids), ~_OF_DOSSIER)))

    async def _charges(self, ids: Collection[UUID]) -> Sequence[Charge]:
        return (await self._session.scalars(select(Charge).where(Charge.id.in_(ids)))).all()

    async def _tell(
        self,
        charges: Sequence[Charge],
        key: str | Callable[[Charge], str],
        title: Words,
        body: Words,
        *,
        amount: int | None = None,
        duty: bool = False,
    ) -> None:
        traces = {it.owner_index for it in charges if it.owner_index}
        owners = await residents_by_trace(self._session, traces) if traces else {}
        notices = []
        for it in charges:
            if it.owner_index is None or it.owner_index not in owners:
                continue
            what = self._personal.open_words(it.id, it.said).what or it.payee_name
            values = {
                "what": what,
                "amount": dong(it.amount if amount is None else amount),
                "payee": it.payee_name,
                "day": f"{it.due_on:%d/%m/%Y}" if it.due_on else "",
                "receipt": it.receipt_number or "",
            }
            notices.append(
                Notice(
                    key=f"payments/{it.id}/{key if isinstance(key, str) else key(it)}",
                    resident_id=owners[it.owner_index],
                    topic=Topic.DUTIES if duty else Topic.STEPS,
                    subject=f"charge/{it.id}",
                    title=put(title, values),
                    body=put(body, values),
                    plain=saying.PLAIN_DUE if duty else saying.PLAIN_MOVED,
                    path=f"/payments/{it.code}",
                )
            )
        await notify(self._session, notices)


def put(words: Words, values: dict[str, str]) -> Words:
    """Values in their places. What a biller wrote may hold braces: it is put in, never read as a place."""
    return Words(*(re.sub(r"\{(\w+)\}", lambda at: values.get(at[1], at[0]), sentence) for sentence in words))
