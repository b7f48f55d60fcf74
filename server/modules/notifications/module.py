"""The module `notifications`."""

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.modules.notifications.api.addresses import AddressController
from server.modules.notifications.api.devices import DeviceController
from server.modules.notifications.api.following import FollowingController
from server.modules.notifications.api.inbox import InboxController
from server.modules.notifications.api.preferences import PreferenceController
from server.modules.notifications.api.stream import StreamController
from server.modules.notifications.api.work import WorkController
from server.modules.notifications.holding import holding
from server.modules.notifications.reactions import reactions, schedules
from server.modules.notifications.sealed import SEALED
from server.modules.notifications.seed import seed
from server.modules.notifications.service.addresses import KEEPS as KEEP_ADDRESSES
from server.modules.notifications.service.addresses import Addresses
from server.modules.notifications.service.announcing import KEEPS as KEEP_ANNOUNCEMENTS
from server.modules.notifications.service.colleagues import Colleagues
from server.modules.notifications.service.devices import Devices, opens
from server.modules.notifications.service.following import Following
from server.modules.notifications.service.inbox import KEEP as KEEP_ENTRIES
from server.modules.notifications.service.inbox import Inbox
from server.modules.notifications.service.messages import KEEPS, Messages
from server.modules.notifications.service.preferences import Preferences
from server.modules.notifications.service.topics import topics_of


def devices(session: NamedDependency[AsyncSession], state: State) -> Devices:
    return Devices(session, state.settings)


def messages(session: NamedDependency[AsyncSession], state: State) -> Messages:
    return Messages(session, state.settings)


def following(session: NamedDependency[AsyncSession], state: State) -> Following:
    return Following(session, state.settings)


def inbox(session: NamedDependency[AsyncSession], state: State) -> Inbox:
    return Inbox(session, state.settings, state.database)


def addresses(session: NamedDependency[AsyncSession], state: State) -> Addresses:
    return Addresses(session, state.settings)


def colleagues(session: NamedDependency[AsyncSession], state: State) -> Colleagues:
    return Colleagues(session, state.settings)


def preferences(session: NamedDependency[AsyncSession]) -> Preferences:
    return Preferences(session)


module = Module(
    "notifications",
    controllers=[
        AddressController,
        DeviceController,
        FollowingController,
        InboxController,
        PreferenceController,
        StreamController,
        WorkController,
    ],
    dependencies={
        "addresses": addresses,
        "colleagues": colleagues,
        "devices": devices,
        "following": following,
        "messages": messages,
        "inbox": inbox,
        "preferences": preferences,
    },
    reactions=reactions,
    keeps=[*KEEPS, *KEEP_ADDRESSES, *KEEP_ANNOUNCEMENTS, KEEP_ENTRIES],
    sealed=SEALED,
    holding=holding,
    schedules=schedules,
    reads=[topics_of],
    seed=seed,
    fits=opens,
)
