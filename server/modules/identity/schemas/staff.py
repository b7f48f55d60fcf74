"""Accounts of staff and their roles, as administrators see and change them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.core.words import Language, Words
from server.modules.identity.models import Role, Staff
from server.modules.identity.rules.staff import Concern

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Place = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
RoleIds = Annotated[list[UUID], msgspec.Meta(max_length=50)]
RoleName = Annotated[str, msgspec.Meta(min_length=2, max_length=80)]
PermissionWords = Annotated[list[Annotated[str, msgspec.Meta(max_length=80)]], msgspec.Meta(max_length=200)]


class PermissionReply(Reply):
    """`word` is what guards and roles name, `sentence` says it in the caller's language."""

    word: str
    module: str
    sentence: str


class PermissionsReply(Reply):
    items: list[PermissionReply]

    @classmethod
    def of(cls, permissions: dict[str, Words], language: Language) -> "PermissionsReply":
        return cls(
            items=[
                PermissionReply(word=word, module=word.partition(":")[0], sentence=said.for_(language))
                for word, said in sorted(permissions.items())
            ]
        )


class RoleReply(Reply):
    """`people`: how many have it."""

    id: UUID
    version: int
    name: str
    permissions: list[str]
    people: int

    @classmethod
    def of(cls, role: Role, people: int) -> "RoleReply":
        return cls(id=role.id, version=role.version, name=role.name, permissions=role.permissions, people=people)


class RolesReply(Reply):
    items: list[RoleReply]


class DescribeRole(Command):
    name: RoleName
    permissions: PermissionWords


class StaffRoleReply(Reply):
    id: UUID
    name: str


class StaffReply(Reply):
    """`unit`: a commune's code or an office's slug. `link_until`: a one-time link waits to be used until then."""

    id: UUID
    version: int
    login: str
    name: str
    unit: str
    roles: list[StaffRoleReply]
    has_password: bool
    has_authenticator: bool
    passkeys: int
    link_until: datetime | None
    last_signed_in_at: datetime | None
    disabled_at: datetime | None
    disabled_because: str | None
    demo: bool
    created_at: datetime

    @classmethod
    def of(cls, staff: Staff, roles: Sequence[Role], passkeys: int, link_until: datetime | None) -> "StaffReply":
        return cls(
            id=staff.id,
            version=staff.version,
            login=staff.login,
            name=staff.name,
            unit=staff.unit,
            roles=[StaffRoleReply(id=role.id, name=role.name) for role in roles],
            has_password=staff.password_hash is not None,
            has_authenticator=staff.totp_secret is not None,
            passkeys=passkeys,
            link_until=link_until,
            last_signed_in_at=staff.last_signed_in_at,
            disabled_at=staff.disabled_at,
            disabled_because=staff.disabled_because,
            demo=staff.demo,
            created_at=staff.created_at,
        )


class StaffPage(Reply):
    items: list[StaffReply]
    next_cursor: str | None


class LinkReply(Reply):
    """The only time the link is told: hand it to its owner."""

    url: str
    expires_at: datetime


class AddedStaffReply(Reply):
    staff: StaffReply
    link: LinkReply


class AddStaff(Command):
    login: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    name: Name
    unit: Place
    role_ids: RoleIds


class ChangeStaff(Command):
    name: Name
    unit: Place
    role_ids: RoleIds


class DisableStaff(Command):
    """`because` is read by other administrators."""

    because: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class ReviewedStaffReply(Reply):
    """A row of the matrix account × permission, with what the half-yearly review should look at."""

    staff: StaffReply
    permissions: list[str]
    concerns: list[Concern]


class ReviewPage(Reply):
    items: list[ReviewedStaffReply]
    next_cursor: str | None
