"""Accounts of staff, for administrators."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from server.core.access import AnyRequest, NotAllowed, ProofNeeded, SignInNeeded, may
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.paging import Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, TextRefused, Unavailable, problems, readable
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.modules.identity.rules.sessions import ADMINISTER
from server.modules.identity.schemas.staff import (
    AddedStaffReply,
    AddStaff,
    ChangeStaff,
    DisableStaff,
    LinkReply,
    ReviewedStaffReply,
    ReviewPage,
    StaffPage,
    StaffReply,
)
from server.modules.identity.service.administration import LastAdministrator, NotForYourself
from server.modules.identity.service.links import Link
from server.modules.identity.service.residents import NameRefused
from server.modules.identity.service.roles import RoleNotFound
from server.modules.identity.service.staff import (
    Account,
    AlreadyDisabled,
    LoginRefused,
    LoginTaken,
    StaffAccounts,
    StaffNotFound,
    WorkplaceRefused,
)

_READ = (SignInNeeded, NotAllowed, Unavailable)
_EDIT = (InputRefused, StaffNotFound, ProofNeeded, *_READ)
_VERSION = (ChangedMeanwhile, VersionNeeded)
Text = Annotated[str, QueryParameter(max_length=80)]


class StaffController(Controller):
    path = "/identity/staff"
    tags = ("identity",)

    @get("/", guards=[may(ADMINISTER)], responses=problems(InputRefused, TextRefused, CursorRefused, *_READ))
    async def list_staff(
        self,
        staff_accounts: NamedDependency[StaffAccounts],
        q: Text = "",
        unit: Text = "",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> StaffPage:
        """Accounts by login; `q` finds parts of the login and the name, with and without accents."""
        found, following = await staff_accounts.page(q=readable(q), unit=readable(unit), limit=limit, cursor=cursor)
        return StaffPage(items=[_reply(it) for it in found], next_cursor=following)

    @create(
        "/",
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(
            *(LoginRefused, LoginTaken, NameRefused, WorkplaceRefused, RoleNotFound, InputRefused, ProofNeeded),
            *(KeyRefused, KeyUsedForAnother, StillRunning),
            *_READ,
        ),
    )
    async def add_staff(
        self, request: AnyRequest, data: JSONBody[AddStaff], staff_accounts: NamedDependency[StaffAccounts]
    ) -> AddedStaffReply:
        """Make an account. The one-time link to its first password is told here and never again."""
        account, link = await staff_accounts.add(
            request.user, login=data.login, name=data.name, unit=data.unit, role_ids=data.role_ids
        )
        return AddedStaffReply(staff=_reply(account), link=_link(link))

    @get("/review", guards=[may(ADMINISTER)], responses=problems(InputRefused, CursorRefused, *_READ))
    async def review_staff(
        self, staff_accounts: NamedDependency[StaffAccounts], limit: Limit = 100, cursor: Cursor = None
    ) -> ReviewPage:
        """The matrix of living accounts and their permissions, with what the half-yearly review should look at."""
        found, following = await staff_accounts.page(living=True, limit=limit, cursor=cursor)
        now = datetime.now(UTC)
        items = [
            ReviewedStaffReply(
                staff=_reply(it), permissions=sorted(it.permissions), concerns=staff_accounts.concerns_of(it, now)
            )
            for it in found
        ]
        return ReviewPage(items=items, next_cursor=following)

    @get("/{staff_id:uuid}", guards=[may(ADMINISTER)], responses=problems(StaffNotFound, NotFound, *_READ))
    async def get_staff(self, staff_id: FromPath[UUID], staff_accounts: NamedDependency[StaffAccounts]) -> StaffReply:
        """One account."""
        return _reply(await staff_accounts.find(staff_id))

    @put(
        "/{staff_id:uuid}",
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(
            *(NameRefused, WorkplaceRefused, RoleNotFound, NotForYourself, LastAdministrator),
            *_VERSION,
            *_EDIT,
        ),
    )
    async def change_staff(
        self,
        request: AnyRequest,
        staff_id: FromPath[UUID],
        data: JSONBody[ChangeStaff],
        staff_accounts: NamedDependency[StaffAccounts],
        if_match: IfMatch = None,
    ) -> StaffReply:
        """Name, workplace and roles. Whose workplace or roles change is signed out everywhere."""
        changed = await staff_accounts.change(
            request.user,
            staff_id,
            version_of(if_match),
            name=data.name,
            unit=data.unit,
            role_ids=data.role_ids,
        )
        return _reply(changed)

    @post(
        "/{staff_id:uuid}/disable",
        status_code=200,
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(AlreadyDisabled, LastAdministrator, *_VERSION, *_EDIT),
    )
    async def disable_staff(
        self,
        request: AnyRequest,
        staff_id: FromPath[UUID],
        data: JSONBody[DisableStaff],
        staff_accounts: NamedDependency[StaffAccounts],
        if_match: IfMatch = None,
    ) -> StaffReply:
        """Out with the next request, on every browser."""
        return _reply(await staff_accounts.disable(request.user, staff_id, version_of(if_match), data.because))

    @post(
        "/{staff_id:uuid}/enable",
        status_code=200,
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(*_VERSION, *_EDIT),
    )
    async def enable_staff(
        self,
        request: AnyRequest,
        staff_id: FromPath[UUID],
        staff_accounts: NamedDependency[StaffAccounts],
        if_match: IfMatch = None,
    ) -> StaffReply:
        """Let somebody in again, with the password and second factor they had."""
        return _reply(await staff_accounts.enable(request.user, staff_id, version_of(if_match)))

    @post(
        "/{staff_id:uuid}/link",
        status_code=200,
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(AlreadyDisabled, *_EDIT),
    )
    async def make_link(
        self, request: AnyRequest, staff_id: FromPath[UUID], staff_accounts: NamedDependency[StaffAccounts]
    ) -> LinkReply:
        """For a forgotten password: it ends, and so do all sessions; the link leads to a new one."""
        return _link(await staff_accounts.new_link(request.user, staff_id))

    @post(
        "/{staff_id:uuid}/reset",
        status_code=200,
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(AlreadyDisabled, *_EDIT),
    )
    async def reset_staff(
        self, request: AnyRequest, staff_id: FromPath[UUID], staff_accounts: NamedDependency[StaffAccounts]
    ) -> LinkReply:
        """For a lost second factor: authenticator, passkeys and password end; the link leads to new ones."""
        return _link(await staff_accounts.reset(request.user, staff_id))


def _reply(account: Account) -> StaffReply:
    return StaffReply.of(account.staff, account.roles, account.passkeys, account.link_until)


def _link(link: Link) -> LinkReply:
    return LinkReply(url=link.url, expires_at=link.expires_at)
