"""Field reports as the hub and the units see them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from server.core.pictures import Area
from server.core.wire import Command, Reply
from server.modules.feedback.rules.content import MOST_PHOTOS, Disclosure, Elsewhere
from server.modules.feedback.rules.states import Act, Kind, State

Code = Annotated[str, msgspec.Meta(max_length=60)]


class ActOnReport(Command):
    """What one act says: `unit` to assign, `category` to move it, `into` (a code) to join, `text` for the others.

    `photos`: ids under which staff have sent photos, to be seen with what is said.
    """

    prose: ClassVar = ("text",)

    act: Act
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    unit: Code = ""
    category: Code = ""
    into: Code = ""
    photos: Annotated[list[UUID], msgspec.Meta(max_length=MOST_PHOTOS)] = msgspec.field(default_factory=list)


class AnswerPhoto(Reply):
    """`number`: by which it is read at the desk."""

    id: UUID
    number: int


class ShowPhoto(Command):
    """`areas`: parts that nobody else sees, faces and plates."""

    shown: bool
    areas: Annotated[list[Area], msgspec.Meta(max_length=40)] = msgspec.field(default_factory=list)


class DeskRow(Reply):
    """`due_at`: the limit that runs now, and `warn_at` when it is 80 % over; None when none runs."""

    id: UUID
    code: str
    category: str
    state: State
    urgent: bool
    begins: str
    arrived_at: datetime
    commune: str | None
    commune_name: str | None
    unit: str | None
    unit_name: str | None
    due_at: datetime | None
    warn_at: datetime | None
    late: bool
    level: int
    photos: int
    followers: int
    elsewhere: Elsewhere | None
    reopened: int


class DeskRows(Reply):
    """`counts`: how many each of the lists has for the caller; none when a code was looked for."""

    items: list[DeskRow]
    next_cursor: str | None
    counts: dict[str, int]


class DeskMap(Reply):
    """Where the reports of a list are: one place in each list; `open` says which are not closed. `more`: how many
    others it has than could be shown.
    """

    lat: list[float]
    lon: list[float]
    open: list[bool]
    more: int


class DeskStep(Reply):
    kind: Kind
    at: datetime
    by: str | None
    unit_name: str | None
    internal: bool
    said: str
    detail: dict[str, str]
    photos: list[int]


class DeskPhoto(Reply):
    """One that everybody may be let see. `of_staff`: they have answered with it."""

    number: int
    width: int
    height: int
    size: int
    sent: str
    kept: str
    shown: bool
    areas: list[Area]
    of_staff: bool


class DeskVideo(Reply):
    """`whole`: it has come, and can be looked at."""

    size: int
    whole: bool


class DeskReport(DeskRow):
    """`reporter`: the name, where the caller may know it; `reporter_kind` says why there is none."""

    version: int
    text: str
    lat: float | None
    lon: float | None
    accuracy_m: int | None
    written_at: datetime
    day_off: bool
    triage_due_at: datetime
    triaged_at: datetime | None
    answer_due_at: datetime
    answered_at: datetime | None
    resolve_due_at: datetime | None
    closed_at: datetime | None
    disclosure: Disclosure
    reporter: str | None
    reporter_kind: str
    photos_awaited: int
    pictures: list[DeskPhoto]
    video: DeskVideo | None
    steps: list[DeskStep]
    acts: list[Act]
    usual_unit: str | None
    merged_into: str | None
    rating: int | None
    released_at: datetime | None
    public_text: str | None
    public_place: bool
    may_release: bool


class DeskCategory(Reply):
    slug: str
    vi: str
    en: str
    km: str
    unit: str | None
    resolve_days: int | None
    anonymous: bool
    withdrawn: bool
    version: int


class DeskCategories(Reply):
    items: list[DeskCategory]


class WriteCategory(Command):
    """`unit`: an office's slug, `commune` for the commune where the report is, empty where the hub decides."""

    vi: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    en: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    km: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    unit: Code
    resolve_days: Annotated[int, msgspec.Meta(ge=1, le=365)] | None
    anonymous: bool
    withdrawn: bool


class PreparedAnswer(Reply):
    id: UUID
    name: str
    text: str
    version: int


class PreparedAnswers(Reply):
    items: list[PreparedAnswer]


class NamedLeader(Reply):
    """`unit` empty: the hub's. `reachable`: some device rings for them."""

    unit: str
    unit_name: str | None
    name: str
    reachable: bool


class NamedLeaders(Reply):
    items: list[NamedLeader]


class NameLeader(Command):
    """`login`: of a member of staff; empty: nobody is called for this unit any more."""

    unit: Code
    login: Code


class WriteAnswer(Command):
    prose: ClassVar = ("text",)

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
