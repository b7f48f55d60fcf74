"""Which accounts of staff let somebody in."""

from sqlalchemy import ColumnElement, and_

from server.core.settings import Settings
from server.modules.identity.models import Staff


def living(settings: Settings) -> ColumnElement[bool]:
    """Not disabled; and demo accounts, known to everybody who has read the source, in a demonstration only."""
    enabled = Staff.disabled_at.is_(None)
    return enabled if settings.demo else and_(enabled, Staff.demo.is_(False))
