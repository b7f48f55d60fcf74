"""Where a dossier stands, for whoever holds its slip."""

from datetime import UTC, datetime
from typing import Literal, cast

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.core.access import AnyRequest, anyone
from server.core.limits import at_most
from server.core.problems import InputRefused, TooManyRequests, Unavailable, problems
from server.core.words import Language, language_of
from server.modules.dossiers.rules.silence import sentence
from server.modules.dossiers.rules.statuses import MEANING, is_over
from server.modules.dossiers.schemas import DossierStanding, LookUpDossier, step_of
from server.modules.dossiers.service.standing import DossierNotFound, Found, Standings


class LookupController(Controller):
    path = "/dossiers"
    tags = ("dossiers",)

    @post(
        "/lookup",
        status_code=200,
        guards=[anyone, at_most(10, per=3600, rule="dossier-lookup")],
        responses=problems(InputRefused, DossierNotFound, TooManyRequests, Unavailable),
    )
    async def look_up_dossier(
        self, request: AnyRequest, data: JSONBody[LookUpDossier], standings: NamedDependency[Standings]
    ) -> DossierStanding:
        """Where a dossier stands, for whoever knows its code and the last four digits given at the desk.

        A code nobody has and digits that are wrong get the same answer. Ten times an hour from one network; after
        five wrong attempts at one code it is closed for a day.
        """
        found = await standings.look_up(data.code, data.last_digits)
        return standing_of(found, language_of(request))


def standing_of(found: Found, language: Language) -> DossierStanding:
    dossier, meaning = found.dossier, MEANING[found.dossier.status]
    yours = meaning.yours
    if dossier.silence and dossier.answer_by and not is_over(dossier.status):
        yours = sentence(dossier.answer_by, datetime.now(UTC))
    clock = "over" if is_over(dossier.status) else "stopped" if found.clock.stopped else "running"
    return DossierStanding(
        code=dossier.code,
        status=dossier.status,
        number=dossier.status.number,
        name=meaning.name.for_(language),
        says=meaning.says.for_(language),
        next=meaning.next and meaning.next.for_(language),
        yours=yours and yours.for_(language),
        office=dossier.handling_unit or dossier.receiving_unit,
        since=dossier.status_at,
        due_at=dossier.due_at,
        answer_by=dossier.answer_by,
        silence=dossier.silence,
        clock=cast(Literal["running", "stopped", "over"], clock),
        late=found.clock.late,
        days_left=found.clock.days_left,
        on_time_percent=found.on_time,
        steps=[step_of(step.status, step.at, language) for step in found.steps],
    )
