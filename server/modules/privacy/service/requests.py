"""Requests of people about their own data: received, answered in time, or refused with a reason."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import Party, record
from server.core.events import publish
from server.core.files import FileMissing
from server.core.holding import holdings_of
from server.core.paging import cursor_at, place_of
from server.core.problems import Problem
from server.core.retention import Keep
from server.core.sealing import Seal
from server.core.settings import Settings
from server.core.versions import ChangedMeanwhile
from server.core.words import Language, Words
from server.modules.privacy.events import CopyRequested, ErasureGranted
from server.modules.privacy.models import Package, Request
from server.modules.privacy.rules.held import FILES
from server.modules.privacy.rules.requests import Kind, State, due_at, last_day
from server.modules.privacy.service.reading import as_data, as_text

KEPT = timedelta(days=7)
MOST_OF_FILES = 20 * 1024 * 1024
"""Bytes of files in one copy: it is made in memory, and taken over a weak line."""


class RequestNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy yêu cầu này", "There is no such request", "រកមិនឃើញសំណើនេះទេ")


class AlreadyAsked(Problem):
    title = Words(
        "Bạn đã có một yêu cầu như vậy đang được xử lý",
        "A request like this is already under way",
        "អ្នកមានសំណើបែបនេះកំពុងដំណើរការរួចហើយ",
    )


class AlreadyDecided(Problem):
    title = Words("Yêu cầu này đã kết thúc", "This request is already closed", "សំណើនេះបានបញ្ចប់រួចហើយ")


class MustBeKept(Problem):
    """`reasons` says what the law tells us to keep, in the reader's language."""

    title = Words(
        "Chưa thể xóa vì có dữ liệu pháp luật buộc phải giữ",
        "It cannot be erased yet, for the law says what must be kept",
        "មិនទាន់អាចលុបបានទេ ព្រោះច្បាប់តម្រូវឱ្យរក្សាទុក",
    )


class ReasonNeeded(Problem):
    status = 400
    title = Words(
        "Khi từ chối phải ghi rõ lý do",
        "A refusal needs its reason",
        "ការបដិសេធត្រូវមានហេតុផល",
    )


def seal_of(settings: Settings) -> Seal:
    return Seal(settings.secret_key, "privacy")


