"""Who answers for a unit when something is urgent or late, and how they are called: at once, whatever the hour."""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.settings import Settings
from server.core.words import Words
from server.modules.feedback.models import Category, Leader, Report, Step
from server.modules.feedback.rules.calling import LATE, NEARLY_LATE, URGENT, Call
from server.modules.feedback.rules.states import Kind
from server.modules.feedback.service.categories import usual_unit
from server.modules.feedback.service.desk import HANDLE, TRIAGE
from server.modules.feedback.service.refusals import LeaderUnknown, UnitUnknown
from server.modules.feedback.service.reports import Reports
from server.modules.identity.public import names_of_staff, staff_at_work, staff_who_may, staff_with_login
from server.modules.notifications.public import Notice, Topic, call_staff, reachable_staff
from server.modules.places.public import names_of_workplaces, workplace_exists

HUB = ""


class Named(NamedTuple):
    """One leader. `reachable`: some device rings for them, and their account is not disabled."""

    unit: str
    unit_name: str | None
    name: str
    reachable: bool


class Leaders:
    """One for each unit, and one for the hub."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def all(self) -> list[Named]:
        rows = (await self._session.scalars(select(Leader).order_by(Leader.unit))).all()
        people = {it.staff_id for it in rows}
        names = await names_of_staff(self._session, people)
        units = await names_of_workplaces(self._session, {it.unit for it in rows if it.unit})
        able = await staff_at_work(self._session, people) & await reachable_staff(self._session, people)
        return [Named(it.unit, units.get(it.unit), names.get(it.staff_id, ""), it.staff_id in able) for it in rows]

    async def name(self, caller: Caller, unit: str, login: str) -> None:
        """Whoever was named before is not any more. Raises UnitUnknown, LeaderUnknown."""
        if unit != HUB and not await workplace_exists(self._session, unit):
            raise UnitUnknown
        found = await staff_with_login(self._session, login.strip().lower())
        if found is None or not await staff_at_work(self._session, [found[0]]):
            raise LeaderUnknown
        row = insert(Leader).values(id=uuid7(), unit=unit, staff_id=found[0])
        await self._session.execute(row.on_conflict_do_update(index_elements=["unit"], set_={"staff_id": found[0]}))
        await record(
            self._session, act="feedback:name-leader", actor=caller, subject=("staff", found[0]), given_to=unit or "hub"
        )

    async def remove(self, caller: Caller, unit: str) -> None:
        """Nobody is called for this unit. Twice changes nothing."""
        gone = await self._session.scalar(delete(Leader).where(Leader.unit == unit).returning(Leader.staff_id))
        if gone is not None:
            await record(
                self._session,
                act="feedback:remove-leader",
                actor=caller,
                subject=("staff", gone),
                given_to=unit or "hub",
            )

    async def call(self, report_id: UUID, step_id: UUID) -> None:
        """The leader of the unit that has it, or will have it, and the hub's. A second time calls nobody twice.

        What came of it stands on the report: where nobody was named, or nothing rings, somebody must telephone.
        """
        report = await self._session.scalar(select(Report).where(Report.id == report_id).with_for_update())
        if report is None or not report.urgent or report.closed_at is not None:
            return
        category = await self._session.scalar(select(Category).where(Category.slug == report.category))
        places = [report.unit or usual_unit(category.unit if category else None, report.commune) or HUB, HUB]
        leaders = await self._leaders(places)
        people = set(leaders.values())
        notices = await self._notices(report, category, URGENT, f"urgent/{report.id}", step_id, people)
        await call_staff(self._session, notices)
        await self._note_called(report, leaders, people, places, step_id)

    async def remind(self, report_id: UUID, step_id: UUID) -> None:
        """Of a limit that is nearly over whoever works on it; of one that is over the hub's leader, one level up, and
        the unit's. A second time calls nobody twice.

        Where there is neither an officer who still may nor a leader, all those are called who may do it. What came of
        the second stands on the report.
        """
        report = await self._session.scalar(select(Report).where(Report.id == report_id).with_for_update())
        step = await self._session.get(Step, step_id)
        if report is None or step is None or report.closed_at is not None:
            return
        over, unit = step.kind is Kind.LATE, HUB if step.detail.get("clock") == "triage" else report.unit or HUB
        places = list(dict.fromkeys([unit, HUB] if over else [unit]))
        leaders = await self._leaders(places)
        people = set(leaders.values())
        for place in places:
            able = await staff_who_may(self._session, HANDLE if place else TRIAGE, place or None)
            if place and (officer := await self._officer(report, place)) in able:
                people.add(officer)
            elif place not in leaders:
                people |= able
        # Each of the two has a subject of its own: what only takes an older one's place on a screen may not ring.
        said, subject = (LATE, f"late/{report.id}") if over else (NEARLY_LATE, f"nearly-late/{report.id}")
        category = await self._session.scalar(select(Category).where(Category.slug == report.category))
        await call_staff(self._session, await self._notices(report, category, said, subject, step_id, people))
        if over:
            await self._note_called(report, leaders, people, places, step_id)

    async def _leaders(self, places: Collection[str]) -> dict[str, UUID]:
        """Who is named and whose account is not disabled, by place."""
        rows = (await self._session.scalars(select(Leader).where(Leader.unit.in_(places)))).all()
        able = await staff_at_work(self._session, {it.staff_id for it in rows})
        return {it.unit: it.staff_id for it in rows if it.staff_id in able}

    async def _officer(self, report: Report, unit: str) -> UUID | None:
        """Who of the unit did something with it last."""
        theirs = Step.report_id == report.id, Step.unit == unit, Step.by.is_not(None)
        return await self._session.scalar(select(Step.by).where(*theirs).order_by(Step.id.desc()).limit(1))

    async def _note_called(
        self,
        report: Report,
        leaders: Mapping[str, UUID],
        called: Collection[UUID],
        places: Collection[str],
        step_id: UUID,
    ) -> None:
        reached = await reachable_staff(self._session, called)
        names = await names_of_staff(self._session, reached)
        for place in dict.fromkeys(places):
            leader = leaders.get(place)
            kind = Kind.CALLED if leader in reached else Kind.NOT_CALLED
            detail = {"unit": place} | ({"leader": names[leader]} if leader and leader in names else {})
            await self._note_once(report, kind, detail, step_id)

    async def _note_once(self, report: Report, kind: Kind, detail: dict[str, str], step_id: UUID) -> None:
        reports = Reports(self._session, self._settings)
        for_step = detail | {"for": str(step_id)}
        if not await reports.has_step(report, for_step):
            await reports.add_step(report, kind, detail=for_step)
        await self._session.flush()

    async def _notices(
        self,
        report: Report,
        category: Category | None,
        said: Call,
        subject: str,
        step_id: UUID,
        people: Collection[UUID],
    ) -> list[Notice]:
        places = await names_of_workplaces(self._session, {report.commune} if report.commune else set())
        place = places.get(report.commune or "", "–")
        names = (category.vi, category.en, category.km) if category else ("–",) * 3
        body = Words(*(f"{report.code} · {name} · {place}" for name in names))
        return [
            Notice(
                key=f"{subject}/{step_id}",
                resident_id=staff_id,
                topic=Topic.REPORTS,
                subject=subject,
                title=said.title,
                body=body,
                plain=said.plain,
                path=f"/staff/reports/{report.id}",
                urgent=True,
            )
            for staff_id in sorted(people)
        ]
