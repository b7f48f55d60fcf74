"""What is known of a procedure, in our own words, and how a line of an import file becomes that.

The line's shape is data/catalogue.schema.json. Nothing is invented on the way: what the source leaves open stays
null, an empty list means unknown, and the printed text of a time or a fee always travels beside its reading.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Protocol

import msgspec

from server.core.text import clean, fold


class Level(StrEnum):
    CENTRAL = "central"
    PROVINCE = "province"
    COMMUNE = "commune"


class Channel(StrEnum):
    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"


class Unit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working-day"


class Audience(StrEnum):
    CITIZEN = "citizen"
    OVERSEAS_VIETNAMESE = "overseas-vietnamese"
    FOREIGNER = "foreigner"
    BUSINESS = "business"
    FOREIGN_BUSINESS = "foreign-business"
    COOPERATIVE = "cooperative"
    ORGANISATION = "organisation"
    FOREIGN_ORGANISATION = "foreign-organisation"
    OFFICIAL = "official"
    PARTY = "party"


class Shape(msgspec.Struct, kw_only=True):
    """A part of a procedure as it is kept and as it is sent."""


class Limit(Shape):
    """A time limit: working days and days are different things, and so are hours."""

    value: int
    unit: Unit


class Fee(Shape):
    """`amount` in đồng; 0 is a real price. `basis` is the rule or the condition the source prints beside it."""

    amount: int
    basis: str | None


class Way(Shape):
    """One way of filing × its time × its fee; a channel may appear several times, for different cases."""

    channel: Channel
    time: Limit | None
    time_text: str | None
    fees: list[Fee]
    fee_text: str | None


class Paper(Shape):
    """A paper to bring; `advice` marks a remark that the source lists among the papers."""

    name: str
    forms: list[str]
    originals: int | None
    copies: int | None
    advice: bool


class Case(Shape):
    """Papers that belong together. `situation`: only for who is in it; else for everybody."""

    name: str | None
    situation: bool
    papers: list[Paper]


class Result(Shape):
    name: str
    code: str | None


class LegalText(Shape):
    title: str
    number: str | None


class Facts(Shape):
    """Everything published about one procedure under one code."""

    title: str
    title_is_official: bool
    field: str | None
    levels: list[Level]
    audiences: list[Audience]
    agencies: list[str]
    decision: str | None
    channels: list[Way]
    cases: list[Case]
    steps: list[str]
    conditions: str | None
    results: list[Result]
    legal_basis: list[LegalText]
    notes: list[str]
    fee_note: str | None
    aliases: list[str]
    flags: list[str]
    valid_from: date | None
    valid_to: date | None
    replaced_by: list[str]
    replaces: list[str]
    related: list[str]
    portal_url: str | None


# ── the source's line ────────────────────────────────────────────────────────────────────────────────────────────

Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9]\.[0-9]{6}$")]
Name = Annotated[str, msgspec.Meta(min_length=2, max_length=2000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    pass


class LineTime(_Line):
    value: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    unit: Literal["giờ", "ngày", "ngày làm việc"]


class LineFee(_Line):
    amount: Annotated[int, msgspec.Meta(ge=0, le=10**12)]
    basis: str | None = None


class LineChannel(_Line):
    channel: Literal["trực tiếp", "trực tuyến", "bưu chính"]
    time: LineTime | None
    time_text: str | None
    fees: list[LineFee]
    fee_text: str | None
    time_from: Literal["curated"] | None = None


class LineDocument(_Line):
    case: str | None
    name: Name
    form: str | None
    originals: Count | None
    copies: Count | None
    forms: list[str] = []
    advice: bool = False


class LineCuratedDocument(_Line):
    name: Name
    originals: Count | None = None
    copies: Count | None = None
    case: str | None = None
    submit_or_show: str | None = None


class LineLegal(_Line):
    title: Name
    number: str | None


class LineResult(_Line):
    name: Name
    code: str | None


class Line(_Line):
    """One procedure as an import file states it (data/catalogue.schema.json)."""

    code: Code
    title: Annotated[str, msgspec.Meta(min_length=3, max_length=2000)]
    decision: str | None
    authority_levels: list[Literal["trung ương", "tỉnh", "xã"]]
    kind: str | None
    field: str | None
    audiences: list[str]
    agencies: list[Name]
    channels: list[LineChannel]
    documents: list[LineDocument]
    legal_basis: list[LineLegal]
    results: list[LineResult]
    related: list[Code]
    ministry: str | None
    source_url: str | None
    origin: str
    flags: list[str]
    advice_dropped: int = 0
    sets: int | None = None
    steps: list[str] = []
    conditions: str | None = None
    aliases: list[str] = []
    notes: list[str] = []
    fee_note: str | None = None
    families: list[str] = []
    documents_curated: list[LineCuratedDocument] = []
    online_level: str | None = None
    code_history: list[dict[str, str]] = []
    superseded_by: list[Code] = []
    replaces: list[Code] = []
    curated_confidence: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


_LEVELS = {"trung ương": Level.CENTRAL, "tỉnh": Level.PROVINCE, "xã": Level.COMMUNE}
_CHANNELS = {"trực tiếp": Channel.DIRECT, "trực tuyến": Channel.ONLINE, "bưu chính": Channel.POST}
_UNITS = {"giờ": Unit.HOUR, "ngày": Unit.DAY, "ngày làm việc": Unit.WORKING_DAY}
_AUDIENCES = {
    "Công dân Việt Nam": Audience.CITIZEN,
    "Người Việt Nam định cư ở nước ngoài": Audience.OVERSEAS_VIETNAMESE,
    "Người nước ngoài": Audience.FOREIGNER,
    "Người nước ngoài cư trú tại Việt Nam": Audience.FOREIGNER,
    "Doanh nghiệp": Audience.BUSINESS,
    "Doanh nghiệp Việt Nam": Audience.BUSINESS,
    "Doanh nghiệp có vốn đầu tư nước ngoài": Audience.FOREIGN_BUSINESS,
    "Hợp tác xã": Audience.COOPERATIVE,
    "Tổ chức (không bao gồm doanh nghiệp, HTX)": Audience.ORGANISATION,
    "Tổ chức nước ngoài": Audience.FOREIGN_ORGANISATION,
    "Cán bộ, công chức, viên chức": Audience.OFFICIAL,
    "Đảng viên": Audience.PARTY,
    "Tổ chức Đảng": Audience.PARTY,
}

CODE = re.compile(r"^[0-9]\.[0-9]{6}$")
# A source may also be a note of where the text is from ("gh-text:…"), which no browser opens.
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/\S*)?$")


def read_line(text: bytes) -> Line:
    """One line of an import file. Raises ValueError with a reason that names the field."""
    try:
        line = msgspec.json.decode(text, type=Line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None
    for audience in line.audiences:
        if audience not in _AUDIENCES:
            raise ValueError(f"unknown audience {audience!r} - at `$.audiences`")
    for name, part in _texts("$", msgspec.to_builtins(line)):
        try:
            kept = clean(part, len(part))
        except ValueError as error:
            raise ValueError(f"{error} - at `{name}`") from None
        if part and not kept:
            raise ValueError(f"nothing but spaces - at `{name}`")
    for name, codes in (("superseded_by", line.superseded_by), ("replaces", line.replaces)):
        if line.code in codes:
            raise ValueError(f"names the procedure itself - at `$.{name}`")
    if line.valid_from and line.valid_to and line.valid_to < line.valid_from:
        raise ValueError(f"ends before it begins ({line.valid_from}) - at `$.valid_to`")
    return line


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text, by the name of its place."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(f"{name}.{key}", part)
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _texts(f"{name}[{at}]", part)


def facts_of(line: Line) -> Facts:
    """The same in our own words."""
    return Facts(
        title=line.title,
        title_is_official="title_not_official" not in line.flags,
        field=line.field,
        levels=[level for name, level in _LEVELS.items() if name in line.authority_levels],
        audiences=list(dict.fromkeys(_AUDIENCES[name] for name in line.audiences)),
        agencies=line.agencies,
        decision=line.decision,
        channels=[_way(row) for row in line.channels],
        cases=_cases(line),
        steps=line.steps,
        conditions=line.conditions,
        results=[Result(name=row.name, code=row.code) for row in line.results],
        legal_basis=[LegalText(title=row.title, number=row.number) for row in line.legal_basis],
        notes=line.notes,
        fee_note=line.fee_note,
        aliases=line.aliases,
        flags=[flag.replace("_", "-") for flag in line.flags],
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        replaced_by=line.superseded_by,
        replaces=list(dict.fromkeys([*line.replaces, *(alias for alias in line.aliases if CODE.match(alias))])),
        related=line.related,
        portal_url=line.source_url if _ADDRESS.match(line.source_url or "") else None,
    )


def _way(row: LineChannel) -> Way:
    return Way(
        channel=_CHANNELS[row.channel],
        time=Limit(value=row.time.value, unit=_UNITS[row.time.unit]) if row.time else None,
        time_text=row.time_text,
        fees=[Fee(amount=fee.amount, basis=fee.basis) for fee in row.fees],
        fee_text=row.fee_text,
    )


def _cases(line: Line) -> list[Case]:
    """Group the papers; the source's order is random, so what everybody needs comes first."""
    rows = [
        (row.case, Paper(name=row.name, forms=row.forms or ([row.form] if row.form else []), originals=row.originals,
                         copies=row.copies, advice=row.advice))
        for row in line.documents
    ] or [
        (row.case or _SUBMIT_OR_SHOW.get(row.submit_or_show or ""),
         Paper(name=row.name, forms=[], originals=row.originals, copies=row.copies, advice=False))
        for row in line.documents_curated
    ]  # fmt: skip
    groups: dict[str | None, list[Paper]] = {}
    for name, paper in rows:
        groups.setdefault(name, []).append(paper)
    situations = {name for name in groups if name and not _for_everybody(name)}
    # One group alone leaves nothing to choose.
    if len(groups) == 1:
        situations = set()
    return sorted(
        (Case(name=name, situation=name in situations, papers=papers) for name, papers in groups.items()),
        key=lambda case: (case.situation, case.name is not None),
    )


