"""The documents that are the result of a dossier: kept byte for byte, checked, and given to whoever they belong to."""

import asyncio
import hashlib
import os
import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec
import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.events import publish
from server.core.files import files_at
from server.core.holding import HeldFile
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.sweep import ids_of
from server.core.words import Words
from server.modules.dossiers.events import ResultAdded, ResultRemoved
from server.modules.dossiers.models import Dossier, Filing, Happening, Result
from server.modules.dossiers.rules.statuses import has_result, is_closed
from server.modules.dossiers.rules.verdicts import Verdict
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.desk import DossierUnknown
from server.modules.dossiers.service.filings import find
from server.modules.dossiers.service.signatures import check

log = structlog.get_logger()

_GIVEN = Result.verdict != Verdict.UNSAFE
"""What its owner may have; nothing that nobody has looked at yet, for whose verdict is null (ADR 22)."""

_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)")
"""In a trailer, which is never itself encrypted or compressed (ISO 32000-2, 7.5.5 and 7.6)."""

LARGEST = 15 * 1024 * 1024
MOST = 5

FOLDER = "dossiers/results"


class NotAPdf(Problem):
    status = 400
    title = Words(
        "Kết quả điện tử phải là tệp PDF",
        "An electronic result must be a PDF file",
        "លទ្ធផលអេឡិចត្រូនិកត្រូវជាឯកសារ PDF",
    )


class PdfEncrypted(Problem):
    """Whoever gets it may not be able to open it, and nobody here can say what it is or who signed it (C-18)."""

    status = 400
    title = Words(
        "Tệp PDF này có đặt mật khẩu hoặc khóa quyền. Hãy lưu lại không mật khẩu rồi tải lên",
        "This PDF has a password or is locked. Save it without one, then bring it again",
        "ឯកសារ PDF នេះមានពាក្យសម្ងាត់ ឬត្រូវបានចាក់សោ។ សូមរក្សាទុកឡើងវិញដោយគ្មានពាក្យសម្ងាត់ រួចផ្ទុកឡើង",
    )


class TooManyResults(Problem):
    title = Words(
        "Mỗi hồ sơ có nhiều nhất 5 tệp kết quả",
        "A dossier has five result files at most",
        "សំណុំឯកសារមួយមានឯកសារលទ្ធផលច្រើនបំផុត ៥",
    )


class NoResultHere(Problem):
    """A dossier that was refused or stopped has none, and one that was handed over keeps what it has."""

    title = Words(
        "Hồ sơ ở bước này không thêm, bớt được kết quả",
        "At this step no result can be added or taken away",
        "នៅជំហាននេះមិនអាចបន្ថែម ឬដកលទ្ធផលបានទេ",
    )


class ResultUnknown(Problem):
    status = 404
    title = Words(
        "Không có tệp kết quả này",
        "There is no such result file",
        "គ្មានឯកសារលទ្ធផលនេះទេ",
    )


