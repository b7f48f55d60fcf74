"""The six digits an authenticator app shows, new every 30 seconds (TOTP, RFC 6238): the second factor of staff."""

import hmac
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import pyotp
import segno
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Database
from server.core.limits import Limits
from server.core.sealing import Seal
from server.core.settings import Settings
from server.modules.identity.models import Staff
from server.modules.identity.service.codes import CodeRefused

SECONDS = 30
ATTEMPTS = 5
PAUSE = 15 * 60

_ATTEMPTS_EVERYWHERE = 20
_PAUSE_EVERYWHERE = 3600


def new_secret() -> str:
    return pyotp.random_base32()


def seal_of(settings: Settings) -> Seal:
    return Seal(settings.secret_key, "identity-time-codes")


class Enrolment(msgspec.Struct, frozen=True):
    """What an authenticator app needs: the secret to type, the address it is in, and that as a picture to scan."""

    secret: str
    uri: str
    qr: str


class TimeCodes:
    """Codes of authenticator apps: each works once."""

    def __init__(self, session: AsyncSession, settings: Settings, database: Database) -> None:
        self._session = session
        self._settings = settings
        self._database = database
        self._limits = Limits(database, settings)
        self._seal = seal_of(settings)

    @staticmethod
    def close(settings: Settings, staff_id: UUID, secret: str) -> bytes:
        """The secret as it is kept, for this person alone."""
        return seal_of(settings).close(secret.encode(), str(staff_id))

    def secret_of(self, staff: Staff) -> str | None:
        return self._open(staff.id, staff.totp_secret)

    def enrolment(self, login: str, secret: str) -> Enrolment:
        host = urlsplit(self._settings.origin).hostname or ""
        uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=host)
        # Light on dark is not read by every phone, so the picture brings its own white.
        return Enrolment(secret, uri, segno.make(uri).svg_data_uri(scale=6, light="#fff", border=4))

    def shown(self, staff: Staff, secret: str | None) -> str | None:
        """In a demonstration, for a demo account: a code that will be taken. Else None."""
        if not (self._settings.demo and staff.demo and secret):
            return None
        now = _step(datetime.now(UTC))
        free = max(now, staff.totp_step + 1)
        return pyotp.TOTP(secret).generate_otp(free) if free <= now + 1 else None

    async def take(self, staff_id: UUID, digits: str, *, browser: str, enrolling: str | None = None) -> bool:
        """Take the code of this person, or of the secret they are enrolling; whether they have enrolled it by that.

        Raises CodeRefused, TooManyRequests. Whoever comes here knows the password, so wrong codes from all browsers
        together may stop this way in: nobody else can keep a person out by it, and a passkey still opens.
        """
        here, everywhere = f"{staff_id}|{browser}", str(staff_id)
        await self._limits.attempt("time-code", here, times=ATTEMPTS, pause=PAUSE)
        await self._limits.attempt("time-codes", everywhere, times=_ATTEMPTS_EVERYWHERE, pause=_PAUSE_EVERYWHERE)
        async with self._database.reading() as connection:
            sealed = await connection.scalar(
                select(Staff.totp_secret).where(Staff.id == staff_id, Staff.disabled_at.is_(None))
            )
        secret = self._open(staff_id, sealed) or enrolling
        step = _step_of(secret, digits, datetime.now(UTC)) if secret else None
        if secret is None or step is None:
            raise CodeRefused
        taken = update(Staff).where(Staff.id == staff_id, Staff.totp_step < step).values(totp_step=step)
        if sealed is None:
            taken = taken.where(Staff.totp_secret.is_(None)).values(
                totp_secret=self.close(self._settings, staff_id, secret)
            )
        if await self._session.scalar(taken.returning(Staff.id)) is None:
            raise CodeRefused
        await self._limits.forget("time-code", here)
        await self._limits.forget("time-codes", everywhere)
        return sealed is None

    def _open(self, staff_id: UUID, sealed: bytes | None) -> str | None:
        return self._seal.open(sealed, str(staff_id)).decode() if sealed else None


def _step(now: datetime) -> int:
    return int(now.timestamp()) // SECONDS


def _step_of(secret: str, digits: str, now: datetime) -> int | None:
    """The step this code belongs to: now, or one before or after, for clocks that differ (RFC 6238, 5.2)."""
    codes = pyotp.TOTP(secret)
    steps = [step for step in (-1, 0, 1) if hmac.compare_digest(codes.generate_otp(_step(now) + step), digits)]
    return _step(now) + steps[0] if steps else None
