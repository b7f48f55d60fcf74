"""What privacy announces."""

from uuid import UUID

from server.core.events import Event


class ConsentChanged(Event):
    """A person agreed to a purpose, or took it back."""

    resident_id: UUID
    purpose: str


class CopyRequested(Event):
    """A person wants everything we hold about them."""

    request_id: UUID


class ErasureGranted(Event):
    """A person is to be forgotten; nothing forbids it."""

    request_id: UUID
