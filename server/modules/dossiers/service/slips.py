"""Prints the slips."""

import asyncio
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.paper import typeset
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.dossiers.models import Contact, ContactKind, Deed, Dossier, Filing
from server.modules.dossiers.rules.slips import SlipFacts, slip
from server.modules.dossiers.rules.working_time import Limit
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.desk import DossierUnknown
from server.modules.dossiers.service.filings import find, said_in, slip_of
from server.modules.identity.public import names_of_staff
from server.modules.places.public import names_of_workplaces

_FORM = Path(__file__).parent.parent / "print" / "slip.typ"


class SlipUnknown(Problem):
    status = 404
    title = Words(
        "Bước này không có phiếu để in",
        "No slip goes with this step",
        "ជំហាននេះគ្មានប័ណ្ណសម្រាប់បោះពុម្ពទេ",
    )


def link_of(settings: Settings, code: str) -> str:
    """Where whoever holds a slip looks it up. Behind the #, a browser sends the code to nobody."""
    return f"{settings.origin}/dossiers#{code}"


async def deed_with_slip(session: AsyncSession, dossier_id: UUID, step_id: UUID) -> tuple[Deed, int]:
    """What was done at a step of a dossier, and the form that goes with it. Raises SlipUnknown."""
    deed = await session.scalar(select(Deed).where(Deed.id == step_id, Deed.dossier_id == dossier_id))
    form = slip_of(deed) if deed else None
    if deed is None or form is None:
        raise SlipUnknown
    return deed, form


async def office_of(session: AsyncSession, dossier: Dossier, deed: Deed) -> str:
    """What the office is called that did it."""
    offices = await names_of_workplaces(session, {deed.place})
    return offices.get(deed.place, dossier.receiving_unit or deed.place)


class Slips:
    """The slips of dossiers, made when they are asked for and kept nowhere."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._contacts = Contacts(settings)

    async def print(self, caller: Caller, dossier_id: UUID, step_id: UUID) -> tuple[str, bytes]:
        """The file's name and the PDF. Raises DossierUnknown, SlipUnknown."""
        found = await find(self._session, caller, dossier_id)
        if found is None:
            raise DossierUnknown
        return await self._make(*found, step_id)

    async def send(self, dossier: Dossier, step_id: UUID) -> tuple[str, bytes]:
        """The same for whoever it belongs to. Raises SlipUnknown."""
        filing = await self._session.scalar(select(Filing).where(Filing.dossier_id == dossier.id))
        if filing is None:
            raise SlipUnknown
        return await self._make(dossier, filing, step_id)

    async def _make(self, dossier: Dossier, filing: Filing, step_id: UUID) -> tuple[str, bytes]:
        deed, form = await deed_with_slip(self._session, dossier.id, step_id)
        facts = await self._facts(form, dossier, filing, deed)
        sheet = slip(facts)
        return f"{facts.code}-{form:02}", await asyncio.to_thread(typeset, _FORM, sheet, sheet.link, deed.at)

    async def _facts(self, form: int, dossier: Dossier, filing: Filing, deed: Deed) -> SlipFacts:
        numbers = {
            row.kind: self._contacts.open(row.kind, dossier.id, row.sealed)
            for row in await self._session.scalars(select(Contact).where(Contact.dossier_id == dossier.id))
        }
        said = said_in(self._contacts, deed)
        officers = await names_of_staff(self._session, {deed.staff_id})
        return SlipFacts(
            form=form,
            code=dossier.code,
            office=await office_of(self._session, dossier, deed),
            name=self._contacts.open_name(dossier.id, filing.name) if filing.name else "",
            phone=numbers.get(ContactKind.PHONE),
            national_id=numbers.get(ContactKind.NATIONAL_ID),
            title=filing.title,
            procedure=dossier.procedure,
            case=filing.case,
            papers=[(it["name"], it["kind"], it["count"]) for it in filing.papers],
            limit=Limit(filing.limit_value, filing.limit_unit),
            returning=filing.returning,
            filed_at=filing.filed_at,
            done_at=deed.at,
            due_before=deed.due_before,
            due_at=deed.due_at,
            missing=said.papers,
            reason=said.reason,
            guidance=said.guidance,
            officer=officers.get(deed.staff_id, ""),
            link=link_of(self._settings, dossier.code),
        )
