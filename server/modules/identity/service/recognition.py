"""Who calls, by the token in their cookie: asked anew for every request, and for many requests in one query."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import structlog
from psycopg.rows import class_row

from server.core.access import Caller
from server.core.database import Database
from server.modules.identity.rules.sessions import SEEN_EVERY
from server.modules.identity.service.identifiers import hashed

log = structlog.get_logger()

# Permissions are read live: a role taken away is gone with the next request, and so is a disabled account.
_RECOGNISE = """
SELECT CASE WHEN s.token_hash = ANY(%(hashes)s) THEN s.token_hash ELSE s.former_hash END AS token_hash,
       s.id, coalesce(r.id, t.id) AS owner, t.id IS NOT NULL AS is_staff, s.assurance,
       CASE WHEN s.token_hash = ANY(%(hashes)s) THEN s.proved_at ELSE s.former_proved_at END AS proved_at,
       s.former_hash IS NOT NULL AND s.token_hash = ANY(%(hashes)s) AS arrived, s.seen_at,
       coalesce(r.name, t.name) AS name, t.unit,
       ARRAY(SELECT DISTINCT jsonb_array_elements_text(role.permissions)
             FROM identity_staff_role mine JOIN identity_role role ON role.id = mine.role_id
             WHERE mine.staff_id = s.staff_id) AS permissions
FROM identity_session s
LEFT JOIN identity_resident r ON r.id = s.resident_id AND r.erased_at IS NULL
LEFT JOIN identity_staff t ON t.id = s.staff_id AND t.disabled_at IS NULL AND (%(demo)s OR NOT t.demo)
WHERE (s.token_hash = ANY(%(hashes)s) OR s.former_hash = ANY(%(hashes)s)) AND s.expires_at > %(now)s
  AND s.seen_at + s.idle * interval '1 second' > %(now)s
  AND num_nonnulls(r.id, t.id) = 1
"""
# A row that somebody holds is left for the next time: nobody who calls waits for another one's deed.
_NOTE_SEEN = """
UPDATE identity_session SET seen_at = %(now)s
WHERE id IN (SELECT id FROM identity_session WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE SKIP LOCKED)
"""
# The new token has come back: the one before it opens nothing any more.
_FORGET_FORMER = """
UPDATE identity_session SET former_hash = NULL, former_proved_at = NULL
WHERE id IN (SELECT id FROM identity_session WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE SKIP LOCKED)
"""


class _Row(msgspec.Struct, kw_only=True, frozen=True):
    token_hash: bytes
    id: UUID
    owner: UUID
    is_staff: bool
    assurance: int
    proved_at: datetime
    arrived: bool
    seen_at: datetime
    name: str
    unit: str | None
    permissions: list[str]

    def caller(self) -> Caller:
        return Caller(
            id=self.owner,
            kind="staff" if self.is_staff else "resident",
            session_id=self.id,
            proved_at=self.proved_at,
            assurance=self.assurance,
            permissions=frozenset(self.permissions),
            unit=self.unit or "",
            name=self.name,
        )


async def recognise(database: Database, token: str, *, used: bool) -> Caller | None:
    """Whoever holds this token, or None: forged, ended, revoked and never given look the same.

    `used`: somebody is there. What a page asks by itself does not make the session last longer.
    """
    row = await database.once("recognition", lambda: _Recognition(database)).ask(hashed(token), used=used)
    if row is None:
        log.warning("session refused")
        return None
    return row.caller()


class _Recognition:
    """One query at a time: whoever comes while it is under way waits for the next, together with all others who do.

    So a request costs at most one query, asked after the request came, and a crowd costs few. A way to PostgreSQL
    and back is what most of a request's time goes into (`python -m benchmarks gate`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[bytes, asyncio.Future[_Row | None]] = {}
        self._used: set[bytes] = set()
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, token_hash: bytes, *, used: bool) -> _Row | None:
        loop = asyncio.get_running_loop()
        if used:
            self._used.add(token_hash)
        answer = self._waiting.setdefault(token_hash, loop.create_future())
        if self._asking is None:
            self._asking = loop.create_task(self._answer())
        # Shielded: several may wait for one answer, and one of them may hang up.
        return await asyncio.shield(answer)

    async def _answer(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, {}
                used, self._used = self._used, set()
                try:
                    found = await self._find(list(asked), used)
                except Exception as error:
                    for answer in asked.values():
                        answer.set_exception(error)
                        answer.exception()  # said: whoever asked may be gone
                else:
                    for token_hash, answer in asked.items():
                        answer.set_result(found.get(token_hash))
        finally:
            self._asking = None

    async def _find(self, hashes: list[bytes], used: set[bytes]) -> dict[bytes, _Row]:
        now = datetime.now(UTC)
        given = {"hashes": hashes, "now": now, "demo": self._database.info["settings"].demo}
        async with self._database.glance() as connection:
            cursor = connection.cursor(row_factory=class_row(_Row))
            await cursor.execute(_RECOGNISE, given, prepare=True)
            rows = await cursor.fetchall()
            if unseen := [row.id for row in rows if row.token_hash in used and now - row.seen_at > SEEN_EVERY]:
                await connection.execute(_NOTE_SEEN, {"ids": unseen, "now": now})
            if arrived := [row.id for row in rows if row.arrived]:
                await connection.execute(_FORGET_FORMER, {"ids": arrived})
        return {row.token_hash: row for row in rows}
