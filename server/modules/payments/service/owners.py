"""The charges of one person, by the phone their account has proved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.holding import Coded
from server.core.settings import Settings
from server.modules.identity.public import number_of_resident, phone_trace, trace_of
from server.modules.payments.models import Attempt, Charge, Refund, StatementLine
from server.modules.payments.rules.held import CHARGES, REFUNDS, WAYS
from server.modules.payments.rules.saying import PURPOSES
from server.modules.payments.rules.states import ChargeState, RefundState
from server.modules.payments.service.personal import Personal
from server.modules.payments.service.settling import lock_all


class Owners:
    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._personal = Personal(settings)

    async def _theirs(self, resident_id: UUID) -> Sequence[Charge]:
        asked = select(Charge).where(Charge.owner_index == phone_trace(resident_id)).order_by(Charge.id)
        return (await self._session.scalars(asked)).all()

    async def everything_about(self, resident_id: UUID) -> dict[str, Any]:
        theirs = await self._theirs(resident_id)
        paid, back = await self._of(Attempt, theirs), await self._of(Refund, theirs)
        return {
            "khoản thu": [
                {
                    "mã": it.code,
                    "loại": PURPOSES[it.purpose],
                    "đơn vị thu": it.payee_name,
                    "nội dung": (words := self._personal.open_words(it.id, it.said)).what,
                    "của": words.for_whom,
                    "số tiền": it.amount,
                    "hạn": it.due_on,
                    "trạng thái": Coded(it.state, CHARGES[it.state]),
                    "trả lúc": it.paid_at,
                    "điện thoại": self._personal.open_phone(it.id, it.phone) if it.phone else None,
                    "biên lai": it.receipt_number,
                    "tra cứu biên lai": it.receipt_link,
                    "lần trả": [
                        {
                            "cách": Coded(one.way, WAYS[one.way]),
                            "số tiền": one.amount,
                            "bắt đầu": one.begun_at,
                            "xong": one.ended_at,
                        }
                        for one in paid.get(it.id, [])
                    ],
                    "hoàn lại": [
                        {
                            "số tiền": one.amount,
                            "trạng thái": Coded(one.state, REFUNDS[one.state]),
                            "lúc": one.created_at,
                        }
                        for one in back.get(it.id, [])
                    ],
                }
                for it in theirs
            ]
        }

    async def _of(self, table: Any, charges: Sequence[Charge]) -> dict[UUID, list[Any]]:
        """The rows of these charges, by charge, the oldest first."""
        found: dict[UUID, list[Any]] = {}
        asked = select(table).where(table.charge_id.in_([it.id for it in charges])).order_by(table.id)
        for row in await self._session.scalars(asked):
            found.setdefault(row.charge_id, []).append(row)
        return found

    async def open(self, resident_id: UUID) -> bool:
        """Whether something is still to be paid, or to go back."""
        theirs = await self._theirs(resident_id)
        if any(it.state is ChargeState.DUE for it in theirs):
            return True
        asked = select(Refund.id).where(
            Refund.charge_id.in_([it.id for it in theirs]),
            Refund.state.in_([RefundState.REQUESTED, RefundState.SENDING]),
        )
        return await self._session.scalar(asked.limit(1)) is not None

    async def follow(self, resident_id: UUID, was: bytes, at: datetime) -> None:
        """They have another phone: what was theirs by the old one until then stays theirs, and is nobody's who has that
        number next. Twice changes nothing.
        """
        if (number := await number_of_resident(self._session, resident_id)) is None:
            return
        for it in await lock_all(self._session, Charge.owner_index == was, Charge.created_at <= at):
            assert it.phone
            it.phone = self._personal.close_phone(it.id, number, billed=self._personal.open_billed(it.id, it.phone))
            it.owner_index = trace_of(self._session, number)
            it.lookup_index = self._personal.lookup_index(it.code, number[-4:])
        await self._session.flush()

    async def forget(self, resident_id: UUID) -> None:
        """Nothing leads from the person to a charge any more, nor says anything about them; the sums stay."""
        theirs = await self._theirs(resident_id)
        for it in theirs:
            it.said = it.phone = it.owner_index = it.lookup_index = None
        # What whoever transferred wrote on it names people, too.
        written = update(StatementLine).where(StatementLine.charge_id.in_([it.id for it in theirs]))
        await self._session.execute(written.values(said=None))
        await self._session.flush()
