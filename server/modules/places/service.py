"""The desk's verbs for places: take over what a release of the data says."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import ARRAY, Text, any_, bindparam, exists, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import Table
from server.core.problems import Problem
from server.core.snapshot import touch
from server.core.words import Words
from server.modules.places.models import Office, OldName, Province, Unit
from server.modules.places.rules import Outlined, outer_rings

SNAPSHOT = "places"

Row = dict[str, Any]

# What tells one row of a table from another, whatever else in it is corrected.
_KEYS: dict[type[Table], tuple[str, ...]] = {
    Province: ("code",),
    Unit: ("code",),
    OldName: ("name", "district"),
    Office: ("slug",),
}


# Asked with nearly everything staff do, and so put together once.
_PLACE = bindparam("place", type_=Text)
_PLACES = any_(bindparam("places", type_=ARRAY(Text)))
_IS_WORKPLACE = select(or_(exists().where(Unit.code == _PLACE), exists().where(Office.slug == _PLACE)))
_CALLED = union_all(
    select(Unit.code, Unit.name).where(Unit.code == _PLACES),
    select(Office.slug, Office.name).where(Office.slug == _PLACES),
)


class UnitNotFound(Problem):
    status: ClassVar[int] = 404
    title = Words(
        "Không có xã, phường nào mang mã này",
        "No commune or ward has this code",
        "គ្មានឃុំ សង្កាត់ណាមានលេខកូដនេះទេ",
    )


class OutsideTheProvince(Problem):
    status: ClassVar[int] = 404
    title = Words(
        "Vị trí này ở ngoài tỉnh; hãy chọn xã, phường của bạn trong danh sách",
        "This position is outside the province; choose your commune or ward from the list",
        "ទីតាំងនេះនៅក្រៅខេត្ត សូមជ្រើសរើសឃុំ សង្កាត់របស់អ្នកក្នុងបញ្ជី",
    )


class PositionRefused(Problem):
    """Not a number, infinite, a latitude beyond 90 or a longitude beyond 180 degrees."""

    status: ClassVar[int] = 400
    title = Words(
        "Tọa độ này không có trên trái đất",
        "There is no such position on earth",
        "គ្មានទីតាំងនេះនៅលើផែនដីទេ",
    )


class Counter(NamedTuple):
    """An office as somebody finds it; `unit_code` is the commune on whose page it stands."""

    name: str
    address: str | None
    hours: str | None
    unit_code: str | None


class Places:
    """The province, its units, their old names, and the offices."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def unit_exists(self, code: str) -> bool:
        return bool(await self._session.scalar(select(exists().where(Unit.code == code))))

    async def workplace_exists(self, place: str) -> bool:
        """A commune's code or an office's slug."""
        return bool(await self._session.scalar(_IS_WORKPLACE, {"place": place}))

    async def names(self) -> list[str]:
        """The province and its units of today."""
        return [name for table in (Province, Unit) for name in await self._session.scalars(select(table.name))]

    async def names_of(self, places: Collection[str]) -> dict[str, str]:
        """What the communes of these codes and the offices of these slugs are called; who is no more is left out."""
        found = await self._session.execute(_CALLED, {"places": list(places)}) if places else ()
        return {row.code: row.name for row in found}

    async def successors_of(self, name: str) -> list[tuple[str, str]]:
        """The units that took over a commune of this former name, wherever it lay."""
        lists = await self._session.scalars(select(OldName.successors).where(OldName.name == name))
        codes = {it["code"] for successors in lists for it in successors}
        rows = await self._session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes)).order_by(Unit.code))
        return [(code, name) for code, name in rows]

    async def communes(self) -> dict[str, str]:
        """Names of today's communes and wards, by code."""
        return {row.code: row.name for row in await self._session.execute(select(Unit.code, Unit.name))}

    async def province(self) -> tuple[str, str]:
        """Code and name; empty before there is any."""
        row = (await self._session.execute(select(Province.code, Province.name).limit(1))).first()
        return (row.code, row.name) if row else ("", "")

    async def outlined(self, codes: Collection[str] | None) -> list[Outlined]:
        """The outer rings of these communes, drawn to about 350 m; None: of all."""
        asked = select(Unit.code, Unit.name, Unit.outline).order_by(Unit.code)
        rows = await self._session.execute(asked if codes is None else asked.where(Unit.code.in_(codes)))
        return [Outlined(row.code, row.name, outer_rings(row.outline)) for row in rows]

    async def counter_of(self, place: str) -> Counter | None:
        """Where people are received: a commune's one-stop desk, or the office of this slug."""
        here = (Office.slug == place) | (
            (Office.unit_code == place) & Office.kind.in_(["one-stop", "peoples-committee"])
        )
        found = list(await self._session.scalars(select(Office).where(here)))
        office = min(found, key=lambda it: it.kind != "one-stop", default=None)
        return Counter(office.name, office.address, office.hours, office.unit_code) if office else None

    async def first_workplaces(self) -> tuple[str, str]:
        commune = select(Unit.code).order_by(Unit.code).limit(1)
        office = select(Office.slug).where(Office.kind == "department").order_by(Office.slug).limit(1)
        return await self._session.scalar(commune) or "", await self._session.scalar(office) or ""

    async def take_over(self, release: Mapping[type[Table], Iterable[Row]]) -> bool:
        """Make the tables say what the release says, no more and no less; whether that changed anything.

        A row keeps its id as long as its key stays the same.
        """
        for table, rows in release.items():
            await self._replace(table, rows)
        changed = bool(self._session.new or self._session.dirty or self._session.deleted)
        if changed:
            await touch(self._session, SNAPSHOT)
        await self._session.flush()
        return changed

    async def _replace(self, table: type[Table], rows: Iterable[Row]) -> None:
        key = _KEYS[table]
        present = {tuple(getattr(it, name) for name in key): it for it in await self._session.scalars(select(table))}
        for row in rows:
            if kept := present.pop(tuple(row[name] for name in key), None):
                for name, value in row.items():
                    if getattr(kept, name) != value:
                        setattr(kept, name, value)
            else:
                self._session.add(table(**row))
        for gone in present.values():
            await self._session.delete(gone)
