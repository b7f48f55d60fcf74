"""One-time links to a first password: made for a member of staff, good once, for 48 hours."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.identity.models import OneTimeCode, Staff
from server.modules.identity.service.identifiers import hashed

LIFE = timedelta(hours=48)
PATH = "/staff/first-password"


class LinkRefused(Problem):
    """Unknown, used, replaced by a newer one, or too old: all the same."""

    status = 400
    title = Words(
        "Đường dẫn này đã dùng rồi hoặc đã hết hạn. Hãy xin quản trị viên đường dẫn mới",
        "This link was used or has expired. Ask an administrator for a new one",
        "តំណនេះត្រូវបានប្រើរួច ឬផុតកំណត់។ សូមសុំតំណថ្មីពីអ្នកគ្រប់គ្រង",
    )


class Link(msgspec.Struct, frozen=True):
    """An address to hand to its owner, told this once."""

    url: str
    expires_at: datetime


class Links:
    """The ways to a first password, or to a new one."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._origin = settings.origin

    async def make(self, staff: Staff, made_by: UUID | None) -> Link:
        """A new link; those made before stop working."""
        await self._session.execute(delete(OneTimeCode).where(OneTimeCode.staff_id == staff.id))
        secret = secrets.token_urlsafe(32)
        expires_at = datetime.now(UTC) + LIFE
        self._session.add(
            OneTimeCode(
                id=uuid7(), secret_hash=hashed(secret), staff_id=staff.id, made_by=made_by, expires_at=expires_at
            )
        )
        await self._session.flush()
        # Behind `#`: a browser sends that to no server, so it stands in no log.
        return Link(f"{self._origin}{PATH}#{secret}", expires_at)

    async def owner_of(self, secret: str) -> tuple[Staff, datetime]:
        """Whom a link is for, and until when. Raises LinkRefused."""
        living = select(Staff, OneTimeCode.expires_at).join(OneTimeCode, OneTimeCode.staff_id == Staff.id)
        row = (await self._session.execute(living.where(*_usable(secret), Staff.disabled_at.is_(None)))).one_or_none()
        if row is None:
            raise LinkRefused
        return row.Staff, row.expires_at

    async def take(self, secret: str) -> Staff:
        """Use a link up. Raises LinkRefused."""
        staff, _ = await self.owner_of(secret)
        used = update(OneTimeCode).where(*_usable(secret)).values(used_at=datetime.now(UTC)).returning(OneTimeCode.id)
        if await self._session.scalar(used) is None:
            raise LinkRefused
        return staff


def _usable(secret: str) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeCode.secret_hash == hashed(secret),
        OneTimeCode.staff_id.is_not(None),
        OneTimeCode.used_at.is_(None),
        OneTimeCode.expires_at > datetime.now(UTC),
    )
