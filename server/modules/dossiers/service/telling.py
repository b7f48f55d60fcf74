"""Telling the owners of dossiers that they moved."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.core.words import Words
from server.modules.catalogue.public import Named
from server.modules.dossiers.events import Move
from server.modules.dossiers.models import Dossier, Follower, FollowState, Happening
from server.modules.dossiers.rules import silence
from server.modules.dossiers.rules.statuses import OPEN
from server.modules.dossiers.rules.telling import (
    EXEMPT,
    EXEMPT_BODY,
    OLD,
    PAST,
    PLAIN,
    PLAIN_DATE,
    PLAIN_DUTY,
    PLAIN_RESULT,
    RESULT_BODY,
    RESULT_TITLE,
    body_of,
    kind_of,
    put,
    reminder_of,
    title_of,
)
from server.modules.dossiers.service.owners import names_of, owners_of
from server.modules.notifications.public import Notice, Topic, notify
from server.modules.payments.public import Exemption, exemption_says


class Telling:
    """Who learns of what happens to dossiers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def moved(self, event_id: UUID, moves: Sequence[Move]) -> None:
        """Tell whoever owns them, in the order of the moves. A second time tells nothing new."""
        now = datetime.now(UTC)
        lately = [move for move in moves if now - move.at <= PAST]
        dossiers = await self._dossiers([move.dossier_id for move in lately])
        owners = await self._owners(list(dossiers))
        names = await names_of(self._session, list(dossiers.values()))
        notices: list[Notice] = []
        for move in lately:
            if dossier := dossiers.get(move.dossier_id):
                name = names.get(dossier.id)
                key = f"moved/{event_id}/{dossier.id}"
                rings = now - move.at <= OLD
                notices += [_notice(key, it, dossier, move, name, rings) for it in owners.get(dossier.id, [])]
        await notify(self._session, notices)

    async def remind(self, now: datetime) -> None:
        """Tell whose dossier is due tomorrow; once for each date, however often it is run."""
        tomorrow = datetime.combine(now.astimezone(HERE).date() + timedelta(days=1), time(), HERE)
        due = select(Dossier).where(
            Dossier.due_at >= tomorrow, Dossier.due_at < tomorrow + timedelta(days=1), Dossier.status.in_(OPEN)
        )
        dossiers = {dossier.id: dossier for dossier in await self._session.scalars(due)}
        owners = await self._owners(list(dossiers))
        names = await names_of(self._session, list(dossiers.values()))
        await notify(
            self._session,
            [
                _reminder(resident_id, dossiers[row], names.get(row))
                for row, residents in owners.items()
                for resident_id in residents
            ],
        )

    async def remind_of_answers(self, now: datetime) -> None:
        """Tell, as the end comes nearer, of whom something is asked; louder and oftener where silence counts as
        agreement. Each reminder once.
        """
        waiting = select(Dossier).where(
            Dossier.answer_by > now,
            Dossier.answer_by <= now + max(*silence.BEFORE, *silence.DAYS_BEFORE),
            Dossier.status.in_(OPEN),
        )
        dossiers = {dossier.id: dossier for dossier in await self._session.scalars(waiting)}
        when = select(Happening.dossier_id, func.max(Happening.at)).where(
            Happening.dossier_id.in_(dossiers), Happening.answer_by.is_not(None)
        )
        asked_at = {row[0]: row[1] for row in await self._session.execute(when.group_by(Happening.dossier_id))}
        owners = await self._owners(list(dossiers))
        names = await names_of(self._session, list(dossiers.values()))
        notices: list[Notice] = []
        for row, residents in owners.items():
            dossier = dossiers[row]
            assert dossier.answer_by
            name = names.get(row)
            before = silence.BEFORE if dossier.silence else silence.DAYS_BEFORE
            for mark in silence.marks(asked_at.get(row, now), dossier.answer_by, now, before):
                if dossier.silence:
                    key = f"silence/{row}/{dossier.answer_by}/{mark}"
                    notices += [_urgent(key, it, dossier, dossier.answer_by, name, now) for it in residents]
                else:
                    key = f"answer/{row}/{dossier.answer_by}/{mark}"
                    notices += [_deadline(key, it, dossier, dossier.answer_by, name) for it in residents]
        await notify(self._session, notices)

    async def result(self, result_id: UUID, dossier: Dossier) -> None:
        """A document came after its owner was told that the result is ready."""
        owners = await owners_of(self._session, [dossier.id])
        name = (await names_of(self._session, [dossier])).get(dossier.id)
        what = name.title if name else dossier.code
        await notify(
            self._session,
            [
                Notice(
                    key=f"result/{result_id}",
                    resident_id=it,
                    topic=Topic.RESULTS,
                    subject=f"dossier/{dossier.id}",
                    title=put(RESULT_TITLE, Words(what, what, what)),
                    body=RESULT_BODY,
                    plain=PLAIN_RESULT,
                    path=f"/dossiers/{dossier.code}",
                    field=name.field if name else "",
                )
                for it in owners.get(dossier.id, [])
            ],
        )

    async def exempted(self, dossier_id: UUID, happening_id: UUID, exemption: Exemption) -> None:
        """Why nothing is to be paid is the owner's alone to know: it may say that somebody is poor, or disabled."""
        dossiers = await self._dossiers([dossier_id])
        owners = await owners_of(self._session, [dossier_id])
        names = await names_of(self._session, list(dossiers.values()))
        notices = []
        for dossier in dossiers.values():
            name = names.get(dossier.id)
            what = name.title if name else dossier.code
            notices += [
                Notice(
                    key=f"exempted/{happening_id}",
                    resident_id=it,
                    topic=Topic.STEPS,
                    subject=f"dossier/{dossier.id}",
                    title=put(EXEMPT, Words(what, what, what)),
                    body=put(EXEMPT_BODY, exemption_says(exemption)),
                    plain=PLAIN,
                    path=f"/dossiers/{dossier.code}",
                    field=name.field if name else "",
                )
                for it in owners.get(dossier.id, [])
            ]
        await notify(self._session, notices)

    async def _dossiers(self, ids: Sequence[UUID]) -> dict[UUID, Dossier]:
        found = await self._session.scalars(select(Dossier).where(Dossier.id.in_(ids)))
        return {dossier.id: dossier for dossier in found}

    async def _owners(self, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
        """Whose dossiers these are, and who follows them."""
        told = await owners_of(self._session, ids)
        following = select(Follower.dossier_id, Follower.resident_id).where(
            Follower.dossier_id.in_(ids), Follower.state == FollowState.FOLLOWING
        )
        for row in await self._session.execute(following):
            there = told.setdefault(row.dossier_id, [])
            if row.resident_id not in there:
                there.append(row.resident_id)
        return told


def _deadline(key: str, resident_id: UUID, dossier: Dossier, answer_by: datetime, name: Named | None) -> Notice:
    office = dossier.handling_unit or dossier.receiving_unit
    return Notice(
        key=key,
        resident_id=resident_id,
        topic=Topic.DUTIES,
        subject=f"dossier/{dossier.id}",
        title=silence.title_of(answer_by, name.title if name else dossier.code, silence=False),
        body=body_of(dossier.status, office, None, answer_by),
        plain=PLAIN_DUTY,
        path=f"/dossiers/{dossier.code}",
        field=name.field if name else "",
    )


def _reminder(resident_id: UUID, dossier: Dossier, name: Named | None) -> Notice:
    return Notice(
        key=f"due/{dossier.id}/{dossier.due_at}",
        resident_id=resident_id,
        topic=Topic.DATES,
        subject=f"dossier/{dossier.id}",
        title=reminder_of(dossier.status, name.title if name else dossier.code),
        body=body_of(
            dossier.status, dossier.handling_unit or dossier.receiving_unit, dossier.due_at, dossier.answer_by
        ),
        plain=PLAIN_DUTY if kind_of(dossier.status).duty else PLAIN_DATE,
        path=f"/dossiers/{dossier.code}",
        field=name.field if name else "",
    )


def _urgent(
    key: str, resident_id: UUID, dossier: Dossier, answer_by: datetime, name: Named | None, now: datetime
) -> Notice:
    """It passes the quiet time: who sleeps through it has agreed."""
    return Notice(
        key=key,
        resident_id=resident_id,
        topic=Topic.DUTIES,
        subject=f"dossier/{dossier.id}",
        title=silence.title_of(answer_by, name.title if name else dossier.code, silence=True),
        body=silence.sentence(answer_by, now),
        plain=silence.PLAIN,
        path=f"/dossiers/{dossier.code}",
        field=name.field if name else "",
        urgent=True,
    )


def _notice(key: str, resident_id: UUID, dossier: Dossier, move: Move, name: Named | None, rings: bool) -> Notice:
    if move.silence and move.answer_by and rings:
        return _urgent(key, resident_id, dossier, move.answer_by, name, datetime.now(UTC))
    kind = kind_of(move.status)
    topic = Topic.DUTIES if kind.duty else Topic.RESULTS if kind.result else Topic.STEPS
    return Notice(
        key=key,
        resident_id=resident_id,
        topic=Topic.DATES if move.only_date else topic,
        subject=f"dossier/{dossier.id}",
        title=title_of(move.status, name.title if name else dossier.code, only_date=move.only_date),
        body=body_of(move.status, dossier.handling_unit or dossier.receiving_unit, move.due_at, move.answer_by),
        plain=PLAIN_DUTY if kind.duty else PLAIN,
        path=f"/dossiers/{dossier.code}",
        field=name.field if name else "",
        rings=rings,
    )
