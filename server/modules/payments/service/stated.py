"""The bank's whole statements against the books: what one side has and the other one lacks, for people to look at."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.clock import HERE, span
from server.modules.payments.models import GATEWAY, Finding, FindingKind, LineState, StatedDay, StatementLine
from server.modules.payments.service.comparing import Difference, Stated, compare_here
from server.modules.payments.service.findings import find

MOST_DAYS = 31
_AT_ONCE = 200
_BY_BANK = StatementLine.partner_id != GATEWAY
_DAY = func.date(func.timezone(HERE.key, StatementLine.at))


class StatedDays:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def compare(self, caller: Caller, stated: Sequence[Stated], first: date, last: date) -> list[Difference]:
        """These are all lines of these days, and are taken in: what differs, each of it a finding. The days count as
        stated from now on; the last statement of a day is the one that counts.
        """
        differ = await compare_here(self._session, "bank", stated, first, last)
        lines = update(StatementLine).where(_BY_BANK)
        await self._session.execute(
            lines.where(StatementLine.at.between(*span(first, last)), StatementLine.stated_at.is_not(None)).values(
                stated_at=None
            )
        )
        now = datetime.now(UTC)
        refs = {it.ref for it in stated}
        await self._session.execute(lines.where(StatementLine.bank_ref.in_(refs)).values(stated_at=now))
        days = [first + timedelta(days=it) for it in range((last - first).days + 1)]
        noted = insert(StatedDay).values([{"id": uuid7(), "day": day, "staff_id": caller.id} for day in days])
        again = {"staff_id": noted.excluded.staff_id, "updated_at": func.now()}
        await self._session.execute(noted.on_conflict_do_update(index_elements=["day"], set_=again))
        for it in differ:
            if it.times > 1 or (it.ours is not None and it.theirs is not None):
                await self._find_otherwise(it)
        await self.check(span(first, last)[0])
        return differ

    async def _find_otherwise(self, it: Difference) -> None:
        told = f"{it.ref} × {it.times}" if it.times > 1 else it.ref
        about = f"{told}/{it.theirs}"
        await find(self._session, FindingKind.STATED_OTHERWISE, about, told=told, said=it.theirs, due=it.ours)

    async def check(self, since: datetime) -> None:
        """What we have booked as the bank's since then, against its lines, and these against its whole statements."""
        await self._close_what_is_stated()
        # Open, or somebody has looked into it. What was closed by itself may come back.
        listed = select(Finding.id).where(
            Finding.about == _about(FindingKind.NOT_STATED),
            or_(Finding.closed_at.is_(None), Finding.closed_by.is_not(None)),
        )
        asked = (
            select(StatementLine)
            .join(StatedDay, StatedDay.day == _DAY)
            .where(_BY_BANK, StatementLine.stated_at.is_(None), StatementLine.at >= since)
            .where(StatementLine.state != LineState.RETURNED)
            .where(~listed.exists())
            .order_by(StatementLine.at)
            .limit(_AT_ONCE)
        )
        for it in (await self._session.scalars(asked)).all():
            kind, detail = FindingKind.NOT_STATED, {"told": it.bank_ref, "amount": it.amount}
            await find(self._session, kind, str(it.id), it.charge_id, anew=True, **detail)
        for query in (_LINE_ALONE, _BOOKED_ALONE):
            rows = await self._session.execute(text(query), {"since": since})
            for row, ref, amount in rows.all():
                await find(self._session, FindingKind.NOT_BOOKED, str(row), anew=True, told=ref, amount=int(amount))

    async def _close_what_is_stated(self) -> None:
        """A later statement has it after all, or somebody has said that it never came: nobody need look any more."""
        solved = select(StatementLine.id).where(
            _about(FindingKind.NOT_STATED) == Finding.about,
            or_(StatementLine.stated_at.is_not(None), StatementLine.state == LineState.RETURNED),
        )
        missed = update(Finding).where(Finding.kind == FindingKind.NOT_STATED, Finding.closed_at.is_(None))
        await self._session.execute(
            missed.where(solved.correlate(Finding).exists()).values(closed_at=datetime.now(UTC))
        )


def _about(kind: FindingKind) -> ColumnElement[str]:
    return func.concat(f"{kind}/", StatementLine.id)


_BOOKED = "t.kind IN ('payment', 'surplus', 'unknown') AND t.amount = l.amount"
_LINE_ALONE = f"""
    SELECT l.id, l.bank_ref, l.amount FROM payments_statement_line l
    WHERE l.partner_id <> '{GATEWAY}' AND l.at >= :since
    AND NOT EXISTS (SELECT FROM payments_transaction t WHERE {_BOOKED}
        AND t.source = 'bank' AND t.source_ref = l.partner_id || '/' || l.bank_ref)
    AND NOT EXISTS (SELECT FROM payments_transaction t WHERE {_BOOKED}
        AND t.source = 'vnpay' AND t.source_ref = l.carries)
    LIMIT {_AT_ONCE}"""  # noqa: S608
_BOOKED_ALONE = f"""
    SELECT t.id, substr(t.source_ref, 38), t.amount FROM payments_transaction t
    WHERE t.source = 'bank' AND t.kind IN ('payment', 'surplus', 'unknown') AND t.at >= :since
    AND NOT EXISTS (SELECT FROM payments_statement_line l WHERE {_BOOKED}
        AND l.partner_id || '/' || l.bank_ref = t.source_ref)
    LIMIT {_AT_ONCE}"""  # noqa: S608
