"""Signing in with VNeID: out to the provider, back with what it vouches for, and whose account that is."""

import hmac
from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller, ProofNeeded
from server.core.database import Database, one_at_a_time
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Language, Words
from server.modules.identity.gateways.oidc import Begun, Claims, provider_of
from server.modules.identity.models import ExternalAccount, Resident
from server.modules.identity.rules.person import name_of, national_id_of, searched
from server.modules.identity.service.ceremonies import Ceremonies, SignInLost
from server.modules.identity.service.identifiers import Identifiers, subject_of
from server.modules.identity.service.residents import Residents

LIFE = timedelta(minutes=10)


class VneidOff(Problem):
    title = Words(
        "Đăng nhập bằng VNeID chưa được bật. Hãy đăng nhập bằng số điện thoại",
        "Signing in with VNeID is not switched on. Sign in with your phone number",
        "ការចូលដោយ VNeID មិនទាន់បានបើកទេ។ សូមចូលដោយលេខទូរស័ព្ទ",
    )


class VneidOfAnother(Problem):
    """Someone whom no account knows came back to an open one that is bound to another person already."""

    title = Words(
        "Tài khoản đang mở trên máy này đã gắn với VNeID khác. Hãy đăng xuất, rồi đăng nhập bằng VNeID của bạn",
        "The account that is open on this device is bound to another VNeID. Sign out, then sign in with your own",
        "គណនីដែលបើកលើឧបករណ៍នេះភ្ជាប់ជាមួយ VNeID ផ្សេង។ សូមចាកចេញ រួចចូលដោយ VNeID របស់អ្នក",
    )


class VneidCallerChanged(Problem):
    """Whoever is signed in now is not who went to VNeID from here: another tab, or a session that ended meanwhile."""

    title = Words(
        "Trong lúc chờ VNeID, người đăng nhập trên máy này đã thay đổi. Hãy bắt đầu lại",
        "While VNeID was waited for, who is signed in on this device has changed. Begin again",
        "ពេលរង់ចាំ VNeID អ្នកដែលចូលគណនីលើឧបករណ៍នេះបានផ្លាស់ប្តូរ។ សូមចាប់ផ្តើមម្តងទៀត",
    )


class _Remembered(msgspec.Struct):
    """`caller`: the resident who was signed in and began; `proved`: and had given a fresh proof."""

    begun: Begun
    next: str
    shared: bool
    language: Language
    caller: UUID | None = None
    proved: bool = False


class Returned(msgspec.Struct, frozen=True):
    """Somebody came back: who, how well known, and where they wanted to go."""

    resident: Resident
    assurance: int
    next: str
    shared: bool


