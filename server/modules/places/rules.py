"""Which commune: by position, by name of today, by a name of the past; and which office then serves."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import pairwise
from math import cos, hypot, inf, isfinite, radians
from typing import Any, NamedTuple, Protocol, TypeVar

from rapidfuzz.distance import OSA

from server.core.text import fold

# --- by position ---

# Boundaries are simplified to about 40 m and rough at sea, so a fisher's or a shore dweller's point may lie in none:
# up to this distance the nearest commune is still an answer, further away it is another province.
NEAR_M = 20_000

# Of latitude, on the sphere of 6,371 km; half a percent off the ellipsoid, less than the boundaries are.
METRES_PER_DEGREE = 111_195.0

Ring = tuple[tuple[float, float], ...]


class Shape(NamedTuple):
    """A commune's area: all rings of all its polygons, as (longitude, latitude)."""

    code: str
    west: float
    south: float
    east: float
    north: float
    rings: tuple[Ring, ...]


class Located(NamedTuple):
    code: str
    inside: bool
    distance_m: int


def read_shapes(collection: dict[str, Any]) -> tuple[Shape, ...]:
    """The features of a GeoJSON FeatureCollection (RFC 7946) whose `id` is the commune's code."""
    return tuple(_read_shape(feature) for feature in collection["features"])


def _read_shape(feature: dict[str, Any]) -> Shape:
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = tuple(tuple((x, y) for x, y, *_ in ring) for polygon in polygons for ring in polygon)
    longitudes = [x for ring in rings for x, _ in ring]
    latitudes = [y for ring in rings for _, y in ring]
    return Shape(str(feature["id"]), min(longitudes), min(latitudes), max(longitudes), max(latitudes), rings)


def locate(lat: float, lon: float, shapes: Iterable[Shape], limit_m: float = NEAR_M) -> Located | None:
    """The commune a point lies in, or else the nearest within `limit_m` metres, or None.

    Raises ValueError for what is no position on earth (NaN, infinite, latitude beyond 90, longitude beyond 180).
    """
    if not (isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise ValueError(f"not a position: {lat}, {lon}")
    nearest, distance = None, inf
    for shape in shapes:
        if _box_distance(lat, lon, shape) > min(distance, limit_m):
            continue
        if _contains(shape, lat, lon):
            return Located(shape.code, inside=True, distance_m=0)
        if (here := _distance(lat, lon, shape)) < distance:
            nearest, distance = shape.code, here
    if nearest is None or distance > limit_m:
        return None
    return Located(nearest, inside=False, distance_m=round(distance))


def point_in(shape: Shape) -> tuple[float, float]:
    """A (latitude, longitude) inside the shape, to put its name or a pin: the middle of its widest stretch.

    The centre of mass may lie outside a commune bent around an estuary.
    """
    best, widest = (shape.south, shape.west), -1.0
    for step in range(1, 16):
        lat = shape.south + (shape.north - shape.south) * step / 16
        crossings = sorted(_crossings(shape, lat))
        for left, right in zip(crossings[::2], crossings[1::2], strict=True):
            if right - left > widest:
                best, widest = (lat, (left + right) / 2), right - left
    return best


class Outlined(NamedTuple):
    """A commune to draw: rings of (longitude, latitude), the first point once more at the end."""

    code: str
    name: str
    rings: list[list[list[float]]]


def outer_rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    """Of a GeoJSON Polygon or MultiPolygon, without its holes."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [polygon[0] for polygon in polygons]


def metres_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Over the plane that touches the earth at the first; good for kilometres."""
    return hypot(other_lat - lat, (other_lon - lon) * cos(radians(lat))) * METRES_PER_DEGREE


def _contains(shape: Shape, lat: float, lon: float) -> bool:
    """Even-odd: a hole's ring counts once more and so falls out again."""
    return sum(crossing > lon for crossing in _crossings(shape, lat)) % 2 == 1


def _crossings(shape: Shape, lat: float) -> Iterator[float]:
    """The longitudes at which the boundary crosses a parallel."""
    for ring in shape.rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > lat) != (y2 > lat):
                yield x1 + (lat - y1) / (y2 - y1) * (x2 - x1)