class Results:
    """What offices have decided, as a file."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._contacts = Contacts(settings)
        self._files = files_at(settings)

    async def add(self, caller: Caller, dossier_id: UUID, document: bytes) -> None:
        """The same file again changes nothing.

        Raises DossierUnknown, NotAPdf, PdfEncrypted, NoResultHere, TooManyResults.
        """
        dossier, filing = await self._held(caller, dossier_id)
        # A PDF may have something before its first line (ISO 32000-2, annex on implementations): the first kilobyte.
        if b"%PDF-" not in document[:1024]:
            raise NotAPdf
        if _ENCRYPTED.search(document):
            raise PdfEncrypted
        digest = hashlib.sha256(document).digest()
        there = select(Result.id, Result.digest).where(Result.dossier_id == dossier.id)
        known = {row.digest for row in await self._session.execute(there)}
        if digest in known:
            return
        if len(known) >= MOST:
            raise TooManyResults
        row, key, nonce = uuid7(), AESGCM.generate_key(256), os.urandom(12)
        await self._files.put(path_of(row), nonce + AESGCM(key).encrypt(nonce, document, row.bytes))
        self._session.add(
            Result(
                id=row,
                dossier_id=dossier.id,
                added_by=caller.id,
                size=len(document),
                digest=digest,
                key=self._contacts.close_key(row, key),
            )
        )
        filing.electronic_result = True
        dossier.version += 1
        await record(
            self._session, act="dossiers:add-result", actor=caller, subject=("dossier", dossier.id), unit=caller.unit
        )
        publish(self._session, ResultAdded(result_id=row))
        await self._session.flush()

    async def remove(self, caller: Caller, dossier_id: UUID, result_id: UUID) -> None:
        """It was the wrong one. Raises DossierUnknown, NoResultHere, ResultUnknown."""
        dossier, filing = await self._held(caller, dossier_id)
        here = (Result.id == result_id) & (Result.dossier_id == dossier.id)
        row = await self._session.scalar(select(Result).where(here))
        if row is None:
            raise ResultUnknown
        await self._session.delete(row)
        await self._session.flush()
        # A link is an electronic result, too.
        left = exists().where(Result.dossier_id == dossier.id)
        linked = exists().where(Happening.dossier_id == dossier.id, Happening.result_link.is_not(None))
        filing.electronic_result = bool(await self._session.scalar(select(or_(left, linked))))
        dossier.version += 1
        await record(
            self._session, act="dossiers:remove-result", actor=caller, subject=("dossier", dossier.id), unit=caller.unit
        )
        publish(self._session, ResultRemoved(result_id=result_id))
        await self._session.flush()

    async def of(self, dossier_id: UUID) -> Sequence[Result]:
        asked = select(Result).where(Result.dossier_id == dossier_id).order_by(Result.id)
        return (await self._session.scalars(asked)).all()

    async def read_of_desk(self, caller: Caller, dossier_id: UUID, result_id: UUID) -> tuple[str, bytes]:
        """The file's name and what it holds. Raises DossierUnknown, ResultUnknown."""
        found = await find(self._session, caller, dossier_id)
        if found is None:
            raise DossierUnknown
        return await self._read(found[0], Result.id == result_id)

    async def read_of_owner(self, caller: Caller, dossier: Dossier, result_id: UUID) -> tuple[str, bytes]:
        """The same for whoever it belongs to; the route asks for VNeID. Raises ResultUnknown."""
        if not has_result(dossier.status):
            raise ResultUnknown
        name, document = await self._read(dossier, (Result.id == result_id) & _GIVEN)
        await record(
            self._session,
            act="dossiers:read-result",
            actor=caller,
            subject=("dossier", dossier.id),
            result=str(result_id),
        )
        return name, document

    async def given_to(self, owners: Sequence[Dossier]) -> list[HeldFile]:
        """The files that the owner of these dossiers may have, for their copy of everything; none where a copy could
        not ask for as much as the route of one file does.
        """
        if self._settings.oidc_issuer:
            return []
        codes = {it.id: it.code for it in owners if has_result(it.status)}
        rows = await self._session.scalars(
            select(Result).where(Result.dossier_id.in_(codes), _GIVEN).order_by(Result.dossier_id, Result.id)
        )
        return [
            HeldFile(f"ho-so/{codes[row.dossier_id]}/ket-qua-{number}.pdf", row.size, partial(self._open, row))
            for number, row in enumerate(rows, 1)
        ]

    async def check(self, result_id: UUID) -> Dossier | None:
        """Look at its signatures. The dossier whose owner has been told already that it is ready, before this came."""
        row = await self._session.scalar(select(Result).where(Result.id == result_id).with_for_update())
        if row is None or row.verdict is not None:
            return None
        found = await asyncio.to_thread(check, await self._open(row), self._settings.signature_roots)
        row.verdict = found.verdict
        row.signatures = self._contacts.close_signatures(row.id, msgspec.json.encode(found.signatures))
        await self._session.flush()
        dossier = await self._session.get_one(Dossier, row.dossier_id)
        later = has_result(dossier.status) and row.created_at > dossier.status_at
        return dossier if later and row.verdict is not Verdict.UNSAFE else None

    async def check_again(self, now: datetime) -> None:
        """Those whose check was never done: the files lay out of reach for longer than it was tried. After a week no
        more: what cannot be read then will not be, and its owner never gets it unless somebody brings it again.
        """
        week, hour = now - timedelta(days=7), timedelta(hours=1)
        unchecked = Result.verdict.is_(None)
        waiting = select(Result.id).where(unchecked, Result.created_at.between(week, now - hour))
        for row in await self._session.scalars(waiting.limit(1000)):
            publish(self._session, ResultAdded(result_id=row))
        # It is asked every hour: each is told of once.
        given_up = select(func.count()).where(unchecked, Result.created_at >= week - hour, Result.created_at < week)
        if count := await self._session.scalar(given_up):
            log.error("results nobody could check in a week", count=count)

    async def wipe(self, result_id: UUID) -> None:
        """Nobody has its key any more; neither shall the file take room."""
        await self._files.delete(path_of(result_id))

    async def _held(self, caller: Caller, dossier_id: UUID) -> tuple[Dossier, Filing]:
        found = await find(self._session, caller, dossier_id, lock=True)
        if found is None:
            raise DossierUnknown
        if is_closed(found[0].status):
            raise NoResultHere
        return found

    async def _read(self, dossier: Dossier, which: object) -> tuple[str, bytes]:
        row = await self._session.scalar(select(Result).where(Result.dossier_id == dossier.id, which))  # type: ignore[arg-type]
        if row is None:
            raise ResultUnknown
        return f"{dossier.code}.pdf", await self._open(row)

    async def _open(self, row: Result) -> bytes:
        sealed = await self._files.get(path_of(row.id))
        return AESGCM(self._contacts.open_key(row.id, row.key)).decrypt(sealed[:12], sealed[12:], row.id.bytes)


def path_of(row: UUID) -> str:
    return f"{FOLDER}/{row}"


async def named(session: AsyncSession, paths: Collection[str]) -> set[str]:
    """Those of the files that a row still names."""
    return {path_of(it) for it in await session.scalars(select(Result.id).where(Result.id.in_(ids_of(paths))))}
