"""What identity announces."""

from uuid import UUID

from server.core.events import Event


class CodeRequested(Event):
    """A code waits to be sent to a phone."""

    code_id: UUID


class ResidentErased(Event):
    """A person is to be forgotten: every module forgets what it holds about them."""

    resident_id: UUID


class PhoneChanged(Event):
    """A resident has another number than before."""

    resident_id: UUID


class SessionsEnded(Event):
    """Somebody signed out, or was signed out; not said of a session that was left until it was over."""

    session_ids: list[UUID]
