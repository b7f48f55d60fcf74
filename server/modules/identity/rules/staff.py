"""Accounts of staff: what a login looks like, when an account is unused, what a review should look at."""

import re
from datetime import datetime, timedelta
from enum import Enum

UNUSED_AFTER = timedelta(days=45)
"""Without use for as long as this, an account is disabled (TCVN 14423:2026, 5.6.2.1)."""

SOON_UNUSED = timedelta(days=30)

_LOGIN = re.compile(r"[a-z0-9]([a-z0-9]|[.-](?=[a-z0-9])){1,39}")


def login_of(text: str) -> str | None:
    """A login as it is kept: small letters and digits, with dots or hyphens between, 2 to 40. Else None."""
    login = text.strip().lower()
    return login if _LOGIN.fullmatch(login) else None


class Concern(Enum):
    """What the half-yearly review of accounts should look at (TCVN 14423:2026, 5.6.2.3)."""

    ADMINISTRATOR = "administrator"
    NEVER_SIGNED_IN = "never-signed-in"
    SOON_UNUSED = "soon-unused"
    NO_SECOND_FACTOR = "no-second-factor"
    NO_ROLE = "no-role"


def concerns_of(
    *,
    administers: bool,
    has_role: bool,
    has_second_factor: bool,
    last_signed_in_at: datetime | None,
    counted_from: datetime,
    now: datetime,
) -> list[Concern]:
    """What stands out about a living account, the weightiest first."""
    found = {
        Concern.ADMINISTRATOR: administers,
        Concern.NEVER_SIGNED_IN: last_signed_in_at is None,
        Concern.SOON_UNUSED: now - counted_from > SOON_UNUSED,
        Concern.NO_SECOND_FACTOR: not has_second_factor,
        Concern.NO_ROLE: not has_role,
    }
    return [concern for concern, applies in found.items() if applies]


def used_last(created_at: datetime, enabled_at: datetime | None, last_signed_in_at: datetime | None) -> datetime:
    """From when the days without use are counted."""
    return max(instant for instant in (created_at, enabled_at, last_signed_in_at) if instant)
