"""Bills and statements as staff bring them in a spreadsheet."""

from datetime import date
from typing import Literal

from server.core.wire import Command, Reply
from server.modules.payments.schemas.bills import ItemProblem


class SendTable(Command):
    """A CSV file as text: its first line names the columns, as the API names the fields."""

    text: str

    def __post_init__(self) -> None:
        """Whole files are longer than what people type; each of its cells is cleaned when it is read."""


class SendStatementTable(SendTable):
    """`first`, `last`: the days of which these are all lines of the bank's statement, where they are; both or neither.

    Such days are over, and 31 at most.
    """

    first: date | None = None
    last: date | None = None


class TableRow(Reply):
    """What became of one line of the file. `name`: its `reference` or `bank_ref`; `code`: of a bill that is there."""

    line: int
    name: str | None
    result: Literal["taken", "matched", "kept", "known", "refused"]
    code: str | None
    problem: ItemProblem | None


class TableRows(Reply):
    items: list[TableRow]


class StatedDifference(Reply):
    """One of the bank's references with our amount and the statement's; null: that side does not have it.

    `times`: how often the statement has it.
    """

    ref: str
    ours: int | None
    theirs: int | None
    times: int


class StatementRows(Reply):
    """`compared`: it was a whole statement, every line could be read, and its days were compared with the books."""

    items: list[TableRow]
    compared: bool
    differences: list[StatedDifference]


BILL_COLUMNS = ("reference", "payee", "payee_name", "purpose", "amount", "what")
"""Without them no bill can be read."""
BILL_MORE = ("for_whom", "due_on", "exemption", "payer_phone")
LINE_COLUMNS = ("bank_ref", "amount", "at")
LINE_MORE = ("text", "currency")
