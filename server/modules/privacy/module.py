"""What privacy hands to the application."""

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.core.words import Words
from server.modules.privacy.api import PrivacyController, PrivacyDeskController
from server.modules.privacy.holding import holding
from server.modules.privacy.reactions import reactions
from server.modules.privacy.sealed import SEALED
from server.modules.privacy.service.consents import Consents
from server.modules.privacy.service.journal import Journal
from server.modules.privacy.service.requests import KEEPS, Requests


def consents(session: NamedDependency[AsyncSession]) -> Consents:
    return Consents(session)


def requests(session: NamedDependency[AsyncSession], state: State) -> Requests:
    return Requests(session, state.settings)


def journal(session: NamedDependency[AsyncSession]) -> Journal:
    return Journal(session)


module = Module(
    "privacy",
    controllers=[PrivacyController, PrivacyDeskController],
    dependencies={"consents": consents, "requests": requests, "journal": journal},
    reactions=reactions,
    keeps=KEEPS,
    sealed=SEALED,
    holding=holding,
    permissions={
        "privacy:decide": Words(
            "Trả lời yêu cầu của người dân về dữ liệu cá nhân",
            "Answer what residents ask about their data",
            "ឆ្លើយសំណើរបស់ប្រជាពលរដ្ឋអំពីទិន្នន័យផ្ទាល់ខ្លួន",
        ),
        "privacy:audit": Words("Đọc nhật ký kiểm toán", "Read the audit log", "អានកំណត់ហេតុសវនកម្ម"),
    },
)
