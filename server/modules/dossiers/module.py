"""The module `dossiers`."""

from datetime import timedelta

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.core.retention import Keep
from server.modules.dossiers.api.intake import IntakeController
from server.modules.dossiers.api.lookup import LookupController
from server.modules.dossiers.api.mine import OwnController
from server.modules.dossiers.commands import demo_dossiers, import_dossiers
from server.modules.dossiers.holding import holding
from server.modules.dossiers.models import Dossier, RefusedEvent
from server.modules.dossiers.reactions import reactions, schedules
from server.modules.dossiers.sealed import SEALED
from server.modules.dossiers.seed import seed
from server.modules.dossiers.service.intake import Intake
from server.modules.dossiers.service.mine import Own
from server.modules.dossiers.service.standing import Standings


def intake(session: NamedDependency[AsyncSession], state: State) -> Intake:
    return Intake(session, state.settings)


def standings(session: NamedDependency[AsyncSession], state: State) -> Standings:
    return Standings(session, state.settings, state.database)


def own(session: NamedDependency[AsyncSession], state: State, standings: NamedDependency[Standings]) -> Own:
    return Own(session, state.settings, standings)


module = Module(
    "dossiers",
    controllers=[IntakeController, LookupController, OwnController],
    dependencies={"intake": intake, "standings": standings, "own": own},
    sealed=SEALED,
    keeps=[
        # With it go its reports and its contacts.
        Keep(Dossier, "DOSSIER_DAYS after its end, else kept", lambda now: Dossier.forget_at < now),
        Keep(RefusedEvent, "30 days", lambda now: RefusedEvent.created_at < now - timedelta(days=30)),
    ],
    reactions=reactions,
    schedules=schedules,
    holding=holding,
    commands=[demo_dossiers, import_dossiers],
    seed=seed,
)
