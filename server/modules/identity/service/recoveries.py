"""A lost phone: an officer who knows the person gives a code at the desk, which moves the account to a new number."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import Party, record
from server.core.database import Database, one_at_a_time
from server.core.events import publish
from server.core.looks import Why, looked
from server.core.problems import Problem
from server.core.sealing import derive
from server.core.settings import Settings
from server.core.words import Words
from server.modules.identity.events import PhoneChanged
from server.modules.identity.models import ExternalAccount, OneTimeCode, Passkey, Purpose, Resident
from server.modules.identity.rules.person import national_id_of, searched
from server.modules.identity.rules.phone import mobile_of
from server.modules.identity.rules.sessions import RECOVER
from server.modules.identity.service.codes import PhoneCodes
from server.modules.identity.service.identifiers import Identifiers
from server.modules.identity.service.residents import ResidentNotFound, Residents
from server.modules.identity.service.sessions import Sessions

log = structlog.get_logger()

LIFE = timedelta(minutes=15)
ATTEMPTS = 5


class DeskCodeRefused(Problem):
    """Wrong, expired, used, tried too often, or nobody's: all the same."""

    status = 400
    title = Words(
        "Mã của bộ phận một cửa không đúng hoặc đã hết hạn. Hãy kiểm tra lại, hoặc xin mã mới tại quầy",
        "The desk's code is wrong or has expired. Check it, or ask for a new one at the desk",
        "លេខកូដរបស់បញ្ជរមិនត្រឹមត្រូវ ឬផុតកំណត់។ សូមពិនិត្យឡើងវិញ ឬសុំលេខកូដថ្មីនៅបញ្ជរ",
    )


class PhoneTaken(Problem):
    """Said to whoever has just proved that the number is theirs."""

    title = Words(
        "Số mới đang thuộc một tài khoản khác. Hãy đăng nhập bằng số mới, xóa tài khoản đó, rồi làm lại",
        "The new number belongs to another account. Sign in with it, erase that account, then try again",
        "លេខថ្មីជារបស់គណនីផ្សេង។ សូមចូលដោយលេខថ្មី លុបគណនីនោះ រួចធ្វើម្តងទៀត",
    )


class DeskCode(msgspec.Struct, frozen=True):
    """Eight digits to tell the person at the desk, this once."""

    digits: str
    expires_at: datetime


