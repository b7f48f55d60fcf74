"""Tables of an office and of its accountant: bills and statements that come in, the ledger that goes out."""

import io
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.clock import HERE, span
from server.core.settings import Settings
from server.core.sheets import Cell
from server.modules.payments.models import OURSELVES, Charge, Entry, Transaction
from server.modules.payments.rules import tables
from server.modules.payments.rules.saying import KINDS
from server.modules.payments.schemas.bills import Bill, Credit
from server.modules.payments.schemas.strict import strictly_or
from server.modules.payments.schemas.tables import BILL_COLUMNS, BILL_MORE, LINE_COLUMNS, LINE_MORE
from server.modules.payments.service.charges import Charges, Raised, demand_of, office
from server.modules.payments.service.comparing import Difference, Stated
from server.modules.payments.service.refusals import (
    BillRefused,
    BillUnreadable,
    CreditOutside,
    CreditUnreadable,
    DaysRefused,
    TableTooLong,
    TableUnreadable,
)
from server.modules.payments.service.stated import MOST_DAYS, StatedDays
from server.modules.payments.service.statements import Statements, Taken

MOST_ENTRIES = 100_000
_HEAD = ("Lúc", "Bút toán", "Loại", "Mã khoản thu", "Đơn vị thu", "Tài khoản", "Nợ", "Có", "Nguồn", "Chứng từ")


class Brought(NamedTuple):
    """What became of each line; and what differs, None when it was not compared."""

    lines: list[tuple[tables.Row, Taken | BillRefused]]
    differ: list[Difference] | None


class Tables:
    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def raise_bills(self, caller: Caller, text: str) -> list[tuple[tables.Row, Raised | BillRefused]]:
        """Bills of the caller's own unit, row by row. Raises TableUnreadable, TableTooLong."""
        rows = _rows(text, BILL_COLUMNS, BILL_MORE)
        read = [strictly_or(BillUnreadable, tables.as_sent(row), Bill) for row in rows]
        demands = [demand_of(it)._replace(place=caller.unit) if isinstance(it, Bill) else it for it in read]
        outcomes = await Charges(self._session, self._settings).raise_all(office(caller.unit), demands)
        await self._record(caller, "payments:raise-bills", rows=len(rows))
        return list(zip(rows, outcomes, strict=True))

    async def take_statement(
        self, caller: Caller, text: str, first: date | None = None, last: date | None = None
    ) -> Brought:
        """Lines of the bank's statement, whoever sent some of them before. With its days it is a whole one: when each
        line can be read it is compared with the books.

        Raises TableUnreadable, TableTooLong, DaysRefused.
        """
        days = _days(first, last)
        rows = _rows(text, LINE_COLUMNS, LINE_MORE)
        read: list[Credit | BillRefused]
        read = [strictly_or(CreditUnreadable, tables.as_sent(row), Credit) for row in rows]
        if days:
            since, until = span(*days)
            read = [
                CreditOutside("at") if isinstance(it, Credit) and not since <= it.at <= until else it for it in read
            ]
        outcomes = await Statements(self._session, self._settings).take(OURSELVES, read)
        lines = list(zip(rows, outcomes, strict=True))
        stated = [Stated(it.bank_ref, it.amount) for it in read if isinstance(it, Credit)]
        if days is None or len(stated) < len(read):
            await self._record(caller, "payments:take-statement", rows=len(rows))
            return Brought(lines, None)
        differ = await StatedDays(self._session).compare(caller, stated, *days)
        said = {"first": days[0].isoformat(), "last": days[1].isoformat(), "differ": len(differ)}
        await self._record(caller, "payments:take-statement", rows=len(rows), **said)
        return Brought(lines, differ)

    async def ledger(self, caller: Caller, first: date, last: date) -> list[Sequence[Cell]]:
        """Both sides of every transaction of these days, in the order they were booked. Raises TableTooLong."""
        asked = (
            select(Transaction, Entry, Charge.code, Charge.payee_name)
            .join(Entry, Entry.transaction_id == Transaction.id)
            .outerjoin(Charge, Charge.id == Transaction.charge_id)
            .where(Transaction.at.between(*span(first, last)))
            .order_by(Transaction.id, Entry.id)
            .limit(MOST_ENTRIES + 1)
        )
        found = (await self._session.execute(asked)).all()
        if len(found) > MOST_ENTRIES:
            raise TableTooLong
        await self._record(caller, "payments:export", first=first.isoformat(), last=last.isoformat())
        return [
            _HEAD,
            *(
                (
                    f"{made.at.astimezone(HERE):%d/%m/%Y %H:%M:%S}",
                    str(made.id),
                    KINDS[made.kind],
                    code,
                    payee,
                    entry.account,
                    max(entry.amount, 0) or None,
                    max(-entry.amount, 0) or None,
                    made.source,
                    made.source_ref,
                )
                for made, entry, code, payee in found
            ),
        ]

    async def _record(self, caller: Caller, act: str, **detail: Any) -> None:
        await record(self._session, act=act, actor=caller, subject=("place", caller.unit), **detail)


def _days(first: date | None, last: date | None) -> tuple[date, date] | None:
    """Of a whole statement. Raises DaysRefused."""
    if first is None and last is None:
        return None
    if first is None or last is None or not first <= last < datetime.now(HERE).date():
        raise DaysRefused
    if (last - first).days >= MOST_DAYS:
        raise DaysRefused
    return first, last


def _rows(text: str, needed: Collection[str], more: Collection[str]) -> Sequence[tables.Row]:
    try:
        rows = list(tables.read(io.StringIO(text, newline=""), needed, [*needed, *more]))
    except tables.NotATable as wrong:
        raise TableUnreadable(column=str(wrong)[:60]) from None
    if len(rows) > tables.MOST:
        raise TableTooLong
    return rows
