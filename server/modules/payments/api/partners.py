"""What billers, banks and the payment gateway send."""

from typing import Any, Literal

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, anyone, partner
from server.core.problems import InputRefused, TooLarge, Unavailable, problems
from server.core.wire import Twice
from server.core.words import Language, language_of
from server.modules.payments.schemas.bills import (
    Bill,
    BillOutcome,
    BillOutcomes,
    Credit,
    ItemProblem,
    LineOutcome,
    LineOutcomes,
    Noted,
    NotedRefunds,
    Receipt,
    ReceiptOutcome,
    ReceiptOutcomes,
    RefundedBill,
    RefundedBills,
    SendBills,
    SendReceipts,
    SendStatement,
    SettledBill,
    SettledBills,
    TakeNote,
    TakeNoteOfRefunds,
    WithdrawBills,
    Withdrawn,
)
from server.modules.payments.schemas.residents import IpnReply
from server.modules.payments.schemas.strict import strictly_or, whole
from server.modules.payments.service.charges import Charges, Raised, demand_of
from server.modules.payments.service.notices import Incoming
from server.modules.payments.service.refunds import Refunds
from server.modules.payments.service.refusals import (
    BillRefused,
    BillUnreadable,
    CreditUnreadable,
    ReceiptUnreadable,
    TooManyAtOnce,
)
from server.modules.payments.service.statements import Statements, Taken

MOST = 500
_PARTNER = (InputRefused, SignInNeeded, NotAllowed, TooLarge, TooManyAtOnce, Unavailable)
_ROOM = 1024 * 1024


class PartnerController(Controller):
    path = "/payments"
    tags = ("payments",)

    @post(
        "/bills",
        status_code=200,
        guards=[partner("payments:bill")],
        request_max_body_size=_ROOM,
        responses=problems(*_PARTNER),
    )
    async def send_bills(
        self, request: AnyRequest, data: JSONBody[SendBills], charges: NamedDependency[Charges]
    ) -> BillOutcomes:
        """What people are asked to pay: up to 500 bills at once, each once for its `reference`.

        Each bill: `reference`, `payee`, `payee_name`, `purpose` (dossier-fee, tuition, hospital, utility), `amount`
        (whole đồng, 1 to 10^12; 0 with an `exemption`), `what`; and where known `for_whom`, `subject`, `due_on`,
        `payer_phone`, `place`. The same bill sent again is `known`; another one under its reference is refused. A
        refused bill keeps no other one away.
        """
        given: list[Any] = _items(await request.body(), "bills")
        read = [strictly_or(BillUnreadable, it, Bill) for it in given]
        outcomes = await charges.raise_all(
            request.user.id, [demand_of(it) if isinstance(it, Bill) else it for it in read]
        )
        language = language_of(request)
        return BillOutcomes(items=[_bill(place, it, given[place], language) for place, it in enumerate(outcomes)])

    @post(
        "/bills/withdraw",
        status_code=200,
        guards=[partner("payments:bill")],
        responses=problems(*_PARTNER),
    )
    async def withdraw_bills(
        self, request: AnyRequest, data: JSONBody[WithdrawBills], charges: NamedDependency[Charges]
    ) -> Withdrawn:
        """Bills nobody shall pay any more. What is paid stays paid; money that comes later is given back."""
        return Withdrawn(withdrawn=await charges.withdraw(request.user.id, data.references))

    @get("/bills/settled", guards=[partner("payments:bill")], responses=problems(*_PARTNER))
    async def list_settled_bills(self, request: AnyRequest, charges: NamedDependency[Charges]) -> SettledBills:
        """What was paid and the biller has not taken note of, the oldest first: up to 500."""
        return SettledBills(
            items=[
                SettledBill(
                    id=it.id,
                    reference=it.reference,
                    code=it.code,
                    amount=it.amount,
                    paid_at=it.paid_at or it.updated_at,
                )
                for it in await charges.settled(request.user.id)
            ]
        )

    @post(
        "/bills/settled",
        status_code=200,
        guards=[partner("payments:bill")],
        responses=problems(*_PARTNER),
    )
    async def note_settled_bills(
        self, request: AnyRequest, data: JSONBody[TakeNote], charges: NamedDependency[Charges]
    ) -> Noted:
        """The biller has these payments in its own books: whoever paid is told so, and they are not listed again."""
        return Noted(noted=await charges.note(request.user.id, data.references))

    @get("/bills/refunded", guards=[partner("payments:bill")], responses=problems(*_PARTNER))
    async def list_refunded_bills(self, request: AnyRequest, refunds: NamedDependency[Refunds]) -> RefundedBills:
        """What went back of bills that were paid and the biller has not taken note of, the oldest first: up to 500."""
        return RefundedBills(
            items=[
                RefundedBill(
                    id=it.id, reference=it.reference, code=it.code, amount=it.amount, refunded_at=it.refunded_at
                )
                for it in await refunds.untold(request.user.id)
            ]
        )

    @post(
        "/bills/refunded",
        status_code=200,
        guards=[partner("payments:bill")],
        responses=problems(*_PARTNER),
    )
    async def note_refunded_bills(
        self, request: AnyRequest, data: JSONBody[TakeNoteOfRefunds], refunds: NamedDependency[Refunds]
    ) -> NotedRefunds:
        """The biller has these refunds in its own books: they are not listed again."""
        return NotedRefunds(noted=await refunds.note(request.user.id, data.ids))

    @post(
        "/bills/receipts",
        status_code=200,
        guards=[partner("payments:bill")],
        request_max_body_size=_ROOM,
        responses=problems(*_PARTNER),
    )
    async def send_receipts(
        self, request: AnyRequest, data: JSONBody[SendReceipts], charges: NamedDependency[Charges]
    ) -> ReceiptOutcomes:
        """The biller's electronic receipts for what it was paid: up to 500 at once.

        Each receipt: `reference` of the bill, `number`, and where known `link` (https). Whoever paid is told and finds
        it beside the payment. The same receipt sent again is `known`; another number takes the place of the first.
        """
        given: list[Any] = _items(await request.body(), "receipts")
        read = [strictly_or(ReceiptUnreadable, it, Receipt) for it in given]
        outcomes = await charges.receive(request.user.id, read)
        language = language_of(request)
        return ReceiptOutcomes(items=[_receipt(at, it, given[at], language) for at, it in enumerate(outcomes)])

    @post(
        "/statements",
        status_code=200,
        guards=[partner("payments:statement")],
        request_max_body_size=_ROOM,
        responses=problems(*_PARTNER),
    )
    async def send_statement(
        self, request: AnyRequest, data: JSONBody[SendStatement], statements: NamedDependency[Statements]
    ) -> LineOutcomes:
        """What came in at the bank: up to 500 credits at once, each once for its `bank_ref`.

        Each line: `bank_ref`, `amount` (whole đồng), `at` (RFC 3339 with its zone), `text` (what whoever transferred
        wrote). A line that names one bill, whole and with its exact amount, pays it; any other is kept for a person.
        """
        given: list[Any] = _items(await request.body(), "lines")
        read = [strictly_or(CreditUnreadable, it, Credit) for it in given]
        outcomes = await statements.take(request.user.id, read, [_name(it, "bank_ref") for it in given])
        language = language_of(request)
        return LineOutcomes(items=[_line(place, it, given[place], language) for place, it in enumerate(outcomes)])

    @get("/vnpay/ipn", guards=[anyone], responses=problems(Unavailable))
    async def note_vnpay(self, request: AnyRequest, incoming: NamedDependency[Incoming]) -> Response[IpnReply]:
        """VNPay's notice of what became of an order: its `vnp_` parameters, signed. Answered in its own words.

        `00` taken, `01` no such order, `02` taken before, `04` another amount, `97` not signed by it.
        """
        answer = await incoming.ipn(request.scope["query_string"].decode("ascii", "replace"))
        return Response(IpnReply(rsp_code=answer.code, message=answer.message), headers={"Cache-Control": "no-store"})


