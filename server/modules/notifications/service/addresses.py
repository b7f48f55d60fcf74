"""The e-mail address of a resident: given by them, and used once they have shown that they read what comes there."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.events import publish
from server.core.problems import Problem
from server.core.retention import Keep
from server.core.sealing import Seal, derive
from server.core.settings import Settings
from server.core.words import Language, Words
from server.modules.notifications.events import AddressGiven
from server.modules.notifications.gateways import mail
from server.modules.notifications.models import Address
from server.modules.notifications.rules.other_ways import CODE_SUBJECT, CODE_TEXT, address_of

LIFE = timedelta(minutes=30)
ATTEMPTS = 5


class AddressRefused(Problem):
    status = 400
    title = Words("Địa chỉ e-mail không đúng dạng", "This is no e-mail address", "អាសយដ្ឋានអ៊ីមែលមិនត្រឹមត្រូវ")


class MailOff(Problem):
    title = Words("Gửi e-mail chưa được bật", "E-mail is not switched on", "ការផ្ញើអ៊ីមែលមិនទាន់បានបើកទេ")


class AddressCodeRefused(Problem):
    status = 400
    title = Words(
        "Mã không đúng hoặc đã hết hạn. Kiểm tra lại, hoặc xin mã mới",
        "The code is wrong or has run out. Check it, or ask for a new one",
        "លេខកូដមិនត្រឹមត្រូវ ឬផុតកំណត់។ សូមពិនិត្យឡើងវិញ ឬសុំលេខកូដថ្មី",
    )


def address_seal_of(settings: Settings) -> Seal:
    return Seal(settings.secret_key, "notifications-address")


class Addresses:
    """Where residents read mail."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._seal = address_seal_of(settings)
        self._key = derive(settings.secret_key, "notifications-address-code")

    async def of(self, resident_id: UUID) -> tuple[str, bool] | None:
        """The address, and whether it was confirmed."""
        row = await self._session.scalar(select(Address).where(Address.resident_id == resident_id))
        return (self._open(row), row.confirmed_at is not None) if row else None

    async def confirmed(self, resident_id: UUID) -> str | None:
        found = await self.of(resident_id)
        return found[0] if found and found[1] else None

    async def give(self, resident_id: UUID, text: str, language: Language) -> None:
        """A code goes there; until it comes back nothing else does. Raises AddressRefused, MailOff."""
        if not mail.is_there(self._settings):
            raise MailOff
        address = address_of(text)
        if address is None:
            raise AddressRefused
        row, digits = uuid7(), f"{secrets.randbelow(10**6):06}"
        values = {
            "id": row,
            "sealed": self._seal.close(address.encode(), str(row)),
            "code": self._seal.close(digits.encode(), f"code:{row}"),
            "mac": self._mac(row, digits),
            "attempts": 0,
            "expires_at": datetime.now(UTC) + LIFE,
            "confirmed_at": None,
            "language": language,
        }
        new = insert(Address).values(resident_id=resident_id, **values)
        await self._session.execute(new.on_conflict_do_update(index_elements=["resident_id"], set_=values))
        publish(self._session, AddressGiven(address_id=row))
        await self._session.flush()

    async def send_code(self, address_id: UUID) -> None:
        """At least once; the same code each time. Raises NotTaken."""
        # Not held: whoever gives another address meanwhile must not wait for a server of mail.
        row = await self._session.scalar(select(Address).where(Address.id == address_id))
        if row is None or row.code is None:
            return
        digits = self._seal.open(row.code, f"code:{row.id}").decode()
        text = CODE_TEXT.for_(row.language).format(digits)
        await mail.send(self._settings, self._open(row), CODE_SUBJECT.for_(row.language), text, row.id)
        # Nobody needs it in the clear any more.
        await self._session.execute(update(Address).where(Address.id == address_id).values(code=None))

    async def confirm(self, resident_id: UUID, digits: str) -> None:
        """Raises AddressCodeRefused. Five attempts at one code, counted whatever becomes of the request."""
        # Counted by one statement, so that two at once are two.
        tried = (
            update(Address)
            .where(
                Address.resident_id == resident_id,
                Address.confirmed_at.is_(None),
                Address.expires_at > datetime.now(UTC),
                Address.attempts < ATTEMPTS,
            )
            .values(attempts=Address.attempts + 1)
            .returning(Address.id, Address.mac)
        )
        # On a connection of its own: a refused request is rolled back, and its attempt must not be.
        async with self._session.info["database"].reading() as connection:
            row = (await connection.execute(tried)).one_or_none()
        if row is None or not hmac.compare_digest(row.mac, self._mac(row.id, digits)):
            raise AddressCodeRefused
        good = update(Address).where(Address.id == row.id).values(confirmed_at=datetime.now(UTC), code=None)
        await self._session.execute(good)

    async def remove(self, resident_id: UUID) -> None:
        await self._session.execute(delete(Address).where(Address.resident_id == resident_id))

    def _open(self, row: Address) -> str:
        return self._seal.open(row.sealed, str(row.id)).decode()

    def _mac(self, row: UUID, digits: str) -> bytes:
        return hmac.digest(self._key, f"{row}\0{digits}".encode(), hashlib.sha256)


KEEPS = [
    Keep(
        Address,
        "a day after its code ran out, unless it was confirmed",
        lambda now: and_(Address.confirmed_at.is_(None), Address.expires_at < now - timedelta(days=1)),
    )
]
