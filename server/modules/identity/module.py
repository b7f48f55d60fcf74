"""What identity hands to the application."""

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.core.words import Words
from server.modules.identity.api.callers import recognise_caller
from server.modules.identity.api.partners import PartnerController
from server.modules.identity.api.profile import ProfileController
from server.modules.identity.api.session import SessionController
from server.modules.identity.api.vneid import VneidController
from server.modules.identity.holding import holding
from server.modules.identity.reactions import reactions, schedules
from server.modules.identity.seed import seed
from server.modules.identity.service.ceremonies import KEEPS as KEEP_CEREMONIES
from server.modules.identity.service.codes import KEEP as KEEP_CODES
from server.modules.identity.service.codes import PhoneCodes
from server.modules.identity.service.federated import Federated
from server.modules.identity.service.partners import Partners
from server.modules.identity.service.residents import Residents
from server.modules.identity.service.sessions import KEEP as KEEP_SESSIONS
from server.modules.identity.service.sessions import Sessions


def codes(session: NamedDependency[AsyncSession], state: State) -> PhoneCodes:
    return PhoneCodes(session, state.settings, state.database)


def federated(session: NamedDependency[AsyncSession], state: State) -> Federated:
    return Federated(session, state.settings)


def residents(session: NamedDependency[AsyncSession], state: State) -> Residents:
    return Residents(session, state.settings)


def partners(session: NamedDependency[AsyncSession], state: State) -> Partners:
    return Partners(session, state.settings)


def sessions(session: NamedDependency[AsyncSession]) -> Sessions:
    return Sessions(session)


module = Module(
    "identity",
    controllers=[SessionController, ProfileController, VneidController, PartnerController],
    dependencies={
        "codes": codes,
        "federated": federated,
        "partners": partners,
        "residents": residents,
        "sessions": sessions,
    },
    reactions=reactions,
    schedules=schedules,
    keeps=[*KEEP_CEREMONIES, KEEP_CODES, KEEP_SESSIONS],
    holding=holding,
    recognise=recognise_caller,
    permissions={
        "identity:administer": Words(
            "Quản lý tài khoản cán bộ và vai trò", "Manage staff accounts and roles", "គ្រប់គ្រងគណនីមន្ត្រី និងតួនាទី"
        ),
    },
    seed=seed,
)
