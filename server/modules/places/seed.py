"""The province's places, from data/places. They belong to the release: a corrected file corrects the tables."""

from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.settings import Settings
from server.modules.places.models import Office, OldName, Province, Unit
from server.modules.places.service import Places, Row

_UNIT_KINDS = {"xã": "commune", "phường": "ward"}


async def seed(session: AsyncSession, settings: Settings) -> None:
    folder = settings.data / "places"
    units, old_names, offices = (_read(folder / f"{name}.json") for name in ("units", "old_names", "offices"))
    boundaries, outlines = (_geometries(folder / f"{name}.geojson") for name in ("communes", "communes-outline"))
    await Places(session).take_over(
        {
            Province: [{name: units["province"][name] for name in ("code", "name", "identifier_code")}],
            Unit: [
                {
                    "code": it["code"],
                    "name": it["name"],
                    "kind": _UNIT_KINDS[it["type"]],
                    "former_province": it["former_province"],
                    "boundary": boundaries[it["code"]],
                    "outline": outlines[it["code"]],
                }
                for it in units["wards"]
            ],
            OldName: [
                *(_old_name(it["name"], it["district"], it["province"], it["now"]) for it in old_names["wards"]),
                *(_old_name(it["name"], None, None, [{"code": it["now"], "part": None}]) for it in old_names["places"]),
            ],
            Office: [_office(it, offices["commune_fields"]) for it in offices["offices"]],
        }
    )


def _read(path: Path) -> Any:
    return msgspec.json.decode(path.read_bytes())


def _geometries(path: Path) -> dict[str, Any]:
    return {feature["id"]: feature["geometry"] for feature in _read(path)["features"]}


def _old_name(name: str, district: str | None, province: str | None, successors: list[dict[str, Any]]) -> Row:
    return {"name": name, "district": district, "province": province, "successors": successors}


def _office(given: dict[str, Any], commune_fields: dict[str, list[str]]) -> Row:
    names = ("name", "kind", "unit_code", "address", "phone", "hours", "note", "lat", "lon")
    # What the offices of a commune deal with is the same everywhere and stands once in the file.
    fields = given["fields"] if "fields" in given else commune_fields[given["kind"]]
    return {"slug": given["id"], "fields": fields} | {name: given[name] for name in names}
