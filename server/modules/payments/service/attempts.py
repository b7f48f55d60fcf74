"""Beginning to pay, giving up, and saying that one has paid."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.events import publish
from server.core.problems import Problem
from server.core.settings import Settings
from server.modules.payments.events import AttemptEnded
from server.modules.payments.models import Attempt, Charge, Finding, FindingKind
from server.modules.payments.rules.states import (
    ASKED_FOR,
    LASTS,
    PROMISED,
    UNCERTAIN,
    AttemptState,
    ChargeState,
    Purpose,
    Way,
    is_over,
    unsure_since,
)
from server.modules.payments.service.findings import find
from server.modules.payments.service.refusals import ChargeNotPayable, NothingBegun, WayNotOffered
from server.modules.payments.service.settling import attempts_of


def ways_of(settings: Settings, purpose: Purpose) -> list[Way]:
    """The ways to pay these settings allow, the cheapest first."""
    portal = settings.payment_portal if purpose is Purpose.DOSSIER_FEE else ""
    offered = {Way.VIETQR: settings.bank_account, Way.VNPAY: settings.vnpay_url, Way.PORTAL: portal}
    return [way for way, where in offered.items() if where]


class Attempts:
    """Whoever calls holds the lock of the charge."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._asks = bool(settings.vnpay_api_url)

    async def begin(self, charge: Charge, way: Way) -> list[Attempt]:
        """All attempts at this charge, among them the one of this way: two taps, or two tabs, begin one.

        Raises ChargeNotPayable, WayNotOffered.
        """
        [begun] = await self.begin_all([(charge, way)])
        if isinstance(begun, Problem):
            raise begun
        return begun

    async def begin_all(self, wishes: Sequence[tuple[Charge, Way]]) -> list[list[Attempt] | Problem]:
        """The same of several, or why not."""
        now = datetime.now(UTC)
        wished = {(charge.id, way) for charge, way in wishes}
        tried: dict[UUID, list[Attempt]] = {charge_id: [] for charge_id, _ in wished}
        for it in await attempts_of(self._session, *tried):
            tried[it.charge_id].append(it)
            over = it.state is AttemptState.BEGUN and is_over(it.tried, now, asks=self._asks)
            if over and (it.charge_id, it.way) in wished:
                it.state, it.ended_at = AttemptState.EXPIRED, now
        await self._session.flush()  # of each way one is open
        begun = [self._begin(charge, way, tried[charge.id], now) for charge, way in wishes]
        await self._session.flush()
        return begun

    def _begin(self, charge: Charge, way: Way, tried: list[Attempt], now: datetime) -> list[Attempt] | Problem:
        if way not in ways_of(self._settings, charge.purpose):
            return WayNotOffered()
        if charge.state is not ChargeState.DUE:
            return ChargeNotPayable()
        if any(it.way is way and it.state is AttemptState.BEGUN for it in tried):
            return tried
        row = uuid7()
        attempt = Attempt(
            id=row,
            charge_id=charge.id,
            way=way,
            # Never by counting: attempts of long ago are gone, and what the gateway once called an order stays taken.
            reference=f"{charge.code}V{row.hex[-8:].upper()}",
            amount=charge.amount,
            state=AttemptState.BEGUN,
            begun_at=now,
            expires_at=now + LASTS[way],
        )
        self._session.add(attempt)
        tried.append(attempt)
        return tried

    async def cancel(self, charge: Charge, way: Way) -> None:
        """Money that comes all the same is taken, and told. Raises NothingBegun."""
        attempt = await self._begun(charge.id, way)
        attempt.state, attempt.ended_at = AttemptState.CANCELLED, datetime.now(UTC)
        await self._session.flush()

    async def claim(self, charge: Charge, way: Way) -> None:
        """Whoever pays says that the bank has taken it. Nothing is paid by that. Raises NothingBegun."""
        attempt = await self._begun(charge.id, way)
        attempt.claimed_at = attempt.claimed_at or datetime.now(UTC)
        await self._session.flush()

    async def _begun(self, charge_id: UUID, way: Way) -> Attempt:
        for it in await attempts_of(self._session, charge_id):
            if it.way is way and it.state is AttemptState.BEGUN:
                return it
        raise NothingBegun

    async def expire(self, now: datetime) -> int:
        """Those whose time is over end by themselves; how many. One that somebody holds is left: it is being paid."""
        # First: what ends now may have been promised, and is for people too.
        await self._watch_promises(now)
        late = select(Attempt).where(Attempt.state == AttemptState.BEGUN, Attempt.expires_at <= now)
        held = late.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        over = [it for it in await self._session.scalars(held) if is_over(it.tried, now, asks=self._asks)]
        ended = update(Attempt).where(Attempt.id.in_([it.id for it in over]))
        await self._session.execute(ended.values(state=AttemptState.EXPIRED, ended_at=now))
        for it in over:
            # What was left at the bank's door nobody need hear of, unless they were told to wait.
            if it.way is Way.VNPAY or it.claimed_at:
                publish(self._session, AttemptEnded(attempt_id=it.id))
        return len(over)

    async def _watch_promises(self, now: datetime) -> None:
        """What was promised and is not known is for people, once; and for nobody any more when it is known."""
        about = f"{FindingKind.PROMISE_OVERDUE}/"
        known = (
            select(Attempt.id)
            .join(Charge, Charge.id == Attempt.charge_id)
            .where(Attempt.reference == func.substr(Finding.about, len(about) + 1))
            .where(or_(Charge.state != ChargeState.DUE, Attempt.state.not_in(UNCERTAIN)))
            .correlate(Finding)
        )
        overdue = update(Finding).where(Finding.kind == FindingKind.PROMISE_OVERDUE, Finding.closed_at.is_(None))
        await self._session.execute(overdue.where(known.exists()).values(closed_at=now))
        late = (
            select(Attempt)
            .join(Charge, Charge.id == Attempt.charge_id)
            .where(Charge.state == ChargeState.DUE, Attempt.state != AttemptState.SUCCEEDED)
            .where(Attempt.claimed_at <= now - PROMISED, Attempt.claimed_at > now - PROMISED - ASKED_FOR)
            .where(~select(Finding.id).where(Finding.about == func.concat(about, Attempt.reference)).exists())
        )
        for it in (await self._session.scalars(late)).all():
            if unsure_since(it.tried, now):
                await find(self._session, FindingKind.PROMISE_OVERDUE, it.reference, it.charge_id, amount=it.amount)