def _box_distance(lat: float, lon: float, shape: Shape) -> float:
    east = max(shape.west - lon, 0.0, lon - shape.east) * cos(radians(lat))
    north = max(shape.south - lat, 0.0, lat - shape.north)
    return hypot(east, north) * METRES_PER_DEGREE


def _distance(lat: float, lon: float, shape: Shape) -> float:
    """Metres to the boundary on the plane that touches the earth at the point; good for tens of kilometres."""
    scale = cos(radians(lat))
    nearest = inf
    for ring in shape.rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            ax, ay = (x1 - lon) * scale, y1 - lat
            dx, dy = (x2 - x1) * scale, y2 - y1
            length = dx * dx + dy * dy
            along = 0.0 if length == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length))
            nearest = min(nearest, hypot(ax + along * dx, ay + along * dy))
    return nearest * METRES_PER_DEGREE


# --- by name ---


class Unit(NamedTuple):
    """A commune or ward of today."""

    code: str
    name: str
    former_province: str | None


class Successor(NamedTuple):
    """Where an old commune went; `part` says which part of it ("một phần", "phần còn lại"), None = all of it."""

    code: str
    part: str | None


class OldName(NamedTuple):
    """A commune of the past with its district and province, or a place people name (no district)."""

    name: str
    district: str | None
    province: str | None
    successors: tuple[Successor, ...]


class Match(NamedTuple):
    """A unit that answers a query; `matched` is the old name that led there, None when it is today's own."""

    code: str
    matched: str | None
    part: str | None


class Era(IntEnum):
    """Whose name it is; lower answers first."""

    TODAY = 0
    COMMUNE = 1
    PLACE = 2
    DISTRICT = 3


class Name(NamedTuple):
    """One way to call one or more units, ready to be compared."""

    era: Era
    kind: str | None
    tokens: tuple[str, ...]
    accents: tuple[str, ...]
    context: frozenset[str]
    label: str | None
    successors: tuple[Successor, ...]


_COMMUNE_KINDS = {"xa", "phuong", "dac khu", "thi tran"}
_KINDS = {
    ("thi", "tran"): "thi tran",
    ("thanh", "pho"): "thanh pho",
    ("thi", "xa"): "thi xa",
    ("dac", "khu"): "dac khu",
    ("xa",): "xa",
    ("x",): "xa",
    ("phuong",): "phuong",
    ("p",): "phuong",
    ("f",): "phuong",
    ("tt",): "thi tran",
    ("t", "tr"): "thi tran",
    ("tp",): "thanh pho",
    ("tx",): "thi xa",
    ("huyen",): "huyen",
    ("h",): "huyen",
    ("quan",): "quan",
    ("q",): "quan",
    ("tinh",): "tinh",
    ("t",): "tinh",
    ("dao",): "dao",
}
_WORDS = re.compile(r"\d+|[^\W\d_]+|[,;\n]")
_LONGEST_QUERY = 200


def read_names(province: str, units: Iterable[Unit], old_names: Iterable[OldName]) -> tuple[Name, ...]:
    """All names to search, in the order of their era; old districts are the sum of their communes."""
    old_names = tuple(old_names)
    fed_by = defaultdict(set)
    for old in old_names:
        if old.district:
            for successor in old.successors:
                fed_by[successor.code].add(old.district)
    names = [
        _name(
            Era.TODAY,
            unit.name,
            None,
            (Successor(unit.code, None),),
            (province, unit.former_province, *fed_by[unit.code]),
        )
        for unit in units
    ]
    names += [
        _name(
            Era.COMMUNE if old.district else Era.PLACE,
            old.name,
            label(old),
            old.successors,
            (old.district, old.province),
        )
        for old in old_names
    ]
    names += [
        _name(Era.DISTRICT, district, district, successors, (district, province))
        for (district, province), successors in districts(units, old_names).items()
    ]
    return tuple(sorted(names, key=lambda name: (name.era, name.tokens)))


