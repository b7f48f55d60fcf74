"""Staff sign in with a password and a code: the password alone opens nothing but the question for the code."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller, SignInNeeded
from server.core.audit import Party, record
from server.core.database import Database
from server.core.limits import Limits
from server.core.problems import Problem, TooManyRequests
from server.core.settings import Settings
from server.core.words import Words
from server.modules.identity.models import Staff
from server.modules.identity.service import passwords
from server.modules.identity.service.ceremonies import Ceremonies, SignInLost
from server.modules.identity.service.codes import CodeRefused
from server.modules.identity.service.identifiers import hashed
from server.modules.identity.service.links import Links
from server.modules.identity.service.living import living
from server.modules.identity.service.refusals import Refusals
from server.modules.identity.service.sessions import Sessions
from server.modules.identity.service.time_codes import Enrolment, TimeCodes, new_secret
from server.modules.places.public import names_of_places

log = structlog.get_logger()

LIFE = timedelta(minutes=10)
ATTEMPTS = 5
PAUSE = 15 * 60

_KIND = "second-factor"


class SignInRefused(Problem):
    """An unknown login, a wrong password, a disabled account: all the same, and after the same time."""

    status = 400
    title = Words(
        "Tên đăng nhập hoặc mật khẩu không đúng",
        "The login or the password is not right",
        "ឈ្មោះចូល ឬពាក្យសម្ងាត់មិនត្រឹមត្រូវ",
    )


class PasswordRefused(Problem):
    status = 400
    title = Words("Mật khẩu hiện tại không đúng", "The current password is not right", "ពាក្យសម្ងាត់បច្ចុប្បន្នមិនត្រឹមត្រូវ")


class _Begun(msgspec.Struct):
    """Who gave which right password; the secret of the authenticator they are enrolling, when they have none."""

    staff_id: UUID
    password: str
    secret: str | None


class SecondStep(msgspec.Struct, frozen=True):
    """The code is asked for until `expires_at`. `enrol`: what to put into an authenticator app first."""

    expires_at: datetime
    enrol: Enrolment | None
    shown: str | None


class StaffSignIns:
    """The way in for whoever has no passkey yet."""

    def __init__(self, session: AsyncSession, settings: Settings, database: Database) -> None:
        self._session = session
        self._settings = settings
        self._database = database
        self._limits = Limits(database, settings)
        self._ceremonies = Ceremonies(session, settings)
        self._codes = TimeCodes(session, settings, database)
        self._refusals = Refusals(database, settings)

    async def with_password(self, login: str, password: str, *, browser: str, network: str) -> SecondStep:
        """Raises SignInRefused, TooManyRequests.

        Five wrong ones stop this browser for this login, whether there is such an account or not; other browsers go
        on. A browser that forgets its mark after every attempt meets the count of its network.
        """
        login = login.lower()
        try:
            await self._limits.attempt("password", f"{login}|{browser}", times=ATTEMPTS, pause=PAUSE)
            await self._limits.spend("password-network", f"{login}|{network}", times=30, per=3600)
        except TooManyRequests:
            await self._refusals.note("stopped", login)
            raise
        async with self._database.reading() as connection:
            kept = await connection.scalar(
                select(Staff.password_hash).where(Staff.login == login, living(self._settings))
            )
        # No connection is held while hashing, which takes longest of all.
        if not await passwords.is_right(password, kept) or kept is None:
            log.warning("password refused")
            await self._refusals.note("passwords", login)
            raise SignInRefused
        new = await passwords.hash_of(password) if passwords.is_old(kept) else None
        await self._limits.forget("password", f"{login}|{browser}")
        staff = await self._session.scalar(select(Staff).where(Staff.login == login, living(self._settings)))
        if staff is None:
            raise SignInRefused
        staff.password_hash = new or staff.password_hash
        return await self._ask_for_code(staff, browser)

    async def with_code(self, digits: str, *, browser: str) -> Staff:
        """Whoever gave the password on this browser also gave the code. Raises SignInLost, CodeRefused."""
        begun = await self._ceremonies.look(self._database, _KIND, browser, _Begun)
        if begun is None:
            raise SignInLost
        try:
            enrolled = await self._codes.take(begun.staff_id, digits, browser=browser, enrolling=begun.secret)
        except (CodeRefused, TooManyRequests) as refused:
            async with self._database.reading() as connection:
                login = await connection.scalar(select(Staff.login).where(Staff.id == begun.staff_id))
            await self._refusals.note("codes" if isinstance(refused, CodeRefused) else "stopped", login or "")
            raise
        staff = await self._session.scalar(select(Staff).where(Staff.id == begun.staff_id, living(self._settings)))
        # A password that was changed or taken away meanwhile must not enrol an authenticator.
        if staff is None or _mark_of(staff) != begun.password:
            raise SignInLost
        if await self._ceremonies.take(_KIND, browser, _Begun, lambda it: it == begun) is None:
            raise SignInLost
        if enrolled:
            await record(
                self._session, act="identity:enrol-authenticator", actor=_self(staff), subject=("staff", staff.id)
            )
        return staff

    async def choose_password(self, secret: str, password: str, *, browser: str) -> SecondStep:
        """Use a one-time link, and go on to the code. Raises LinkRefused, PasswordTooWeak."""
        # No connection is held while hashing: whom the link is for is asked twice, before and when it is used up.
        async with self._database.transaction() as looking:
            staff, _ = await Links(looking, self._settings).owner_of(secret)
            places = await names_of_places(looking)
        hash = await _hash_of(password, staff, places)
        staff = await Links(self._session, self._settings).take(secret)
        await Sessions(self._session).end_all_of(staff)
        await self._keep(staff, hash)
        return await self._ask_for_code(staff, browser)

    async def change_password(self, caller: Caller, current: str, password: str) -> None:
        """Another password, told the current one; the person's other browsers are signed out.

        Raises PasswordRefused, PasswordTooWeak, TooManyRequests.
        """
        await self._limits.attempt("password-change", f"{caller.id}", times=ATTEMPTS, pause=PAUSE)
        me = select(Staff).where(Staff.id == caller.id, living(self._settings))
        async with self._database.transaction() as looking:
            before = await looking.scalar(me)
            places = await names_of_places(looking)
        # No connection is held while hashing.
        if not await passwords.is_right(current, before.password_hash if before else None) or before is None:
            raise PasswordRefused
        await self._limits.forget("password-change", f"{caller.id}")
        hash = await _hash_of(password, before, places)
        staff = await self._session.scalar(me.with_for_update())
        # Disabled, or given another password by somebody else, meanwhile.
        if staff is None or staff.password_hash != before.password_hash:
            raise SignInNeeded
        await Sessions(self._session).end_others(caller)
        await self._keep(staff, hash)

    async def _keep(self, staff: Staff, hash: str) -> None:
        staff.password_hash = hash
        await record(self._session, act="identity:choose-password", actor=_self(staff), subject=("staff", staff.id))

    async def _ask_for_code(self, staff: Staff, browser: str) -> SecondStep:
        known = self._codes.secret_of(staff)
        secret = known or new_secret()
        await self._ceremonies.begin(
            _KIND, browser, _Begun(staff.id, _mark_of(staff), None if known else secret), life=LIFE
        )
        enrol = None if known else self._codes.enrolment(staff.login, secret)
        return SecondStep(datetime.now(UTC) + LIFE, enrol, self._codes.shown(staff, secret))


async def _hash_of(password: str, staff: Staff, places: Collection[str]) -> str:
    """Raises PasswordTooWeak."""
    passwords.refuse_weak(password, staff.login, staff.name, *places)
    return await passwords.hash_of(password)


def _self(staff: Staff) -> Party:
    return Party("staff", staff.id)


def _mark_of(staff: Staff) -> str:
    return hashed(staff.password_hash or "").hex()
