"""The module `feedback`."""

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.core.sweep import Shelf
from server.core.words import Words
from server.modules.feedback.api.desk import ReportDeskController
from server.modules.feedback.api.open311 import Open311Controller
from server.modules.feedback.api.public import PublicReportsController
from server.modules.feedback.api.reports import ReportsController
from server.modules.feedback.holding import holding
from server.modules.feedback.reactions import reactions, schedules
from server.modules.feedback.sealed import SEALED
from server.modules.feedback.seed import categories, seed
from server.modules.feedback.service import photos, videos
from server.modules.feedback.service.categories import Categories, Templates
from server.modules.feedback.service.desk import Desk
from server.modules.feedback.service.export import Export
from server.modules.feedback.service.leaders import Leaders
from server.modules.feedback.service.open311 import Open311
from server.modules.feedback.service.own import OwnReports
from server.modules.feedback.service.people import KEEP
from server.modules.feedback.service.photos import Photos
from server.modules.feedback.service.public import Public
from server.modules.feedback.service.queue import Queue
from server.modules.feedback.service.reports import Reports
from server.modules.feedback.service.videos import Videos
from server.modules.feedback.snapshot import feedback_snapshot, figures_snapshot


def field_reports(session: NamedDependency[AsyncSession], state: State) -> Reports:
    return Reports(session, state.settings)


def own_reports(session: NamedDependency[AsyncSession], state: State) -> OwnReports:
    return OwnReports(session, state.settings)


def report_photos(session: NamedDependency[AsyncSession], state: State) -> Photos:
    return Photos(session, state.settings)


def public_reports(session: NamedDependency[AsyncSession], state: State) -> Public:
    return Public(session, state.settings)


def report_desk(session: NamedDependency[AsyncSession], state: State) -> Desk:
    return Desk(session, state.settings)


def report_queue(session: NamedDependency[AsyncSession], state: State) -> Queue:
    return Queue(session, state.settings)


def report_leaders(session: NamedDependency[AsyncSession], state: State) -> Leaders:
    return Leaders(session, state.settings)


def open311(session: NamedDependency[AsyncSession], state: State) -> Open311:
    return Open311(session, state.settings)


def report_videos(session: NamedDependency[AsyncSession], state: State) -> Videos:
    return Videos(session, state.settings)


def report_export(session: NamedDependency[AsyncSession], state: State) -> Export:
    return Export(session, state.settings)


def report_categories(session: NamedDependency[AsyncSession]) -> Categories:
    return Categories(session)


def report_answers(session: NamedDependency[AsyncSession]) -> Templates:
    return Templates(session)


module = Module(
    "feedback",
    controllers=[ReportsController, PublicReportsController, ReportDeskController],
    standards=[Open311Controller],
    dependencies={
        "field_reports": field_reports,
        "own_reports": own_reports,
        "report_photos": report_photos,
        "public_reports": public_reports,
        "report_desk": report_desk,
        "report_queue": report_queue,
        "report_videos": report_videos,
        "report_export": report_export,
        "open311": open311,
        "report_categories": report_categories,
        "report_answers": report_answers,
        "report_leaders": report_leaders,
    },
    keeps=[KEEP],
    shelves=[Shelf(photos.FOLDER, photos.named), Shelf(videos.FOLDER, videos.named)],
    reactions=reactions,
    schedules=schedules,
    snapshots=[feedback_snapshot, figures_snapshot],
    sealed=SEALED,
    holding=holding,
    permissions={
        "feedback:handle": Words(
            "Xem và xử lý phản ánh được giao cho đơn vị mình",
            "See and handle the reports given to one's own unit",
            "មើល និងដោះស្រាយរបាយការណ៍ដែលប្រគល់ឱ្យអង្គភាពខ្លួន",
        ),
        "feedback:triage": Words(
            "Đầu mối: xem mọi phản ánh, phân loại, giao việc, gộp, từ chối",
            "The hub: see all reports, sort and assign them, join and dismiss them",
            "មជ្ឈមណ្ឌល៖ មើលរបាយការណ៍ទាំងអស់ ចាត់ថ្នាក់ ប្រគល់ បញ្ចូល និងបដិសេធ",
        ),
        "feedback:categories": Words(
            "Sửa lĩnh vực phản ánh và câu trả lời mẫu",
            "Change the fields of reports and the prepared answers",
            "កែវិស័យរបាយការណ៍ និងចម្លើយគំរូ",
        ),
    },
    reads=[categories],
    seed=seed,
)