def label(old: OldName) -> str:
    """An old name as people recognise it: three cities had a Phường 1."""
    if old.district is None:
        return old.name
    return f"{old.name}, {old.district[0].lower()}{old.district[1:]}"


def formerly(old_names: Iterable[OldName]) -> dict[str, list[str]]:
    """For each unit of today, the communes of the past it was made of."""
    made_of = defaultdict(list)
    for old in old_names:
        if old.district:
            for code, part in old.successors:
                made_of[code].append(f"{label(old)} ({part})" if part else label(old))
    return dict(made_of)


def districts(
    units: Iterable[Unit], old_names: Iterable[OldName]
) -> dict[tuple[str, str | None], tuple[Successor, ...]]:
    """Where each old district went: first the unit that kept its name, then by how many of its communes each took."""
    called = {unit.code: _read(unit.name)[0].tokens for unit in units}
    taken: dict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
    for old in old_names:
        if old.district:
            taken[old.district, old.province].update(successor.code for successor in old.successors)

    def order(district: str, count: Counter[str]) -> list[str]:
        own = _read(district)[0].tokens
        return sorted(count, key=lambda code: (called[code] != own, -count[code], code))

    return {key: tuple(Successor(code, None) for code in order(key[0], count)) for key, count in taken.items()}


def find_units(query: str, names: Sequence[Name]) -> list[Match]:
    """The units a person may mean, the likeliest first, each once.

    Accents, case, "xã/phường/tp/…" and their short forms may be missing or wrong; "phường 8 bạc liêu" and
    "ấp 3, xã Tân Lộc, huyện Thới Bình" are understood; a misspelt name is tried last.
    """
    parts = _read(query[:_LONGEST_QUERY])
    known = frozenset[str]().union(*(name.context for name in names))
    # A house number and a street may come first: what is called a commune is read before what is not.
    for part in sorted(parts, key=lambda part: part.kind not in _COMMUNE_KINDS):
        around = {" ".join(other.tokens) for other in parts if other is not part}
        found = _matching(part, around, names, _closeness)
        for cut in range(len(part.tokens) - 1, 0, -1):
            if not found and (tail := " ".join(part.tokens[cut:])) in known:
                found = _matching(part.upto(cut), around | {tail}, names, _closeness)
        found = found or _misspelt(part, around, names)
        if found:
            return _units_of(found)
    return []


class _Part(NamedTuple):
    """One name within a query: "phường Tân Thành"."""

    kind: str | None
    tokens: tuple[str, ...]
    accents: tuple[str, ...]

    def upto(self, cut: int) -> "_Part":
        return _Part(self.kind, self.tokens[:cut], self.accents[:cut])


def _read(text: str) -> list[_Part]:
    """A text cut at commas and before each word that says what kind of unit follows."""
    words = _WORDS.findall(unicodedata.normalize("NFC", text))
    tokens = [str(int(word)) if word.isdecimal() else fold(word) for word in words]
    parts: list[_Part] = []
    kind, start, at = None, 0, 0

    def close() -> None:
        if at > start:
            parts.append(_Part(kind, tuple(tokens[start:at]), tuple(_accents(word) for word in words[start:at])))

    while at < len(words):
        length = next((n for n in (2, 1) if tuple(tokens[at : at + n]) in _KINDS), 0)
        if at == len(words) - 1 and len(tokens[at]) == 1:
            length = 0  # Nothing follows that it could be the kind of: a name is being typed.
        if length or words[at] in ",;\n":
            close()
            kind = _KINDS.get(tuple(tokens[at : at + length]))
            at = start = at + (length or 1)
        else:
            at += 1
    close()
    return parts


