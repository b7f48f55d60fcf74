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


class AddressGiven(Event):
    """Somebody has given an e-mail address: a code goes there."""

    address_id: UUID


class TextReady(Event):
    """An entry goes as a short text, over Zalo or by mail, for no device could be rung. A job each: one that cannot be
    sent must not send the others again.
    """

    dispatch_id: UUID


class WaveBegun(Event):
    """A wave of pushes is to be cut into ranges, further than it is. `round`: of later ones this is not the event.

    `after`: ranges behind this number were called up for an earlier round, and are first called up for this one.
    """

    wave_id: UUID
    round: int
    after: int | None


class UrgentWaveBegun(WaveBegun):
    """The same for a warning."""


class RangeReady(Event):
    """Some devices of a wave are to be rung, by the number of their range; a job each."""

    number: int
    round: int


class UrgentRangeReady(RangeReady):
    """The same for a warning."""
