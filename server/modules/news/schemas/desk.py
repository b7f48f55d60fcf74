"""Articles as staff write them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.modules.news.rules.content import LONGEST_BODY, Category, Channel, Content
from server.modules.news.rules.differences import Change
from server.modules.news.rules.states import Act, State
from server.modules.news.schemas.articles import Place

Line = Annotated[str, msgspec.Meta(max_length=200)]
File = Annotated[str, msgspec.Meta(max_length=100)]
Code = Annotated[str, msgspec.Meta(max_length=40)]


class WriteText(Command):
    prose: ClassVar = ("summary", "body")

    title: Line = ""
    summary: Annotated[str, msgspec.Meta(max_length=600)] = ""
    body: Annotated[str, msgspec.Meta(max_length=LONGEST_BODY)] = ""


class ShowPicture(Command):
    file: File
    alt: Annotated[str, msgspec.Meta(max_length=300)] = ""


class AttachFile(Command):
    file: File
    title: Line = ""


class ChooseSending(Command):
    channel: Channel
    communes: Annotated[list[Code], msgspec.Meta(max_length=100)]
    topics: Annotated[list[Code], msgspec.Meta(max_length=20)]
    pace: Annotated[int, msgspec.Meta(ge=60, le=600_000)] | None


class WriteArticle(Command):
    """All of an article's content, half done or whole."""

    vi: WriteText
    en: WriteText | None
    km: WriteText | None
    category: Category
    topics: Annotated[list[Code], msgspec.Meta(max_length=6)]
    communes: Annotated[list[Code], msgspec.Meta(max_length=100)]
    source: Line
    source_link: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^(https://[^\s]+)?$")]
    starts_at: datetime | None
    ends_at: datetime | None
    expires_at: datetime | None
    cover: ShowPicture | None
    attachments: Annotated[list[AttachFile], msgspec.Meta(max_length=10)]
    procedures: Annotated[list[Code], msgspec.Meta(max_length=10)]
    sending: ChooseSending

    def content(self) -> Content:
        return msgspec.convert(msgspec.to_builtins(self), Content)


class ActOnArticle(Command):
    """One move. `publish_at`: with `approve`, else at once. `reason` is shown to residents when they are affected."""

    act: Act
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    publish_at: datetime | None = None
    count: int | None = None
    """With `approve`, of what is told to very many: how many devices, typed."""


class LackReply(Reply):
    field: str
    why: str


class StepReply(Reply):
    act: Act
    at: datetime
    by: str | None
    reason: str | None
    version: int


class GonePlace(Reply):
    """A commune it names that is no more, and those it went into."""

    code: str
    name: str
    successors: list[Place]


class DeskArticle(Reply):
    """An article at the desk. `acts`: what this caller may do with it now; `lacks`: what is missing before `submit`.

    `told`: there are people who were told; `retracted`: it was taken back from them, and nobody hears of it again.
    """

    id: UUID
    version: int
    state: State
    live: bool
    content: Content
    acts: list[Act]
    lacks: list[LackReply]
    gone: list[GonePlace]
    steps: list[StepReply]
    writers: list[str]
    publish_at: datetime | None
    published_at: datetime | None
    corrected_at: datetime | None
    correction: str | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    revision: int
    told: bool
    retracted: bool
    updated_at: datetime


class DeskRow(Reply):
    id: UUID
    title: str
    state: State
    live: bool
    category: Category
    communes: int
    languages: list[str]
    publish_at: datetime | None
    published_at: datetime | None
    updated_at: datetime
    writer: str | None


class DeskArticles(Reply):
    items: list[DeskRow]
    next_cursor: str | None


class VersionReply(Reply):
    """Somebody's work of one sitting; `fields` are those it changed."""

    number: int
    at: datetime
    by: str | None
    fields: list[str]


class VersionsReply(Reply):
    items: list[VersionReply]


class ChangesReply(Reply):
    """One version, and what it made different from the one before, word by word."""

    number: int
    at: datetime
    content: Content
    changes: list[Change]


class SayPresence(Command):
    """`typing`: whether something was typed since the last time."""

    typing: bool


class SomebodyReply(Reply):
    name: str
    seen_at: datetime
    writing: bool


class PresenceReply(Reply):
    """`version`: the article's now. `others`: who else has it open."""

    version: int
    others: list[SomebodyReply]


class FileReply(Reply):
    """What was kept: the name articles use, and how large it is."""

    name: str
    title: str
    media_type: str
    size: int


class KeepTemplate(Command):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    content: WriteArticle


class TemplateReply(Reply):
    name: str
    content: Content


class TemplatesReply(Reply):
    items: list[TemplateReply]


class ReachReply(Reply):
    """How many would be told now. `typed`: so many that the larger number must be typed with `approve`."""

    devices: int
    inboxes: int
    typed: bool


class Drive(StrEnum):
    """What can be done while it is being sent."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


class DriveSending(Command):
    do: Drive


class WaitReply(Reply):
    """So many devices wait for this: the morning, somebody's quiet time, a push service."""

    why: str
    devices: int


class SendingReply(Reply):
    """How far the pushes of an article are: `due` = `sent` + `failed` + `gone` + `waiting`, to the unit.

    `counted`: whether `due` is final. `shown`, `opened`: phones that said so; `read`: inboxes in which it was opened.
    Nobody is known by these numbers.
    """

    state: str
    counted: bool
    over: bool
    due: int
    sent: int
    failed: int
    gone: int
    waiting: int
    waits: list[WaitReply]
    next_at: datetime | None
    shown: int
    opened: int
    read: int


class ShowOnDevice(Command):
    """A device as it registered for notifications; its secret goes in the header `Device-Secret`."""

    device_id: UUID
