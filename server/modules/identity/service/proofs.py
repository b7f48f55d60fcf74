"""Proofs for a sensitive act: whoever has an open session shows once more that it is they."""

from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.database import Database
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.identity.models import Purpose, Session, Staff
from server.modules.identity.rules.phone import masked
from server.modules.identity.service.codes import Asked, CodeRefused, PhoneCodes, phone_sign_in_is_on
from server.modules.identity.service.federated import Federated
from server.modules.identity.service.passkeys import Credential, Passkeys
from server.modules.identity.service.residents import Residents
from server.modules.identity.service.sessions import Sessions
from server.modules.identity.service.time_codes import TimeCodes

Proved = tuple[Session, str, Caller]
"""The session, its new token, and the caller as the next request will find them."""


class NoPhone(Problem):
    title = Words(
        "Tài khoản của bạn chưa có số điện thoại. Hãy đăng nhập lại bằng VNeID",
        "Your account has no phone number. Sign in with VNeID again",
        "គណនីរបស់អ្នកមិនទាន់មានលេខទូរស័ព្ទទេ។ សូមចូលម្តងទៀតដោយ VNeID",
    )


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    passkey: bool
    authenticator: bool
    phone: str | None
    vneid: bool
    shown: str | None


class Proofs:
    """The ways to prove, each ending in a session that goes on under a new token."""

    def __init__(self, session: AsyncSession, settings: Settings, database: Database) -> None:
        self._session = session
        self._settings = settings
        self._database = database
        self._passkeys = Passkeys(session, settings)
        self._time_codes = TimeCodes(session, settings, database)
        self._codes = PhoneCodes(session, settings, database)
        self._federated = Federated(session, settings, database)

    async def ways_of(self, caller: Caller) -> Ways:
        passkey = bool(await self._passkeys.of(caller))
        if caller.kind == "staff":
            staff = (await self._session.scalars(select(Staff).where(Staff.id == caller.id))).one()
            secret = self._time_codes.secret_of(staff)
            shown = self._time_codes.shown(staff, secret)
            return Ways(passkey=passkey, authenticator=secret is not None, phone=None, vneid=False, shown=shown)
        phone = await self._phone_of(caller) if phone_sign_in_is_on(self._settings) else None
        vneid = await self._federated.is_linked(caller.id)
        return Ways(
            passkey=passkey, authenticator=False, phone=masked(phone) if phone else None, vneid=vneid, shown=None
        )

    async def with_passkey(self, caller: Caller, credential: Credential, browser: str) -> Proved:
        """Raises SignInLost, PasskeyRefused."""
        await self._passkeys.prove(caller, credential, browser)
        return await self._proved(caller)

    async def with_time_code(self, caller: Caller, digits: str, browser: str) -> Proved:
        """Raises CodeRefused, TooManyRequests."""
        await self._time_codes.take(caller.id, digits, browser=browser)
        return await self._proved(caller)

    async def ask_for_code(self, caller: Caller, browser: str) -> Asked:
        """Raises NoPhone, PhoneSignInOff, TooManyRequests."""
        resident = await Residents(self._session, self._settings).find(caller.id)
        phone = await self._phone_of(caller)
        if phone is None:
            raise NoPhone
        return await self._codes.ask(phone, purpose=Purpose.PROVE, browser=browser, language=resident.language)

    async def with_code(self, caller: Caller, code_id: UUID, digits: str, browser: str) -> Proved:
        """Raises CodeRefused."""
        taken = await self._codes.take(code_id, digits, purpose=Purpose.PROVE, browser=browser)
        # The number may have been changed since, and another account of this browser may have asked.
        if taken.phone != await self._phone_of(caller):
            raise CodeRefused
        await self._codes.opened(code_id, caller.session_id)
        return await self._proved(caller)

    async def _phone_of(self, caller: Caller) -> str | None:
        residents = Residents(self._session, self._settings)
        return residents.phone_of(await residents.find(caller.id))

    async def _proved(self, caller: Caller) -> Proved:
        session, token = await Sessions(self._session).prove(caller)
        return session, token, msgspec.structs.replace(caller, proved_at=session.proved_at)
