"""The peer (a): FastAPI, Pydantic models, SQLAlchemy's asynchronous ORM over psycopg, served by uvicorn."""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Text, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, load_only, mapped_column

url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
engine = create_async_engine(url, pool_size=16, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class Procedure(Base):
    __tablename__ = "bench_procedure"

    code: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str]
    title_is_official: Mapped[bool]
    field: Mapped[str | None]
    levels: Mapped[list[str]]
    audiences: Mapped[list[str]]
    agencies: Mapped[list[str]]
    decision: Mapped[str | None]
    online: Mapped[bool]
    channels: Mapped[list[dict[str, Any]]]
    time: Mapped[dict[str, Any] | None]
    fee: Mapped[int | None]
    cases: Mapped[list[dict[str, Any]]]
    steps: Mapped[list[str]]
    conditions: Mapped[str | None]
    results: Mapped[list[dict[str, Any]]]
    legal_basis: Mapped[list[dict[str, Any]]]
    notes: Mapped[list[str]]
    fee_note: Mapped[str | None]
    aliases: Mapped[list[str]]
    flags: Mapped[list[str]]
    in_force: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successors: Mapped[list[str]]
    replaced_by: Mapped[list[dict[str, Any]]]
    replaces: Mapped[list[dict[str, Any]]]
    related: Mapped[list[dict[str, Any]]]
    family: Mapped[dict[str, Any] | None]
    portal_url: Mapped[str | None]
    revision: Mapped[int]
    updated_at: Mapped[datetime]


class Reply(BaseModel):
    model_config = ConfigDict(from_attributes=True)


Level = Literal["central", "province", "commune"]
Audience = Literal[
    "citizen",
    "overseas-vietnamese",
    "foreigner",
    "business",
    "foreign-business",
    "cooperative",
    "organisation",
    "foreign-organisation",
    "official",
    "party",
]


class Limit(Reply):
    value: int
    unit: Literal["hour", "day", "working-day"]


class Fee(Reply):
    amount: int
    basis: str | None


class Way(Reply):
    channel: Literal["direct", "online", "post"]
    time: Limit | None
    time_text: str | None
    fees: list[Fee]
    fee_text: str | None


class Paper(Reply):
    name: str
    forms: list[str]
    originals: int | None
    copies: int | None
    advice: bool


class Case(Reply):
    name: str | None
    situation: bool
    papers: list[Paper]


class Result(Reply):
    name: str
    code: str | None


class LegalText(Reply):
    title: str
    number: str | None


class Link(Reply):
    code: str
    title: str


class Family(Reply):
    name: str
    members: list[Link]


class Summary(Reply):
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
    replaced_by: list[str] = Field(validation_alias="successors")


class Page(Reply):
    items: list[Summary]
    next_cursor: str | None
    question: None


class Full(Reply):
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
    replaced_by: list[Link]
    replaces: list[Link]
    related: list[Link]
    family: Family | None
    portal_url: str | None
    revision: int
    updated_at: datetime


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as opened:
        yield opened


@asynccontextmanager
async def life(_: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


app = FastAPI(lifespan=life)
Session = Annotated[AsyncSession, Depends(session)]
IN_A_LIST = load_only(*(getattr(Procedure, name) for name in Summary.model_fields if name != "replaced_by"))


@app.get("/api/catalogue/procedures", response_model=Page)
async def list_procedures(
    session: Session,
    field: Annotated[str | None, Query(max_length=200)] = None,
    audience: Audience | None = None,
    level: Level | None = None,
    agency: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Any:
    query = select(Procedure).options(IN_A_LIST, load_only(Procedure.successors)).order_by(Procedure.rank)
    if field is not None:
        query = query.where(Procedure.field == field)
    if audience is not None:
        query = query.where(Procedure.audiences.contains([audience]))
    if level is not None:
        query = query.where(Procedure.levels.contains([level]))
    if agency is not None:
        query = query.where(Procedure.agencies.contains([agency]))
    if cursor is not None:
        last = base64.urlsafe_b64decode(cursor + "==").decode()
        query = query.where(Procedure.rank > select(Procedure.rank).where(Procedure.code == last).scalar_subquery())
    rows = (await session.scalars(query.limit(limit + 1))).all()
    after = base64.urlsafe_b64encode(rows[limit - 1].code.encode()).decode().rstrip("=") if rows[limit:] else None
    return {"items": rows[:limit], "next_cursor": after, "question": None}


@app.get("/api/catalogue/procedures/{code}", response_model=Full)
async def get_procedure(code: str, session: Session) -> Any:
    procedure = await session.get(Procedure, code)
    if procedure is None:
        raise HTTPException(404)
    return procedure
