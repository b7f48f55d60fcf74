"""The places over HTTP: public, read from memory, the same for everybody."""

from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from server.core.access import AnyRequest, anyone
from server.core.paging import Asked, Cursor, CursorRefused, Limit
from server.core.problems import TextRefused, Unavailable, problems, readable
from server.core.settings import Settings
from server.core.snapshot import sends
from server.modules.places.schemas import (
    Location,
    MapTiles,
    OfficePage,
    ProvinceOutline,
    ProvinceReply,
    UnitPage,
    UnitReply,
)
from server.modules.places.service import OutsideTheProvince, PositionRefused, UnitNotFound
from server.modules.places.snapshot import places_snapshot


class PlacesController(Controller):
    path = "/places"
    tags = ("places",)

    @get(
        "/units",
        guards=[anyone],
        responses=sends(UnitPage) | problems(TextRefused, CursorRefused, Unavailable),
    )
    async def list_units(
        self,
        request: AnyRequest,
        q: Asked = "",
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Response[bytes]:
        """Communes and wards for a name of today or of the past, the likeliest first; all of them without words."""
        return places_snapshot.reply(request, places_snapshot.value.units(readable(q), limit, cursor))

    @get("/units/{code:str}", guards=[anyone], responses=sends(UnitReply) | problems(UnitNotFound, Unavailable))
    async def get_unit(self, request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
        """One commune or ward, what it was made of, and its offices."""
        return places_snapshot.reply(request, places_snapshot.value.unit(code))

    @get(
        "/offices",
        guards=[anyone],
        responses=sends(OfficePage) | problems(TextRefused, CursorRefused, Unavailable),
    )
    async def list_offices(
        self,
        request: AnyRequest,
        q: Asked = "",
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Response[bytes]:
        """The province's offices, the one-stop centre first; by name, or by a field (lĩnh vực) they deal with."""
        return places_snapshot.reply(request, places_snapshot.value.offices(readable(q), limit, cursor))

    @get("/locate", guards=[anyone], responses=problems(PositionRefused, OutsideTheProvince, Unavailable))
    async def locate(self, lat: FromQuery[float], lon: FromQuery[float]) -> Location:
        """The commune or ward of a position (WGS 84 degrees), at sea the nearest within 20 km.

        Not to be stored on the way: where somebody is belongs to the sensitive data of Decree 356/2025, article 4.
        """
        return places_snapshot.value.locate(lat, lon)

    @get("/outline", guards=[anyone], responses=sends(ProvinceOutline) | problems(Unavailable))
    async def get_province_outline(self, request: AnyRequest, state: State) -> Response[bytes]:
        """The outlines of all communes and wards, to draw the province; and the tiles below them, if there are any."""
        settings: Settings = state.settings
        address, attribution = settings.map_tiles, settings.map_tiles_attribution
        tiles = MapTiles(address=address, attribution=attribution) if address else None
        beside = f"{address} {attribution}".encode() if tiles else b""
        return places_snapshot.reply(request, places_snapshot.value.outline(tiles), max_age=3600, beside=beside)

    @get("/province", guards=[anyone], responses=sends(ProvinceReply) | problems(Unavailable))
    async def get_province(self, request: AnyRequest) -> Response[bytes]:
        """The province this service is for."""
        return places_snapshot.reply(request, places_snapshot.value.province, max_age=3600)
