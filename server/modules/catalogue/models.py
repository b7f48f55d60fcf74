"""The tables of the catalogue: published facts, what changed in them, and what helps to find them."""

from datetime import date
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table


class Procedure(Table):
    """An administrative procedure (TTHC) under its national code; `facts` is rules.facts.Facts."""

    __tablename__ = "catalogue_procedure"

    code: Mapped[str] = mapped_column(unique=True)
    facts: Mapped[dict[str, Any]]
    revision: Mapped[int]


class Change(Table):
    """One field of one procedure that a revision made different; kept so that a saved copy can be compared."""

    __tablename__ = "catalogue_change"
    __table_args__ = (UniqueConstraint("code", "revision", "field"),)

    code: Mapped[str]
    revision: Mapped[int]
    field: Mapped[str]
    difference: Mapped[dict[str, Any]]


class Word(Table):
    """What people say for what the titles say; editable by staff. Kinds: see data/README.md."""

    __tablename__ = "catalogue_word"

    term: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    content: Mapped[dict[str, Any]]


class Family(Table):
    """Procedures that look alike, so that the resident is asked which one is meant."""

    __tablename__ = "catalogue_family"

    name: Mapped[str] = mapped_column(unique=True)
    codes: Mapped[list[str]]


class Opening(Table):
    """How often a procedure was opened on a day; by whom is not known."""

    __tablename__ = "catalogue_opening"
    __table_args__ = (UniqueConstraint("code", "day"),)

    code: Mapped[str]
    day: Mapped[date] = mapped_column(index=True)
    times: Mapped[int]
