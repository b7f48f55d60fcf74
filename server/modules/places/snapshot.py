"""The places as the public reads them: replies made once, and the names and shapes that find them."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.database import Table
from server.core.paging import page
from server.core.problems import Unavailable
from server.core.snapshot import Snapshot
from server.core.text import fold
from server.modules.places import models, rules
from server.modules.places.schemas import (
    Location,
    MapTiles,
    OfficePage,
    OfficeReply,
    ProvinceReply,
    UnitFeature,
    UnitPage,
    UnitProperties,
    UnitReply,
    UnitSummary,
)
from server.modules.places.service import SNAPSHOT, OutsideTheProvince, PositionRefused, UnitNotFound

_WORD = re.compile(r"\w+")


class Rows(msgspec.Struct):
    """What the snapshot is made of, as read from the tables."""

    provinces: Sequence[Row[Any]]
    units: Sequence[Row[Any]]
    old_names: Sequence[Row[Any]]
    offices: Sequence[Row[Any]]


async def load(connection: AsyncConnection) -> Rows:
    async def rows(table: type[Table]) -> Sequence[Row[Any]]:
        return (await connection.execute(select(table.__table__).order_by(table.id))).all()

    return Rows(
        provinces=await rows(models.Province),
        units=await rows(models.Unit),
        old_names=await rows(models.OldName),
        offices=await rows(models.Office),
    )


class Atlas:
    """Every place, ready to be sent and to be found."""

    def __init__(self, rows: Rows) -> None:
        self._province = next((_province(it) for it in rows.provinces), None)
        old_names = [_old_name(it) for it in rows.old_names]
        self._names = rules.read_names(
            self._province.short_name if self._province else "",
            [rules.Unit(it.code, it.name, it.former_province) for it in rows.units],
            old_names,
        )
        self._shapes = rules.read_shapes({"features": [{"id": it.code, "geometry": it.boundary} for it in rows.units]})
        formerly = rules.formerly(old_names)
        points = {shape.code: rules.point_in(shape) for shape in self._shapes}
        # Wards stand before communes and both in alphabetical order, because every name begins with the kind.
        in_order = sorted(rows.units, key=lambda it: fold(it.name))
        self._units = {it.code: _unit(it, formerly.get(it.code, []), points[it.code]) for it in in_order}
        offices = [_office(it) for it in rows.offices]
        self._unit_pages = {code: _unit_page(unit, offices) for code, unit in self._units.items()}
        offices.sort(key=lambda it: (it.kind != "one-stop", fold(it.name)))
        self._offices = {it.id: it for it in offices if it.unit_code is None}
        self._features = msgspec.Raw(msgspec.json.encode([_feature(it) for it in in_order]))

    @property
    def province(self) -> bytes:
        """Which province this is. Raises Unavailable while the tables are empty."""
        if self._province is None:
            raise Unavailable
        return msgspec.json.encode(self._province)

    def outline(self, tiles: MapTiles | None) -> bytes:
        """A ProvinceOutline."""
        return msgspec.json.encode({"type": "FeatureCollection", "features": self._features, "tiles": tiles})

    def units(self, q: str, limit: int, cursor: str | None) -> bytes:
        """One page of the units, or of those `q` may mean, the likeliest first. Raises CursorRefused."""
        found = dict(self._units)
        if q:
            found = {match.code: self._matched(match) for match in rules.find_units(q, self._names)}
        shown, next_cursor = page(list(found), limit, cursor)
        return msgspec.json.encode(UnitPage(items=[found[code] for code in shown], next_cursor=next_cursor))

    def unit(self, code: str) -> bytes:
        """One unit with its offices. Raises UnitNotFound."""
        if code not in self._unit_pages:
            raise UnitNotFound
        return self._unit_pages[code]

    def offices(self, q: str, limit: int, cursor: str | None) -> bytes:
        """One page of the province's offices; with words, those called so before those that deal with it."""
        ids = [*self._offices]
        if q:
            words = _WORD.findall(fold(q))
            called = [it.id for it in self._offices.values() if _says(it.name, words)]
            dealing = [it.id for it in self._offices.values() if any(_says(field, words) for field in it.fields)]
            ids = [*dict.fromkeys(called + dealing)]
        shown, next_cursor = page(ids, limit, cursor)
        return msgspec.json.encode(OfficePage(items=[self._offices[id] for id in shown], next_cursor=next_cursor))

    def locate(self, lat: float, lon: float) -> Location:
        """The unit a position lies in, or the nearest. Raises PositionRefused, OutsideTheProvince."""
        try:
            located = rules.locate(lat, lon, self._shapes)
        except ValueError:
            raise PositionRefused from None
        if located is None:
            raise OutsideTheProvince
        return Location(unit=self._units[located.code], inside=located.inside, distance_m=located.distance_m)

    def point_in(self, code: str) -> tuple[float, float]:
        return self._units[code].lat, self._units[code].lon

    def _matched(self, match: rules.Match) -> UnitSummary:
        label = f"{match.matched} ({match.part})" if match.part else match.matched
        return msgspec.structs.replace(self._units[match.code], matched=label)


def _says(text: str, words: list[str]) -> bool:
    """Whether every word begins one of the text's."""
    own = _WORD.findall(fold(text))
    return bool(words) and all(any(mine.startswith(word) for mine in own) for word in words)


def _province(row: Row[Any]) -> ProvinceReply:
    short_name = row.name.removeprefix("Tỉnh ").removeprefix("Thành phố ")
    return ProvinceReply(code=row.code, name=row.name, short_name=short_name, identifier_code=row.identifier_code)


def _old_name(row: Row[Any]) -> rules.OldName:
    successors = tuple(rules.Successor(**it) for it in row.successors)
    return rules.OldName(row.name, row.district, row.province, successors)


def _unit(row: Row[Any], formerly: list[str], point: tuple[float, float]) -> UnitSummary:
    # Five decimals are a metre.
    lat, lon = (round(degrees, 5) for degrees in point)
    return UnitSummary(
        code=row.code,
        name=row.name,
        kind=row.kind,
        former_province=row.former_province,
        formerly=formerly,
        matched=None,
        lat=lat,
        lon=lon,
    )


def _office(row: Row[Any]) -> OfficeReply:
    given = {name: getattr(row, name) for name in OfficeReply.__struct_fields__}
    return OfficeReply(**given | {"id": row.slug})


def _unit_page(unit: UnitSummary, offices: Sequence[OfficeReply]) -> bytes:
    own = rules.offices_for(unit.code, None, offices)
    return msgspec.json.encode(UnitReply(**msgspec.structs.asdict(unit), offices=own))


def _feature(unit: Row[Any]) -> UnitFeature:
    return UnitFeature(
        type="Feature",
        id=unit.code,
        properties=UnitProperties(code=unit.code, name=unit.name),
        geometry=unit.outline,
    )


places_snapshot = Snapshot(SNAPSHOT, load, Atlas)
