"""Passkeys (WebAuthn Level 2) of residents and staff: made when signed in, then a way in without anything to type."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.database import one_at_a_time
from server.core.lazy import later
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.identity.models import ExternalAccount, Passkey, Resident, Staff
from server.modules.identity.service.ceremonies import Ceremonies, SignInLost
from server.modules.identity.service.living import living
from server.modules.identity.service.refusals import Refusals

if TYPE_CHECKING:
    import webauthn
else:
    webauthn = later("webauthn")

log = structlog.get_logger()

LIFE = timedelta(minutes=5)
MOST = 10
"""Passkeys one account may have."""

Credential = dict[str, Any]
"""What the browser's `PublicKeyCredential.toJSON()` gives."""


class PasskeyRefused(Problem):
    """Not ours, removed, of a disabled account, not meant for this site, or a signature that is wrong: all the same."""

    status = 400
    title = Words(
        "Khóa truy cập này không dùng được. Hãy thử lại, hoặc đăng nhập bằng cách khác",
        "This passkey cannot be used. Try again, or sign in another way",
        "កូនសោចូលនេះមិនអាចប្រើបានទេ។ សូមព្យាយាមម្តងទៀត ឬចូលតាមវិធីផ្សេង",
    )


class PasskeyNotFound(Problem):
    status = 404
    title = Words(
        "Không tìm thấy khóa truy cập này trong danh sách của bạn",
        "There is no such passkey in your list",
        "រកមិនឃើញកូនសោចូលនេះក្នុងបញ្ជីរបស់អ្នកទេ",
    )


class TooManyPasskeys(Problem):
    title = Words(
        f"Bạn đã có {MOST} khóa truy cập. Hãy xóa khóa không còn dùng",
        f"You have {MOST} passkeys already. Remove one that is no longer used",
        f"អ្នកមានកូនសោចូល {MOST} រួចហើយ។ សូមលុបកូនសោដែលលែងប្រើ",
    )


class PasskeyKnown(Problem):
    title = Words("Khóa truy cập này đã được đăng ký", "This passkey is registered already", "កូនសោចូលនេះបានចុះឈ្មោះរួចហើយ")


class _Challenge(msgspec.Struct):
    """What the authenticator must sign, and for whom; nobody yet at a sign-in."""

    challenge: bytes
    owner: UUID | None


