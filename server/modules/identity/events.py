"""What identity announces."""

from datetime import datetime
from uuid import UUID

from server.core.events import Event


class CodeRequested(Event):
    """A code waits to be sent to a phone."""

    code_id: UUID


class ResidentErased(Event):
    """A person is to be forgotten: every module forgets what it holds about them."""

    resident_id: UUID


class PhoneChanged(Event):
    """A resident has another number than before. `was`: the keyed index of that one, in hex: until `at` what was found
    by it was theirs. It may be somebody else's soon.
    """

    resident_id: UUID
    was: str
    at: datetime


class ResidentMoved(Event):
    """A resident says that they live in another commune or ward than before; None: in none any more."""

    resident_id: UUID
    commune_code: str | None


class SessionsEnded(Event):
    """Somebody signed out, or was signed out; not said of a session that was left until it was over."""

    session_ids: list[UUID]
