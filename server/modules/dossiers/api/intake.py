"""What other systems report of dossiers."""

from typing import Any, Literal

from litestar import Controller, Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.core.access import AnyRequest, Caller, NotAllowed, SignInNeeded, partner
from server.core.problems import CANNOT_READ, InputRefused, Problem, TooLarge, Unavailable, problems
from server.core.wire import Twice
from server.core.words import Language, Words, language_of
from server.modules.dossiers.rules.given import read
from server.modules.dossiers.schemas import EventOutcome, EventOutcomes, EventProblem, ReportEvents
from server.modules.dossiers.service.intake import Intake, Outcome
from server.modules.dossiers.service.reading import event_of

MOST_EVENTS = 500


class BatchTooLarge(Problem):
    status = 413
    title = Words(
        "Mỗi lần gửi nhiều nhất 500 sự kiện",
        "A batch has 500 events at most",
        "ម្តងផ្ញើបានច្រើនបំផុត ៥០០ ព្រឹត្តិការណ៍",
    )


class _Batch(Request[Any, Any, State]):
    """Read leniently: what is wrong with one event is said of that one."""

    async def json(self) -> Any:
        try:
            batch = read(await self.body())
        except ValueError:
            raise InputRefused(CANNOT_READ, errors=[]) from None
        if isinstance(batch, Twice):
            raise InputRefused(errors=[])
        return batch


class IntakeController(Controller):
    path = "/dossiers"
    tags = ("dossiers",)

    @post(
        "/events",
        status_code=200,
        guards=[partner("dossiers:intake")],
        request_class=_Batch,
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
        batch = [event_of(it) for it in data.events]
        outcomes = await intake.take(caller.id, batch)
        language = language_of(request)
        return EventOutcomes(items=[_outcome(place, it, language) for place, it in enumerate(outcomes)])


def _outcome(place: int, it: Outcome, language: Language) -> EventOutcome:
    problem = None
    if it.refusal is not None:
        problem = EventProblem(type=it.refusal.type(), title=it.refusal.title.for_(language), field=it.refusal.field)
    result: Literal["taken", "known", "refused"] = "refused" if problem else "known" if it.known else "taken"
    return EventOutcome(index=place, event_id=it.event_id, result=result, flags=list(it.flags), problem=problem)
