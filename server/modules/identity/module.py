"""What identity hands to the application."""

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import AnyRequest
from server.core.module import Module
from server.core.words import Words
from server.modules.identity.api.callers import recognise_caller
from server.modules.identity.api.cookies import SESSION
from server.modules.identity.api.partners import PartnerController
from server.modules.identity.api.passkeys import PasskeyController
from server.modules.identity.api.profile import ProfileController
from server.modules.identity.api.proofs import ProofController
from server.modules.identity.api.recovery import RecoveryController
from server.modules.identity.api.roles import RoleController
from server.modules.identity.api.session import SessionController
from server.modules.identity.api.staff import StaffController
from server.modules.identity.api.staff_sign_in import StaffSignInController
from server.modules.identity.api.vneid import VneidController
from server.modules.identity.commands import demo_accounts, staff
from server.modules.identity.holding import holding
from server.modules.identity.reactions import reactions, schedules
from server.modules.identity.rules.sessions import ADMINISTER, RECOVER
from server.modules.identity.sealed import SEALED
from server.modules.identity.seed import seed
from server.modules.identity.service.ceremonies import KEEPS as KEEP_CEREMONIES
from server.modules.identity.service.codes import KEEP as KEEP_CODES
from server.modules.identity.service.codes import PhoneCodes
from server.modules.identity.service.demonstration import refuse_demonstration
from server.modules.identity.service.federated import Federated
from server.modules.identity.service.links import Links
from server.modules.identity.service.partners import KEEP as KEEP_KEYS
from server.modules.identity.service.partners import Partners
from server.modules.identity.service.passkeys import Passkeys
from server.modules.identity.service.proofs import Proofs
from server.modules.identity.service.recoveries import Recoveries
from server.modules.identity.service.residents import Residents
from server.modules.identity.service.roles import Roles
from server.modules.identity.service.sessions import KEEPS as KEEP_SESSIONS
from server.modules.identity.service.sessions import Sessions
from server.modules.identity.service.staff import StaffAccounts
from server.modules.identity.service.staff_sign_ins import StaffSignIns


def codes(session: NamedDependency[AsyncSession], state: State) -> PhoneCodes:
    return PhoneCodes(session, state.settings, state.database)


def federated(session: NamedDependency[AsyncSession], state: State) -> Federated:
    return Federated(session, state.settings, state.database)


def residents(session: NamedDependency[AsyncSession], state: State) -> Residents:
    return Residents(session, state.settings)


def partners(session: NamedDependency[AsyncSession], state: State) -> Partners:
    return Partners(session, state.settings)


def sessions(session: NamedDependency[AsyncSession], request: AnyRequest) -> Sessions:
    return Sessions(session, before=request.cookies.get(SESSION, ""))


def links(session: NamedDependency[AsyncSession], state: State) -> Links:
    return Links(session, state.settings)


def passkeys(session: NamedDependency[AsyncSession], state: State) -> Passkeys:
    return Passkeys(session, state.settings)


def proofs(session: NamedDependency[AsyncSession], state: State) -> Proofs:
    return Proofs(session, state.settings, state.database)


def recoveries(session: NamedDependency[AsyncSession], state: State) -> Recoveries:
    return Recoveries(session, state.settings, state.database)


def roles(session: NamedDependency[AsyncSession]) -> Roles:
    return Roles(session)


def staff_accounts(session: NamedDependency[AsyncSession], state: State) -> StaffAccounts:
    return StaffAccounts(session, state.settings)


def staff_sign_ins(session: NamedDependency[AsyncSession], state: State) -> StaffSignIns:
    return StaffSignIns(session, state.settings, state.database)


module = Module(
    "identity",
    controllers=[
        SessionController,
        ProfileController,
        VneidController,
        PartnerController,
        PasskeyController,
        ProofController,
        RecoveryController,
        RoleController,
        StaffController,
        StaffSignInController,
    ],
    dependencies={
        "codes": codes,
        "federated": federated,
        "links": links,
        "partners": partners,
        "passkeys": passkeys,
        "proofs": proofs,
        "recoveries": recoveries,
        "residents": residents,
        "roles": roles,
        "sessions": sessions,
        "staff_accounts": staff_accounts,
        "staff_sign_ins": staff_sign_ins,
    },
    reactions=reactions,
    schedules=schedules,
    keeps=[*KEEP_CEREMONIES, KEEP_CODES, KEEP_KEYS, *KEEP_SESSIONS],
    sealed=SEALED,
    commands=[staff, demo_accounts],
    holding=holding,
    recognise=recognise_caller,
    permissions={
        ADMINISTER: Words(
            "Quản lý tài khoản cán bộ và vai trò", "Manage staff accounts and roles", "គ្រប់គ្រងគណនីមន្ត្រី និងតួនាទី"
        ),
        RECOVER: Words(
            "Giúp người dân mất điện thoại lấy lại tài khoản tại quầy",
            "Help residents at a desk who have lost their phone",
            "ជួយប្រជាពលរដ្ឋដែលបាត់ទូរស័ព្ទយកគណនីមកវិញនៅបញ្ជរ",
        ),
    },
    seed=seed,
    fits=refuse_demonstration,
)
