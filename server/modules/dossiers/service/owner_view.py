"""A dossier as its owner sees it: everything that was said to them, what they must do now, and the result."""

from typing import NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.core.words import Language, Words
from server.modules.dossiers.models import Channel, Deed, Dossier, Filing, Happening, OfficeCode, Result, Returning
from server.modules.dossiers.rules.handing_over import BRING, HOURS, READY
from server.modules.dossiers.rules.reports import Flag, note_for_the_owner
from server.modules.dossiers.rules.silence import ASKED
from server.modules.dossiers.rules.statuses import MEANING, Status, has_result, is_over
from server.modules.dossiers.rules.telling import EXEMPT, put
from server.modules.dossiers.rules.verdicts import SAYS, SAYS_OF_REVOCATION, Signature, Verdict
from server.modules.dossiers.schemas.owner import (
    Collecting,
    Duty,
    Go,
    OwnSlip,
    OwnStep,
    ResultFile,
    ResultReply,
    SignatureReply,
)
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.filings import Said, slip_of, words_of
from server.modules.payments.public import exemption_says
from server.modules.places.public import Counter, counter_of, unit_exists

_ASKS = (Status.PAPERS_NEEDED, Status.PAYMENT_NEEDED)


class Seen(NamedTuple):
    happened: list[OwnStep]
    duty: Duty | None
    result: ResultReply | None


