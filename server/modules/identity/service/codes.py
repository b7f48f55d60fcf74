"""Codes sent to phones: asked for within limits, sent by the worker, tried five times at most."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import Database
from server.core.events import publish
from server.core.limits import Limits, Spent
from server.core.problems import NotFound, Problem, TooManyRequests
from server.core.retention import Keep
from server.core.sealing import derive
from server.core.settings import Settings
from server.core.words import Language, Words
from server.modules.identity.events import CodeRequested
from server.modules.identity.gateways.sms import CannotSend, sender_of
from server.modules.identity.models import PhoneCode, Purpose, Session
from server.modules.identity.rules import messages
from server.modules.identity.rules.phone import mobile_of
from server.modules.identity.service.identifiers import Identifiers, hashed
from server.modules.identity.service.sessions import Sessions

log = structlog.get_logger()

LIFE = timedelta(minutes=3)
ATTEMPTS = 5
_BUDGET_PER = 3_600
"""Seconds in which all texts that are asked for at once are counted together."""
AGAIN_AFTER = timedelta(seconds=60)

_WORDS = {
    Purpose.SIGN_IN: messages.SIGN_IN,
    Purpose.PROVE: messages.PROVE,
    Purpose.CHANGE_PHONE: messages.CHANGE_PHONE,
}


class PhoneRefused(Problem):
    status = 400
    title = Words(
        "Số này không nhận được mã. Hãy nhập số di động Việt Nam, ví dụ 0912 345 678",
        "This number cannot take a code. Enter a Vietnamese mobile number such as 0912 345 678",
        "លេខនេះមិនអាចទទួលលេខកូដបានទេ។ សូមបញ្ចូលលេខទូរស័ព្ទដៃវៀតណាម ឧទាហរណ៍ 0912 345 678",
    )


class CodeRefused(Problem):
    """Wrong, expired, used, tried too often, or asked for by another browser: all the same, so that none is told."""

    status = 400
    title = Words(
        "Mã không đúng hoặc đã hết hạn. Hãy kiểm tra lại, hoặc lấy mã mới",
        "The code is wrong or has expired. Check it, or ask for a new one",
        "លេខកូដមិនត្រឹមត្រូវ ឬផុតកំណត់។ សូមពិនិត្យឡើងវិញ ឬសុំលេខកូដថ្មី",
    )


class CodeNotSent(Problem):
    """Nobody who carries codes took this one; another may go through in a minute."""

    status = 503
    title = Words(
        "Tin nhắn chưa gửi đi được. Hãy thử gửi lại sau một phút, dùng cách đăng nhập khác, hoặc đến bộ phận một cửa",
        "The message could not be sent. Send it again in a minute, sign in another way, or go to a one-stop desk",
        "សារមិនទាន់អាចផ្ញើបានទេ។ សូមផ្ញើម្តងទៀតក្នុងមួយនាទី ប្រើវិធីចូលផ្សេង ឬទៅផ្នែកច្រកតែមួយ",
    )


class PhoneSignInOff(Problem):
    title = Words(
        "Đăng nhập bằng số điện thoại chưa được bật",
        "Signing in with a phone number is not switched on",
        "ការចូលគណនីដោយលេខទូរស័ព្ទមិនទាន់បានបើកទេ",
    )


def phone_sign_in_is_on(settings: Settings) -> bool:
    return sender_of(settings) is not None


async def spend_budget(limits: Limits, settings: Settings) -> None:
    """One text of the hour's budget of the province. Raises TooManyRequests once it is spent."""
    try:
        await limits.spend("code-all", "everybody", times=settings.sms_per_hour, per=_BUDGET_PER)
    except TooManyRequests:
        # Either somebody bombs, or the province needs more: a person must look. Said once, not for each who waits.
        if (await limits.count("code-all-alarm", "everybody", per=_BUDGET_PER))[0] == 1:
            log.error("the hour's budget of messages is spent", most=settings.sms_per_hour)
        raise


class Asked(msgspec.Struct, frozen=True):
    """A code on its way. `shown` is the code itself, in a demonstration whose sender is the console."""

    id: UUID
    expires_at: datetime
    again_at: datetime
    shown: str | None


class Taken(msgspec.Struct, frozen=True):
    """Whose code it was: the number in E.164, and the language it was asked for in."""

    phone: str
    language: Language


