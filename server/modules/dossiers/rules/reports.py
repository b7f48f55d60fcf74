"""What a report of another system changes. Reports are ordered by when something happened, not by when we heard."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from server.modules.dossiers.rules.statuses import Status, is_closed, is_over, may_move

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far in the future an event may lie: the clocks of two systems differ."""

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

Source = tuple[UUID, str]
"""The partner that reported, and how it calls the system it speaks for."""

NOBODY, A_FILE, THE_BUS = (UUID(int=number) for number in range(3))
"""Who reported what no partner did: a demonstration is filled with it, an operator's file, the exchange bus."""


class Flag(StrEnum):
    """Why a report was taken but is remarkable."""

    UNEXPECTED_MOVE = "unexpected-move"
    SECOND_SOURCE = "second-source"
    UNKNOWN_PROCEDURE = "unknown-procedure"
    LINK_REFUSED = "link-refused"
    NO_CONTACT = "no-contact"
    ANSWERED = "answered"


REMARKS = tuple(it for it in Flag if it is not Flag.ANSWERED)
"""Those that somebody at the desk should know of."""


class Report(NamedTuple):
    """One thing that happened to a dossier, as far as it decides where the dossier stands."""

    at: datetime
    status: Status
    source: Source
    receiving_unit: str | None = None
    handling_unit: str | None = None
    due_at: datetime | None = None
    counts: bool = True
    """False: another source already speaks for this stage of the dossier."""
    answer_by: datetime | None = None
    """By when the resident must answer; `silence`: without an answer they are taken to agree."""
    silence: bool = False
    answered: bool = False
    """What was asked of them is done."""


class Standing(NamedTuple):
    status: Status
    status_at: datetime
    receiving_unit: str | None
    handling_unit: str | None
    due_at: datetime | None
    answer_by: datetime | None = None
    silence: bool = False


def only_date(before: Standing | None, now: Standing) -> bool:
    """Whether nothing but the due date became another one."""
    return before is not None and before != now and before._replace(due_at=now.due_at) == now


class Step(NamedTuple):
    """The dossier's status became this one."""

    at: datetime
    status: Status


def _in_order(reports: Iterable[Report]) -> list[Report]:
    return sorted((it for it in reports if it.counts), key=_age)


def _age(it: Report | Step) -> tuple[datetime, int]:
    # Two of the same instant: the later status is the newer one, whichever of them came first.
    return it.at, it.status.number


def standing(reports: Iterable[Report]) -> Standing | None:
    """Where the dossier stands after these reports, in whatever order they came; what a newer one leaves out stays."""
    found: Standing | None = None
    for it in _in_order(reports):
        moved = found is None or it.status is not found.status
        # What was asked is asked until the dossier moves on, or somebody says that it was answered.
        asked: Report | Standing | None = it if it.answer_by else None if moved or it.answered else found
        found = Standing(
            it.status,
            it.at if moved or found is None else found.status_at,
            it.receiving_unit or (found.receiving_unit if found else None),
            it.handling_unit or (found.handling_unit if found else None),
            it.due_at or (found.due_at if found else None),
            asked.answer_by if asked else None,
            asked.silence if asked else False,
        )
    return found


def steps(reports: Iterable[Report]) -> list[Step]:
    """The way of the dossier: each time its status became another one."""
    return way(Step(it.at, it.status) for it in reports if it.counts)


def way(said: Iterable[Step]) -> list[Step]:
    """The same of what was said of its status, in whatever order and however often."""
    found: list[Step] = []
    for it in sorted(said, key=_age):
        if not found or found[-1].status is not it.status:
            found.append(it)
    return found


def received_at(taken: Sequence[Step]) -> datetime:
    """When an office took it in: by its way, which is not empty; since what was first said, where nobody said so."""
    return next((it.at for it in taken if it.status is Status.ACCEPTED), taken[0].at)


class Course(NamedTuple):
    """What a desk keeps of the way of a dossier, whoever moved it.

    `ended_at`: since when it is over, `closed_at`: since when nobody has anything left to do; None while not so.
    `supplements`: how often papers were asked for.
    """

    ended_at: datetime | None
    closed_at: datetime | None
    supplements: int


def course(reports: Iterable[Report]) -> Course:
    taken = steps(reports)
    ended_at = closed_at = None
    for it in taken:
        ended_at = (ended_at or it.at) if is_over(it.status) else None
        closed_at = (closed_at or it.at) if is_closed(it.status) else None
    return Course(ended_at, closed_at, sum(it.status is Status.PAPERS_NEEDED for it in taken))


def is_second_source(before: Sequence[Report], new: Report) -> bool:
    """Whether another source was the first to report this stage of this dossier: one source speaks for each."""
    return any(it.counts and it.status is new.status and it.source != new.source for it in before)


def is_unexpected(before: Sequence[Report], new: Report) -> bool:
    """Whether the table of moves has no way from the report before it (by time) to this one."""
    earlier = [it for it in _in_order([*before, new]) if (it.at, it.status.number) < (new.at, new.status.number)]
    return bool(earlier) and earlier[-1].status is not new.status and not may_move(earlier[-1].status, new.status)


def plausible(moment: datetime) -> bool:
    return _EARLIEST <= moment <= _LATEST


def phone_digits(text: str) -> str | None:
    """A Vietnamese phone number as it is dialled at home; None when it cannot be one."""
    digits = re.sub(r"[\s.()-]", "", text)
    digits = re.sub(r"^(?:\+84|84(?=\d{9}))0?", "0", digits)
    return digits if re.fullmatch(r"0[0-9]{8,10}", digits) else None


def id_digits(text: str) -> str | None:
    """A personal number of 12 digits, or an identity card number of 9; None for anything else."""
    digits = re.sub(r"[\s.]", "", text)
    return digits if re.fullmatch(r"[0-9]{9}|[0-9]{12}", digits) else None


def names_a_phone(unit: str) -> bool:
    """Whether an office's name carries a number to ring: residents are told the office, never an officer's phone."""
    return bool(re.search(r"[0-9](?:[\s.()-]?[0-9]){7}", unit))


_ADDRESSED = {
    Status.NOT_ACCEPTED,
    Status.PAPERS_NEEDED,
    Status.PAYMENT_NEEDED,
    Status.STOPPED,
    Status.DONE,
    Status.HANDED_OVER,
}
_PHONE = re.compile(r"(?<![0-9.])(?:\+84|0)(?:[\s.()-]?[0-9]){8,10}(?![0-9])")


def note_for_the_owner(status: Status, note: str, *, asks: bool) -> str:
    """What another system wrote, as far as it is meant for whoever waits: what officers note for each other while they
    work is not, and nobody is given an officer's phone.
    """
    return _PHONE.sub("…", note) if asks or status in _ADDRESSED else ""


def national_code(procedure: str) -> str:
    """1.001776.000.00.00.H12 → 1.001776: the national part of a procedure's code."""
    found = re.match(r"[0-9]\.[0-9]{6}(?![0-9])", procedure)
    return found[0] if found else procedure