class Federated:
    """Residents whom an identity provider vouches for."""

    def __init__(self, session: AsyncSession, settings: Settings, database: Database) -> None:
        self._session = session
        self._database = database
        self._settings = settings
        self._ceremonies = Ceremonies(session, settings)
        self._identifiers = Identifiers(settings)
        self.redirect_uri = f"{settings.origin}/api/identity/vneid/return"

    async def begin(self, browser: str, *, next: str, shared: bool, language: Language, caller: Caller | None) -> str:
        """Where the browser must go. Raises VneidOff, ProviderAway, ProofNeeded.

        What comes back may become a way into the caller's account for good. So the caller proves once more who they
        are, unless the account has such a way already: then nothing is added to it.
        """
        provider = await provider_of(self._settings)
        if provider is None:
            raise VneidOff
        mine = _resident_id(caller)
        proved = mine is not None and caller is not None and caller.is_fresh
        if mine is not None and not proved and not await self.is_linked(mine):
            raise ProofNeeded
        begun = await provider.begin(self.redirect_uri)
        remembered = _Remembered(begun=begun, next=next, shared=shared, language=language, caller=mine, proved=proved)
        await self._ceremonies.begin("vneid", browser, remembered, life=LIFE)
        return begun.url

    async def finish(self, browser: str, *, code: str, state: str, iss: str | None, caller: Caller | None) -> Returned:
        """Who came back.

        Raises SignInLost, VneidOff, ProviderAway, ProviderRefused, VneidOfAnother, VneidCallerChanged.
        """
        provider = await provider_of(self._settings)
        if provider is None:
            raise VneidOff

        def fits(it: _Remembered) -> bool:
            return hmac.compare_digest(it.begun.state.encode(), state.encode())

        # Nobody's connection is held while the provider is waited for: a slow one must not stop the whole house.
        async with self._database.reading() as connection:
            remembered = await self._ceremonies.take("vneid", browser, _Remembered, fits, on=connection)
        if remembered is None:
            raise SignInLost
        claims = await provider.finish(code, remembered.begun, self.redirect_uri, state=state, iss=iss)
        resident = await self._account_of(claims, caller, remembered)
        return Returned(resident, claims.assurance, remembered.next, remembered.shared)

    async def is_linked(self, resident_id: UUID) -> bool:
        """Whether this resident can come back by the provider that is configured now."""
        link = select(ExternalAccount.id).where(
            ExternalAccount.resident_id == resident_id, ExternalAccount.issuer == self._settings.oidc_issuer
        )
        return await self._session.scalar(link.limit(1)) is not None

    async def _account_of(self, claims: Claims, caller: Caller | None, remembered: _Remembered) -> Resident:
        """The account of issuer and subject. The first time it is the one that began here, else a new one.

        Never the one with the same phone or number: whoever has a phone today need not be who had it yesterday.
        """
        index = self._identifiers.index("subject", subject_of(claims.issuer, claims.subject))
        # Two tabs that come back for the first time at once are one person.
        await one_at_a_time(self._session, f"subject|{index.hex()}")
        account = await self._session.scalar(select(ExternalAccount).where(ExternalAccount.subject_index == index))
        if account is None:
            account = ExternalAccount(id=uuid7(), issuer=claims.issuer, subject_index=index)
        # Also for those made before it was kept: another SECRET_KEY finds an account by it.
        account.subject = self._identifiers.close("subject", account.id, claims.subject)
        number = national_id_of(claims.national_id or "")
        resident: Resident | None = None
        if account.resident_id is not None:
            owner = select(Resident).where(Resident.id == account.resident_id, Resident.erased_at.is_(None))
            resident = await self._session.scalar(owner)
        if resident is None:
            resident = await self._own(caller, remembered, number)
        if resident is None:
            resident = Resident(id=uuid7(), language=remembered.language, name="", name_folded="", version=1)
            self._session.add(resident)
            await self._session.flush()
        if not resident.name and (name := name_of(claims.name or "")):
            resident.name, resident.name_folded = name, searched(name)
        account.resident_id = resident.id
        self._session.add(account)
        await self._session.flush()
        if number:
            await Residents(self._session, self._settings).prove_national_id(resident, number)
        return resident

    async def _own(self, caller: Caller | None, remembered: _Remembered, number: str | None) -> Resident | None:
        """The account to bind somebody to whom no account knows yet; None: nobody began, so there is none.

        Raises VneidCallerChanged, VneidOfAnother.
        """
        mine = _resident_id(caller)
        if mine != remembered.caller:
            raise VneidCallerChanged
        if mine is None:
            return None
        # Held: two strangers who come back to one account at once are not both bound to it.
        living = select(Resident).where(Resident.id == mine, Resident.erased_at.is_(None)).with_for_update()
        resident = await self._session.scalar(living)
        if resident is None or await self.is_linked(mine):
            raise VneidOfAnother
        if not remembered.proved:
            raise VneidCallerChanged
        proved = resident.national_id_proved_at is not None
        if proved and number != Residents(self._session, self._settings).national_id_of(resident):
            raise VneidOfAnother
        return resident


def _resident_id(caller: Caller | None) -> UUID | None:
    return caller.id if caller is not None and caller.kind == "resident" else None
