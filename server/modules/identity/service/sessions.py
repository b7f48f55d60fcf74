"""Signed-in browsers: opened with a fresh token, ended by deleting a row."""

import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller, SignInNeeded
from server.core.audit import Party, record
from server.core.events import publish
from server.core.problems import Problem
from server.core.retention import Keep
from server.core.words import Words
from server.modules.identity.events import SessionsEnded
from server.modules.identity.models import EndedSession, Method, Resident, Role, Session, Staff, StaffRole
from server.modules.identity.rules.sessions import Life, life_of_resident, life_of_staff
from server.modules.identity.service.identifiers import hashed


class SessionNotFound(Problem):
    status = 404
    title = Words(
        "Không tìm thấy thiết bị này trong danh sách của bạn",
        "There is no such device in your list",
        "រកមិនឃើញឧបករណ៍នេះក្នុងបញ្ជីរបស់អ្នកទេ",
    )


class Sessions:
    """The browsers somebody is signed in on."""

    def __init__(self, session: AsyncSession, before: str = "") -> None:
        """`before`: the token that the browser came with, if any; a sign-in ends its session."""
        self._session = session
        self._before = before

    async def open_for_resident(
        self, resident: Resident, method: Method, *, assurance: int, shared: bool, device: str
    ) -> tuple[Session, str]:
        """A new session and its token, which is told this once."""
        life = life_of_resident(shared=shared)
        return await self._open(
            life, resident_id=resident.id, method=method, assurance=assurance, shared=shared, device=device
        )

    async def open_for_staff(self, staff: Staff, method: Method, *, device: str) -> tuple[Session, str]:
        """A new session and its token. Residents may be many places at once, and so may staff."""
        staff.last_signed_in_at = datetime.now(UTC)
        who = Party("staff", staff.id)
        await record(self._session, act="identity:sign-in", actor=who, subject=who, method=method.value)
        life = life_of_staff(await self.permissions_of(staff.id))
        return await self._open(life, staff_id=staff.id, method=method, assurance=0, shared=False, device=device)

    async def permissions_of(self, staff_id: UUID) -> frozenset[str]:
        mine = (
            select(Role.permissions).join(StaffRole, StaffRole.role_id == Role.id).where(StaffRole.staff_id == staff_id)
        )
        return frozenset(word for words in await self._session.scalars(mine) for word in words)

    async def _open(self, life: Life, **values: Any) -> tuple[Session, str]:
        if self._before:
            before = hashed(self._before)
            replaced = (
                delete(Session)
                .where(or_(Session.token_hash == before, Session.former_hash == before))
                .returning(Session.id)
            )
            self._announce(list(await self._session.scalars(replaced)))
        now = datetime.now(UTC)
        token = secrets.token_urlsafe(32)
        session = Session(
            id=uuid7(),
            token_hash=hashed(token),
            proved_at=now,
            seen_at=now,
            idle=int(life.idle.total_seconds()),
            expires_at=now + life.absolute,
            **values,
        )
        self._session.add(session)
        await self._session.flush()
        return session, token

    @staticmethod
    def caller_of(session: Session, owner: Resident | Staff, permissions: frozenset[str] = frozenset()) -> Caller:
        """Whoever has just signed in, as the next request will recognise them."""
        return Caller(
            id=owner.id,
            kind="resident" if isinstance(owner, Resident) else "staff",
            session_id=session.id,
            proved_at=session.proved_at,
            assurance=session.assurance,
            permissions=permissions,
            unit=owner.unit if isinstance(owner, Staff) else "",
            name=owner.name,
        )

    async def find(self, caller: Caller) -> Session | None:
        """The caller's own session; None when it has ended since the caller was recognised."""
        return await self._session.get(Session, caller.session_id)

    async def prove(self, caller: Caller) -> tuple[Session, str]:
        """The caller gave a proof: the session goes on under a new token (RFC 6265bis; ASVS 7.2.4).

        The reply may be lost. So the token before it opens the session until the new one has come back once, but not
        what needs the proof. Of several new ones in a row that none came back, the oldest is the one the browser has.

        Raises SignInNeeded when it was ended meanwhile.
        """
        token = secrets.token_urlsafe(32)
        proved = (
            update(Session)
            .where(Session.id == caller.session_id)
            .values(
                former_hash=func.coalesce(Session.former_hash, Session.token_hash),
                former_proved_at=func.coalesce(Session.former_proved_at, Session.proved_at),
                token_hash=hashed(token),
                proved_at=datetime.now(UTC),
            )
            .returning(Session)
        )
        session = await self._session.scalar(proved)
        if session is None:
            raise SignInNeeded
        return session, token

    async def of(self, caller: Caller) -> Sequence[Session]:
        """All living sessions of the caller, the last seen first."""
        mine = select(Session).where(_owned(caller), *_alive()).order_by(Session.seen_at.desc())
        return (await self._session.scalars(mine)).all()

    async def end(self, caller: Caller, session_id: UUID) -> None:
        """End one of the caller's own. Raises SessionNotFound."""
        ended = await self._end(Session.id == session_id, _owned(caller))
        if not ended:
            raise SessionNotFound
        await self._note_sign_out(caller, ended)

    async def end_this(self, caller: Caller) -> bool:
        """End the session the caller is on; whether its phone is shared. Ending it twice is no fault."""
        gone = delete(Session).where(Session.id == caller.session_id).returning(Session.shared)
        shared = await self._session.scalar(gone)
        self._announce([caller.session_id])
        await self._note_sign_out(caller, 0 if shared is None else 1)
        return bool(shared)

    async def end_unheard(self, session_id: UUID) -> None:
        """A session whose token reached nobody."""
        await self._session.execute(delete(Session).where(Session.id == session_id))
        self._announce([session_id])

    async def end_others(self, caller: Caller) -> int:
        """End all of the caller's own but this one; how many there were."""
        ended = await self._end(_owned(caller), Session.id != caller.session_id)
        await self._note_sign_out(caller, ended)
        return ended

    async def _note_sign_out(self, caller: Caller, browsers: int) -> None:
        """Of staff: the audit log says when somebody could act in their name."""
        if caller.kind == "staff" and browsers:
            await record(
                self._session, act="identity:sign-out", actor=caller, subject=("staff", caller.id), browsers=browsers
            )

    async def end_all_of(self, owner: Resident | Staff) -> None:
        """Somebody lost a phone, changed a password, or was disabled."""
        await self._end((Session.resident_id if isinstance(owner, Resident) else Session.staff_id) == owner.id)

    async def end_all_of_staff(self, staff_ids: Collection[UUID]) -> None:
        """What these people may do has changed."""
        await self._end(Session.staff_id.in_(staff_ids))

    async def _end(self, *which: ColumnElement[bool]) -> int:
        """From afar: these browsers learn of it when they ask next. How many there were."""
        ended = (
            delete(Session)
            .where(*which)
            .returning(Session.id, Session.token_hash, Session.former_hash, Session.expires_at)
        )
        rows = (await self._session.execute(ended)).all()
        self._session.add_all(
            EndedSession(id=uuid7(), token_hash=token_hash, until=row.expires_at)
            for row in rows
            for token_hash in (row.token_hash, row.former_hash)
            if token_hash
        )
        self._announce([row.id for row in rows])
        await self._session.flush()
        return len(rows)

    def _announce(self, session_ids: list[UUID]) -> None:
        if session_ids:
            publish(self._session, SessionsEnded(session_ids=session_ids))

    async def is_shared(self, session_id: UUID) -> bool:
        """Whether this session is on a device of many; so is one that has ended."""
        shared = await self._session.scalar(select(Session.shared).where(Session.id == session_id))
        return shared is not False

    async def living(self, session_ids: Collection[UUID]) -> set[UUID]:
        """Those of these sessions that have not ended. Asking does not make them last longer."""
        return set(await self._session.scalars(select(Session.id).where(Session.id.in_(session_ids), *_alive())))

    async def was_ended(self, token: str) -> bool:
        """Whether the session of this token was ended from another browser."""
        mark = select(EndedSession.id).where(EndedSession.token_hash == hashed(token))
        return await self._session.scalar(mark) is not None

    async def forget_ended(self, token: str) -> None:
        """That browser has kept nothing."""
        await self._session.execute(delete(EndedSession).where(EndedSession.token_hash == hashed(token)))


def _owned(caller: Caller) -> ColumnElement[bool]:
    return (Session.resident_id if caller.kind == "resident" else Session.staff_id) == caller.id


def _alive(now: datetime | None = None) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    now = now or datetime.now(UTC)
    return Session.expires_at > now, Session.seen_at + Session.idle * timedelta(seconds=1) > now


KEEPS = [
    Keep(Session, "until it ends: idle or too old", lambda now: ~and_(*_alive(now))),
    Keep(EndedSession, "as long as the session could have lasted", lambda now: EndedSession.until <= now),
]
