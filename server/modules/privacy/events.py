"""What privacy announces."""

from uuid import UUID

from server.core.events import Event
from server.core.words import Language


class ConsentChanged(Event):
    """A person agreed to a purpose, or took it back."""

    resident_id: UUID
    purpose: str


class CopyRequested(Event):
    """A person wants everything we hold about them, to be read in the language they asked in."""

    request_id: UUID
    # Of those that were asked before it was noted.
    language: Language = "vi"


class ErasureGranted(Event):
    """A person is to be forgotten; nothing forbids it."""

    request_id: UUID
