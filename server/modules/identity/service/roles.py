"""Roles: named sets of permissions that administrators put together from what the modules declare."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.problems import Problem
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.identity.models import Role, StaffRole
from server.modules.identity.rules.duties import gains
from server.modules.identity.rules.sessions import ADMINISTER
from server.modules.identity.service.administration import NotForYourself, refuse_to_leave_none, take_turn
from server.modules.identity.service.sessions import Sessions


class RoleNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy vai trò này", "There is no such role", "រកមិនឃើញតួនាទីនេះទេ")


class RoleNameTaken(Problem):
    title = Words("Đã có một vai trò mang tên này", "A role of this name exists already", "មានតួនាទីឈ្មោះនេះរួចហើយ")


class RoleInUse(Problem):
    """`people` says how many have it."""

    title = Words(
        "Vai trò này còn người giữ. Hãy gỡ vai trò khỏi họ trước",
        "Somebody still has this role. Take it from them first",
        "នៅមានអ្នកកាន់តួនាទីនេះ។ សូមដកតួនាទីចេញពីពួកគេជាមុនសិន",
    )


class PermissionUnknown(Problem):
    status = 400
    title = Words("Không có quyền này trong hệ thống", "There is no such permission", "គ្មានសិទ្ធិនេះក្នុងប្រព័ន្ធទេ")


class Roles:
    """The roles, and the permissions they are made of."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.permissions: dict[str, Words] = session.info.get("permissions", {})
        """What the modules declare: `module:verb` and a sentence."""

    async def all(self) -> Sequence[tuple[Role, int]]:
        """Every role with the number of people who have it, by name."""
        counted = (
            select(Role, func.count(StaffRole.id))
            .outerjoin(StaffRole, StaffRole.role_id == Role.id)
            .group_by(Role.id)
            .order_by(func.lower(Role.name), Role.id)
        )
        return [(role, people) for role, people in await self._session.execute(counted)]

    async def add(self, by: Caller, name: str, permissions: Collection[str]) -> Role:
        """Raises RoleNameTaken, PermissionUnknown."""
        self._refuse_unknown(permissions)
        await self._refuse_taken(by, name, None)
        role = Role(id=uuid7(), name=name, permissions=sorted(set(permissions)))
        self._session.add(role)
        await self._session.flush()
        await self._note(by, "add-role", role)
        return role

    async def change(
        self, by: Caller, role_id: UUID, version: int, *, name: str, permissions: Collection[str]
    ) -> tuple[Role, int]:
        """The changed role and how many have it; who gains or loses by it signs in anew.

        Raises RoleNotFound, ChangedMeanwhile, RoleNameTaken, PermissionUnknown, NotForYourself, LastAdministrator.
        """
        role = await self._changing(by, role_id, version)
        self._refuse_unknown(set(permissions) - set(role.permissions))
        await self._refuse_taken(by, name, role_id)
        holders = set(await self._session.scalars(select(StaffRole.staff_id).where(StaffRole.role_id == role_id)))
        if by.id in holders and gains(role.permissions, permissions):
            raise NotForYourself
        administered = ADMINISTER in role.permissions
        differs = set(role.permissions) != set(permissions)
        role.name, role.permissions, role.version = name, sorted(set(permissions)), role.version + 1
        if administered and ADMINISTER not in permissions:
            await refuse_to_leave_none(self._session)
        if differs:
            await Sessions(self._session).end_all_of_staff(holders)
        await self._session.flush()
        await self._note(by, "change-role", role)
        return role, len(holders)

    async def remove(self, by: Caller, role_id: UUID, version: int) -> None:
        """Raises RoleNotFound, ChangedMeanwhile, RoleInUse."""
        role = await self._changing(by, role_id, version)
        people = await self._session.scalar(select(func.count()).where(StaffRole.role_id == role_id))
        if people:
            raise RoleInUse(people=people)
        await self._note(by, "remove-role", role)
        await self._session.delete(role)
        await self._session.flush()

    async def _changing(self, by: Caller, role_id: UUID, version: int) -> Role:
        await take_turn(self._session, by)
        role = await self._session.scalar(select(Role).where(Role.id == role_id).with_for_update())
        if role is None:
            raise RoleNotFound
        if role.version != version:
            raise ChangedMeanwhile
        return role

    def _refuse_unknown(self, permissions: Collection[str]) -> None:
        if not set(permissions) <= set(self.permissions):
            raise PermissionUnknown

    async def _refuse_taken(self, by: Caller, name: str, role_id: UUID | None) -> None:
        await take_turn(self._session, by)
        same = select(Role.id).where(func.lower(Role.name) == name.lower())
        if (other := await self._session.scalar(same)) is not None and other != role_id:
            raise RoleNameTaken

    async def _note(self, by: Caller, act: str, role: Role) -> None:
        await record(
            self._session,
            act=f"identity:{act}",
            actor=by,
            subject=("role", role.id),
            permissions=role.permissions,
        )
