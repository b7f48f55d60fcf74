"""The audit log: who did what to whom, saved with the act, chained row by row, never changed.

A row is written as a draft. When the transaction commits, PostgreSQL itself moves it to the end of the chain
(server/migrations/0006): `hash = SHA-256(prev ‖ canonical row)`. So a refused or crashed act leaves no row, and the
chain's one lock is never held while a client is waited for. docs/decisions/0011-audit-log.md says why.
"""

import json
import re
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Index, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from server.core.database import Table
from server.core.paging import CursorRefused, cursor_of, key_of

GENESIS = bytes(32)
"""What stands before the first row."""

_ACT = re.compile(r"[a-z][a-z-]*:[a-z][a-z-]*")
# A name, an address or a sentence has spaces or accents, an e-mail address an @, a phone or identity number nine
# digits or more and nothing else: none of them gets in. A UUID may happen to have no letter.
_PLAIN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?!([._:/+-]*[0-9]){9,}[._:/+-]*$)[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}"
)


class Actor(Protocol):
    """Who acts: a `Caller`, or a `Party` where nobody is signed in yet."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> UUID | str: ...


class Party(NamedTuple):
    """Somebody or something, by kind and id: `Party("staff", staff.id)`, `Party("role", "editor")`."""

    kind: str
    id: UUID | str


class Draft(Table):
    """A row on its way into the chain. It lives inside its own transaction: nobody else ever sees one."""

    __tablename__ = "core_audit_draft"
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 (saves RETURNING what nobody reads)

    act: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[str | None]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[str | None]
    detail: Mapped[dict[str, Any]]


@Table.registry.mapped
class Entry:
    """A row of the chain. `sequence` has no gap; `at` is the instant of the commit, so that it never runs backwards."""

    __tablename__ = "core_audit"
    __table_args__ = (
        Index("ix_core_audit_actor", "actor_id", "sequence"),
        Index("ix_core_audit_subject", "subject_id", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    act: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[str | None]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[str | None]
    detail: Mapped[dict[str, Any]]
    prev: Mapped[bytes]
    hash: Mapped[bytes]


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A row as a viewer shows it."""

    sequence: int
    at: datetime
    act: str
    actor_kind: str
    actor_id: str | None
    subject_kind: str | None
    subject_id: str | None
    detail: dict[str, Any]


async def record(
    session: AsyncSession, *, act: str, actor: Actor | None, subject: tuple[str, UUID | str] | None, **detail: Any
) -> None:
    """Write down, in the transaction of the act, that `actor` did `act` to `subject`.

    `act` is `module:verb`; `actor` None is the system itself; `detail` holds words, ids, numbers and lists of these.
    Raises ValueError for whatever could be a personal value: say which row, not what stands in it.
    """
    if not _ACT.fullmatch(act):
        raise ValueError(f"an act is a word like identity:disable-staff, not {act!r}")
    subject_kind, subject_id = subject or (None, None)
    row = Draft(
        id=uuid7(),
        act=act,
        actor_kind=actor.kind if actor else "system",
        actor_id=str(actor.id) if actor else None,
        subject_kind=subject_kind,
        subject_id=None if subject_id is None else str(subject_id),
        detail=msgspec.to_builtins(detail),
    )
    _refuse_personal([row.actor_kind, row.actor_id, row.subject_kind, row.subject_id, row.detail])
    session.add(row)


def _refuse_personal(value: object) -> None:
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        raise ValueError("only words and ids may be recorded, and this could be a personal value")  # which stays unsaid
    if isinstance(value, float):
        raise ValueError("only whole numbers may be recorded")
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        _refuse_personal(part)


async def read(
    connection: AsyncConnection,
    *,
    act: str = "",
    actor: UUID | str | None = None,
    subject: UUID | str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[Recorded], str | None]:
    """The newest rows first, and the cursor of the next page.

    `act` is how the act begins (`identity:`), `actor` and `subject` are ids. Raises CursorRefused.
    """
    wanted = select(*(getattr(Entry, name) for name in Recorded.__struct_fields__)).order_by(Entry.sequence.desc())
    if act:
        wanted = wanted.where(Entry.act.startswith(act, autoescape=True))
    if actor is not None:
        wanted = wanted.where(Entry.actor_id == str(actor))
    if subject is not None:
        wanted = wanted.where(Entry.subject_id == str(subject))
    if cursor is not None:
        wanted = wanted.where(Entry.sequence < _sequence(cursor))
    rows = [Recorded(**row) for row in (await connection.execute(wanted.limit(limit + 1))).mappings()]
    return rows[:limit], cursor_of(str(rows[limit - 1].sequence)) if len(rows) > limit else None


def _sequence(cursor: str) -> int:
    key = key_of(cursor)
    if not re.fullmatch("[1-9][0-9]{0,17}", key):
        raise CursorRefused
    return int(key)


class Link(NamedTuple):
    """A row as it was chained, in PostgreSQL's own words."""

    sequence: int
    at: str
    act: str
    actor_kind: str
    actor_id: str | None
    subject_kind: str | None
    subject_id: str | None
    detail: str
    prev: bytes
    hash: bytes


LINKS = """
SELECT sequence, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       act, actor_kind, actor_id, subject_kind, subject_id, detail::text, prev, hash
FROM core_audit ORDER BY sequence
"""
"""Reads the chain for `hash_of`."""


def hash_of(link: Link) -> bytes:
    """What a row's hash must be: PostgreSQL made it with `sha256(prev || jsonb_build_array(…)::text)`."""
    *fields, detail, prev, _ = link
    plain = json.dumps(fields, ensure_ascii=False)
    return sha256(prev + f"{plain[:-1]}, {detail}]".encode()).digest()
