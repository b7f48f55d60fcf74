"""Asking those who must know: the fresh every minute, all of them at night, with a list of what differs."""

from asyncio import gather
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import alone
from server.core.events import publish
from server.core.settings import Settings
from server.modules.payments.events import MoreFreshToAsk, MoreToAsk
from server.modules.payments.gateways.vnpay import GatewayAway, OrderNotAnswered, ask
from server.modules.payments.models import Attempt, FindingKind, Refund, Transaction
from server.modules.payments.rules import vnpay
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import ASKED_FOR, UNCERTAIN, AttemptState, RefundState, Way
from server.modules.payments.service.findings import find
from server.modules.payments.service.notices import Notices, Said

log = structlog.get_logger()

_FRESH_AT_ONCE, _TOGETHER = 200, 8
_ALL = timedelta(days=3)
"""So long also what it has confirmed is asked about again: it may think otherwise."""
_A_PAGE = 500
_GOING_BACK = (RefundState.SENDING, RefundState.DONE)


class Reconciling:
    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def ask_fresh(self, now: datetime) -> int:
        """Orders of the last day without an end we know for sure; how many were asked about.

        Within the first hour once a minute, later every ten minutes: whoever waits for an answer has it soon. A page,
        and the next one as a job of its own: one that was begun and left ends when it was asked about, however many
        there are in a rush. Only one asks at a time.
        """
        if not self._settings.vnpay_api_url or not await alone(self._session, "ask about fresh orders"):
            return 0
        minute, ten = now - timedelta(seconds=55), now - timedelta(minutes=10)
        young = Attempt.begun_at > now - timedelta(hours=1)
        due = select(Attempt).where(
            Attempt.way == Way.VNPAY,
            Attempt.state.in_(UNCERTAIN),
            Attempt.begun_at > now - ASKED_FOR,
            or_(Attempt.begun_at <= minute, Attempt.claimed_at.is_not(None)),
            or_(Attempt.asked_at.is_(None), Attempt.asked_at <= ten, young & (Attempt.asked_at <= minute)),
        )
        # Whoever was never asked about, or longest ago, first: nobody waits for ever behind others.
        oldest = due.order_by(Attempt.asked_at.nulls_first(), Attempt.claimed_at, Attempt.id).limit(_FRESH_AT_ONCE)
        asked, _ = await self._ask((await self._session.scalars(oldest)).all(), now, anew=False)
        # Those it did not answer about would come first again, at once.
        if asked == _FRESH_AT_ONCE:
            publish(self._session, MoreFreshToAsk())
        return asked

    async def ask_all(self, now: datetime, after: UUID | None = None) -> int:
        """Every order of the last days, the paid ones too, and each older one whose end the gateway has not confirmed:
        what it says otherwise is a finding. A page, and the next one as a job of its own.
        """
        if not self._settings.vnpay_api_url:
            return 0
        unconfirmed = or_(Attempt.state.in_(UNCERTAIN), Attempt.asked_at.is_(None), Attempt.asked_at < Attempt.ended_at)
        page = select(Attempt).where(
            Attempt.way == Way.VNPAY,
            Attempt.begun_at > now - timedelta(days=self._settings.reconcile_days),
            or_(Attempt.begun_at > now - _ALL, unconfirmed),
        )
        if after is not None:
            page = page.where(Attempt.id > after)
        some = (await self._session.scalars(page.order_by(Attempt.id).limit(_A_PAGE))).all()
        asked, away = await self._ask(some, now, anew=True)
        # One that is away tonight is asked about all that is left tomorrow night.
        if len(some) == _A_PAGE and not away:
            publish(self._session, MoreToAsk(after=some[-1].id, night=now))
        return asked

    async def _ask(self, attempts: Sequence[Attempt], now: datetime, *, anew: bool) -> tuple[int, bool]:
        """How many it has answered about, and whether it is away."""
        answers: list[tuple[Attempt, dict[str, str] | None]] = []
        silent: list[Attempt] = []
        away = False
        for first in range(0, len(attempts), _TOGETHER):
            some = attempts[first : first + _TOGETHER]
            said_of = await gather(*(self._asked(it) for it in some))
            answers += [(it, said) for it, said in zip(some, said_of, strict=True) if not isinstance(said, GatewayAway)]
            silent += [it for it, said in zip(some, said_of, strict=True) if isinstance(said, OrderNotAnswered)]
            if away := all(type(said) is GatewayAway for said in said_of):
                break  # all others would wait as long for nothing
        # Nothing is locked while the gateway thinks, or its own notice would wait for it.
        said = [Said(fields or {}, signed=True) for it, fields in answers if await self._is_news(it, fields, anew=anew)]
        # The same decision as for its notice, with the same checks.
        await Notices(self._session, self._settings).take(said)
        # One without an end that it says nothing of is asked about again when it is its turn; one that has ended is
        # confirmed by an answer alone.
        asked = [it.id for it, _ in answers] + [it.id for it in silent if it.state in UNCERTAIN]
        await self._session.execute(update(Attempt).where(Attempt.id.in_(asked)).values(asked_at=now))
        return len(answers), away

    async def _asked(self, attempt: Attempt) -> dict[str, str] | GatewayAway | None:
        try:
            return await ask(self._settings, attempt.reference, attempt.begun_at)
        except GatewayAway as away:
            log.warning("payment gateway away", why=str(away))
            return away

    async def _is_news(self, attempt: Attempt, fields: dict[str, str] | None, *, anew: bool) -> bool:
        paid = attempt.state is AttemptState.SUCCEEDED
        if fields is not None and vnpay.is_about_refund(fields):
            mine = (Transaction.source == "vnpay") & (Transaction.source_ref == attempt.reference)
            asked = select(Refund.id).join(Transaction, Transaction.id == Refund.transaction_id)
            going = asked.where(mine, Refund.state.in_(_GOING_BACK))
            # What was kept goes back by hand, at the gateway's own portal, when staff have said so.
            by_hand = (Transaction.kind == Kind.RETURNED) & Transaction.staff_id.is_not(None)
            gone = going.union_all(select(Transaction.id).where(mine, by_hand))
            differs = await self._session.scalar(gone.limit(1)) is None
        elif paid:
            differs = (
                fields is None
                or not vnpay.succeeded(fields)
                or vnpay.dong_of(fields.get("vnp_Amount", "")) != attempt.amount
            )
        else:
            return fields is not None and not vnpay.is_pending(fields)
        if differs:
            await find(
                self._session,
                FindingKind.GATEWAY_DIFFERS,
                attempt.reference,
                attempt.charge_id,
                anew=anew,
                amount=attempt.amount,
            )
        return False

    async def check_ledger(self) -> int:
        """The ledger against itself and against what is called paid; how many differences there are."""
        found = 0
        for name, query in _CHECKS.items():
            for (row,) in await self._session.execute(text(query)):
                found += 1
                await find(self._session, FindingKind.LEDGER_DIFFERS, f"{name}/{row}", anew=True, check=name)
        return found


