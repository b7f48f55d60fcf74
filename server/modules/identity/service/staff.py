"""Accounts of staff: made, changed, disabled and looked through by administrators."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import Actor, record
from server.core.paging import cursor_of, key_of
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.identity.models import OneTimeCode, Passkey, Role, Staff, StaffRole
from server.modules.identity.rules.duties import gains
from server.modules.identity.rules.person import name_of, searched
from server.modules.identity.rules.sessions import ADMINISTER
from server.modules.identity.rules.staff import UNUSED_AFTER, Concern, concerns_of, login_of, used_last
from server.modules.identity.service.administration import (
    LastAdministrator,
    NotForYourself,
    refuse_to_leave_none,
    take_turn,
)
from server.modules.identity.service.links import Link, Links
from server.modules.identity.service.living import having, living
from server.modules.identity.service.residents import NameRefused
from server.modules.identity.service.roles import RoleNotFound
from server.modules.identity.service.sessions import Sessions
from server.modules.places.public import workplace_exists

log = structlog.get_logger()


class StaffNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy cán bộ này", "There is no such member of staff", "រកមិនឃើញមន្ត្រីនេះទេ")


class LoginRefused(Problem):
    status = 400
    title = Words(
        "Tên đăng nhập gồm 2 đến 40 chữ thường không dấu, chữ số, dấu chấm hoặc gạch nối ở giữa",
        "A login has 2 to 40 small letters and digits, with dots or hyphens between",
        "ឈ្មោះចូលមានអក្សរឡាតាំងតូច និងលេខ ២ ដល់ ៤០ តួ អាចមានចំណុច ឬសញ្ញាដាច់នៅចន្លោះ",
    )


class LoginTaken(Problem):
    title = Words("Đã có tài khoản mang tên đăng nhập này", "This login is taken", "ឈ្មោះចូលនេះមានគេប្រើហើយ")


class WorkplaceRefused(Problem):
    status = 400
    title = Words(
        "Không có xã, phường hay cơ quan nào mang mã này",
        "No commune, ward or office has this code",
        "គ្មានឃុំ សង្កាត់ ឬស្ថាប័នណាមានលេខកូដនេះទេ",
    )


class AlreadyDisabled(Problem):
    title = Words("Tài khoản này đang bị khóa", "This account is disabled", "គណនីនេះត្រូវបានបិទ")


class Account(msgspec.Struct, frozen=True):
    """A member of staff with what hangs on the account."""

    staff: Staff
    roles: list[Role]
    passkeys: int
    link_until: datetime | None

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset(word for role in self.roles for word in role.permissions)


class StaffAccounts:
    """The accounts. Whoever acts is named, for the audit log; None is the command line or the clock."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._links = Links(session, settings)
        self._sessions = Sessions(session)

    async def page(
        self, *, q: str = "", unit: str = "", living: bool = False, limit: int, cursor: str | None
    ) -> tuple[list[Account], str | None]:
        """Accounts by login, found by parts of login and name. Raises CursorRefused."""
        wanted = select(Staff).order_by(Staff.login).limit(limit + 1)
        for word in searched(q).split():
            wanted = wanted.where(Staff.searched.contains(word, autoescape=True))
        if unit:
            wanted = wanted.where(Staff.unit == unit)
        if living:
            wanted = wanted.where(Staff.disabled_at.is_(None))
        if cursor is not None:
            wanted = wanted.where(Staff.login > key_of(cursor))
        found = (await self._session.scalars(wanted)).all()
        following = cursor_of(found[limit - 1].login) if len(found) > limit else None
        return await self._with_all(found[:limit]), following

    async def find(self, staff_id: UUID) -> Account:
        """Raises StaffNotFound."""
        staff = await self._session.scalar(select(Staff).where(Staff.id == staff_id))
        if staff is None:
            raise StaffNotFound
        [account] = await self._with_all([staff])
        return account

    async def names_of(self, staff_ids: Collection[UUID]) -> dict[UUID, str]:
        rows = await self._session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids)))
        return {row.id: row.name for row in rows}

    async def at_work(self, staff_ids: Collection[UUID]) -> set[UUID]:
        """Those of them whose account lets them in."""
        able = Staff.id.in_(staff_ids), living(self._settings)
        return set(await self._session.scalars(select(Staff.id).where(*able)))

    async def who_may(self, permission: str, unit: str | None) -> set[UUID]:
        """Those whose account lets them in; `unit` None: wherever they work."""
        asked = having(self._settings, permission)
        return set(await self._session.scalars(asked if unit is None else asked.where(Staff.unit == unit)))

    async def with_login(self, login: str) -> tuple[UUID, str] | None:
        row = (await self._session.execute(select(Staff.id, Staff.unit).where(Staff.login == login))).one_or_none()
        return (row.id, row.unit) if row else None

    async def named(self, login: str) -> Staff:
        """Raises StaffNotFound."""
        staff = await self._session.scalar(select(Staff).where(Staff.login == login.lower()))
        if staff is None:
            raise StaffNotFound
        return staff

    async def add(
        self, by: Actor | None, *, login: str, name: str, unit: str, role_ids: Collection[UUID]
    ) -> tuple[Account, Link]:
        """A new account, and the link to its first password.

        Raises LoginRefused, LoginTaken, NameRefused, WorkplaceRefused, RoleNotFound.
        """
        kept = login_of(login)
        if kept is None:
            raise LoginRefused
        staff = Staff(id=uuid7(), login=kept)
        await self._describe(staff, name, unit)
        await take_turn(self._session, by)
        if await self._session.scalar(select(Staff.id).where(Staff.login == kept)):
            raise LoginTaken
        self._session.add(staff)
        await self._session.flush()
        await self._give(staff, role_ids)
        await self._note(by, "add-staff", staff, unit=unit, roles=list(role_ids))
        link = await self._links.make(staff, _id_of(by))
        return await self.find(staff.id), link

    async def change(
        self, by: Caller, staff_id: UUID, version: int, *, name: str, unit: str, role_ids: Collection[UUID]
    ) -> Account:
        """Raises StaffNotFound, ChangedMeanwhile, NameRefused, WorkplaceRefused, RoleNotFound, NotForYourself,
        LastAdministrator. Whose roles or unit change signs in anew.
        """
        before = await self._changing(by, staff_id, version)
        staff, had = before.staff, {role.id for role in before.roles}
        if by.id == staff_id and gains(map(str, had), map(str, role_ids)):
            raise NotForYourself
        moved = staff.unit != unit
        staff.version += 1
        await self._describe(staff, name, unit)
        if had != set(role_ids):
            await self._session.execute(delete(StaffRole).where(StaffRole.staff_id == staff_id))
            await self._give(staff, role_ids)
        if ADMINISTER in before.permissions:
            await refuse_to_leave_none(self._session)
        if moved or had != set(role_ids):
            await self._sessions.end_all_of(staff)
        await self._session.flush()
        await self._note(by, "change-staff", staff, unit=unit, roles=list(role_ids))
        return await self.find(staff_id)

    async def disable(self, by: Actor | None, staff_id: UUID, version: int | None, because: str) -> Account:
        """Out with the next request. Raises StaffNotFound, ChangedMeanwhile, AlreadyDisabled, LastAdministrator."""
        before = await self._changing(by, staff_id, version)
        staff = before.staff
        if staff.disabled_at is not None:
            raise AlreadyDisabled
        # A demo account lets nobody in outside a demonstration, so nothing is lost with it.
        counted = self._settings.demo or not staff.demo
        staff.disabled_at, staff.disabled_because = datetime.now(UTC), because
        staff.version += 1
        if ADMINISTER in before.permissions and counted:
            await refuse_to_leave_none(self._session)
        await self._sessions.end_all_of(staff)
        await self._session.execute(delete(OneTimeCode).where(OneTimeCode.staff_id == staff_id))
        await self._session.flush()
        await self._note(by, "disable-staff", staff)
        return await self.find(staff_id)

    async def enable(self, by: Caller, staff_id: UUID, version: int) -> Account:
        """Raises StaffNotFound, ChangedMeanwhile."""
        staff = (await self._changing(by, staff_id, version)).staff
        if staff.disabled_at is not None:
            staff.disabled_at = staff.disabled_because = None
            staff.enabled_at = datetime.now(UTC)
            staff.version += 1
            await self._session.flush()
            await self._note(by, "enable-staff", staff)
        return await self.find(staff_id)

    async def new_link(self, by: Actor | None, staff_id: UUID) -> Link:
        """A forgotten password: it ends, and a link to a new one is made. Raises StaffNotFound, AlreadyDisabled."""
        return await self._begin_anew(by, "make-link", (await self._changing(by, staff_id)).staff)

    async def reset(self, by: Actor | None, staff_id: UUID) -> Link:
        """A lost second factor. Raises StaffNotFound, AlreadyDisabled.

        The password goes too: whoever knows it could otherwise enrol an authenticator of their own.
        """
        staff = (await self._changing(by, staff_id)).staff
        staff.totp_secret = None
        await self._session.execute(delete(Passkey).where(Passkey.staff_id == staff_id))
        return await self._begin_anew(by, "reset-staff", staff)

    async def disable_unused(self, now: datetime) -> None:
        """Disable who has not signed in for 45 days, but never the last administrator. A demonstration stays whole."""
        last = func.greatest(Staff.created_at, Staff.enabled_at, Staff.last_signed_in_at)
        unused = (
            select(Staff.id)
            .where(Staff.disabled_at.is_(None), Staff.demo.is_(False), last < now - UNUSED_AFTER)
            .order_by(last)
        )
        for staff_id in (await self._session.scalars(unused)).all():
            try:
                async with self._session.begin_nested():
                    await self.disable(None, staff_id, None, "45 ngày không sử dụng")
            except LastAdministrator:
                log.warning("the last administrator is unused", staff=str(staff_id))

    def concerns_of(self, account: Account, now: datetime) -> list[Concern]:
        staff = account.staff
        return concerns_of(
            administers=ADMINISTER in account.permissions,
            has_role=bool(account.roles),
            has_second_factor=bool(staff.totp_secret or account.passkeys),
            last_signed_in_at=staff.last_signed_in_at,
            counted_from=used_last(staff.created_at, staff.enabled_at, staff.last_signed_in_at),
            now=now,
        )

    async def _changing(self, by: Actor | None, staff_id: UUID, version: int | None = None) -> Account:
        await take_turn(self._session, by)
        account = await self.find(staff_id)
        if version not in (None, account.staff.version):
            raise ChangedMeanwhile
        return account

    async def _begin_anew(self, by: Actor | None, act: str, staff: Staff) -> Link:
        if staff.disabled_at is not None:
            raise AlreadyDisabled
        staff.password_hash = None
        await self._sessions.end_all_of(staff)
        await self._note(by, act, staff)
        return await self._links.make(staff, _id_of(by))

    async def _describe(self, staff: Staff, name: str, unit: str) -> None:
        kept = name_of(name)
        if kept is None:
            raise NameRefused
        if not await workplace_exists(self._session, unit):
            raise WorkplaceRefused
        staff.name, staff.unit = kept, unit
        staff.searched = searched(f"{staff.login} {kept}")

    async def _give(self, staff: Staff, role_ids: Collection[UUID]) -> None:
        wanted = set(role_ids)
        if set(await self._session.scalars(select(Role.id).where(Role.id.in_(wanted)))) != wanted:
            raise RoleNotFound
        self._session.add_all(StaffRole(id=uuid7(), staff_id=staff.id, role_id=role_id) for role_id in wanted)
        await self._session.flush()

    async def _with_all(self, staff: Sequence[Staff]) -> list[Account]:
        ids = [it.id for it in staff]
        roles: dict[UUID, list[Role]] = {it: [] for it in ids}
        having = select(StaffRole.staff_id, Role).join(Role, Role.id == StaffRole.role_id)
        for owner, role in await self._session.execute(having.where(StaffRole.staff_id.in_(ids)).order_by(Role.name)):
            roles[owner].append(role)
        passkeys = select(Passkey.staff_id, func.count()).where(Passkey.staff_id.in_(ids)).group_by(Passkey.staff_id)
        counted = dict((await self._session.execute(passkeys)).all())
        links = select(OneTimeCode.staff_id, OneTimeCode.expires_at).where(
            OneTimeCode.staff_id.in_(ids), OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > datetime.now(UTC)
        )
        until = dict((await self._session.execute(links)).all())
        return [Account(it, roles[it.id], counted.get(it.id, 0), until.get(it.id)) for it in staff]

    async def _note(self, by: Actor | None, act: str, staff: Staff, **detail: object) -> None:
        await record(self._session, act=f"identity:{act}", actor=by, subject=("staff", staff.id), **detail)


def _id_of(actor: Actor | None) -> UUID | None:
    return actor.id if actor and isinstance(actor.id, UUID) else None
