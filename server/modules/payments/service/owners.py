"""The charges of one person, by the phone their account has proved."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.modules.identity.public import traces_of_resident
from server.modules.payments.models import Charge, Refund
from server.modules.payments.rules.saying import PURPOSES
from server.modules.payments.rules.states import ChargeState, RefundState
from server.modules.payments.service.personal import Personal


class Owners:
    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._personal = Personal(settings)

    async def _theirs(self, resident_id: UUID) -> Sequence[Charge]:
        trace, _ = await traces_of_resident(self._session, resident_id)
        if trace is None:
            return []
        return (
            await self._session.scalars(select(Charge).where(Charge.owner_index == trace).order_by(Charge.id))
        ).all()

    async def everything_about(self, resident_id: UUID) -> dict[str, Any]:
        return {
            "khoản thu": [
                {
                    "mã": it.code,
                    "loại": PURPOSES[it.purpose].vi,
                    "đơn vị thu": it.payee_name,
                    "nội dung": (words := self._personal.open_words(it.id, it.said)).what,
                    "của": words.for_whom,
                    "số tiền": it.amount,
                    "hạn": it.due_on,
                    "trạng thái": it.state.value,
                    "trả lúc": it.paid_at,
                    "điện thoại": self._personal.open_phone(it.id, it.phone) if it.phone else None,
                }
                for it in await self._theirs(resident_id)
            ]
        }

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

    async def forget(self, resident_id: UUID) -> None:
        """Nothing leads from the person to a charge any more, nor says anything about them; the sums stay."""
        for it in await self._theirs(resident_id):
            it.said = it.phone = it.owner_index = it.lookup_index = None
        await self._session.flush()
