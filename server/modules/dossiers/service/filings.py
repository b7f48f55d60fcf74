"""The dossiers of one's own unit, the words an act leaves on them, and what happens to a dossier when it does."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.settings import Settings
from server.modules.dossiers.events import Move
from server.modules.dossiers.models import Deed, Dossier, Filing, Happening
from server.modules.dossiers.rules.acts import RULES, Act
from server.modules.dossiers.rules.reports import NOBODY, Flag, Report, Source, standing
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.intake import move_of, reports_of, values_of
from server.modules.payments.public import Exemption, exemption_says

OURSELVES: Source = (NOBODY, "desk")
"""Who speaks for what an officer does here."""

Held = tuple[Dossier, Filing]
"""A dossier of our own desk."""

_AFTERWARDS = timedelta(milliseconds=1)


class Said(msgspec.Struct, omit_defaults=True):
    """What an act says to the resident, as it stands on its slip."""

    reason: str = ""
    guidance: str = ""
    papers: list[str] = []
    amount: int | None = None
    result_link: str | None = None
    answer_by: datetime | None = None
    exemption: Exemption | None = None

    def sentence(self) -> str:
        """The same in one line, as systems exchange it."""
        parts = [
            f"Giấy tờ cần bổ sung: {'; '.join(self.papers)}" if self.papers else "",
            f"Số tiền: {self.amount:,} đồng".replace(",", ".") if self.amount else "",
            f"Không phải nộp tiền: {exemption_says(self.exemption).vi}" if self.exemption else "",
            f"Lý do: {self.reason}" if self.reason else "",
            self.guidance,
        ]
        return ". ".join(part.rstrip(".") for part in parts if part)


def said_in(contacts: Contacts, deed: Deed) -> Said:
    """The words of an act; none once the person was forgotten."""
    return msgspec.json.decode(contacts.open_said(deed.id, deed.said), type=Said) if deed.said else Said()


def words_of(contacts: Contacts, row: Happening, deed: Deed | None) -> Said:
    """The same of anything that happened: what another system said stands in its note."""
    if deed is not None:
        return said_in(contacts, deed)
    note = contacts.open_note(row.id, row.note) if row.note else ""
    return Said(note, amount=row.fee_due, result_link=row.result_link, answer_by=row.answer_by)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Whose rows staff see: their own unit's, whether it received the dossier or handles it (C-02)."""
    return or_(Filing.receiving_place == caller.unit, Filing.handling_place == caller.unit)


def is_here(caller: Caller, filing: Filing) -> bool:
    """The same of a row that was read before it went to another office."""
    return caller.unit in (filing.receiving_place, filing.handling_place)


async def find(session: AsyncSession, caller: Caller, dossier_id: UUID, *, lock: bool = False) -> Held | None:
    """A dossier of the caller's unit; None for another unit's, as for one that is not there."""
    asked = (
        select(Dossier, Filing)
        .join(Filing, Filing.dossier_id == Dossier.id)
        .where(Dossier.id == dossier_id, visible(caller))
    )
    row = (await session.execute(asked.with_for_update() if lock else asked)).one_or_none()
    return (row[0], row[1]) if row else None


def _after(known: Sequence[Report], at: datetime) -> datetime:
    """The clock of another system may be ahead of ours: what is done now comes after what it told."""
    return max([at, *(report.at + _AFTERWARDS for report in known)])


class Journalist:
    """Writes down what was done: the happening everybody reads, the deed with its words, the audit log."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._contacts = Contacts(settings)

    async def write(
        self,
        caller: Caller,
        act: Act,
        dossier: Dossier,
        status: Status,
        said: Said,
        *,
        row: UUID,
        at: datetime,
        due_at: datetime | None,
    ) -> Move | None:
        """The dossier stands there now, by the happening `row`; what is to be announced, None when nothing that anybody
        is told has changed.
        """
        known = (await reports_of(self._session, [dossier.id])).get(dossier.id, [])
        at = _after(known, at)
        await self.note(caller, act, dossier, row, said, at=at, due_at=due_at)
        return self._happen(dossier, status, known, said, row=row, at=at, due_at=due_at, act=act)

    def move_by_itself(
        self, dossier: Dossier, known: Sequence[Report], status: Status, due_at: datetime | None
    ) -> Move | None:
        """Nobody at the desk did it: what it waited for has come. What is to be announced."""
        at = _after(known, datetime.now(UTC))
        return self._happen(dossier, status, known, Said(), row=uuid7(), at=at, due_at=due_at)

    def move_date(self, dossier: Dossier, known: Sequence[Report], due_at: datetime) -> Move | None:
        """Nobody did anything to the dossier: it is due another day. What is to be announced."""
        at = _after(known, datetime.now(UTC))
        return self._happen(dossier, dossier.status, known, Said(), row=uuid7(), at=at, due_at=due_at)

    def _happen(
        self,
        dossier: Dossier,
        status: Status,
        known: Sequence[Report],
        said: Said,
        *,
        row: UUID,
        at: datetime,
        due_at: datetime | None,
        act: Act | None = None,
    ) -> Move | None:
        """What everybody reads of it, as if another system had reported it; `known` is what was reported before."""
        silence, answered = act is Act.ASK_CONFIRMATION, act is Act.NOTE_ANSWER
        report = Report(
            at,
            status,
            OURSELVES,
            dossier.receiving_unit,
            dossier.handling_unit,
            due_at,
            answer_by=said.answer_by,
            silence=silence,
            answered=answered,
        )
        before, now = standing(known), standing([*known, report])
        assert now is not None
        sentence = said.sentence()
        self._session.add(
            Happening(
                id=row,
                dossier_id=dossier.id,
                partner_id=OURSELVES[0],
                source=OURSELVES[1],
                event_id=str(row),
                status=status,
                at=at,
                receiving_unit=dossier.receiving_unit,
                handling_unit=dossier.handling_unit,
                due_at=due_at,
                answer_by=said.answer_by,
                silence=silence,
                note=self._contacts.close_note(row, sentence) if sentence else None,
                result_link=said.result_link,
                fee_due=said.amount,
                flags=[Flag.ANSWERED] if answered else [],
            )
        )
        for name, value in values_of(self._settings, now).items():
            setattr(dossier, name, value)
        if now == before:
            return None
        return move_of(dossier.id, before, now, at)

    async def note(
        self,
        caller: Caller,
        act: Act,
        dossier: Dossier,
        row: UUID,
        said: Said,
        *,
        at: datetime,
        due_at: datetime | None,
    ) -> None:
        """Who did what, for the colleagues and the log."""
        words = msgspec.json.encode(said)
        self._session.add(
            Deed(
                id=row,
                dossier_id=dossier.id,
                act=act,
                at=at,
                staff_id=caller.id,
                place=caller.unit,
                due_before=dossier.due_at,
                due_at=due_at,
                said=self._contacts.close_said(row, words) if said != Said() else None,
            )
        )
        await record(
            self._session, act=f"dossiers:{act}", actor=caller, subject=("dossier", dossier.id), unit=caller.unit
        )


def slip_of(deed: Deed) -> int | None:
    """Which form is printed for an act. A receipt without a date to come back is none."""
    form = RULES[deed.act].form
    return None if form == 1 and deed.due_at is None else form
