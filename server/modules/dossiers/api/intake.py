"""What other systems report of dossiers."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.core.access import AnyRequest, Caller, NotAllowed, SignInNeeded, partner
from server.core.problems import InputRefused, Problem, TooLarge, Unavailable, problems
from server.core.words import Language, Words, language_of
from server.modules.dossiers.schemas import EventOutcome, EventOutcomes, EventProblem, ReportedEvent, ReportEvents
from server.modules.dossiers.service.intake import EventRefused, FieldTwice, Intake, Outcome
from server.modules.dossiers.service.reading import event_of

MOST_EVENTS = 500


class BatchTooLarge(Problem):
    status = 413
    title = Words(
        "Mỗi lần gửi nhiều nhất 500 sự kiện",
        "A batch has 500 events at most",
        "ម្តងផ្ញើបានច្រើនបំផុត ៥០០ ព្រឹត្តិការណ៍",
    )


class IntakeController(Controller):
    path = "/dossiers"
    tags = ("dossiers",)

    @post(
        "/events",
        status_code=200,
        guards=[partner("dossiers:intake")],
        request_max_body_size=1024 * 1024,
        responses=problems(InputRefused, SignInNeeded, NotAllowed, TooLarge, BatchTooLarge, Unavailable),
    )
    async def report_events(
        self, request: AnyRequest, data: JSONBody[ReportEvents], intake: NamedDependency[Intake]
    ) -> EventOutcomes:
        """What happened to dossiers, reported by the system that handles them: up to 500 events at once.

        Each event: `source` and `event_id` (together unique: sent again, it is `known`), `code`, `procedure`,
        `status` 1–10, `at` (RFC 3339 with its zone); and where known `receiving_unit`, `handling_unit`, `due_at`,
        `owner_phone`, `owner_id`, `note`, `result_link`, `fee_due` (đồng). What happened later counts, not what
        arrives later. A refused event keeps no other one away; send the whole batch again after a 503.
        """
        if len(data.events) > MOST_EVENTS:
            raise BatchTooLarge
        caller: Caller = request.user
        batch = _read(await request.body())
        outcomes = await intake.take(caller.id, batch)
        language = language_of(request)
        return EventOutcomes(items=[_outcome(place, it, language) for place, it in enumerate(outcomes)])


class _Twice(dict[str, Any]):
    """An object in which a name stood twice: which of both is meant, nobody can tell."""

    field: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) == len(pairs):
        return read
    names = [name for name, _ in pairs]
    twice = _Twice(read)
    twice.field = next(name for name in names if names.count(name) > 1)
    return twice


def _read(body: bytes) -> Sequence[ReportedEvent | EventRefused]:
    """Each event of the batch by itself. Raises InputRefused when the batch itself names a field twice."""
    whole = json.loads(body, object_pairs_hook=_object)
    if isinstance(whole, _Twice):
        raise InputRefused(errors=[])
    return [_event(it) for it in whole["events"]]


def _event(given: dict[str, Any]) -> ReportedEvent | EventRefused:
    if isinstance(given, _Twice):
        return FieldTwice(given.field[:60])
    return event_of(given)


def _outcome(place: int, it: Outcome, language: Language) -> EventOutcome:
    problem = None
    if it.refusal is not None:
        problem = EventProblem(type=it.refusal.type(), title=it.refusal.title.for_(language), field=it.refusal.field)
    result: Literal["taken", "known", "refused"] = "refused" if problem else "known" if it.known else "taken"
    return EventOutcome(index=place, event_id=it.event_id, result=result, flags=list(it.flags), problem=problem)
