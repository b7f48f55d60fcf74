"""What staff do with charges, and what they see: their own unit's, or everybody's for whoever reconciles."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.clock import HERE, span
from server.core.events import publish
from server.core.looks import Why, looked
from server.core.paging import cursor_of, id_of
from server.core.settings import Settings
from server.core.words import Language
from server.modules.identity.public import names_of_staff, resident_of_trace
from server.modules.payments.events import ReceiptsArrived
from server.modules.payments.models import (
    Charge,
    Closing,
    Entry,
    Finding,
    LineState,
    Refund,
    StatementLine,
    Transaction,
)
from server.modules.payments.rules.bill_codes import code_of
from server.modules.payments.rules.ledger import held
from server.modules.payments.rules.states import ChargeState, RefundState
from server.modules.payments.schemas.desk import (
    Account,
    Accounts,
    CashMoved,
    DayReply,
    DeskCharge,
    DeskCharges,
    DeskChargeWhole,
    DeskFinding,
    DeskFindings,
    DeskMovement,
    DeskRefund,
    DeskRefunds,
    LedgerEntry,
    LedgerPage,
)
from server.modules.payments.service import ledger
from server.modules.payments.service.charges import attach
from server.modules.payments.service.days import closing_of, drawer, one_of_the_day, open_drawer
from server.modules.payments.service.findings import close
from server.modules.payments.service.personal import Personal
from server.modules.payments.service.refunds import by_gateway, is_stuck, paying, refunds_of, remaining, surplus_left
from server.modules.payments.service.refusals import (
    AmountNotDue,
    ChargeNotFound,
    ChargeNotPayable,
    DayClosed,
    DayNotBegun,
    FindingNotFound,
    NotPaidYet,
)
from server.modules.payments.service.settling import Money, lock, settle
from server.modules.payments.service.views import Views

RECONCILE = "payments:reconcile"
_UNDECIDED = StatementLine.state == LineState.OPEN


def visible(caller: Caller) -> ColumnElement[bool]:
    """Whose rows staff see (C-02)."""
    return true() if RECONCILE in caller.permissions else Charge.place == caller.unit


class PaymentDesk:
    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._personal = Personal(settings)

    async def find(self, caller: Caller, charge_id: UUID) -> Charge:
        """Raises ChargeNotFound, also for another unit's."""
        charge = await self._session.scalar(select(Charge).where(Charge.id == charge_id, visible(caller)))
        if charge is None:
            raise ChargeNotFound
        return charge

    async def page(
        self, caller: Caller, which: ChargeState | None, code: str, limit: int, cursor: str | None
    ) -> DeskCharges:
        """The newest first; or the one with this code. Raises CursorRefused."""
        asked = select(Charge).where(visible(caller))
        if code:
            asked = asked.where(Charge.code == (code_of(code) or ""))
        if which:
            asked = asked.where(Charge.state == which)
        if cursor is not None:
            asked = asked.where(Charge.id < id_of(cursor))
        rows = list(await self._session.scalars(asked.order_by(Charge.id.desc()).limit(limit + 1)))
        shown = rows[:limit]
        return DeskCharges(
            items=[
                DeskCharge(
                    id=it.id,
                    code=it.code,
                    payee=it.payee_name,
                    purpose=it.purpose,
                    amount=it.amount,
                    due_on=it.due_on,
                    state=it.state,
                    paid_at=it.paid_at,
                    place=it.place,
                )
                for it in shown
            ],
            next_cursor=cursor_of(str(shown[-1].id)) if len(rows) > limit else None,
        )

    async def show(self, caller: Caller, charge_id: UUID, language: Language) -> DeskChargeWhole:
        """One charge; that somebody looked is written down. Raises ChargeNotFound."""
        charge = await self.find(caller, charge_id)
        owner = await resident_of_trace(self._session, charge.owner_index) if charge.owner_index else None
        if owner:
            await looked(self._session, caller, owner, permission="payments:read", why=Why.WORK)
        seen = await Views(self._session, self._settings).whole(charge, language)
        paid = await paying(self._session, charge)
        refunds = await refunds_of(self._session, charge.id)
        return DeskChargeWhole(
            id=charge.id,
            state=charge.state,
            charge=seen.charge,
            attempts=seen.attempts,
            steps=seen.steps,
            movements=await self._movements(charge.id, refunds),
            refunds=await self.refunds(caller, refunds),
            remaining=remaining(paid, refunds) if paid else 0,
            may_take_cash=charge.state is ChargeState.DUE and "payments:cash" in caller.permissions,
            receipt_number=charge.receipt_number,
            receipt_link=charge.receipt_link,
            version=charge.version,
        )

    async def _movements(self, charge_id: UUID, refunds: Sequence[Refund]) -> list[DeskMovement]:
        made = (
            await self._session.scalars(
                select(Transaction).where(Transaction.charge_id == charge_id).order_by(Transaction.id)
            )
        ).all()
        sides: dict[UUID, dict[bool, str]] = {}
        for it in await self._session.scalars(select(Entry).where(Entry.transaction_id.in_([t.id for t in made]))):
            sides.setdefault(it.transaction_id, {})[it.amount > 0] = it.account
        names = await names_of_staff(self._session, {t.staff_id for t in made if t.staff_id})
        return [
            DeskMovement(
                left=surplus_left(t, refunds),
                id=t.id,
                kind=t.kind,
                at=t.at,
                amount=t.amount,
                source=t.source,
                debit=sides[t.id][True],
                credit=sides[t.id][False],
                by=names.get(t.staff_id) if t.staff_id else None,
            )
            for t in made
        ]

    async def take_cash(self, caller: Caller, charge_id: UUID, amount: int) -> None:
        """What lies on the desk, in one sum. Twice is once. Raises ChargeNotPayable, AmountNotDue, DayClosed."""
        charge = await lock(self._session, (await self.find(caller, charge_id)).id)
        if charge.state is not ChargeState.DUE:
            raise ChargeNotPayable
        if amount != charge.amount:
            raise AmountNotDue
        now = await open_drawer(self._session, caller.unit)
        money = Money(drawer(caller.unit), charge.code, amount, now, staff_id=caller.id)
        await settle(self._session, charge, money)
        await record(
            self._session, act="payments:take-cash", actor=caller, subject=("charge", charge.id), amount=amount
        )

    async def attach_receipt(self, caller: Caller, charge_id: UUID, number: str, link: str) -> None:
        charge = await self.find(caller, charge_id)
        if charge.state is not ChargeState.PAID:
            raise NotPaidYet
        if attach(charge, number, link):
            publish(self._session, ReceiptsArrived(charge_ids=[charge.id]))
        await record(self._session, act="payments:attach-receipt", actor=caller, subject=("charge", charge.id))
        await self._session.flush()

    async def waiting(self, caller: Caller, which: RefundState, limit: int, cursor: str | None) -> DeskRefunds:
        """Refunds in this state, the oldest first. Raises CursorRefused."""
        asked = (
            select(Refund)
            .join(Charge, Charge.id == Refund.charge_id)
            .where(Refund.state == which, visible(caller))
            .order_by(Refund.id)
            .limit(limit + 1)
        )
        if cursor is not None:
            asked = asked.where(Refund.id > id_of(cursor))
        rows = (await self._session.scalars(asked)).all()
        shown = rows[:limit]
        return DeskRefunds(
            items=await self.refunds(caller, shown),
            next_cursor=cursor_of(str(shown[-1].id)) if len(rows) > limit else None,
        )

    async def may_see(self, caller: Caller, refund_id: UUID) -> bool:
        asked = (
            select(Refund.id).join(Charge, Charge.id == Refund.charge_id).where(Refund.id == refund_id, visible(caller))
        )
        return await self._session.scalar(asked) is not None

    async def refunds(self, caller: Caller, several: Sequence[Refund]) -> list[DeskRefund]:
        ids = {it.charge_id for it in several}
        charges = {it.id: it for it in await self._session.scalars(select(Charge).where(Charge.id.in_(ids)))}
        people = {who for it in several for who in (it.asked_by, it.decided_by) if who}
        names = await names_of_staff(self._session, people)
        money = select(Transaction).where(Transaction.id.in_({it.transaction_id for it in several}))
        made = {it.id: it for it in await self._session.scalars(money)}
        return [
            DeskRefund(
                id=it.id,
                charge_id=it.charge_id,
                code=charges[it.charge_id].code,
                payee=charges[it.charge_id].payee_name,
                amount=it.amount,
                reason=it.reason,
                state=it.state,
                asked_at=it.created_at,
                asked_by=names.get(it.asked_by) if it.asked_by else None,
                decided_at=it.decided_at,
                decided_by=names.get(it.decided_by) if it.decided_by else None,
                mine=it.asked_by == caller.id,
                by_gateway=by_gateway(self._settings, made[it.transaction_id]),
                sent_at=it.sent_at,
                stuck=is_stuck(it, datetime.now(UTC)),
                version=it.version,
            )
            for it in several
        ]

    async def findings(self, limit: int = 50, cursor: str | None = None) -> DeskFindings:
        """What is open, the oldest first; with what the bank wrote, so that somebody can tell what it is for.

        Raises CursorRefused.
        """
        asked = select(Finding).where(Finding.closed_at.is_(None)).order_by(Finding.id).limit(limit + 1)
        if cursor is not None:
            asked = asked.where(Finding.id > id_of(cursor))
        rows = (await self._session.scalars(asked)).all()
        found = rows[:limit]
        codes = await self._codes({it.charge_id for it in found if it.charge_id})
        lines = {it.id: UUID(it.detail["line"]) for it in found if "line" in it.detail}
        kept = select(StatementLine).where(StatementLine.id.in_(lines.values()), _UNDECIDED)
        texts = {it.id: self._personal.open_line(it.id, it.said) for it in await self._session.scalars(kept)}
        items = [
            DeskFinding(
                id=it.id,
                kind=it.kind,
                at=it.at,
                charge_id=it.charge_id,
                code=codes.get(it.charge_id) if it.charge_id else None,
                amount=it.detail.get("said", it.detail.get("amount")),
                due=it.detail.get("due"),
                told=it.detail.get("told"),
                more=it.about.startswith(f"{it.kind}/more/"),
                line=line if line in texts else None,
                text=texts.get(line) if line else None,
            )
            for it, line in ((it, lines.get(it.id)) for it in found)
        ]
        return DeskFindings(items=items, next_cursor=cursor_of(str(found[-1].id)) if len(rows) > limit else None)

    async def close_finding(self, caller: Caller, finding_id: UUID) -> None:
        """Somebody has looked. Money that is kept is closed only by saying what it is. Raises FindingNotFound."""
        finding = await self._session.scalar(
            select(Finding).where(Finding.id == finding_id, Finding.closed_at.is_(None)).with_for_update()
        )
        if finding is None or await self._is_kept(finding):
            raise FindingNotFound
        await close(self._session, caller, finding)

    async def _is_kept(self, finding: Finding) -> bool:
        line = finding.detail.get("line")
        undecided = select(StatementLine.id).where(StatementLine.id == line, _UNDECIDED)
        return line is not None and await self._session.scalar(undecided) is not None

    async def accounts(self) -> Accounts:
        found = await ledger.balances(self._session)
        payees = await self._session.execute(select(Charge.payee, Charge.payee_name).distinct())
        names = {f"owed:{payee}": name for payee, name in payees}
        return Accounts(
            items=[Account(account=it.account, name=names.get(it.account), balance=it.amount) for it in found],
            total=sum(it.amount for it in found),
        )

    async def ledger(self, account: str, limit: int, cursor: str | None) -> LedgerPage:
        before = id_of(cursor) if cursor else None
        rows = await ledger.entries(self._session, account, limit + 1, before)
        shown = rows[:limit]
        codes = await self._codes({it.transaction.charge_id for it in shown if it.transaction.charge_id})
        return LedgerPage(
            items=[
                LedgerEntry(
                    id=it.entry.id,
                    at=it.transaction.at,
                    kind=it.transaction.kind,
                    code=codes.get(it.transaction.charge_id) if it.transaction.charge_id else None,
                    amount=it.entry.amount,
                    balance=it.balance,
                )
                for it in shown
            ],
            next_cursor=cursor_of(str(shown[-1].entry.id)) if len(rows) > limit else None,
        )

    async def day(self, caller: Caller, day: date) -> DayReply:
        """The cash of one's own desk."""
        moved = await self._cash(caller.unit, day)
        codes = await self._codes({it.charge_id for it, _ in moved if it.charge_id})
        closing = await closing_of(self._session, caller.unit, day)
        people = {it.staff_id for it, _ in moved if it.staff_id} | ({closing.staff_id} if closing else set())
        names = await names_of_staff(self._session, people)
        return DayReply(
            day=day,
            items=[
                CashMoved(
                    at=it.at,
                    code=codes[it.charge_id] if it.charge_id else "",
                    amount=amount,
                    by=names.get(it.staff_id) if it.staff_id else None,
                )
                for it, amount in moved
            ],
            booked=sum(amount for _, amount in moved),
            counted=closing.counted if closing else None,
            closed_by=names.get(closing.staff_id) if closing else None,
        )

    async def close_day(self, caller: Caller, day: date, counted: int) -> None:
        """Somebody has counted the drawer; after that the day takes no more cash. Raises DayNotBegun, DayClosed."""
        if day > datetime.now(HERE).date():
            raise DayNotBegun
        await one_of_the_day(self._session, caller.unit, day)
        booked = sum(amount for _, amount in await self._cash(caller.unit, day))
        row = insert(Closing).values(
            id=uuid7(), place=caller.unit, day=day, booked=booked, counted=counted, staff_id=caller.id
        )
        done = await self._session.execute(row.on_conflict_do_nothing().returning(Closing.id))
        if done.first() is None:
            raise DayClosed
        await record(
            self._session,
            act="payments:close-day",
            actor=caller,
            subject=("place", caller.unit),
            day=day.isoformat(),
            booked=booked,
            counted=counted,
        )

    async def _cash(self, place: str, day: date) -> list[tuple[Transaction, int]]:
        """What went into the drawer, and (below 0) what was given back out of it."""
        asked = (
            select(Transaction, Entry.amount)
            .join(Entry, Entry.transaction_id == Transaction.id)
            .where(Entry.account == held(drawer(place)), Transaction.at.between(*span(day, day)))
            .order_by(Transaction.id)
        )
        return [(row[0], int(row[1])) for row in await self._session.execute(asked)]

    async def _codes(self, ids: Collection[UUID]) -> dict[UUID, str]:
        rows = await self._session.execute(select(Charge.id, Charge.code).where(Charge.id.in_(ids)))
        return {row.id: row.code for row in rows}
