"""Consents: given to the words of today, provable, taken back at any time."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql import UUID as UUIDType
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.events import publish
from server.core.problems import Problem
from server.core.words import Words
from server.modules.privacy.events import ConsentChanged
from server.modules.privacy.models import Consent
from server.modules.privacy.rules.purposes import PURPOSES


class PurposeNotFound(Problem):
    status = 404
    title = Words("Không có mục đích này", "There is no such purpose", "គ្មានគោលបំណងនេះទេ")


class TextChanged(Problem):
    status = 412
    title = Words(
        "Nội dung đồng ý vừa được sửa. Hãy đọc bản mới",
        "The words have just been changed. Read the new ones",
        "ខ្លឹមសារយល់ព្រមទើបត្រូវបានកែ។ សូមអានកំណែថ្មី",
    )


class Consents:
    """What a person agreed to."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, resident_id: UUID) -> Sequence[Consent]:
        """The living consents; one to older words is none."""
        living = select(Consent).where(Consent.resident_id == resident_id, Consent.withdrawn_at.is_(None))
        found = (await self._session.scalars(living)).all()
        return [it for it in found if it.purpose in PURPOSES and it.text_version == PURPOSES[it.purpose].version]

    async def ever_of(self, resident_id: UUID) -> Sequence[Consent]:
        """All that were ever given, also to older words and those taken back; the newest first."""
        given = select(Consent).where(Consent.resident_id == resident_id).order_by(Consent.created_at.desc())
        return (await self._session.scalars(given)).all()

    async def given_by(self, resident_ids: Collection[UUID], purpose: str) -> set[UUID]:
        """Those of these people who agreed to this purpose, in the words of today."""
        living = select(Consent.resident_id).where(
            # One text for all of them: a wave of pushes asks of hundreds at a time.
            Consent.resident_id
            == func.any(cast(literal("{" + ",".join(map(str, resident_ids)) + "}"), ARRAY(UUIDType))),
            Consent.purpose == purpose,
            Consent.text_version == PURPOSES[purpose].version,
            Consent.withdrawn_at.is_(None),
        )
        return set(await self._session.scalars(living))

    async def give(self, caller: Caller, purpose: str, version: int) -> None:
        """Agree to these words. A second time changes nothing. Raises PurposeNotFound, TextChanged."""
        if purpose not in PURPOSES:
            raise PurposeNotFound
        if version != PURPOSES[purpose].version:
            raise TextChanged
        older = (Consent.resident_id == caller.id, Consent.purpose == purpose, Consent.text_version != version)
        await self._end(*older)
        new = insert(Consent).values(
            id=uuid7(), resident_id=caller.id, purpose=purpose, text_version=version, session_id=caller.session_id
        )
        given = await self._session.scalar(
            new.on_conflict_do_nothing(
                index_elements=["resident_id", "purpose"], index_where=Consent.withdrawn_at.is_(None)
            ).returning(Consent.id)
        )
        if given is not None:
            publish(self._session, ConsentChanged(resident_id=caller.id, purpose=purpose))
            await record(
                self._session,
                act="privacy:consent",
                actor=caller,
                subject=("resident", caller.id),
                purpose=purpose,
                text=version,
            )

    async def withdraw(self, caller: Caller, purpose: str) -> None:
        """Take it back; the proof that it was given stays. Raises PurposeNotFound."""
        if purpose not in PURPOSES:
            raise PurposeNotFound
        if await self._end(Consent.resident_id == caller.id, Consent.purpose == purpose):
            publish(self._session, ConsentChanged(resident_id=caller.id, purpose=purpose))
            await record(
                self._session, act="privacy:withdraw", actor=caller, subject=("resident", caller.id), purpose=purpose
            )

    async def _end(self, *which: object) -> int:
        ended = update(Consent).where(*which, Consent.withdrawn_at.is_(None)).values(withdrawn_at=datetime.now(UTC))  # type: ignore[arg-type]
        return len((await self._session.scalars(ended.returning(Consent.id))).all())