def _accents(word: str) -> str:
    """The marks of a syllable without their letters, so that "hoà" equals "hòa"."""
    return "".join(filter(unicodedata.combining, unicodedata.normalize("NFD", word)))


def _name(
    era: Era, name: str, label: str | None, successors: tuple[Successor, ...], around: Iterable[str | None]
) -> Name:
    kind, tokens, accents = _read(name)[0]
    context = frozenset(" ".join(_read(other)[0].tokens) for other in around if other)
    return Name(era, kind, tokens, accents, context, label, successors)


# How far a name is from what was typed, and whether it has other accents; None when it is another name.
_Closeness = Callable[["_Part", Name], tuple[int, bool] | None]


class _Found(NamedTuple):
    distance: int
    other_accents: bool
    other_kind: bool
    name: Name


def _matching(part: _Part, around: set[str], names: Sequence[Name], closeness: _Closeness) -> list[_Found]:
    found = []
    for name in names:
        if (close := closeness(part, name)) is not None:
            other_kind = part.kind is not None and part.kind != name.kind
            found.append(_Found(*close, other_kind, name))
    # "phường 8, Cà Mau" excludes that of Bạc Liêu; a surrounding nobody fits is no reason to answer nothing.
    fitting = max((len(around & each.name.context) for each in found), default=0)
    # Stable: of equally close names those of today stay before those of the past.
    return sorted((each for each in found if len(around & each.name.context) == fitting), key=lambda each: each[:3])


def _closeness(part: _Part, name: Name) -> tuple[int, bool] | None:
    """0 the same, 1 its beginning, 2 words inside it; the last word may still be unfinished."""
    *whole, last = part.tokens
    for at in range(len(name.tokens) - len(whole)):
        here = name.tokens[at : at + len(part.tokens)]
        if list(here[:-1]) == whole and (here[-1] == last or (here[-1].startswith(last) and not last.isdecimal())):
            typed = zip(part.tokens, here, part.accents, name.accents[at:], strict=False)
            other_accents = any(token == own and marks and marks != right for token, own, marks, right in typed)
            return 2 if at else int(part.tokens != name.tokens), other_accents
    return None


def _misspelt(part: _Part, around: set[str], names: Sequence[Name]) -> list[_Found]:
    """The nearest names by single slips of the finger; numbers are never taken for one another."""
    written = "".join(part.tokens)
    # One letter is one slip away from the 1 of "Phường 1".
    slips = 0 if len(written) == 1 or any(map(str.isdecimal, part.tokens)) else 1 if len(written) < 7 else 2

    def closeness(part: _Part, name: Name) -> tuple[int, bool] | None:
        distance = OSA.distance(written, "".join(name.tokens), score_cutoff=slips)
        return (distance, False) if distance <= slips else None

    found = _matching(part, around, names, closeness)
    return [each for each in found if each.distance == found[0].distance]


def _units_of(found: Iterable[_Found]) -> list[Match]:
    matches: dict[str, Match] = {}
    for each in found:
        for code, part in each.name.successors:
            matches.setdefault(code, Match(code, each.name.label, part))
    return list(matches.values())


# --- which office ---


class Serves(Protocol):
    """What must be known of an office to send someone there."""

    @property
    def unit_code(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def fields(self) -> Sequence[str]: ...


Office = TypeVar("Office", bound=Serves)


def offices_for(unit_code: str, field: str | None, offices: Iterable[Office]) -> list[Office]:
    """Where a resident of a unit goes: the commune's offices first, then the province's, one-stop centres leading.

    With a field (lĩnh vực), only offices that deal with it, and the one-stop centres, which take every dossier.
    Without one, only the commune's own.
    """
    near = [
        office
        for office in offices
        if office.unit_code == unit_code or (field is not None and office.unit_code is None)
        if field is None or office.kind == "one-stop" or field in office.fields
    ]
    return sorted(near, key=lambda office: (office.unit_code is None, office.kind != "one-stop"))
