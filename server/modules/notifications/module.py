"""The module `notifications`."""

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.modules.notifications.api.devices import NotificationController
from server.modules.notifications.reactions import reactions, schedules
from server.modules.notifications.sealed import SEALED
from server.modules.notifications.seed import seed
from server.modules.notifications.service.devices import Devices, opens
from server.modules.notifications.service.messages import KEEPS, Messages


def devices(session: NamedDependency[AsyncSession], state: State) -> Devices:
    return Devices(session, state.settings)


def messages(session: NamedDependency[AsyncSession], state: State) -> Messages:
    return Messages(session, state.settings)


module = Module(
    "notifications",
    controllers=[NotificationController],
    dependencies={"devices": devices, "messages": messages},
    reactions=reactions,
    keeps=KEEPS,
    sealed=SEALED,
    schedules=schedules,
    seed=seed,
    fits=opens,
)
