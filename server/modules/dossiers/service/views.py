"""One dossier as its own office sees it. Every look is logged; whoever owns it and has an account reads of it."""

from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.looks import Why, looked
from server.core.settings import Settings
from server.core.words import Language
from server.modules.dossiers.models import Contact, ContactKind, Deed, Dossier, Happening
from server.modules.dossiers.rules.acts import acts_for
from server.modules.dossiers.rules.reports import REMARKS
from server.modules.dossiers.rules.telling import EXEMPT, put
from server.modules.dossiers.schemas.desk import (
    DeskDossier,
    DeskLimit,
    DeskPaper,
    DeskStep,
    ExemptionChoice,
    SlipTextReply,
)
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.desk import DossierUnknown
from server.modules.dossiers.service.filings import Held, find, is_here, slip_of, words_of
from server.modules.dossiers.service.followers import Followers, follower_reply
from server.modules.dossiers.service.lists import hour
from server.modules.dossiers.service.owner_view import file_of
from server.modules.dossiers.service.owners import owners_of
from server.modules.dossiers.service.results import Results
from server.modules.dossiers.service.slip_texts import SlipTexts, phone_to_text
from server.modules.identity.public import names_of_staff
from server.modules.payments.public import Exemption, exemption_says

_READ = "dossiers:read"


class Views:
    """Shows dossiers to staff."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._contacts = Contacts(settings)
        self._results = Results(session, settings)
        self._followers = Followers(session, settings)
        self._texts = SlipTexts(session, settings)

    async def look(self, caller: Caller, dossier_id: UUID, *, again: bool = True) -> None:
        """Note that somebody looked: for its owner, or where none has an account for whoever asks later.

        Raises DossierUnknown.
        """
        await self._found(caller, dossier_id)
        await self._note(caller, dossier_id, again=again)

    async def _note(self, caller: Caller, dossier_id: UUID, *, again: bool) -> None:
        owners = (await owners_of(self._session, [dossier_id])).get(dossier_id, [])
        for owner in owners:
            await looked(self._session, caller, owner, permission=_READ, why=Why.WORK, again=again)
        if not owners and again:  # else the act stands in the log
            said = {"unit": caller.unit, "permission": _READ, "why": Why.WORK.value}
            await record(self._session, act="look:dossiers", actor=caller, subject=("dossier", dossier_id), **said)

    async def show(self, caller: Caller, dossier_id: UUID, language: Language) -> DeskDossier:
        """Raises DossierUnknown."""
        return await self._shown(caller, await self._found(caller, dossier_id), language)

    async def shown(self, caller: Caller, held: Held, language: Language) -> DeskDossier:
        """What an act answers with, which is a look too; also of one that their unit has just sent elsewhere."""
        await self._note(caller, held[0].id, again=False)
        return await self._shown(caller, held, language)

    async def _shown(self, caller: Caller, held: Held, language: Language) -> DeskDossier:
        dossier, filing = held
        here, accepted = is_here(caller, filing), filing.accepted_at is not None
        acts = acts_for(dossier.status, accepted=accepted, asked=dossier.silence) if here else []
        contacts = (await self._session.scalars(select(Contact).where(Contact.dossier_id == dossier.id))).all()
        numbers = {it.kind: self._contacts.open(it.kind, dossier.id, it.sealed) for it in contacts}
        phone = phone_to_text(contacts)
        steps = await self._steps(dossier, phone, language)
        names = await names_of_staff(self._session, {filing.officer_id} if filing.officer_id else set())
        return DeskDossier(
            id=dossier.id,
            version=dossier.version,
            code=dossier.code,
            status=dossier.status,
            number=dossier.status.number,
            procedure=dossier.procedure,
            title=filing.title,
            revision=filing.revision,
            case=filing.case,
            papers=[msgspec.convert(it, DeskPaper) for it in filing.papers],
            name=self._contacts.open_name(dossier.id, filing.name) if filing.name else None,
            phone=numbers.get(ContactKind.PHONE),
            national_id=numbers.get(ContactKind.NATIONAL_ID),
            receiving_place=filing.receiving_place,
            receiving_unit=dossier.receiving_unit or filing.receiving_place,
            handling_place=filing.handling_place,
            handling_unit=dossier.handling_unit or filing.handling_place,
            officer=names.get(filing.officer_id) if filing.officer_id else None,
            here=here,
            mine=filing.officer_id == caller.id,
            channel=filing.channel,
            returning=filing.returning,
            filed_at=filing.filed_at,
            accepted_at=filing.accepted_at,
            due_at=dossier.due_at,
            answer_by=dossier.answer_by,
            silence=dossier.silence,
            limit=DeskLimit(
                value=filing.limit_value,
                unit=filing.limit_unit,
                reason=self._contacts.open_reason(dossier.id, filing.limit_reason) if filing.limit_reason else None,
            ),
            clock=(await hour(self._session)).clock(dossier.status, dossier.due_at),
            supplements=filing.supplements,
            apologies=filing.apologies,
            results=[file_of(self._contacts, it, language) for it in await self._results.of(dossier.id)],
            followers=[follower_reply(it) for it in await self._followers.of(dossier)],
            texting=await self._texts.way(dossier.id, phone),
            exemptions=[ExemptionChoice(code=it, name=exemption_says(it).for_(language)) for it in Exemption],
            acts=acts,
            next=acts[0] if acts else None,
            steps=steps,
        )

    async def _found(self, caller: Caller, dossier_id: UUID) -> Held:
        found = await find(self._session, caller, dossier_id)
        if found is None:
            raise DossierUnknown
        return found

    async def _steps(self, dossier: Dossier, phone: Contact | None, language: Language) -> list[DeskStep]:
        """Everything that happened, the latest first; what colleagues did for themselves alone is not among it."""
        asked = (
            select(Happening, Deed)
            .outerjoin(Deed, Deed.id == Happening.id)
            .where(Happening.dossier_id == dossier.id)
            .order_by(Happening.at.desc(), Happening.id.desc())
        )
        rows: list[tuple[Happening, Deed | None]] = [(row[0], row[1]) for row in await self._session.execute(asked)]
        names = await names_of_staff(self._session, {deed.staff_id for _, deed in rows if deed is not None})
        texts = await self._texts.of(phone, {deed.id for _, deed in rows if deed is not None})
        return [self._step(happening, deed, names, texts.get(happening.id), language) for happening, deed in rows]

    def _step(
        self, row: Happening, deed: Deed | None, names: dict[UUID, str], text: SlipTextReply | None, language: Language
    ) -> DeskStep:
        said = words_of(self._contacts, row, deed)
        return DeskStep(
            id=row.id,
            at=row.at,
            status=row.status,
            act=deed.act if deed is not None else None,
            by=names.get(deed.staff_id) if deed is not None else None,
            office=row.handling_unit or row.receiving_unit,
            due_at=row.due_at,
            answer_by=said.answer_by,
            papers=said.papers,
            reason=said.reason or None,
            guidance=said.guidance or None,
            amount=said.amount,
            exemption=put(EXEMPT, exemption_says(said.exemption)).for_(language) if said.exemption else None,
            slip=slip_of(deed) if deed is not None else None,
            text=text,
            flags=[it for it in REMARKS if it in row.flags],
        )
