"""Spreadsheets over HTTP: bills and statements in, the ledger out."""

import asyncio
from datetime import date
from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, may
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.problems import InputRefused, TooLarge, Unavailable, problems
from server.core.sheets import CSV, XLSX, Sheet, csv_of, xlsx_of
from server.core.words import Language, language_of
from server.modules.payments.api.partners import problem_of
from server.modules.payments.rules.tables import Row
from server.modules.payments.schemas.tables import (
    SendStatementTable,
    SendTable,
    StatedDifference,
    StatementRows,
    TableRow,
    TableRows,
)
from server.modules.payments.service.charges import Raised
from server.modules.payments.service.refusals import BillRefused, DaysRefused, TableTooLong, TableUnreadable
from server.modules.payments.service.statements import Taken
from server.modules.payments.service.tables import Tables

_ROOM = 1024 * 1024
_STAFF = (SignInNeeded, NotAllowed, CallerChanged, Unavailable)
_BROUGHT = (
    InputRefused,
    TableUnreadable,
    TableTooLong,
    TooLarge,
    KeyRefused,
    KeyUsedForAnother,
    StillRunning,
    *_STAFF,
)


class TableController(Controller):
    path = "/payments/desk/tables"
    tags = ("payments",)

    @create(
        "/bills",
        status_code=200,
        guards=[may("payments:raise")],
        request_max_body_size=_ROOM,
        responses=problems(*_BROUGHT),
    )
    async def bring_bills(
        self, request: AnyRequest, data: JSONBody[SendTable], tables: NamedDependency[Tables]
    ) -> TableRows:
        """Bills of one's own unit from a CSV file of up to 2,000 rows; a refused row keeps no other one away.

        Columns: `reference`, `payee`, `payee_name`, `purpose`, `amount`, `what`; and where known `for_whom`, `due_on`
        (2026-11-30 or 30/11/2026), `exemption`, `payer_phone`. A row that was brought before is `known`.
        """
        language = language_of(request)
        return TableRows(
            items=[
                _row(row, "reference", it, language) for row, it in await tables.raise_bills(request.user, data.text)
            ]
        )

    @create(
        "/statement",
        status_code=200,
        guards=[may("payments:reconcile")],
        request_max_body_size=_ROOM,
        responses=problems(DaysRefused, *_BROUGHT),
    )
    async def bring_statement(
        self, request: AnyRequest, data: JSONBody[SendStatementTable], tables: NamedDependency[Tables]
    ) -> StatementRows:
        """Lines of the bank's statement from a CSV file of up to 2,000 rows, as if the bank had sent them.

        Columns: `bank_ref`, `amount`, `at` (RFC 3339, or 22/11/2026 09:30 by the clock here); and `text`. A line that
        the bank has sent itself is `known`. With `first` and `last` it is the whole statement of these days: once each
        line can be read it is compared with the books, now and every night, and what differs is a finding.
        """
        language = language_of(request)
        lines, differ = await tables.take_statement(request.user, data.text, data.first, data.last)
        return StatementRows(
            items=[_row(row, "bank_ref", it, language) for row, it in lines],
            compared=differ is not None,
            differences=[StatedDifference(**it._asdict()) for it in differ or []],
        )

    @get(
        "/ledger",
        guards=[may("payments:reconcile")],
        media_type=CSV,
        responses={200: ResponseSpec(bytes, media_type=CSV, generate_examples=False)}
        | problems(InputRefused, TableTooLong, *_STAFF),
    )
    async def export_ledger(
        self,
        request: AnyRequest,
        tables: NamedDependency[Tables],
        first: Annotated[date, QueryParameter()],
        last: Annotated[date, QueryParameter()],
        sheet: Annotated[Sheet, QueryParameter()] = "csv",
    ) -> Response[bytes]:
        """The ledger of some days for the accountant, as CSV or XLSX (`sheet`), in which nothing is a formula."""
        rows = await tables.ledger(request.user, first, last)
        content = await asyncio.to_thread(csv_of if sheet == "csv" else xlsx_of, rows)
        name = f'attachment; filename="so-cai-{first}-{last}.{sheet}"'
        media = CSV if sheet == "csv" else XLSX
        return Response(content, media_type=media, headers={"Content-Disposition": name})


def _row(row: Row, name: str, it: Raised | Taken | BillRefused, language: Language) -> TableRow:
    return TableRow(
        line=row.line,
        name=row.cells.get(name, "")[:120] or None,
        result="refused" if isinstance(it, BillRefused) else it.result,
        code=it.code if isinstance(it, Raised) else None,
        problem=problem_of(it, language) if isinstance(it, BillRefused) else None,
    )
