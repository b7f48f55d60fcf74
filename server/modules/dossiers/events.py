"""What the dossiers announce."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.core.events import Event
from server.modules.dossiers.rules.statuses import Status
from server.modules.payments.public import Exemption


class Move(msgspec.Struct, kw_only=True):
    """One dossier's new standing: another status, office or due date. `at`: when that happened.

    `only_date`: nothing but the due date is another one. `unexpected`: the table of moves knows no such step.
    `silence`: it asks something new of the resident, who agrees by saying nothing until `answer_by`.
    """

    dossier_id: UUID
    status: Status
    at: datetime
    only_date: bool = False
    due_at: datetime | None
    unexpected: bool
    answer_by: datetime | None = None
    silence: bool = False


class DossiersMoved(Event):
    """One batch of reports was taken; what changed by it, dossier by dossier. One job for each reaction, not one for
    each dossier: a batch of 500 would be 500 otherwise.
    """

    moves: list[Move]


class ResultAdded(Event):
    """A document was added to a dossier: its signatures must be looked at."""

    result_id: UUID


class ResultRemoved(Event):
    """A document was taken away again."""

    result_id: UUID


class SlipTextAsked(Event):
    """A slip is to go to a phone as a text."""

    text_id: UUID


class FeeExempted(Event):
    """An officer has said, by this happening, that nothing is to be paid for a dossier, and why."""

    dossier_id: UUID
    happening_id: UUID
    exemption: Exemption


class MoreToPull(Event):
    """A page of the exchange bus was full: there is more behind it."""


class CalendarChanged(Event):
    """The days or hours offices work are others than before: open due dates must be counted anew, from this dossier on.

    `place`: only what this office handles; None: everything.
    """

    after: UUID | None = None
    place: str | None = None
