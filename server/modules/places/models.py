"""The tables of the places. They hold what data/places says, release by release; staff do not edit them yet."""

from typing import Any, Literal

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table

UnitKind = Literal["commune", "ward", "special-zone"]
OfficeKind = Literal[
    "peoples-committee",
    "one-stop",
    "police",
    "department",
    "board",
    "office",
    "inspectorate",
    "military",
    "portal",
]


class Province(Table):
    """The one province this service is for; `identifier_code` is its level-1 code in national data exchange."""

    __tablename__ = "places_province"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    identifier_code: Mapped[str | None]


class Unit(Table):
    """A commune, ward or special zone (đặc khu) of today. `boundary` locates, `outline` draws; both are GeoJSON
    geometries (RFC 7946).
    """

    __tablename__ = "places_unit"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[UnitKind] = mapped_column(Text)
    former_province: Mapped[str | None]
    boundary: Mapped[dict[str, Any]]
    outline: Mapped[dict[str, Any]]


class OldName(Table):
    """A commune of the past, or a place people name (no district); `successors` are rules.Successor."""

    __tablename__ = "places_old_name"
    __table_args__ = (UniqueConstraint("name", "district", postgresql_nulls_not_distinct=True),)

    name: Mapped[str]
    district: Mapped[str | None]
    province: Mapped[str | None]
    successors: Mapped[list[dict[str, Any]]]


class Office(Table):
    """Where residents go: of one unit, or of the province (no unit). `fields` are the catalogue's (lĩnh vực)."""

    __tablename__ = "places_office"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[OfficeKind] = mapped_column(Text)
    unit_code: Mapped[str | None]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    hours: Mapped[str | None]
    note: Mapped[str | None]
    fields: Mapped[list[str]]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
