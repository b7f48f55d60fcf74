"""Roles and the permissions they are made of, for administrators."""

from uuid import UUID

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.core.access import AnyRequest, NotAllowed, ProofNeeded, SignInNeeded, may
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.problems import InputRefused, NotFound, Unavailable, problems
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.core.words import language_of
from server.modules.identity.rules.sessions import ADMINISTER
from server.modules.identity.schemas.staff import DescribeRole, PermissionsReply, RoleReply, RolesReply
from server.modules.identity.service.administration import LastAdministrator, NotForYourself
from server.modules.identity.service.roles import PermissionUnknown, RoleInUse, RoleNameTaken, RoleNotFound, Roles

_READ = (SignInNeeded, NotAllowed, Unavailable)
_EDIT = (InputRefused, RoleNotFound, ProofNeeded, ChangedMeanwhile, VersionNeeded, *_READ)


class RoleController(Controller):
    path = "/identity"
    tags = ("identity",)

    @get("/permissions", guards=[may(ADMINISTER)], responses=problems(*_READ))
    async def list_permissions(self, request: AnyRequest, roles: NamedDependency[Roles]) -> PermissionsReply:
        """Everything staff may be allowed, with a sentence in the caller's language."""
        language = language_of(request)
        return PermissionsReply.of(roles.permissions, language)

    @get("/roles", guards=[may(ADMINISTER)], responses=problems(*_READ))
    async def list_roles(self, roles: NamedDependency[Roles]) -> RolesReply:
        """All roles by name."""
        return RolesReply(items=[RoleReply.of(role, people) for role, people in await roles.all()])

    @create(
        "/roles",
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(
            *(RoleNameTaken, PermissionUnknown, InputRefused, ProofNeeded),
            *(KeyRefused, KeyUsedForAnother, StillRunning),
            *_READ,
        ),
    )
    async def add_role(
        self, request: AnyRequest, data: JSONBody[DescribeRole], roles: NamedDependency[Roles]
    ) -> RoleReply:
        """A new role; nobody has it yet."""
        return RoleReply.of(await roles.add(request.user, data.name, data.permissions), 0)

    @put(
        "/roles/{role_id:uuid}",
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(RoleNameTaken, PermissionUnknown, NotForYourself, LastAdministrator, *_EDIT),
    )
    async def change_role(
        self,
        request: AnyRequest,
        role_id: FromPath[UUID],
        data: JSONBody[DescribeRole],
        roles: NamedDependency[Roles],
        if_match: IfMatch = None,
    ) -> RoleReply:
        """Name and permissions. When the permissions change, whoever has the role is signed out everywhere."""
        role, people = await roles.change(
            request.user, role_id, version_of(if_match), name=data.name, permissions=data.permissions
        )
        return RoleReply.of(role, people)

    @delete(
        "/roles/{role_id:uuid}",
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(RoleInUse, NotFound, *_EDIT),
    )
    async def remove_role(
        self,
        request: AnyRequest,
        role_id: FromPath[UUID],
        roles: NamedDependency[Roles],
        if_match: IfMatch = None,
    ) -> None:
        """Remove a role nobody has any more."""
        await roles.remove(request.user, role_id, version_of(if_match))
