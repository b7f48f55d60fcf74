"""A module made of nothing but the core's mechanisms: what the core promises to every module is tried on it.

Its tables stand outside the application's metadata, so that no other test meets them.
"""

import asyncio
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import sqlalchemy as sa
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import anyone, may, signed_in
from server.core.events import Event, Reaction, Schedule, TryLater, publish
from server.core.idempotency import create
from server.core.limits import at_most
from server.core.module import Module
from server.core.problems import Problem
from server.core.snapshot import Snapshot, touch
from server.core.wire import Command, Reply
from server.core.words import Words

METADATA = sa.MetaData()
NOTE = sa.Table(
    "notes_note",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("mark", sa.Text),
    # Looked at when the transaction ends and not before, so that a commit can fail.
    sa.UniqueConstraint("mark", deferrable=True, initially="DEFERRED"),
)
COPY = sa.Table(
    "notes_copy",
    METADATA,
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

SECRET = "the number on a slip of paper"
ALLOWED = 50


class NoteRefused(Problem):
    title = Words("Ghi chú bị từ chối", "The note is refused", "កំណត់ចំណាំត្រូវបានបដិសេធ")


class NoteReply(Reply):
    id: UUID
    text: str


class WriteNote(Command):
    text: str
    mark: str | None = None


class NoteWritten(Event):
    note_id: UUID
    text: str


class Gate:
    """Lets a test hold a request, or a reaction, where it is."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def pass_through(self) -> None:
        self.reached.set()
        await self.opened.wait()


gates: dict[str, Gate] = {}
seen: list[str] = []
"""What reactions were called with, also when they failed."""


async def copy(session: AsyncSession, event: NoteWritten) -> None:
    seen.append(event.text)
    await session.execute(insert(COPY).values(event_id=event.id, text=event.text).on_conflict_do_nothing())
    if event.text == "not yet" and len(seen) < 3:
        raise TryLater(5)
    if event.text == "never":
        raise RuntimeError(SECRET)


async def tidy(session: AsyncSession, now: datetime) -> None:
    await session.execute(sa.delete(NOTE))


def notes() -> Module:
    """A new one each time, so that two applications in one process share nothing but the database."""

    async def load(connection: AsyncConnection) -> list[str]:
        return list(await connection.scalars(sa.select(NOTE.c.text).order_by(NOTE.c.id)))

    board: Snapshot[list[str]] = Snapshot("notes", load, list)

    class NotesController(Controller):
        path = "/notes"
        tags: ClassVar = ("notes",)

        @create("/", guards=[anyone])
        async def write_note(self, data: JSONBody[WriteNote], session: NamedDependency[AsyncSession]) -> NoteReply:
            """Change something, announce it, and then perhaps think again."""
            note = NoteReply(id=uuid7(), text=data.text)
            await session.execute(sa.insert(NOTE).values(id=note.id, text=note.text, mark=data.mark))
            await touch(session, board.name)
            publish(session, NoteWritten(note_id=note.id, text=note.text))
            if gate := gates.get(data.text):
                await gate.pass_through()
            if data.text == "refuse":
                raise NoteRefused
            if data.text == "crash":
                raise RuntimeError(SECRET)
            return note

        @get("/", guards=[anyone])
        async def list_notes(self, request: Request[Any, Any, Any]) -> Response[bytes]:
            """Everything, from memory."""
            return board.reply(request, msgspec.json.encode({"items": board.value}))

        @get("/limited", guards=[anyone, at_most(2, per=3600, rule="notes-read")])
        async def list_at_most_twice(self, request: Request[Any, Any, Any]) -> Response[bytes]:
            """The same, counted."""
            return board.reply(request, msgspec.json.encode({"items": board.value}))

        @post("/counted", status_code=204, guards=[anyone, at_most(ALLOWED, per=3600, rule="notes")])
        async def count(self) -> None:
            """Something that may not be done too often."""

        @post("/counted/refused", guards=[anyone, at_most(2, per=3600, rule="notes-refused")])
        async def count_and_refuse(self, session: NamedDependency[AsyncSession]) -> None:
            """Something that may not be tried too often."""
            await session.execute(sa.insert(NOTE).values(id=uuid7(), text="tried"))
            raise NoteRefused

        @post("/counted/in-all", status_code=204, guards=[anyone, at_most(9, per=3600, rule="notes-all", in_all=3)])
        async def count_all(self) -> None:
            """Something all of them together may not do too often."""

        @get("/own", guards=[signed_in])
        async def read_own(self) -> list[str]:
            """For whoever has signed in."""
            return []

        @get("/all", guards=[may("notes:read")])
        async def read_all(self) -> list[str]:
            """For whoever may."""
            return []

    return Module(
        "notes",
        controllers=[NotesController],
        reactions=[Reaction(NoteWritten, copy)],
        schedules=[Schedule("0 0 1 1 *", tidy)],
        snapshots=[board],
    )
