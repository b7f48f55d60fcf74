"""What the notifications announce."""

from uuid import UUID

from server.core.events import Event


class TestRequested(Event):
    """Somebody wants to see whether their device rings."""

    message_id: UUID


class SendingPutOff(Event):
    """An attempt did not succeed, and the message says when the next one is due."""

    message_id: UUID