class Recoveries:
    """Both sides of the desk."""

    def __init__(self, session: AsyncSession, settings: Settings, database: Database) -> None:
        self._session = session
        self._settings = settings
        self._database = database
        self._identifiers = Identifiers(settings)
        self._key = derive(settings.secret_key, "desk-code")

    async def find(self, caller: Caller, name: str, known_by: str) -> Resident:
        """Whoever has this name and this phone or personal number; the look is told to them. Raises ResidentNotFound.

        Without a name on the account the officer could compare it with no document, so it is not found.
        """
        resident = await self._session.scalar(select(Resident).where(self._is(known_by), Resident.erased_at.is_(None)))
        if resident is None or not resident.name or searched(name) != resident.name_folded:
            raise ResidentNotFound
        await looked(self._session, caller, resident.id, permission=RECOVER, why=Why.DESK)
        return resident

    async def make_code(self, caller: Caller, resident_id: UUID) -> DeskCode:
        """A code for the person at the desk; one made before stops working. Raises ResidentNotFound."""
        resident = await Residents(self._session, self._settings).find(resident_id)
        # Of two made at once the second finds the first one's, and there is never a choice between two.
        await one_at_a_time(self._session, f"desk-code|{resident.id}")
        await self._session.execute(delete(OneTimeCode).where(OneTimeCode.resident_id == resident.id))
        digits = f"{secrets.randbelow(10**8):08}"
        code = OneTimeCode(id=uuid7(), resident_id=resident.id, made_by=caller.id, expires_at=datetime.now(UTC) + LIFE)
        code.secret_hash = self._mac(code.id, digits)
        self._session.add(code)
        await self._session.flush()
        await record(
            self._session, act="identity:make-desk-code", actor=caller, subject=("resident", resident.id), code=code.id
        )
        return DeskCode(digits, code.expires_at)

    async def move_to_new_phone(
        self, code_id: UUID, digits: str, *, known_by: str, desk_digits: str, browser: str
    ) -> Resident:
        """The account has the number whose code was typed; nobody is signed in on it any more.

        Raises DeskCodeRefused, CodeRefused, PhoneTaken. The attempt is counted outside the transaction, as in
        PhoneCodes.take. Whoever lost the reply may send both codes once more: nothing is moved then.
        """
        now = datetime.now(UTC)
        codes = PhoneCodes(self._session, self._settings, self._database)
        moved = await codes.owner_of_used(code_id, purpose=Purpose.CHANGE_PHONE, browser=browser)
        if moved is None:
            whose = select(Resident.id).where(self._is(known_by), Resident.erased_at.is_(None)).scalar_subquery()
            which = and_(OneTimeCode.resident_id == whose, OneTimeCode.used_at.is_(None))
        else:
            which = and_(OneTimeCode.resident_id == moved, OneTimeCode.used_at.is_not(None))
        tried = (
            update(OneTimeCode)
            .where(which, OneTimeCode.attempts < ATTEMPTS, OneTimeCode.expires_at > now)
            .values(attempts=OneTimeCode.attempts + 1)
            .returning(OneTimeCode.id, OneTimeCode.secret_hash, OneTimeCode.resident_id, OneTimeCode.made_by)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(tried)).one_or_none()
        # As much work for a code that is not there.
        mac = self._mac(row.id if row else code_id, desk_digits)
        if not hmac.compare_digest(mac, row.secret_hash if row else bytes(32)) or row is None:
            log.warning("desk code refused")
            raise DeskCodeRefused
        taken = await codes.take(code_id, digits, purpose=Purpose.CHANGE_PHONE, browser=browser)
        if moved is not None:
            return await Residents(self._session, self._settings).find(moved)
        used = update(OneTimeCode).where(OneTimeCode.id == row.id, OneTimeCode.used_at.is_(None)).values(used_at=now)
        if await self._session.scalar(used.returning(OneTimeCode.id)) is None:
            raise DeskCodeRefused
        resident = await Residents(self._session, self._settings).find(row.resident_id)
        index = self._identifiers.index("phone", taken.phone)
        if await self._session.scalar(
            select(Resident.id).where(Resident.phone_index == index, Resident.id != resident.id)
        ):
            raise PhoneTaken
        await Sessions(self._session).end_all_of(resident)
        # Whoever has the lost phone may have its passkeys and its VNeID too.
        for table in (Passkey, ExternalAccount):
            await self._session.execute(delete(table).where(table.resident_id == resident.id))
        await record(
            self._session,
            act="identity:change-phone-at-desk",
            actor=Party("resident", resident.id),
            subject=("resident", resident.id),
            code=row.id,
            officer=row.made_by,
        )
        if resident.phone_index not in (None, index):
            publish(self._session, PhoneChanged(resident_id=resident.id, was=resident.phone_index.hex(), at=now))
        resident.phone_index = index
        resident.phone = self._identifiers.close("phone", resident.id, taken.phone)
        resident.version += 1
        try:
            await self._session.flush()
        except IntegrityError:  # somebody signed in with it for the first time, this very moment
            raise PhoneTaken from None
        return resident

    def _is(self, known_by: str) -> ColumnElement[bool]:
        """By a phone or a personal number, whichever it is; what is neither finds nobody.

        A number that was merely typed may be anybody's: only who has proved it is found by it.
        """
        phone, national_id = mobile_of(known_by), national_id_of(known_by)
        return or_(
            Resident.phone_index == self._identifiers.index("phone", phone or ""),
            and_(
                Resident.national_id_index == self._identifiers.index("national-id", national_id or ""),
                Resident.national_id_proved_at.is_not(None),
            ),
        )

    def _mac(self, code_id: UUID, digits: str) -> bytes:
        return hmac.digest(self._key, f"{code_id}|{digits}".encode(), hashlib.sha256)
