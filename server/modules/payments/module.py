"""The module `payments`."""

from datetime import timedelta

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Database
from server.core.module import Module
from server.core.retention import Keep
from server.core.words import Words
from server.modules.payments.api.desk import PaymentDeskController
from server.modules.payments.api.partners import PartnerController
from server.modules.payments.api.residents import PayerController
from server.modules.payments.api.tables import TableController
from server.modules.payments.commands import compare_statement, demo_bank
from server.modules.payments.holding import holding
from server.modules.payments.models import Attempt, Finding
from server.modules.payments.reactions import reactions, schedules
from server.modules.payments.rules.states import AttemptState
from server.modules.payments.sealed import SEALED
from server.modules.payments.seed import seed
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.beginning import Beginning
from server.modules.payments.service.charges import Charges, Mine
from server.modules.payments.service.confirmations import Confirmations
from server.modules.payments.service.desk import PaymentDesk
from server.modules.payments.service.notices import Incoming, Notices
from server.modules.payments.service.refunds import Refunds
from server.modules.payments.service.statements import Statements
from server.modules.payments.service.tables import Tables
from server.modules.payments.service.views import Showing, Views

_WITHOUT_MONEY = (AttemptState.FAILED, AttemptState.EXPIRED, AttemptState.CANCELLED)
_A_YEAR = timedelta(days=365)


def attempts(session: NamedDependency[AsyncSession], state: State) -> Attempts:
    return Attempts(session, state.settings)


def charges(session: NamedDependency[AsyncSession], state: State) -> Charges:
    return Charges(session, state.settings)


def confirmations(state: State) -> Confirmations:
    return Confirmations(state.settings)


def mine(session: NamedDependency[AsyncSession], state: State) -> Mine:
    return Mine(session, state.settings, state.database)


def beginning(state: State) -> Beginning:
    """One of the process, for all its requests."""
    database: Database = state.database
    return database.once("beginning", lambda: Beginning(database, state.settings))


def incoming(state: State) -> Incoming:
    """One of the process, for all its requests."""
    database: Database = state.database
    return database.once("incoming", lambda: Incoming(database, state.settings))


def notices(session: NamedDependency[AsyncSession], state: State) -> Notices:
    return Notices(session, state.settings)


def payment_desk(session: NamedDependency[AsyncSession], state: State) -> PaymentDesk:
    return PaymentDesk(session, state.settings)


def payment_views(session: NamedDependency[AsyncSession], state: State) -> Views:
    return Views(session, state.settings)


def refunds(session: NamedDependency[AsyncSession]) -> Refunds:
    return Refunds(session)


def showing(state: State) -> Showing:
    return Showing(state.settings)


def statements(session: NamedDependency[AsyncSession], state: State) -> Statements:
    return Statements(session, state.settings)


def tables(session: NamedDependency[AsyncSession], state: State) -> Tables:
    return Tables(session, state.settings)


module = Module(
    "payments",
    controllers=[PartnerController, PayerController, PaymentDeskController, TableController],
    dependencies={
        "attempts": attempts,
        "beginning": beginning,
        "charges": charges,
        "confirmations": confirmations,
        "incoming": incoming,
        "mine": mine,
        "notices": notices,
        "payment_desk": payment_desk,
        "payment_views": payment_views,
        "refunds": refunds,
        "showing": showing,
        "statements": statements,
        "tables": tables,
    },
    sealed=SEALED,
    # Charges and the ledger stay: no law we read says that accounts may go, and the ledger refuses it.
    keeps=[
        Keep(
            Attempt,
            "a year after it ended without money",
            lambda now: Attempt.state.in_(_WITHOUT_MONEY) & (Attempt.ended_at < now - _A_YEAR),
        ),
        Keep(Finding, "a year after somebody closed it", lambda now: Finding.closed_at < now - _A_YEAR),
    ],
    reactions=reactions,
    schedules=schedules,
    holding=holding,
    commands=[compare_statement, demo_bank],
    seed=seed,
    permissions={
        "payments:read": Words(
            "Xem các khoản thu của đơn vị mình", "See the charges of one's own unit", "មើលចំនួនត្រូវប្រមូលរបស់អង្គភាពខ្លួន"
        ),
        "payments:cash": Words(
            "Thu tiền mặt tại quầy và chốt sổ ngày",
            "Take cash at the desk and close the day",
            "ទទួលសាច់ប្រាក់នៅបញ្ជរ និងបិទបញ្ជីប្រចាំថ្ងៃ",
        ),
        "payments:raise": Words(
            "Lập khoản thu của đơn vị mình từ bảng tính",
            "Raise the bills of one's own unit from a spreadsheet",
            "បង្កើតវិក្កយបត្ររបស់អង្គភាពខ្លួនពីតារាង",
        ),
        "payments:refund": Words("Yêu cầu hoàn tiền", "Ask for refunds", "ស្នើសងប្រាក់"),
        "payments:approve": Words(
            "Duyệt hoàn tiền do người khác yêu cầu",
            "Decide refunds that somebody else asked for",
            "សម្រេចលើការសងប្រាក់ដែលអ្នកផ្សេងបានស្នើ",
        ),
        "payments:reconcile": Words(
            "Đối soát, xem sổ cái và các khoản thu của mọi đơn vị",
            "Reconcile, read the ledger and the charges of every unit",
            "ផ្ទៀងផ្ទាត់ មើលបញ្ជីធំ និងចំនួនរបស់គ្រប់អង្គភាព",
        ),
    },
)