_SUBMIT_OR_SHOW = {"submit": "Giấy tờ phải nộp", "show": "Giấy tờ phải xuất trình"}
_NUMBERING = re.compile(r"^[\s(\[-]*(?:[0-9]+(?:\.[0-9]+)*|[a-zđ][0-9]?|[ivx]+)?[\s.)\]:/-]+")
_FOR_EVERYBODY = (
    "giay to phai", "cac giay to", "giay to nop", "giay to xuat trinh", "giay to can", "thanh phan ho so", "ho so gom",
    "ho so bao gom", "nguoi yeu cau chung thuc", "xuat trinh", "so luong", "chung tu phai nop", "nhom 1", "nhom 2",
    "ho so nang luc", "mot trong cac", "luu y", "theo quy dinh", "tai lieu",
)  # fmt: skip


def _for_everybody(name: str) -> bool:
    """“Giấy tờ phải nộp” says what to do with the papers; “Trường hợp ủy quyền” says whom they concern."""
    return _NUMBERING.sub("", fold(name) + " ").startswith(_FOR_EVERYBODY)


# ── readings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def clear_time(channels: Sequence[Way]) -> Limit | None:
    """The time limit, when every row states the same one with a unit; else the printed texts must speak."""
    times = [way.time for way in channels]
    return times[0] if times and all(time == times[0] for time in times) else None


