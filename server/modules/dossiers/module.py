"""The module `dossiers`."""

from datetime import timedelta

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.core.retention import Keep
from server.core.sweep import Shelf
from server.core.words import Words
from server.modules.dossiers.api.calendar import CalendarController
from server.modules.dossiers.api.desk import DeskController, OfficeCodeController
from server.modules.dossiers.api.feeds import FeedController
from server.modules.dossiers.api.following import DeskFollowingController, FollowingController
from server.modules.dossiers.api.intake import IntakeController
from server.modules.dossiers.api.lookup import LookupController
from server.modules.dossiers.api.mine import OwnController
from server.modules.dossiers.commands import demo_dossiers, import_dossiers
from server.modules.dossiers.holding import holding
from server.modules.dossiers.models import Dossier, RefusedEvent
from server.modules.dossiers.reactions import reactions, schedules
from server.modules.dossiers.sealed import SEALED
from server.modules.dossiers.seed import holidays, seed
from server.modules.dossiers.service.calendars import Calendars
from server.modules.dossiers.service.desk import Desk
from server.modules.dossiers.service.elsewhere import Elsewhere
from server.modules.dossiers.service.feeds import Feeds
from server.modules.dossiers.service.figures import Figures
from server.modules.dossiers.service.followers import Followers
from server.modules.dossiers.service.intake import Intake
from server.modules.dossiers.service.lists import Lists
from server.modules.dossiers.service.mine import Own
from server.modules.dossiers.service.offices import Offices
from server.modules.dossiers.service.owner_view import OwnerView
from server.modules.dossiers.service.registry import Registry
from server.modules.dossiers.service.results import FOLDER, Results, named
from server.modules.dossiers.service.slip_texts import SlipTexts
from server.modules.dossiers.service.slips import Slips
from server.modules.dossiers.service.standing import Standings
from server.modules.dossiers.service.views import Views


def calendars(session: NamedDependency[AsyncSession]) -> Calendars:
    return Calendars(session)


def intake(session: NamedDependency[AsyncSession], state: State) -> Intake:
    return Intake(session, state.settings)


def standings(state: State) -> Standings:
    return Standings(state.settings, state.database)


def own(state: State) -> Own:
    return Own(state.database)


def desk(session: NamedDependency[AsyncSession], state: State) -> Desk:
    return Desk(session, state.settings)


def figures(session: NamedDependency[AsyncSession]) -> Figures:
    return Figures(session)


def lists(session: NamedDependency[AsyncSession], state: State) -> Lists:
    return Lists(session, state.settings)


def offices(session: NamedDependency[AsyncSession]) -> Offices:
    return Offices(session)


def registry(session: NamedDependency[AsyncSession], state: State) -> Registry:
    return Registry(session, state.settings)


def results(session: NamedDependency[AsyncSession], state: State) -> Results:
    return Results(session, state.settings)


def owner_view(session: NamedDependency[AsyncSession], state: State) -> OwnerView:
    return OwnerView(session, state.settings)


def followers(session: NamedDependency[AsyncSession], state: State) -> Followers:
    return Followers(session, state.settings)


def elsewhere(session: NamedDependency[AsyncSession]) -> Elsewhere:
    return Elsewhere(session)


def feeds(session: NamedDependency[AsyncSession], state: State) -> Feeds:
    return Feeds(session, state.settings)


def slips(session: NamedDependency[AsyncSession], state: State) -> Slips:
    return Slips(session, state.settings)


def slip_texts(session: NamedDependency[AsyncSession], state: State) -> SlipTexts:
    return SlipTexts(session, state.settings)


def views(session: NamedDependency[AsyncSession], state: State) -> Views:
    return Views(session, state.settings)


module = Module(
    "dossiers",
    controllers=[
        CalendarController,
        IntakeController,
        LookupController,
        FeedController,
        FollowingController,
        OwnController,
        DeskFollowingController,
        DeskController,
        OfficeCodeController,
    ],
    dependencies={
        "calendars": calendars,
        "desk": desk,
        "figures": figures,
        "elsewhere": elsewhere,
        "feeds": feeds,
        "followers": followers,
        "intake": intake,
        "lists": lists,
        "offices": offices,
        "own": own,
        "owner_view": owner_view,
        "registry": registry,
        "results": results,
        "slip_texts": slip_texts,
        "slips": slips,
        "standings": standings,
        "views": views,
    },
    sealed=SEALED,
    keeps=[
        # With it go its reports and its contacts.
        Keep(Dossier, "DOSSIER_DAYS after its end, else kept", lambda now: Dossier.forget_at < now),
        Keep(RefusedEvent, "30 days", lambda now: RefusedEvent.created_at < now - timedelta(days=30)),
    ],
    shelves=[Shelf(FOLDER, named)],
    reactions=reactions,
    schedules=schedules,
    holding=holding,
    commands=[demo_dossiers, import_dossiers],
    permissions={
        "dossiers:read": Words(
            "Xem hồ sơ của đơn vị mình", "See the dossiers of one's own unit", "មើលសំណុំឯកសាររបស់អង្គភាពខ្លួន"
        ),
        "dossiers:register": Words("Tiếp nhận hồ sơ tại quầy", "Register dossiers at the desk", "ទទួលសំណុំឯកសារនៅបញ្ជរ"),
        "dossiers:move": Words(
            "Chuyển bước, yêu cầu bổ sung, hẹn lại và trả kết quả hồ sơ của đơn vị mình",
            "Move the dossiers of one's own unit, ask for papers, give new dates, hand over results",
            "ផ្លាស់ជំហាន ស្នើបន្ថែមឯកសារ ណាត់ថ្មី និងប្រគល់លទ្ធផលសំណុំឯកសាររបស់អង្គភាពខ្លួន",
        ),
        "dossiers:calendar": Words(
            "Xác nhận lịch làm việc và ngày nghỉ của năm",
            "Confirm the days offices work and are closed in a year",
            "បញ្ជាក់ប្រតិទិនធ្វើការ និងថ្ងៃឈប់សម្រាកប្រចាំឆ្នាំ",
        ),
        "dossiers:feeds": Words(
            "Theo dõi trục liên thông và xử lý sự kiện không nhận được",
            "Watch the exchange bus, and deal with events that could not be taken",
            "តាមដានប្រព័ន្ធផ្លាស់ប្តូរ និងដោះស្រាយព្រឹត្តិការណ៍ដែលមិនអាចទទួល",
        ),
        "dossiers:offices": Words(
            "Nhập mã đơn vị và giờ làm việc của các cơ quan",
            "Enter the unit codes and the hours of offices",
            "បញ្ចូលលេខកូដអង្គភាព និងម៉ោងធ្វើការរបស់ការិយាល័យ",
        ),
    },
    reads=[holidays],
    seed=seed,
)