def _items(body: bytes, name: str) -> list[Any]:
    """The items as they stand there. Raises InputRefused when the batch itself names a field twice."""
    read = whole(body)
    if isinstance(read, Twice):
        raise InputRefused(errors=[])
    items: list[Any] = read[name]
    if len(items) > MOST:
        raise TooManyAtOnce
    return items


def problem_of(refusal: BillRefused, language: Language) -> ItemProblem:
    return ItemProblem(type=refusal.type(), title=refusal.title.for_(language), field=refusal.field)


def _bill(place: int, it: Raised | BillRefused, given: Any, language: Language) -> BillOutcome:
    reference = _name(given, "reference")
    if isinstance(it, BillRefused):
        problem = problem_of(it, language)
        return BillOutcome(index=place, reference=reference, result="refused", code=None, problem=problem)
    return BillOutcome(index=place, reference=reference, result=it.result, code=it.code, problem=None)


def _receipt(place: int, it: Literal["taken", "known"] | BillRefused, given: Any, language: Language) -> ReceiptOutcome:
    reference = _name(given, "reference")
    if isinstance(it, BillRefused):
        problem = problem_of(it, language)
        return ReceiptOutcome(index=place, reference=reference, result="refused", problem=problem)
    return ReceiptOutcome(index=place, reference=reference, result=it, problem=None)


def _line(place: int, it: Taken | BillRefused, given: Any, language: Language) -> LineOutcome:
    if isinstance(it, BillRefused):
        return LineOutcome(
            index=place, bank_ref=_name(given, "bank_ref"), result="refused", problem=problem_of(it, language)
        )
    return LineOutcome(index=place, bank_ref=_name(given, "bank_ref"), result=it.result, problem=None)


def _name(given: Any, field: str) -> str | None:
    name = given.get(field) if isinstance(given, dict) else None
    return name[:120] if isinstance(name, str) else None