def clear_fee(channels: Sequence[Way]) -> int | None:
    """The fee in đồng, when every row states the same single amount without a condition; 0 is an amount."""
    amounts = {tuple((fee.amount, fee.basis) for fee in way.fees) for way in channels}
    match [*amounts]:
        case [((amount, None),)]:
            return amount
    return None


class Validity(Protocol):
    """What decides whether a procedure is in force."""

    replaced_by: list[str]
    valid_from: date | None
    valid_to: date | None


def in_force(facts: Validity, today: date) -> bool:
    """Not replaced, and valid today as far as dates are known."""
    if facts.replaced_by:
        return False
    if facts.valid_from is not None and today < facts.valid_from:
        return False
    return facts.valid_to is None or today <= facts.valid_to


class Difference(Shape):
    """One field that is not what it was; `before` and `after` as they stand in a reply."""

    field: str
    before: object
    after: object


def compare(before: Facts, after: Facts) -> list[Difference]:
    """Field by field, in the order of the fields."""
    was, now = msgspec.to_builtins(before), msgspec.to_builtins(after)
    return [Difference(field=name, before=was[name], after=now[name]) for name in now if was.get(name) != now[name]]


def normalise_code(text: str) -> str | None:
    """The national code in what a person copied from a slip: 1013225, “1 013 225”, 1.013225.000.00.00.H12."""
    found = re.match(r"^\s*([0-9])[\s.,_-]?([0-9]{3})[\s.,]?([0-9]{3})(?![0-9])", text)
    return f"{found[1]}.{found[2]}{found[3]}" if found else None
