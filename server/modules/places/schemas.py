"""What the places send."""

from typing import Any, Literal

from server.core.wire import Reply
from server.modules.places.models import OfficeKind, UnitKind


class UnitSummary(Reply):
    """A commune or ward of today. `lat` and `lon` lie inside it, for a pin or its name.

    `formerly` names the communes it was made of; `matched` the old name that led here, null when it is today's own.
    """

    code: str
    name: str
    kind: UnitKind
    former_province: str | None
    formerly: list[str]
    matched: str | None
    lat: float
    lon: float


class UnitPage(Reply):
    items: list[UnitSummary]
    next_cursor: str | None


class OfficeReply(Reply):
    """An office; `unit_code` null = of the whole province. `fields` are the catalogue's fields it deals with."""

    id: str
    name: str
    kind: OfficeKind
    unit_code: str | None
    address: str | None
    phone: str | None
    hours: str | None
    note: str | None
    fields: list[str]
    lat: float | None
    lon: float | None


class OfficePage(Reply):
    items: list[OfficeReply]
    next_cursor: str | None


class UnitReply(UnitSummary):
    """A commune or ward with its own offices, the one-stop centre first."""

    offices: list[OfficeReply]


class Location(Reply):
    """The unit a position lies in, or the nearest one and how far its border is in metres."""

    unit: UnitSummary
    inside: bool
    distance_m: int


class Geometry(Reply):
    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class UnitProperties(Reply):
    code: str
    name: str


class UnitFeature(Reply):
    type: Literal["Feature"]
    id: str
    properties: UnitProperties
    geometry: Geometry


class MapTiles(Reply):
    """What an operator lays below the outline, in Web Mercator: `{z}`, `{x}` and `{y}` of the address are to be put in,
    and the attribution is to be shown on the map.
    """

    address: str
    attribution: str


class ProvinceOutline(Reply):
    """A GeoJSON FeatureCollection (RFC 7946), longitude first, coarse enough to draw the whole province on a phone;
    and, as a foreign member, the tiles of an operator who has some.
    """

    type: Literal["FeatureCollection"]
    features: list[UnitFeature]
    tiles: MapTiles | None


class ProvinceReply(Reply):
    """`short_name` is the name without the word for province."""

    code: str
    name: str
    short_name: str
    identifier_code: str | None
