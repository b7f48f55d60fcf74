"""Beginning to pay, giving up, and saying that one has paid."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.events import publish
from server.core.settings import Settings
from server.modules.payments.events import AttemptEnded
from server.modules.payments.models import Attempt, Charge
from server.modules.payments.rules.states import LASTS, AttemptState, ChargeState, Way
from server.modules.payments.service.refusals import ChargeNotPayable, NothingBegun, WayNotOffered
from server.modules.payments.service.settling import attempts_of


def ways_of(settings: Settings) -> list[Way]:
    """The ways to pay these settings allow, the cheapest first."""
    offered = {Way.VIETQR: settings.bank_account, Way.VNPAY: settings.vnpay_url}
    return [way for way, where in offered.items() if where]


class Attempts:
    """Whoever calls holds the lock of the charge."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def begin(self, charge: Charge, way: Way) -> list[Attempt]:
        """All attempts at this charge, among them the one of this way: two taps, or two tabs, begin one.

        Raises ChargeNotPayable, WayNotOffered.
        """
        if way not in ways_of(self._settings):
            raise WayNotOffered
        if charge.state is not ChargeState.DUE:
            raise ChargeNotPayable
        now = datetime.now(UTC)
        attempts = list(await attempts_of(self._session, charge.id))
        for it in attempts:
            if it.way is way and it.state is AttemptState.BEGUN:
                if it.expires_at > now:
                    return attempts
                it.state, it.ended_at = AttemptState.EXPIRED, now
                await self._session.flush()
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
        await self._session.flush()
        return [*attempts, attempt]

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
        late = select(Attempt.id).where(Attempt.state == AttemptState.BEGUN, Attempt.expires_at <= now)
        over = (
            update(Attempt)
            .where(Attempt.id.in_(late.with_for_update(skip_locked=True)))
            .values(state=AttemptState.EXPIRED, ended_at=now)
            .returning(Attempt.id, Attempt.way)
        )
        ended = (await self._session.execute(over)).all()
        for row, way in ended:
            if way is Way.VNPAY:
                publish(self._session, AttemptEnded(attempt_id=row))
        return len(ended)
