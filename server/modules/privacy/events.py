"""What privacy announces."""

from uuid import UUID

from server.core.events import Event


class CopyRequested(Event):
    """A person wants everything we hold about them."""

    request_id: UUID


class ErasureGranted(Event):
    """A person is to be forgotten; nothing forbids it."""

    request_id: UUID