class OwnerView:
    """Shows a dossier to whoever it belongs to. Whose it is was asked before."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._contacts = Contacts(settings)

    async def of(self, dossier: Dossier, procedure: str | None, language: Language, *, whole: bool = True) -> Seen:
        """`whole` False: for somebody who only follows it; the result is not theirs."""
        filing = await self._session.scalar(select(Filing).where(Filing.dossier_id == dossier.id))
        happened = await self._happened(dossier, language, whole=whole)
        result = await self._result(dossier, filing, happened, language) if whole else None
        return Seen(happened, await self._duty(dossier, filing, procedure, happened, result, whole=whole), result)

    async def _happened(self, dossier: Dossier, language: Language, *, whole: bool) -> list[OwnStep]:
        """The way of the dossier, and whatever was said on it; the latest last."""
        asked = (
            select(Happening, Deed).outerjoin(Deed, Deed.id == Happening.id).where(Happening.dossier_id == dossier.id)
        )
        found: list[tuple[Happening, Deed | None]] = [(row[0], row[1]) for row in await self._session.execute(asked)]
        steps: list[OwnStep] = []
        for row, deed in sorted(found, key=lambda it: (it[0].at, it[0].status.number)):
            if Flag.SECOND_SOURCE in row.flags:
                continue
            said = self._for_the_owner(row, deed)
            before = steps[-1].status if steps else None
            form = slip_of(deed) if deed and whole else None
            if row.status is before and said == Said() and form is None:
                continue
            steps.append(
                OwnStep(
                    status=row.status,
                    name=_named(row, said, whole=whole).for_(language),
                    at=row.at,
                    office=row.handling_unit or row.receiving_unit,
                    papers=said.papers,
                    reason=said.reason or None,
                    guidance=said.guidance or None,
                    amount=said.amount,
                    answer_by=said.answer_by,
                    link=said.result_link if whole else None,
                    slip=OwnSlip(id=row.id, form=form) if form else None,
                )
            )
        return steps

    def _for_the_owner(self, row: Happening, deed: Deed | None) -> Said:
        said = words_of(self._contacts, row, deed)
        if deed is None:
            said.reason = note_for_the_owner(row.status, said.reason, asks=row.answer_by is not None)
        return said

    async def _duty(
        self,
        dossier: Dossier,
        filing: Filing | None,
        procedure: str | None,
        happened: list[OwnStep],
        result: ResultReply | None,
        *,
        whole: bool,
    ) -> Duty | None:
        asked = next((it for it in reversed(happened) if it.status is dossier.status and _speaks(it)), None)
        silence = dossier.silence and not is_over(dossier.status)
        if not silence and MEANING[dossier.status].yours is None:
            return None
        if silence:
            asked = next((it for it in reversed(happened) if it.answer_by == dossier.answer_by), None)
        counter, place = await self._received_at(filing) if filing else (None, None)
        office = counter.name if counter else None
        # Of our own desks' dossiers a charge was made (service.fees); whoever only follows does not find it.
        pays = whole and filing is not None and dossier.status is Status.PAYMENT_NEEDED and bool(asked and asked.amount)
        return Duty(
            papers=asked.papers if asked else [],
            reason=asked.reason if asked else None,
            guidance=asked.guidance if asked else None,
            amount=asked.amount if asked else None,
            by=dossier.answer_by,
            silence=silence,
            go="pay" if pays else _go(dossier.status, filing, office, place, procedure, result, silence=silence),
            office=office,
            place=place,
            procedure=procedure,
        )

    async def _received_at(self, filing: Filing) -> tuple[Counter | None, str | None]:
        """The counter it was handed in at, and the commune on whose page that stands: a department has none."""
        place = filing.receiving_place
        counter = await counter_of(self._session, place)
        there = place if await unit_exists(self._session, place) else counter.unit_code if counter else None
        return counter, there

    async def _result(
        self, dossier: Dossier, filing: Filing | None, happened: list[OwnStep], language: Language
    ) -> ResultReply | None:
        if not has_result(dossier.status):
            return None
        ready = next((it for it in reversed(happened) if it.status is Status.DONE), None)
        link = next((it.link for it in reversed(happened) if it.link), None)
        files = await self._files(dossier, language)
        returning = filing.returning if filing else Returning.ONLINE if files or link else None
        how = READY[returning or ""]
        collect = None
        if dossier.status is Status.DONE and returning in (Returning.DESK, None):
            collect = await self._collecting(dossier, filing, language)
        return ResultReply(
            how=how.for_(language),
            collect=collect,
            guidance=(ready.guidance or ready.reason) if ready else None,
            link=link,
            files=files,
        )

    async def _collecting(self, dossier: Dossier, filing: Filing | None, language: Language) -> Collecting | None:
        office = dossier.receiving_unit or dossier.handling_unit
        if filing is None:
            return Collecting(office, None, None, None, BRING.for_(language)) if office else None
        place = filing.receiving_place
        counter, there = await self._received_at(filing)
        said = await self._session.scalar(select(OfficeCode).where(OfficeCode.place == place))
        hours = HOURS[said.hours].for_(language) if said else None
        return Collecting(
            office=counter.name if counter else office or place,
            address=(said.address if said else None) or (counter.address if counter else None),
            hours=(counter.hours if counter else None) or hours,
            place=there,
            bring=BRING.for_(language),
        )

    async def _files(self, dossier: Dossier, language: Language) -> list[ResultFile]:
        asked = select(Result).where(Result.dossier_id == dossier.id).order_by(Result.id)
        return [
            file_of(self._contacts, it, language)
            for it in await self._session.scalars(asked)
            if it.verdict is not Verdict.UNSAFE
        ]


def _named(row: Happening, said: Said, *, whole: bool) -> Words:
    """What happened. Why nothing is to be paid is for the owner alone: it may say that somebody is poor or disabled."""
    if said.exemption and whole:
        return put(EXEMPT, exemption_says(said.exemption))
    return ASKED if row.silence else MEANING[row.status].name


def file_of(contacts: Contacts, row: Result, language: Language) -> ResultFile:
    """A document and what is thought of its signatures."""
    signatures: list[Signature] = []
    if row.signatures:
        opened = contacts.open_signatures(row.id, row.signatures)
        signatures = msgspec.json.decode(opened, type=list[Signature])
    return ResultFile(
        id=row.id,
        added_at=row.created_at,
        size=row.size,
        verdict=row.verdict,
        says=SAYS[row.verdict].for_(language) if row.verdict else None,
        signatures=[
            SignatureReply(
                name=it.name,
                office=it.office,
                at=it.at,
                stamped=it.stamped,
                verdict=it.verdict,
                says=SAYS[it.verdict].for_(language),
                revocation=it.revocation,
                revocation_says=SAYS_OF_REVOCATION[it.revocation].for_(language),
                revocation_at=it.revocation_at,
            )
            for it in signatures
        ],
    )


def _speaks(step: OwnStep) -> bool:
    return bool(step.papers or step.reason or step.guidance or step.amount)


def _go(
    status: Status,
    filing: Filing | None,
    office: str | None,
    place: str | None,
    procedure: str | None,
    result: ResultReply | None,
    *,
    silence: bool,
) -> Go | None:
    """The one place where what must be done is done."""
    desk = filing is not None and filing.channel is not Channel.ONLINE
    there: Go | None = "place" if place else "office" if office else None
    if silence or status in _ASKS:
        return there if desk else "portal"
    if status is Status.DONE:
        # Where it is collected stands with the result, too.
        return "result" if result and (result.files or result.link or not place) else there
    return "procedure" if procedure else None
