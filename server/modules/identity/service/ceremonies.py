"""What must be remembered between the two halves of a sign-in: sealed, for one browser, for one use."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from uuid_utils.compat import uuid7

from server.core.database import Database
from server.core.problems import Problem
from server.core.retention import Keep
from server.core.sealing import Seal
from server.core.settings import Settings
from server.core.words import Words
from server.modules.identity.models import Ceremony, OneTimeCode
from server.modules.identity.service.identifiers import hashed

T = TypeVar("T")

_MOST = 10
"""Sign-ins one browser may have begun at once, in several tabs."""


class SignInLost(Problem):
    """The browser comes back from a sign-in that it never began, that is too old, or that is finished."""

    status = 400
    title = Words(
        "Lần đăng nhập này đã hết hạn. Hãy bắt đầu lại",
        "This sign-in has expired. Begin again",
        "ការចូលគណនីនេះបានផុតកំណត់។ សូមចាប់ផ្តើមម្តងទៀត",
    )


class Ceremonies:
    """Begun sign-ins. `kind` says which half may finish which: `vneid`, `passkey`, `second-factor`."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._seal = Seal(settings.secret_key, "identity-ceremony")

    async def begin(self, kind: str, browser: str, remembered: msgspec.Struct, *, life: timedelta) -> None:
        row = uuid7()
        sealed = self._seal.close(msgspec.json.encode(remembered), str(row))
        expires_at = datetime.now(UTC) + life
        self._session.add(
            Ceremony(id=row, kind=kind, browser_hash=hashed(browser), sealed=sealed, expires_at=expires_at)
        )
        await self._session.flush()

    async def take(
        self,
        kind: str,
        browser: str,
        shape: type[T],
        fits: Callable[[T], bool] = lambda _: True,
        on: AsyncConnection | None = None,
    ) -> T | None:
        """The newest this browser has begun of this kind that `fits`; taken away, so that nothing works twice.

        `on` a connection of `reading` it is gone at once, and none is held afterwards.
        """
        connection = on or self._session
        for row in (await connection.execute(_begun(kind, browser))).all():
            remembered = self._open(row, shape)
            if fits(remembered):
                taken = delete(Ceremony).where(Ceremony.id == row.id).returning(Ceremony.id)
                return remembered if await connection.scalar(taken) else None
        return None

    async def look(self, database: Database, kind: str, browser: str, shape: type[T]) -> T | None:
        """The newest, left where it is: for what may be tried again. Holds no connection afterwards."""
        async with database.reading() as connection:
            row = (await connection.execute(_begun(kind, browser).limit(1))).one_or_none()
        return None if row is None else self._open(row, shape)

    def _open(self, row: Row[UUID, bytes], shape: type[T]) -> T:
        return msgspec.json.decode(self._seal.open(row.sealed, str(row.id)), type=shape)


def _begun(kind: str, browser: str) -> Select[UUID, bytes]:
    return (
        select(Ceremony.id, Ceremony.sealed)
        .where(Ceremony.kind == kind, Ceremony.browser_hash == hashed(browser), Ceremony.expires_at > datetime.now(UTC))
        .order_by(Ceremony.id.desc())
        .limit(_MOST)
    )


KEEPS = [
    Keep(Ceremony, "until it expires, ten minutes at most", lambda now: Ceremony.expires_at < now),
    Keep(OneTimeCode, "until it expires, two days at most", lambda now: OneTimeCode.expires_at < now),
]
