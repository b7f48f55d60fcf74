"""The desk's verbs: what officers do to the dossiers of their unit, by the strict table."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.events import publish
from server.core.links import public_link
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.dossiers.events import DossiersMoved, FeeExempted, Move
from server.modules.dossiers.models import Dossier, Filing
from server.modules.dossiers.rules.acts import ASKING, FOR_MANY, RULES, UNTOLD, Act, Need, leads_to, may_act
from server.modules.dossiers.rules.reports import plausible
from server.modules.dossiers.rules.statuses import MEANING, is_closed, is_over, waits_for_the_resident
from server.modules.dossiers.rules.working_time import Limit, due, put_off
from server.modules.dossiers.schemas.desk import ActOnDossier, Chosen
from server.modules.dossiers.service.calendars import calendar_of
from server.modules.dossiers.service.filings import Held, Journalist, Said, find
from server.modules.dossiers.service.offices import Offices
from server.modules.dossiers.service.registry import LimitNeverEnds, PlaceUnknown
from server.modules.places.public import names_of_workplaces

A_YEAR = timedelta(days=366)


class DossierUnknown(Problem):
    """There is none, or it is another unit's."""

    status = 404
    title = Words(
        "Đơn vị của bạn không có hồ sơ này",
        "Your unit has no such dossier",
        "អង្គភាពរបស់អ្នកគ្មានសំណុំឯកសារនេះទេ",
    )


class DossierCannotMove(Problem):
    title = Words(
        "Hồ sơ không thể chuyển bước này",
        "The dossier cannot take this step",
        "សំណុំឯកសារមិនអាចទៅជំហាននេះបានទេ",
    )


class ActIncomplete(Problem):
    """`needs` names what the act must say: reason, papers, new-due-at, amount, exemption or place."""

    status = 400
    title = Words(
        "Việc này còn thiếu thông tin bắt buộc",
        "Something that must be said is missing",
        "ការងារនេះខ្វះព័ត៌មានចាំបាច់",
    )


class NewDateRefused(Problem):
    status = 400
    title = Words(
        "Ngày hẹn mới phải sau ngày hẹn cũ và sau lúc này",
        "The new date must be later than the old one, and than now",
        "ថ្ងៃណាត់ថ្មីត្រូវក្រោយថ្ងៃណាត់ចាស់ និងក្រោយពេលនេះ",
    )


class AnswerByRefused(Problem):
    status = 400
    title = Words(
        "Hạn trả lời phải sau lúc này và trong vòng một năm",
        "The time to answer must end later than now, and within a year",
        "ថ្ងៃផុតកំណត់ឆ្លើយត្រូវក្រោយពេលនេះ និងក្នុងរយៈពេលមួយឆ្នាំ",
    )


class ResultLinkRefused(Problem):
    status = 400
    title = Words(
        "Đường dẫn kết quả phải là https:// của một trang công khai",
        "The link to the result must be https:// to a public site",
        "តំណលទ្ធផលត្រូវជា https:// នៃគេហទំព័រសាធារណៈ",
    )


class NotForMany(Problem):
    status = 400
    title = Words(
        "Việc này cần ghi riêng cho từng hồ sơ",
        "This must be said for each dossier by itself",
        "ការងារនេះត្រូវសរសេរសម្រាប់សំណុំឯកសារនីមួយៗ",
    )


class Outcome(NamedTuple):
    """What became of one of many."""

    dossier_id: UUID
    code: str | None
    problem: Problem | None


