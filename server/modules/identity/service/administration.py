"""That somebody can always administer: the rule every change of accounts and roles keeps."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.problems import Problem
from server.core.words import Words
from server.modules.identity.models import Role, Staff, StaffRole
from server.modules.identity.rules.sessions import ADMINISTER


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


async def one_at_a_time(session: AsyncSession) -> None:
    """Two administrators who take each other's right away at once would both find another one left."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("identity-administration", 0))))


async def somebody_administers(session: AsyncSession) -> bool:
    living = (
        select(Staff.id)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .join(Role, Role.id == StaffRole.role_id)
        .where(Staff.disabled_at.is_(None), Role.permissions.contains([ADMINISTER]))
    )
    return await session.scalar(living.limit(1)) is not None


async def refuse_to_leave_none(session: AsyncSession) -> None:
    """After a change that may have taken administration away. Raises LastAdministrator."""
    await session.flush()
    if not await somebody_administers(session):
        raise LastAdministrator