class Passkeys:
    """Keys that live in a phone, a computer or a token, and sign only for this site."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._origin = settings.origin
        self._site = urlsplit(settings.origin).hostname or ""
        self._ceremonies = Ceremonies(session, settings)

    async def of(self, caller: Caller) -> Sequence[Passkey]:
        """The caller's own, the oldest first."""
        return (await self._session.scalars(select(Passkey).where(_owned(caller)).order_by(Passkey.id))).all()

    async def begin_new(self, caller: Caller, browser: str) -> dict[str, Any]:
        """Options for `navigator.credentials.create()`. Raises TooManyPasskeys."""
        there = await self.of(caller)
        if len(there) >= MOST:
            raise TooManyPasskeys
        name = await self._name_of(caller)
        structs = webauthn.helpers.structs
        options = webauthn.generate_registration_options(
            rp_id=self._site,
            rp_name=self._site,
            user_id=caller.id.bytes,
            user_name=name,
            user_display_name=name,
            challenge=await self._challenge("passkey-new", browser, caller.id),
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=it.credential_id) for it in there],
        )
        return webauthn.helpers.options_to_json_dict(options)

    async def add(self, caller: Caller, credential: Credential, device: str, browser: str) -> Passkey:
        """Keep a new one. Raises SignInLost, PasskeyRefused, PasskeyKnown, TooManyPasskeys."""
        challenge = await self._answered("passkey-new", browser, credential, caller.id)
        try:
            made = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._site,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except Exception as error:  # whatever the library makes of hostile bytes: its parsers raise many kinds
            raise _refused(error) from None
        # Several may have been begun before the last one that there is room for was kept.
        await one_at_a_time(self._session, f"passkeys|{caller.id}")
        if len(await self.of(caller)) >= MOST:
            raise TooManyPasskeys
        passkey = Passkey(
            id=uuid7(),
            resident_id=caller.id if caller.kind == "resident" else None,
            staff_id=caller.id if caller.kind == "staff" else None,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            assurance=caller.assurance,
            device=device,
        )
        self._session.add(passkey)
        try:
            await self._session.flush()
        except IntegrityError:  # whoever has it
            raise PasskeyKnown from None
        await self._note(caller, "add-passkey", passkey)
        return passkey

    async def rename(self, caller: Caller, passkey_id: UUID, device: str) -> Passkey:
        """Raises PasskeyNotFound."""
        passkey = await self._session.scalar(select(Passkey).where(Passkey.id == passkey_id, _owned(caller)))
        if passkey is None:
            raise PasskeyNotFound
        passkey.device = device
        await self._session.flush()
        return passkey

    async def remove(self, caller: Caller, passkey_id: UUID) -> None:
        """Raises PasskeyNotFound."""
        gone = delete(Passkey).where(Passkey.id == passkey_id, _owned(caller)).returning(Passkey)
        passkey = await self._session.scalar(gone)
        if passkey is None:
            raise PasskeyNotFound
        await self._note(caller, "remove-passkey", passkey)

    async def begin_sign_in(self, browser: str) -> dict[str, Any]:
        """Options for `navigator.credentials.get()`: any passkey of this site, so that no login need be typed."""
        return await self._ask("passkey-sign-in", browser, None, [])

    async def begin_proof(self, caller: Caller, browser: str) -> dict[str, Any]:
        """The same, for one of the caller's own."""
        return await self._ask("passkey-proof", browser, caller.id, await self.of(caller))

    async def sign_in(self, credential: Credential, browser: str) -> tuple[Resident | Staff, int]:
        """Whose passkey it is, and how well that person is known. Raises SignInLost, PasskeyRefused."""
        challenge = await self._answered("passkey-sign-in", browser, credential, None)
        try:
            passkey = await self._verified(credential, challenge)
            owner = await self._owner_of(passkey)
        except PasskeyRefused:
            await self._note_refusal(credential)
            raise
        return owner, await self._assurance_of(passkey)

    async def _note_refusal(self, credential: Credential) -> None:
        """When it names a passkey of staff, the audit log shall tell of it, as of a wrong password."""
        try:
            credential_id = webauthn.base64url_to_bytes(credential["rawId"])
        except Exception:  # as in `add`
            return
        named = select(Staff.login).join(Passkey, Passkey.staff_id == Staff.id)
        if login := await self._session.scalar(named.where(Passkey.credential_id == credential_id)):
            await Refusals(self._session.info["database"], self._settings).note("passkeys", login)

    async def prove(self, caller: Caller, credential: Credential, browser: str) -> None:
        """The caller still holds one of their passkeys. Raises SignInLost, PasskeyRefused."""
        challenge = await self._answered("passkey-proof", browser, credential, caller.id)
        await self._verified(credential, challenge, _owned(caller))

    async def _ask(self, kind: str, browser: str, owner: UUID | None, allowed: Sequence[Passkey]) -> dict[str, Any]:
        structs = webauthn.helpers.structs
        options = webauthn.generate_authentication_options(
            rp_id=self._site,
            challenge=await self._challenge(kind, browser, owner),
            allow_credentials=[structs.PublicKeyCredentialDescriptor(id=it.credential_id) for it in allowed],
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        return webauthn.helpers.options_to_json_dict(options)

    async def _challenge(self, kind: str, browser: str, owner: UUID | None) -> bytes:
        challenge = webauthn.helpers.generate_challenge()
        await self._ceremonies.begin(kind, browser, _Challenge(challenge, owner), life=LIFE)
        return challenge

    async def _answered(self, kind: str, browser: str, credential: Credential, owner: UUID | None) -> bytes:
        """The challenge that was answered, if it was put to this browser and this person; used up by this."""
        try:
            said = webauthn.helpers.parse_client_data_json(
                webauthn.base64url_to_bytes(credential["response"]["clientDataJSON"])
            ).challenge
        except Exception as error:  # as in `add`
            raise _refused(error) from None
        begun = await self._ceremonies.take(
            kind, browser, _Challenge, lambda it: it.challenge == said and it.owner == owner
        )
        if begun is None:
            raise SignInLost
        return begun.challenge

    async def _verified(self, credential: Credential, challenge: bytes, *whose: ColumnElement[bool]) -> Passkey:
        try:
            credential_id = webauthn.base64url_to_bytes(credential["rawId"])
        except Exception as error:  # as in `add`
            raise _refused(error) from None
        # Locked: of two answers with one count, the second finds what the first has written.
        wanted = select(Passkey).where(Passkey.credential_id == credential_id, *whose).with_for_update()
        passkey = await self._session.scalar(wanted)
        if passkey is None:
            raise PasskeyRefused
        try:
            answer = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._site,
                expected_origin=self._origin,
                credential_public_key=passkey.public_key,
                # The library looks at the count before the signature, and anybody can send a low count. So: 0 here …
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except Exception as error:  # as in `add`
            raise _refused(error) from None
        handle = credential["response"].get("userHandle")
        if (
            handle
            and webauthn.base64url_to_bytes(handle) != (passkey.resident_id or passkey.staff_id or passkey.id).bytes
        ):
            raise PasskeyRefused
        # … and looked at when the signature is known to be right (WebAuthn Level 2, 6.1.1): a copy is about.
        if passkey.sign_count and answer.new_sign_count <= passkey.sign_count:
            log.error("passkey copied", passkey=str(passkey.id))
            raise PasskeyRefused
        passkey.sign_count = answer.new_sign_count
        passkey.last_used_at = datetime.now(UTC)
        await self._session.flush()
        return passkey

    async def _owner_of(self, passkey: Passkey) -> Resident | Staff:
        owner: Resident | Staff | None
        if passkey.resident_id:
            owner = await self._session.scalar(
                select(Resident).where(Resident.id == passkey.resident_id, Resident.erased_at.is_(None))
            )
        else:
            owner = await self._session.scalar(
                select(Staff).where(Staff.id == passkey.staff_id, living(self._settings))
            )
        if owner is None:
            raise PasskeyRefused
        return owner

    async def _assurance_of(self, passkey: Passkey) -> int:
        """A passkey says that it is the same person as when it was made, and no more.

        Made after a sign-in by phone, it is worth that (1), even if the account was linked with VNeID later: whoever
        had the phone may have made it. Made in a session of VNeID it is worth that level as long as the link stands.
        """
        linked = select(exists().where(ExternalAccount.resident_id == passkey.resident_id))
        return passkey.assurance if await self._session.scalar(linked) else min(passkey.assurance, 1)

    async def _name_of(self, caller: Caller) -> str:
        """What the authenticator shows in its list; it never leaves the device."""
        if caller.kind == "staff":
            return (await self._session.scalars(select(Staff.login).where(Staff.id == caller.id))).one()
        return caller.name or self._site

    async def _note(self, caller: Caller, act: str, passkey: Passkey) -> None:
        await record(
            self._session,
            act=f"identity:{act}",
            actor=caller,
            subject=(caller.kind, caller.id),
            passkey=str(passkey.id),
        )


def _owned(caller: Caller) -> ColumnElement[bool]:
    return (Passkey.resident_id if caller.kind == "resident" else Passkey.staff_id) == caller.id


def _refused(error: Exception) -> PasskeyRefused:
    # Which check it was is for our log alone, and by its kind only: the sentence may quote what was sent.
    log.warning("passkey refused", error=type(error).__name__)
    return PasskeyRefused()