class Desk:
    """Acts on dossiers."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._journalist = Journalist(session, settings)
        self._offices = Offices(session)

    async def act(
        self, caller: Caller, dossier_id: UUID, version: int, given: ActOnDossier, *, at: datetime | None = None
    ) -> Held:
        """The dossier as it stands afterwards, which the caller's unit may have sent away by this very act.

        Raises DossierUnknown, ChangedMeanwhile, DossierCannotMove, and what is wrong with the act's own words.
        """
        held, move = await self._act(caller, dossier_id, version, given, at or datetime.now(UTC))
        self._announce([move])
        await self._session.flush()
        return held

    async def act_on_many(self, caller: Caller, act: Act, chosen: Sequence[Chosen]) -> list[Outcome]:
        """Each by itself, in the order of the list; one that is refused keeps none of the others away."""
        if act not in FOR_MANY:
            raise NotForMany
        now, moves, outcomes = datetime.now(UTC), list[Move | None](), dict[int, Outcome]()
        # Locked in one order, or two officers with two lists wait for each other for ever.
        for row, one in sorted(enumerate(chosen), key=lambda it: it[1].id):
            try:
                async with self._session.begin_nested():
                    (dossier, _), move = await self._act(caller, one.id, one.version, ActOnDossier(act=act), now)
                    moves.append(move)
                    outcomes[row] = Outcome(one.id, dossier.code, None)
            except Problem as problem:
                outcomes[row] = Outcome(one.id, None, problem)
        self._announce(moves)
        await self._session.flush()
        return [outcomes[row] for row in range(len(chosen))]

    def _announce(self, moves: Sequence[Move | None]) -> None:
        if told := [move for move in moves if move]:
            publish(self._session, DossiersMoved(moves=told))

    async def _act(
        self, caller: Caller, dossier_id: UUID, version: int, given: ActOnDossier, now: datetime
    ) -> tuple[Held, Move | None]:
        found = await find(self._session, caller, dossier_id, lock=True)
        if found is None:
            raise DossierUnknown
        dossier, filing = found
        if dossier.version != version:
            raise ChangedMeanwhile
        accepted = filing.accepted_at is not None
        if not may_act(given.act, dossier.status, accepted=accepted, asked=dossier.silence):
            here = MEANING[dossier.status].name
            raise DossierCannotMove(
                Words(*(f"{title}: {name}" for title, name in zip(DossierCannotMove.title, here, strict=True)))
            )
        _refuse_incomplete(given)
        if given.result_link and not public_link(given.result_link):
            raise ResultLinkRefused
        if given.answer_by and not now < given.answer_by < now + A_YEAR:
            raise AnswerByRefused
        if given.place:
            await self._forward(dossier, filing, given.place)
        due_at = await self._due(dossier, filing, given, now)
        status = leads_to(given.act, dossier.status) or dossier.status
        said = Said(
            given.reason,
            given.guidance,
            given.papers,
            given.amount,
            given.result_link,
            given.answer_by,
            given.exemption,
        )
        row = uuid7()
        if given.act in UNTOLD:
            move = None
            await self._journalist.note(caller, given.act, dossier, row, said, at=now, due_at=due_at)
        else:
            move = await self._journalist.write(
                caller, given.act, dossier, status, said, row=row, at=now, due_at=due_at
            )
        if given.exemption:
            publish(self._session, FeeExempted(dossier_id=dossier.id, happening_id=row, exemption=given.exemption))
        self._count(caller, dossier, filing, given, now)
        dossier.version += 1
        await self._session.flush()
        return found, move

    async def _forward(self, dossier: Dossier, filing: Filing, place: str) -> None:
        names = await names_of_workplaces(self._session, {place})
        if place not in names:
            raise PlaceUnknown
        # Whoever had it in hand here does not have it there.
        filing.handling_place, filing.officer_id, dossier.handling_unit = place, None, names[place]

    async def _due(self, dossier: Dossier, filing: Filing, given: ActOnDossier, now: datetime) -> datetime | None:
        """By when it will be done after this act."""
        if given.act is Act.APOLOGISE:
            new = given.new_due_at
            if new is None or not plausible(new) or new <= max(now, dossier.due_at or now):
                raise NewDateRefused
            return new
        calendar, week = await calendar_of(self._session), await self._offices.week(filing.handling_place)
        there = leads_to(given.act, dossier.status)
        try:
            if given.act is Act.ACCEPT:
                return due(now, Limit(filing.limit_value, filing.limit_unit), calendar, week)
            if waits_for_the_resident(dossier.status) and dossier.due_at and there and not is_over(there):
                return put_off(dossier.due_at, dossier.status_at, now, filing.limit_unit, calendar, week)
        except ValueError:  # it would end in ten years, or the office works no more
            raise LimitNeverEnds from None
        return dossier.due_at

    def _count(self, caller: Caller, dossier: Dossier, filing: Filing, given: ActOnDossier, now: datetime) -> None:
        """What the desk's own row keeps of it."""
        act = given.act
        if act is Act.ACCEPT:
            filing.accepted_at = now
        if act is Act.ASSIGN or (act is Act.TAKE_UP and filing.officer_id is None):
            filing.officer_id = caller.id
        filing.electronic_result = filing.electronic_result or bool(given.result_link)
        filing.supplements += act is Act.ASK_PAPERS
        filing.apologies += act is Act.APOLOGISE
        if is_over(dossier.status):
            filing.ended_at = filing.ended_at or now
        if is_closed(dossier.status):
            filing.closed_at = now


def _refuse_incomplete(given: ActOnDossier) -> None:
    there = {
        Need.REASON: bool(given.reason),
        Need.PAPERS: bool(given.papers) and all(given.papers),
        Need.NEW_DATE: given.new_due_at is not None,
        Need.AMOUNT: given.amount is not None,
        Need.PLACE: bool(given.place),
        Need.ANSWER_BY: given.answer_by is not None,
        Need.EXEMPTION: given.exemption is not None,
    }
    needs = RULES[given.act].needs
    missing = [need.value for need in Need if need in needs and not there[need]]
    if missing:
        raise ActIncomplete(needs=missing)
    # What no slip of this act has a line for would be lost in silence.
    given.papers = given.papers if Need.PAPERS in needs else []
    given.amount = given.amount if Need.AMOUNT in needs else None
    given.exemption = given.exemption if Need.EXEMPTION in needs else None
    given.place = given.place if Need.PLACE in needs else None
    given.result_link = given.result_link if given.act is Act.FINISH else None
    given.answer_by = given.answer_by if given.act in ASKING else None