_CHECKS = {
    "sum": "SELECT transaction_id FROM payments_entry GROUP BY 1 HAVING sum(amount) <> 0 LIMIT 50",
    "sides": """SELECT t.id FROM payments_transaction t LEFT JOIN payments_entry e ON e.transaction_id = t.id
                GROUP BY t.id HAVING count(e.id) < 2 LIMIT 50""",
    "paid": """SELECT c.id FROM payments_charge c LEFT JOIN payments_transaction t ON t.charge_id = c.id AND t.pays
               WHERE (c.state = 'paid') <> (t.id IS NOT NULL) OR t.amount <> c.amount LIMIT 50""",
    "refunds": """SELECT r.id FROM payments_refund r LEFT JOIN payments_transaction t
                  ON t.kind = 'refund' AND t.source_ref = r.id::text
                  WHERE (r.state = 'done') <> (t.id IS NOT NULL) LIMIT 50""",
    "attempts": """SELECT a.id FROM payments_attempt a LEFT JOIN payments_transaction t ON t.attempt_id = a.id
                   WHERE (a.state = 'succeeded') <> (t.id IS NOT NULL) LIMIT 50""",
    # About each đồng that is kept a person is asked, and about no other.
    "kept": """SELECT 'unknown' WHERE (SELECT coalesce(sum(amount), 0) FROM payments_entry WHERE account = 'unknown')
               + (SELECT coalesce(sum(amount), 0) FROM payments_statement_line WHERE state = 'open') <> 0""",
}
