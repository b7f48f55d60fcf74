"""What the notifications announce."""

from uuid import UUID

from server.core.events import Event


class MessagesReady(Event):
    """Messages stand there waiting to be sent; some hundred at most, for they are one job."""

    message_ids: list[UUID]


class AnnouncementsReady(Event):
    """The same for what many are told at once: it never delays what concerns one. Also when it was put off."""

    message_ids: list[UUID]


class SendingPutOff(Event):
    """Their attempts did not succeed, or a push service asked for a pause. Published for the time they are due."""

    message_ids: list[UUID]


class TextReady(Event):
    """An entry goes to a phone as a short text, for no device could be rung. A job each: one that cannot be sent must
    not send the others again.
    """

    dispatch_id: UUID
