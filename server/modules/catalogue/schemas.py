"""What the catalogue sends."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.modules.catalogue.rules.facts import (
    Audience,
    Case,
    LegalText,
    Level,
    Limit,
    Result,
    Way,
)


class ProcedureLink(Reply):
    code: str
    title: str


class ProcedureSummary(Reply):
    """A procedure in a list. `time` and `fee` (đồng, 0 = free) only where the source leaves no doubt."""

    code: str
    title: str
    field: str | None
    levels: list[Level]
    audiences: list[Audience]
    agencies: list[str]
    online: bool
    time: Limit | None
    fee: int | None
    in_force: bool
    replaced_by: list[str]


class Choice(Reply):
    label: str
    code: str


class Question(Reply):
    """Asked back when several look-alike procedures fit what was typed."""

    text: str
    choices: list[Choice]


class ProcedurePage(Reply):
    items: list[ProcedureSummary]
    next_cursor: str | None
    question: Question | None


class FamilyReply(Reply):
    name: str
    members: list[ProcedureLink]


class ProcedureReply(Reply):
    """Everything published about one procedure."""

    code: str
    title: str
    title_is_official: bool
    field: str | None
    levels: list[Level]
    audiences: list[Audience]
    agencies: list[str]
    decision: str | None
    channels: list[Way]
    time: Limit | None
    fee: int | None
    cases: list[Case]
    steps: list[str]
    conditions: str | None
    results: list[Result]
    legal_basis: list[LegalText]
    notes: list[str]
    fee_note: str | None
    aliases: list[str]
    flags: list[str]
    in_force: bool
    valid_from: date | None
    valid_to: date | None
    replaced_by: list[ProcedureLink]
    replaces: list[ProcedureLink]
    related: list[ProcedureLink]
    family: FamilyReply | None
    portal_url: str | None
    revision: int
    updated_at: datetime


class ChangeReply(Reply):
    """One field that is not what it was; `before` and `after` have the shape of that field in a procedure."""

    revision: int
    at: datetime
    field: str
    before: Any
    after: Any


class Changes(Reply):
    items: list[ChangeReply]


class Counted(Reply):
    name: str
    count: int


class Filters(Reply):
    """What a list can be narrowed to, with the number of procedures in force for each."""

    fields: list[Counted]
    audiences: list[Counted]
    levels: list[Counted]
    agencies: list[Counted]


class Outline(Reply):
    """Every title, for searching without a network.

    items: [code, title, index into fields or -1, levels as bits (1 central, 2 province, 4 commune), in force 0|1]
    words: [what people say, codes with the best first]
    """

    fields: list[str]
    items: list[tuple[str, str, int, int, int]]
    words: list[tuple[list[str], list[str]]]


_Phrase = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=20)]


class WriteWord(Command):
    """What people say, the most usual first; the procedures meant, best first, or how titles name it."""

    said: Annotated[list[_Phrase], msgspec.Meta(min_length=1, max_length=30)]
    official: Annotated[list[_Phrase], msgspec.Meta(max_length=10)]
    codes: Annotated[list[_Code], msgspec.Meta(max_length=10)]


class WordReply(Reply):
    id: UUID
    said: list[str]
    official: list[str]
    procedures: list[ProcedureLink]
    version: int


class WordsReply(Reply):
    items: list[WordReply]
    next_cursor: str | None


class WriteRewrite(Command):
    """A dialect word or a short form, and what is usually written for it."""

    said: _Phrase
    means: _Phrase


class RewriteReply(Reply):
    id: UUID
    said: str
    means: str
    version: int


class RewritesReply(Reply):
    items: list[RewriteReply]
    next_cursor: str | None


class WriteChoice(Command):
    """One meaning, as people are asked for it, and its procedures, best first."""

    label: _Phrase
    codes: Annotated[list[_Code], msgspec.Meta(max_length=10)]


class WriteQuestion(Command):
    """What people say, and what they may mean by it."""

    said: _Phrase
    choices: Annotated[list[WriteChoice], msgspec.Meta(max_length=10)]


class ChoiceReply(Reply):
    label: str
    procedures: list[ProcedureLink]


class QuestionReply(Reply):
    id: UUID
    said: str
    choices: list[ChoiceReply]
    version: int


class QuestionsReply(Reply):
    items: list[QuestionReply]
    next_cursor: str | None
