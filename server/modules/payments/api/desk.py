"""Payments at the desk over HTTP: charges, cash, refunds, what differs, the ledger, the day."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, may
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.paging import Asked, Cursor, CursorRefused, Limit, MaybeAsked
from server.core.problems import InputRefused, NotFound, Unavailable, problems
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.core.words import language_of
from server.modules.identity.public import OwnWork
from server.modules.payments.api.strict import body_of
from server.modules.payments.rules.states import ChargeState, RefundReason, RefundState
from server.modules.payments.schemas.bills import AttachReceipt
from server.modules.payments.schemas.desk import (
    Accounts,
    AskRefund,
    AssignLine,
    CloseDay,
    DayReply,
    DecideRefund,
    DeskCharges,
    DeskChargeWhole,
    DeskFindings,
    DeskRefunds,
    LedgerPage,
    TakeCash,
)
from server.modules.payments.service.desk import PaymentDesk
from server.modules.payments.service.refunds import Refunds
from server.modules.payments.service.refusals import (
    AmountNotDue,
    ChargeNotFound,
    ChargeNotPayable,
    DayClosed,
    DayNotBegun,
    DecidedBefore,
    FindingNotFound,
    LineNotFound,
    NotPaidYet,
    PaidRefNeeded,
    RefundNotFound,
    RefundTooMuch,
    RemainingDiffers,
)
from server.modules.payments.service.statements import Statements

_STAFF = (SignInNeeded, NotAllowed, CallerChanged, Unavailable)
_REPEATED = (KeyRefused, KeyUsedForAnother, StillRunning)
_DECIDED = (InputRefused, NotFound, ChangedMeanwhile, VersionNeeded, *_REPEATED, *_STAFF)
_ONE = (InputRefused, ChargeNotFound, NotFound, *_STAFF)


class PaymentDeskController(Controller):
    path = "/payments/desk"
    tags = ("payments",)

    @get("/charges", guards=[may("payments:read")], responses=problems(InputRefused, CursorRefused, *_STAFF))
    async def list_desk_charges(
        self,
        request: AnyRequest,
        payment_desk: NamedDependency[PaymentDesk],
        which: Annotated[ChargeState | None, QueryParameter()] = None,
        code: MaybeAsked = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> DeskCharges:
        """The charges of one's own unit, or all of them for whoever reconciles; the newest first."""
        return await payment_desk.page(request.user, which, code or "", limit, cursor)

    @get("/charges/{charge_id:uuid}", guards=[may("payments:read")], responses=problems(*_ONE))
    async def get_desk_charge(
        self, request: AnyRequest, charge_id: FromPath[UUID], payment_desk: NamedDependency[PaymentDesk]
    ) -> DeskChargeWhole:
        """One charge with every movement of its money. The resident sees who looked."""
        return await payment_desk.show(request.user, charge_id, language_of(request))

    @create(
        "/charges/{charge_id:uuid}/cash",
        status_code=200,
        guards=[may("payments:cash")],
        responses=problems(ChargeNotPayable, AmountNotDue, DayClosed, *_REPEATED, *_ONE),
    )
    async def take_cash(
        self,
        request: AnyRequest,
        charge_id: FromPath[UUID],
        data: JSONBody[TakeCash],
        payment_desk: NamedDependency[PaymentDesk],
    ) -> DeskChargeWhole:
        """Cash at the desk, the whole amount in one sum."""
        await payment_desk.take_cash(request.user, charge_id, body_of(await request.body(), TakeCash).amount)
        return await payment_desk.show(request.user, charge_id, language_of(request))

    @post(
        "/charges/{charge_id:uuid}/receipt",
        status_code=200,
        guards=[may("payments:cash")],
        responses=problems(NotPaidYet, *_ONE),
    )
    async def attach_receipt(
        self,
        request: AnyRequest,
        charge_id: FromPath[UUID],
        data: JSONBody[AttachReceipt],
        payment_desk: NamedDependency[PaymentDesk],
    ) -> DeskChargeWhole:
        """The number of the agency's electronic receipt, and where it is looked up."""
        await payment_desk.attach_receipt(request.user, charge_id, data.number, data.link)
        return await payment_desk.show(request.user, charge_id, language_of(request))

    @create(
        "/charges/{charge_id:uuid}/refunds",
        status_code=200,
        guards=[may("payments:refund")],
        responses=problems(NotPaidYet, RemainingDiffers, RefundTooMuch, *_REPEATED, *_ONE),
    )
    async def ask_for_refund(
        self,
        request: AnyRequest,
        charge_id: FromPath[UUID],
        data: JSONBody[AskRefund],
        payment_desk: NamedDependency[PaymentDesk],
        refunds: NamedDependency[Refunds],
    ) -> DeskChargeWhole:
        """Ask that part or all of a payment goes back. 412 when another sum is left."""
        asked = body_of(await request.body(), AskRefund)
        charge = await payment_desk.find(request.user, charge_id)
        await refunds.ask(
            request.user,
            charge,
            asked.amount,
            asked.expected_remaining,
            RefundReason(asked.reason),
            movement=asked.movement,
        )
        return await payment_desk.show(request.user, charge_id, language_of(request))

    @get("/refunds", guards=[may("payments:read")], responses=problems(InputRefused, CursorRefused, *_STAFF))
    async def list_refunds(
        self,
        request: AnyRequest,
        payment_desk: NamedDependency[PaymentDesk],
        which: Annotated[RefundState, QueryParameter()] = RefundState.REQUESTED,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> DeskRefunds:
        """Refunds in one state, the oldest first."""
        return await payment_desk.waiting(request.user, which, limit, cursor)

    @create(
        "/refunds/{refund_id:uuid}/decide",
        status_code=200,
        guards=[may("payments:approve")],
        responses=problems(RefundNotFound, OwnWork, DecidedBefore, PaidRefNeeded, DayClosed, *_DECIDED),
    )
    async def decide_refund(
        self,
        request: AnyRequest,
        refund_id: FromPath[UUID],
        data: JSONBody[DecideRefund],
        payment_desk: NamedDependency[PaymentDesk],
        refunds: NamedDependency[Refunds],
        if_match: IfMatch = None,
    ) -> DeskRefunds:
        """Give it back, or refuse: by somebody else than who asked."""
        if not await payment_desk.may_see(request.user, refund_id):
            raise RefundNotFound
        decided = await refunds.decide(
            request.user,
            refund_id,
            version_of(if_match),
            give=data.give,
            paid_ref=data.paid_ref.strip(),
            cash=data.cash,
        )
        return DeskRefunds(items=await payment_desk.refunds(request.user, [decided]), next_cursor=None)

    @get("/findings", guards=[may("payments:reconcile")], responses=problems(InputRefused, CursorRefused, *_STAFF))
    async def list_findings(
        self, payment_desk: NamedDependency[PaymentDesk], limit: Limit = 50, cursor: Cursor = None
    ) -> DeskFindings:
        """What differs, and money nobody knows the purpose of: the oldest first."""
        return await payment_desk.findings(limit, cursor)

    @post(
        "/findings/{finding_id:uuid}/close",
        status_code=200,
        guards=[may("payments:reconcile")],
        responses=problems(InputRefused, FindingNotFound, NotFound, *_STAFF),
    )
    async def close_finding(
        self, request: AnyRequest, finding_id: FromPath[UUID], payment_desk: NamedDependency[PaymentDesk]
    ) -> DeskFindings:
        """Somebody has looked into it. Answered is, as by the acts below, the first page of what is left."""
        await payment_desk.close_finding(request.user, finding_id)
        return await payment_desk.findings()

    @create(
        "/lines/{line_id:uuid}/assign",
        status_code=200,
        guards=[may("payments:reconcile")],
        responses=problems(InputRefused, LineNotFound, NotFound, ChargeNotFound, DecidedBefore, *_REPEATED, *_STAFF),
    )
    async def assign_line(
        self,
        request: AnyRequest,
        line_id: FromPath[UUID],
        data: JSONBody[AssignLine],
        statements: NamedDependency[Statements],
        payment_desk: NamedDependency[PaymentDesk],
    ) -> DeskFindings:
        """Say which bill money was for. It pays that bill when it is exactly what is due; else it is given back."""
        await statements.assign(request.user, line_id, data.code)
        return await payment_desk.findings()

    @create(
        "/lines/{line_id:uuid}/give-back",
        status_code=200,
        guards=[may("payments:reconcile")],
        responses=problems(InputRefused, LineNotFound, NotFound, DecidedBefore, *_REPEATED, *_STAFF),
    )
    async def give_line_back(
        self,
        request: AnyRequest,
        line_id: FromPath[UUID],
        statements: NamedDependency[Statements],
        payment_desk: NamedDependency[PaymentDesk],
    ) -> DeskFindings:
        """Money nobody knows went back to where it came from."""
        await statements.give_back(request.user, line_id)
        return await payment_desk.findings()

    @get("/accounts", guards=[may("payments:reconcile")], responses=problems(*_STAFF))
    async def list_accounts(self, payment_desk: NamedDependency[PaymentDesk]) -> Accounts:
        """Every account of the ledger with its balance; the sum of all of them is 0."""
        return await payment_desk.accounts()

    @get("/ledger", guards=[may("payments:reconcile")], responses=problems(InputRefused, CursorRefused, *_STAFF))
    async def read_ledger(
        self,
        account: Asked,
        payment_desk: NamedDependency[PaymentDesk],
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> LedgerPage:
        """One account, the newest first, each entry with the balance after it."""
        return await payment_desk.ledger(account, limit, cursor)

    @get("/days/{day:str}", guards=[may("payments:cash")], responses=problems(InputRefused, *_STAFF))
    async def get_day(
        self, request: AnyRequest, day: FromPath[str], payment_desk: NamedDependency[PaymentDesk]
    ) -> DayReply:
        """The cash of one's own desk on one day (YYYY-MM-DD)."""
        return await payment_desk.day(request.user, _day(day))

    @create(
        "/days/{day:str}/close",
        status_code=200,
        guards=[may("payments:cash")],
        responses=problems(InputRefused, DayClosed, DayNotBegun, *_REPEATED, *_STAFF),
    )
    async def close_day(
        self,
        request: AnyRequest,
        day: FromPath[str],
        data: JSONBody[CloseDay],
        payment_desk: NamedDependency[PaymentDesk],
    ) -> DayReply:
        """Say what was counted. After that the day takes no more cash."""
        await payment_desk.close_day(request.user, _day(day), body_of(await request.body(), CloseDay).counted)
        return await payment_desk.day(request.user, _day(day))


def _day(given: str) -> date:
    try:
        return datetime.strptime(given, "%Y-%m-%d").date()
    except ValueError:
        raise InputRefused(errors=[{"field": "day", "reason": "YYYY-MM-DD"}]) from None
