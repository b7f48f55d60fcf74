"""Which accounts of staff let somebody in, and to do what."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from server.core.settings import Settings
from server.modules.identity.models import Role, Staff, StaffRole


def living(settings: Settings) -> ColumnElement[bool]:
    """Not disabled; and demo accounts, known to everybody who has read the source, in a demonstration only."""
    enabled = Staff.disabled_at.is_(None)
    return enabled if settings.demo else and_(enabled, Staff.demo.is_(False))


def having(settings: Settings, permission: str) -> Select[UUID]:
    """Whose living account has this permission; with several such roles, once for each."""
    return (
        select(Staff.id)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .join(Role, Role.id == StaffRole.role_id)
        .where(living(settings), Role.permissions.contains([permission]))
    )