class Requests:
    """What people asked, and what is done about it."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._seal = seal_of(settings)

    async def ask(self, caller: Caller, kind: Kind, note: str, language: Language) -> Request:
        """Receive a request. Raises AlreadyAsked."""
        now = datetime.now(UTC)
        request_id = uuid7()
        new = insert(Request).values(
            id=request_id,
            created_at=now,
            resident_id=caller.id,
            kind=kind,
            state=State.OPEN,
            note=self._seal.close(note.encode(), f"note:{request_id}") if note else None,
            due_at=due_at(kind, now),
        )
        # Decided by the index, for two tabs may ask at once.
        asked = new.on_conflict_do_nothing(
            index_elements=["resident_id", "kind"], index_where=Request.state == State.OPEN
        ).returning(Request)
        request = await self._session.scalar(asked)
        if request is None:
            raise AlreadyAsked
        if kind is Kind.COPY:
            publish(self._session, CopyRequested(request_id=request.id, language=language))
        await self._note(request, f"ask-{kind.value}", caller)
        await self._session.flush()
        return request

    async def of(self, resident_id: UUID) -> Sequence[Request]:
        mine = select(Request).where(Request.resident_id == resident_id).order_by(Request.created_at.desc())
        return (await self._session.scalars(mine)).all()

    async def withdraw(self, caller: Caller, request_id: UUID) -> Request:
        """The person wants it no more. Raises RequestNotFound, AlreadyDecided."""
        request = await self._open(request_id, Request.resident_id == caller.id)
        return await self._close(request, State.WITHDRAWN, caller, "withdraw-request")

    async def waiting(self, limit: int, cursor: str | None) -> tuple[Sequence[Request], str | None]:
        """For the officer in charge: what is open, the nearest deadline first. Raises CursorRefused."""
        place = tuple_(Request.due_at, Request.id)
        open_ones = select(Request).where(Request.state == State.OPEN).order_by(Request.due_at, Request.id)
        if cursor:
            open_ones = open_ones.where(place > tuple_(*place_of(cursor)))
        rows = (await self._session.scalars(open_ones.limit(limit + 1))).all()
        more = len(rows) > limit
        return rows[:limit], cursor_at(rows[limit - 1].due_at, rows[limit - 1].id) if more else None

    async def find(self, request_id: UUID) -> Request:
        """Raises RequestNotFound."""
        request = await self._session.scalar(select(Request).where(Request.id == request_id))
        if request is None:
            raise RequestNotFound
        return request

    async def decide(
        self, caller: Caller, request_id: UUID, version: int, *, grant: bool, answer: str, language: Language
    ) -> Request:
        """Grant or refuse. Raises RequestNotFound, AlreadyDecided, ChangedMeanwhile, ReasonNeeded, MustBeKept."""
        request = await self._open(request_id)
        if request.version != version:
            raise ChangedMeanwhile
        if not grant and not answer:
            raise ReasonNeeded
        if grant and request.kind is Kind.ERASURE:
            if reasons := await self._reasons_to_keep(request.resident_id):
                raise MustBeKept(reasons=[reason.for_(language) for reason in reasons])
            publish(self._session, ErasureGranted(request_id=request.id))
        request.answer = self._seal.close(answer.encode(), f"answer:{request.id}") if answer else None
        request.decided_by = caller.id
        return await self._close(request, State.DONE if grant else State.REFUSED, caller, "decide-request")

    async def _reasons_to_keep(self, resident_id: UUID) -> list[Words]:
        return [
            reason
            for holding in holdings_of(self._session).values()
            for reason in await holding.keeps(self._session, resident_id)
        ]

    async def pack(self, request_id: UUID, language: Language) -> None:
        """Put everything all modules hold about the person into one file, once as data and once for whoever reads that
        language; a second time changes nothing.
        """
        request = await self._session.scalar(
            select(Request).where(Request.id == request_id, Request.state == State.OPEN).with_for_update()
        )
        if request is None:
            return
        holdings = holdings_of(self._session)
        held: dict[str, Any] = {
            name: await holding.gather(self._session, request.resident_id) for name, holding in holdings.items()
        }
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            held[FILES] = await self._pack_files(package, request.resident_id)
            package.writestr("du-lieu.json", json.dumps(as_data(held), ensure_ascii=False, indent=2, default=str))
            package.writestr("du-lieu.txt", as_text(held, holdings, language))
        now = datetime.now(UTC)
        sealed = self._seal.close(file.getvalue(), f"package:{request.id}")
        self._session.add(Package(request_id=request.id, sealed=sealed, expires_at=now + KEPT))
        await self._close(request, State.DONE, None, "pack-copy")

    async def _pack_files(self, package: zipfile.ZipFile, resident_id: UUID) -> dict[str, list[str]]:
        """Photos and documents, as many as fit; which do not is said, and they stay in the app."""
        room, packed, left = MOST_OF_FILES, [], []
        for holding in holdings_of(self._session).values():
            for it in await holding.files(self._session, resident_id):
                if it.size > room:
                    left.append(it.name)
                    continue
                try:
                    content = await it.read()
                except (FileMissing, Problem):
                    left.append(it.name)
                    continue
                # Pictures and PDF are packed already.
                package.writestr(it.name, content, zipfile.ZIP_STORED)
                packed.append(it.name)
                room -= len(content)
        return {"kèm theo": packed, "không kèm theo, xem trong ứng dụng": left}

    async def file_of(self, caller: Caller, request_id: UUID) -> bytes:
        """The file for whoever asked for it. Raises RequestNotFound, also when it is gone."""
        mine = (
            select(Package.sealed)
            .join(Request)
            .where(Request.id == request_id, Request.resident_id == caller.id, Package.expires_at > datetime.now(UTC))
        )
        sealed = await self._session.scalar(mine)
        if sealed is None:
            raise RequestNotFound
        await record(self._session, act="privacy:take-copy", actor=caller, subject=("request", request_id))
        return self._seal.open(sealed, f"package:{request_id}")

    async def erase(self, request_id: UUID) -> None:
        """Let every module forget the person; a second time finds nothing left.

        Since it was granted the person may have begun something that the law tells us to keep: then nothing is erased,
        and the request is open again, for the officer to answer.
        """
        request = await self._session.scalar(
            select(Request).where(Request.id == request_id, Request.state == State.DONE).with_for_update()
        )
        if request is None:
            return
        if await self._reasons_to_keep(request.resident_id):
            await self._reopen(request)
            return
        # From the top down: what stands on others goes before what it stands on.
        for holding in reversed(holdings_of(self._session).values()):
            await holding.erase(self._session, request.resident_id)
        await self._note(request, "erase", None)

    async def _reopen(self, request: Request) -> None:
        again = select(Request.id).where(
            Request.resident_id == request.resident_id, Request.kind == request.kind, Request.state == State.OPEN
        )
        # Asked once more meanwhile: that one waits for an answer already.
        request.state = State.WITHDRAWN if await self._session.scalar(again) else State.OPEN
        request.decided_at = request.decided_by = request.answer = None
        request.version += 1
        await self._note(request, "reopen-request", None)
        await self._session.flush()

    async def forget_words_of(self, resident_id: UUID) -> None:
        """What was written stays nowhere; that something was asked, and when, stays as proof."""
        await self._session.execute(
            update(Request).where(Request.resident_id == resident_id).values(note=None, answer=None)
        )
        theirs = select(Request.id).where(Request.resident_id == resident_id)
        await self._session.execute(delete(Package).where(Package.request_id.in_(theirs)))
        await self._session.execute(
            update(Request)
            .where(Request.resident_id == resident_id, Request.state == State.OPEN)
            .values(state=State.WITHDRAWN)
        )

    def note_of(self, request: Request) -> str | None:
        return self._seal.open(request.note, f"note:{request.id}").decode() if request.note else None

    def answer_of(self, request: Request) -> str | None:
        return self._seal.open(request.answer, f"answer:{request.id}").decode() if request.answer else None

    async def packages_of(self, requests: Sequence[Request]) -> dict[UUID, datetime]:
        """Until when the files of these requests can be taken."""
        living = select(Package.request_id, Package.expires_at).where(
            Package.request_id.in_([it.id for it in requests]), Package.expires_at > datetime.now(UTC)
        )
        return {row.request_id: row.expires_at for row in await self._session.execute(living)}

    async def _open(self, request_id: UUID, *also: object) -> Request:
        wanted = select(Request).where(Request.id == request_id, *also).with_for_update()  # type: ignore[arg-type]
        request = await self._session.scalar(wanted)
        if request is None:
            raise RequestNotFound
        if request.state is not State.OPEN:
            raise AlreadyDecided
        return request

    async def _close(self, request: Request, state: State, caller: Caller | None, act: str) -> Request:
        request.state, request.decided_at = state, datetime.now(UTC)
        request.version += 1
        await self._note(request, act, caller)
        await self._session.flush()
        return request

    async def _note(self, request: Request, act: str, caller: Caller | None) -> None:
        actor = Party(caller.kind, caller.id) if caller else None
        await record(
            self._session,
            act=f"privacy:{act}",
            actor=actor,
            subject=("resident", request.resident_id),
            request=str(request.id),
            state=request.state.value,
            # With it the log alone proves that the answer was in time, when the request itself is gone.
            last_day=last_day(request.due_at).isoformat(),
        )


def _over(before: datetime) -> ColumnElement[bool]:
    """Ended before this instant; what was withdrawn by an erasure has no other end than its deadline. As long as the
    same person waits for an answer, the officer may read what was answered before.
    """
    other = aliased(Request)
    waits = select(other.id).where(other.resident_id == Request.resident_id, other.state == State.OPEN).exists()
    ended_at = func.coalesce(Request.decided_at, Request.due_at)
    return and_(Request.state != State.OPEN, ended_at < before, ~waits)


KEEPS = [
    Keep(Package, "seven days", lambda now: Package.expires_at < now),
    Keep(Request, "PRIVACY_REQUEST_DAYS after it ended; the audit log stays", _over, days="privacy_request_days"),
]
