"""The province's places, from data/places. They belong to the release: a corrected file corrects the tables."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.data import read_data, wrong_data
from server.core.database import Table
from server.core.settings import Settings
from server.modules.places.models import Office, OfficeKind, OldName, Province, Unit, UnitKind
from server.modules.places.service import Places, Row

_UNIT_KINDS: dict[str, UnitKind] = {"xã": "commune", "phường": "ward", "đặc khu": "special-zone"}


class _Province(msgspec.Struct):
    code: str
    name: str
    identifier_code: str | None


class _Unit(msgspec.Struct):
    code: str
    name: str
    type: Literal["xã", "phường", "đặc khu"]
    former_province: str | None


class _Units(msgspec.Struct):
    province: _Province
    wards: Annotated[list[_Unit], msgspec.Meta(min_length=1)]


class _Part(msgspec.Struct):
    code: str
    part: str | None


class _Former(msgspec.Struct):
    name: str
    district: str
    province: str
    now: list[_Part]


class _Called(msgspec.Struct):
    name: str
    now: str


class _OldNames(msgspec.Struct):
    wards: list[_Former]
    places: list[_Called]


class _Office(msgspec.Struct):
    id: str
    name: str
    kind: OfficeKind
    unit_code: str | None
    address: str | None
    phone: str | None
    hours: str | None
    note: str | None
    lat: float | None
    lon: float | None
    fields: list[str] | None = None


class _Offices(msgspec.Struct):
    commune_fields: dict[str, list[str]]
    offices: list[_Office]


class _Feature(msgspec.Struct):
    id: str
    geometry: dict[str, Any]


class _Features(msgspec.Struct):
    features: list[_Feature]


async def seed(session: AsyncSession, settings: Settings) -> None:
    await Places(session).take_over(read(settings))


def read(settings: Settings) -> dict[type[Table], list[Row]]:
    """The rows of every table. Raises WrongSetting that names the file and what is wrong in it."""
    units = read_data(settings.data, "places/units.json", _Units)
    codes = _each_once("places/units.json", (it.code for it in units.wards))
    old_names = read_data(settings.data, "places/old_names.json", _OldNames)
    for name, code in [
        *((it.name, part.code) for it in old_names.wards for part in it.now),
        *((it.name, it.now) for it in old_names.places),
    ]:
        _known("places/old_names.json", name, code, codes)
    _each_once("places/old_names.json", (f"{it.name}, {it.district}" for it in old_names.wards))
    offices = read_data(settings.data, "places/offices.json", _Offices)
    _each_once("places/offices.json", (it.id for it in offices.offices))
    for it in offices.offices:
        if it.unit_code is not None:
            _known("places/offices.json", it.id, it.unit_code, codes)
        if it.fields is None and it.kind not in offices.commune_fields:
            raise wrong_data("places/offices.json", f"{it.id} has no fields, nor have offices of its kind")
    boundaries, outlines = (_geometries(settings, f"places/{it}.geojson", codes) for it in _MAPS)
    return {
        Province: [msgspec.structs.asdict(units.province)],
        Unit: [
            {
                "code": it.code,
                "name": it.name,
                "kind": _UNIT_KINDS[it.type],
                "former_province": it.former_province,
                "boundary": boundaries[it.code],
                "outline": outlines[it.code],
            }
            for it in units.wards
        ],
        OldName: [
            *(_old_name(it.name, it.district, it.province, it.now) for it in old_names.wards),
            *(_old_name(it.name, None, None, [_Part(it.now, None)]) for it in old_names.places),
        ],
        Office: [_office(it, offices.commune_fields) for it in offices.offices],
    }


_MAPS = ("communes", "communes-outline")


def _geometries(settings: Settings, name: str, codes: set[str]) -> dict[str, Any]:
    found = {it.id: it.geometry for it in read_data(settings.data, name, _Features).features}
    if missing := sorted(codes - found.keys()):
        raise wrong_data(name, f"no feature has the id {', '.join(missing)}, of units.json")
    return found


def _each_once(name: str, given: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for it in given:
        if it in found:
            raise wrong_data(name, f"{it} stands there twice")
        found.add(it)
    return found


def _known(name: str, what: str, code: str, codes: set[str]) -> None:
    if code not in codes:
        raise wrong_data(name, f"{what} leads to {code}, which units.json does not have")


def _old_name(name: str, district: str | None, province: str | None, successors: list[_Part]) -> Row:
    return {
        "name": name,
        "district": district,
        "province": province,
        "successors": [msgspec.structs.asdict(it) for it in successors],
    }


def _office(it: _Office, commune_fields: dict[str, list[str]]) -> Row:
    names = ("name", "kind", "unit_code", "address", "phone", "hours", "note", "lat", "lon")
    # What the offices of a commune deal with is the same everywhere and stands once in the file.
    fields = commune_fields[it.kind] if it.fields is None else it.fields
    return {"slug": it.id, "fields": fields} | {name: getattr(it, name) for name in names}