class PhoneCodes:
    """Codes for residents' phones. Nobody is asked whether the number is known: an account begins with a code."""

    def __init__(self, session: AsyncSession, settings: Settings, database: Database | None = None) -> None:
        self._session = session
        self._settings = settings
        self._database = database
        self._identifiers = Identifiers(settings)
        self._key = derive(settings.secret_key, "phone-code")
        self._host = urlsplit(settings.origin).hostname or ""

    async def ask(self, phone: str, *, purpose: Purpose, browser: str, language: Language) -> Asked:
        """Let a code be sent to this number. Raises PhoneRefused, PhoneSignInOff, TooManyRequests."""
        if not phone_sign_in_is_on(self._settings):
            raise PhoneSignInOff
        number = mobile_of(phone)
        if number is None:
            raise PhoneRefused
        index = self._identifiers.index("phone", number)
        await self._spend(index.hex(), browser)
        now = datetime.now(UTC)
        digits = f"{secrets.randbelow(1_000_000):06}"
        code = PhoneCode(
            id=uuid7(),
            purpose=purpose,
            browser_hash=hashed(browser),
            phone_index=index,
            language=language,
            expires_at=now + LIFE,
        )
        code.phone = self._identifiers.close("code-phone", code.id, number)
        code.code = self._identifiers.close("code", code.id, digits)
        code.mac = self._mac(code.id, digits)
        self._session.add(code)
        await self._session.flush()
        publish(self._session, CodeRequested(code_id=code.id))
        shown = digits if self._settings.demo and not self._settings.sms_urls else None
        return Asked(code.id, code.expires_at, now + AGAIN_AFTER, shown)

    async def _spend(self, phone: str, browser: str) -> None:
        """One number is not bombed, one browser does not bomb many, and the province's budget has an end."""
        assert self._database is not None
        limits = Limits(self._database, self._settings)
        # A pause from code to code: a window of the clock would let two through at its edge.
        await limits.attempt("code-pause", phone, times=1, pause=int(AGAIN_AFTER.total_seconds()))
        await limits.spend_each(
            Spent("code-phone-hour", phone, times=5, per=3_600),
            Spent("code-phone-day", phone, times=10, per=86_400),
            Spent("code-browser", browser, times=10, per=86_400),
        )
        await spend_budget(limits, self._settings)

    async def send(self, code_id: UUID) -> None:
        """Carry a waiting code to its phone; a second time, or too late, does nothing."""
        code = await self._session.scalar(select(PhoneCode).where(PhoneCode.id == code_id).with_for_update())
        now = datetime.now(UTC)
        sender = sender_of(self._settings)
        if code is None or code.code is None or code.expires_at <= now or sender is None:
            return
        digits = self._identifiers.open("code", code.id, code.code)
        phone = self._identifiers.open("code-phone", code.id, code.phone)
        text = messages.code_message(_WORDS[code.purpose], code.language, digits, self._host)
        try:
            sent = await sender.send(phone, text, code.language)
        except CannotSend:
            code.failed_at = now
            return
        code.sent_at, code.provider, code.reference, code.code = now, sent.provider, sent.reference, None

    async def look_after(self, code_id: UUID, *, browser: str) -> None:
        """Nothing when it is on its way or has gone. Raises NotFound, also to another browser, and CodeNotSent."""
        mine = select(PhoneCode.failed_at).where(PhoneCode.id == code_id, PhoneCode.browser_hash == hashed(browser))
        row = (await self._session.execute(mine)).one_or_none()
        if row is None:
            raise NotFound
        if row.failed_at:
            raise CodeNotSent

    async def take(self, code_id: UUID, digits: str, *, purpose: Purpose, browser: str) -> Taken:
        """The phone number whose owner typed these digits. Raises CodeRefused.

        Once it has opened a session (`opened`) it may be taken again, by the same browser and while both last:
        the reply was lost. A session that it opened for a sign-in ends then, for nobody has its token.

        The attempt is counted outside the transaction, by one statement: of many guesses at once five count, and a
        refusal that rolls everything back still leaves its mark.
        """
        assert self._database is not None
        now = datetime.now(UTC)
        tried = (
            update(PhoneCode)
            .where(
                PhoneCode.id == code_id,
                PhoneCode.browser_hash == hashed(browser),
                PhoneCode.purpose == purpose,
                PhoneCode.attempts < ATTEMPTS,
                or_(PhoneCode.used_at.is_(None), PhoneCode.session_id.is_not(None)),
                PhoneCode.expires_at > now,
            )
            .values(attempts=PhoneCode.attempts + 1)
            .returning(PhoneCode.mac, PhoneCode.phone, PhoneCode.language)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(tried)).one_or_none()
        # As much work for a code that is not there.
        mac = self._mac(code_id, digits)
        if not hmac.compare_digest(mac, row.mac if row else bytes(32)) or row is None:
            raise CodeRefused
        used = (
            update(PhoneCode).where(PhoneCode.id == code_id, PhoneCode.used_at.is_(None)).values(used_at=now, code=None)
        )
        if (await self._session.execute(used.returning(PhoneCode.id))).one_or_none() is None:
            await self._take_again(code_id, purpose)
        return Taken(self._identifiers.open("code-phone", code_id, row.phone), row.language)

    async def _take_again(self, code_id: UUID, purpose: Purpose) -> None:
        """Raises CodeRefused when the session it was good for is gone: whoever signed out is not signed in by it."""
        held = select(PhoneCode.session_id).where(PhoneCode.id == code_id).with_for_update()
        session_id = await self._session.scalar(held)
        sessions = Sessions(self._session)
        if session_id is None or not await sessions.living([session_id]):
            raise CodeRefused
        if purpose is not Purpose.PROVE:
            await sessions.end_unheard(session_id)

    async def opened(self, code_id: UUID, session_id: UUID) -> None:
        """What the code that was taken was good for."""
        await self._session.execute(update(PhoneCode).where(PhoneCode.id == code_id).values(session_id=session_id))

    async def owner_of_used(self, code_id: UUID, *, purpose: Purpose, browser: str) -> UUID | None:
        """The resident whose session this code has opened on this browser; None when it has opened none that lasts."""
        whose = (
            select(Session.resident_id)
            .join(PhoneCode, PhoneCode.session_id == Session.id)
            .where(
                PhoneCode.id == code_id,
                PhoneCode.purpose == purpose,
                PhoneCode.browser_hash == hashed(browser),
                PhoneCode.expires_at > datetime.now(UTC),
            )
        )
        return await self._session.scalar(whose)

    def _mac(self, code_id: UUID, digits: str) -> bytes:
        return hmac.digest(self._key, f"{code_id}|{digits}".encode(), hashlib.sha256)


# A day is enough to answer "why did no code come?".
KEEP = Keep(PhoneCode, "a day", lambda now: PhoneCode.expires_at < now - timedelta(days=1))
