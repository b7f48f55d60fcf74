"""A whole statement, of the bank or of the gateway, against what we have booked: what is not the same on both sides."""

from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Any, Literal, NamedTuple, cast

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import span
from server.core.database import Database
from server.modules.payments.models import GATEWAY

Of = Literal["bank", "gateway"]

_OURS = {
    # What somebody has said never came is missed by nobody.
    "bank": f"""SELECT bank_ref AS ref, amount, at, state = 'returned' AS gone FROM payments_statement_line
        WHERE partner_id <> '{GATEWAY}'""",  # noqa: S608
    # Without what the gateway told first and took back itself.
    "gateway": """SELECT source_ref AS ref, amount, at, false AS gone FROM payments_transaction told
        WHERE source = 'vnpay' AND (kind IN ('payment', 'surplus') OR kind = 'unknown' AND NOT EXISTS (
            SELECT FROM payments_transaction back WHERE back.source = 'vnpay' AND back.source_ref = told.source_ref
            AND back.kind = 'returned' AND back.staff_id IS NULL))""",
}
_DIFFERENCES = """
    SELECT given.ref, ours.amount, given.amount, 1 FROM given LEFT JOIN ours USING (ref)
    WHERE ours.amount IS DISTINCT FROM given.amount
    UNION ALL
    SELECT ours.ref, ours.amount, NULL, 0 FROM ours LEFT JOIN given USING (ref)
    WHERE given.ref IS NULL AND NOT ours.gone AND ours.at BETWEEN %s AND %s
    UNION ALL
    SELECT ref, NULL, NULL, count(*) FROM given GROUP BY ref HAVING count(*) > 1"""
_AT_ONCE = 1000


class Stated(NamedTuple):
    """One line of theirs."""

    ref: str
    amount: int


class Difference(NamedTuple):
    """One reference with our amount and theirs. None: that side does not know it, or they state it several `times`."""

    ref: str
    ours: int | None
    theirs: int | None
    times: int = 1


async def compare(
    database: Database, of: Of, stated: Iterable[Stated], first: date, last: date
) -> AsyncIterator[Difference]:
    """Everything that differs: ours of these days must be stated, theirs must be ours, of whichever day.

    Neither side is ever in memory whole.
    """
    async with await psycopg.AsyncConnection.connect(database.conninfo) as connection:
        async for it in differences(connection, of, stated, first, last):
            yield it
        await connection.rollback()


async def compare_here(
    session: AsyncSession, of: Of, stated: Iterable[Stated], first: date, last: date
) -> list[Difference]:
    """The same of a short statement, within the transaction that has just taken its lines in."""
    await session.flush()
    pooled = await (await session.connection()).get_raw_connection()
    connection = cast("psycopg.AsyncConnection[Any]", pooled.driver_connection)
    return [it async for it in differences(connection, of, stated, first, last)]


async def differences(
    connection: psycopg.AsyncConnection[Any], of: Of, stated: Iterable[Stated], first: date, last: date
) -> AsyncIterator[Difference]:
    await connection.execute("CREATE TEMP TABLE given (ref text, amount bigint) ON COMMIT DROP")
    async with connection.cursor() as cursor, cursor.copy("COPY given FROM STDIN") as copy:
        for line in stated:
            await copy.write_row(line)
    await connection.execute("ANALYZE given")
    await connection.execute(f"CREATE TEMP VIEW ours AS {_OURS[of]}")
    async with connection.cursor(name="differences") as cursor:
        cursor.itersize = _AT_ONCE
        await cursor.execute(_DIFFERENCES, span(first, last))
        async for row in cursor:
            yield Difference(*row)
    await connection.execute("DROP VIEW ours")
    await connection.execute("DROP TABLE given")
