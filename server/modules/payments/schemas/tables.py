"""Bills and statements as staff bring them in a spreadsheet."""

from typing import Literal

from server.core.wire import Command, Reply
from server.modules.payments.schemas.bills import ItemProblem


class SendTable(Command):
    """A CSV file as text: its first line names the columns, as the API names the fields."""

    text: str

    def __post_init__(self) -> None:
        """Whole files are longer than what people type; each of its cells is cleaned when it is read."""


class TableRow(Reply):
    """What became of one line of the file. `name`: its `reference` or `bank_ref`; `code`: of a bill that is there."""

    line: int
    name: str | None
    result: Literal["taken", "matched", "kept", "known", "refused"]
    code: str | None
    problem: ItemProblem | None


class TableRows(Reply):
    items: list[TableRow]


BILL_COLUMNS = ("reference", "payee", "payee_name", "purpose", "amount", "what")
"""Without them no bill can be read."""
BILL_MORE = ("for_whom", "due_on", "exemption", "payer_phone")
LINE_COLUMNS = ("bank_ref", "amount", "at")
LINE_MORE = ("text", "currency")
