"""That somebody can always administer: the rule every change of accounts and roles keeps."""

from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller, NotAllowed
from server.core.audit import Actor
from server.core.database import one_at_a_time
from server.core.problems import Problem
from server.core.words import Words
from server.modules.identity.models import Staff
from server.modules.identity.rules.sessions import ADMINISTER
from server.modules.identity.service.living import having


class LastAdministrator(Problem):
    title = Words(
        "Đây là quản trị viên cuối cùng. Hãy giao quyền quản trị cho người khác trước",
        "This is the last administrator. Let somebody else administer first",
        "នេះជាអ្នកគ្រប់គ្រងចុងក្រោយ។ សូមប្រគល់សិទ្ធិគ្រប់គ្រងឱ្យអ្នកផ្សេងជាមុនសិន",
    )


class NotForYourself(Problem):
    status = 403
    title = Words(
        "Không ai tự cấp quyền cho chính mình. Hãy nhờ một quản trị viên khác",
        "Nobody gives a right to themselves. Ask another administrator",
        "គ្មាននរណាអាចផ្តល់សិទ្ធិឱ្យខ្លួនឯងបានទេ។ សូមសុំអ្នកគ្រប់គ្រងម្នាក់ទៀត",
    )


async def take_turn(session: AsyncSession, by: Actor | None) -> None:
    """One change of accounts and roles at a time. Raises NotAllowed to whoever may administer no more.

    Two administrators who take each other's right away at once would both find another one left; and whoever waited
    here may have lost the right to the one before.
    """
    await one_at_a_time(session, "identity-administration")
    if isinstance(by, Caller) and await session.scalar(_administrators(session).where(Staff.id == by.id)) is None:
        raise NotAllowed


async def refuse_to_leave_none(session: AsyncSession) -> None:
    """After a change that may have taken administration away. Raises LastAdministrator."""
    await session.flush()
    if await session.scalar(_administrators(session).limit(1)) is None:
        raise LastAdministrator


def _administrators(session: AsyncSession) -> Select[UUID]:
    return having(session.info["settings"], ADMINISTER)
