import importlib.util
import json
import unicodedata
from math import inf, nan
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.text import fold
from server.modules.places.rules import (
    Located,
    Match,
    OldName,
    Successor,
    Unit,
    districts,
    find_units,
    formerly,
    label,
    locate,
    offices_for,
    point_in,
    read_names,
    read_shapes,
)

DATA = Path(__file__).parents[3] / "data"


def read(name: str) -> dict[str, Any]:
    return json.loads((DATA / "places" / name).read_text("utf-8"))


SEED_UNITS, SEED_OLD_NAMES, SEED_OFFICES = read("units.json"), read("old_names.json"), read("offices.json")
UNITS = [Unit(unit["code"], unit["name"], unit["former_province"]) for unit in SEED_UNITS["wards"]]
OLD_NAMES = [
    OldName(old["name"], old["district"], old["province"], tuple(Successor(**now) for now in old["now"]))
    for old in SEED_OLD_NAMES["wards"]
] + [OldName(place["name"], None, None, (Successor(place["now"], None),)) for place in SEED_OLD_NAMES["places"]]
NAMES = read_names("Cà Mau", UNITS, OLD_NAMES)
SHAPES = read_shapes(read("communes.geojson"))
CALLED = {unit.code: unit.name for unit in UNITS}
CODE = {unit.name: unit.code for unit in UNITS}


def names_found(query: str) -> list[str]:
    return [CALLED[match.code] for match in find_units(query, NAMES)]


class TestFindByName:
    @pytest.mark.parametrize(
        "case",
        [json.loads(line) for line in (Path(__file__).parent / "places.jsonl").read_text("utf-8").splitlines()],
        ids=lambda case: case["q"],
    )
    def test_the_right_units_come_first(self, case):
        right = [CALLED[code] for code in case["right"]]
        found = names_found(case["q"])
        assert sorted(found[: len(right)]) == sorted(right)
        assert right or not found

    def test_the_name_of_today_comes_before_the_same_name_of_the_past(self):
        assert find_units("Phong Thạnh", NAMES)[:2] == [
            Match(CODE["Xã Phong Thạnh"], matched=None, part=None),
            Match(CODE["Phường Giá Rai"], matched="Xã Phong Thạnh, thị xã Giá Rai", part=None),
        ]

    def test_a_kind_that_no_longer_exists_means_the_past(self):
        assert names_found("thị trấn U Minh")[:2] == ["Xã Nguyễn Phích", "Xã U Minh"]

    def test_typed_accents_decide_between_names_that_look_alike(self):
        assert names_found("Tân Thành") == ["Phường Tân Thành", "Xã Phong Thạnh"]
        assert names_found("Tân Thạnh") == ["Xã Phong Thạnh", "Phường Tân Thành"]

    def test_a_commune_that_was_split_names_each_part(self):
        assert find_units("Tắc Vân", NAMES) == [
            Match(CODE["Phường Tân Thành"], matched="Xã Tắc Vân, thành phố Cà Mau", part="một phần"),
            Match(CODE["Phường Hòa Thành"], matched="Xã Tắc Vân, thành phố Cà Mau", part="phần còn lại"),
        ]

    def test_an_old_district_leads_with_the_unit_that_kept_its_name(self):
        first, *others = find_units("huyện Năm Căn", NAMES)
        assert first == Match(CODE["Xã Năm Căn"], matched="Huyện Năm Căn", part=None)
        assert len(others) == 2

    def test_the_place_around_a_name_narrows_it(self):
        assert names_found("phường 8") == ["Phường Bạc Liêu", "Phường Lý Văn Lâm"]
        assert names_found("phường 8, cà mau") == ["Phường Lý Văn Lâm"]
        assert names_found("phường 8, Sóc Trăng") == names_found("phường 8")

    def test_numbers_are_never_taken_for_one_another(self):
        names = read_names("Cà Mau", [Unit("1", "Phường 1", None), Unit("12", "Phường 12", None)], [])
        assert [match.code for match in find_units("phường 1", names)] == ["1"]
        assert find_units("phường 3", names) == []

    def test_a_beginning_comes_before_a_word_inside(self):
        assert names_found("an")[:2] == ["Xã An Trạch", "Phường An Xuyên"]

    def test_only_the_nearest_misspelling_counts(self):
        assert names_found("dat moii") == ["Xã Đất Mới"]
        assert names_found("kabak") == []

    def test_a_street_is_not_taken_for_a_commune_of_the_same_name(self):
        assert "Xã Phan Ngọc Hiển" not in names_found("12 Phan Ngọc Hiển, TP Cà Mau")
        assert names_found("Năm Căn, phường 5, TP Cà Mau") == ["Phường Tân Thành"]

    def test_letters_may_come_in_pieces(self):
        assert find_units(unicodedata.normalize("NFD", "Tân Thạnh"), NAMES) == find_units("Tân Thạnh", NAMES)

    def test_an_absurd_number_is_no_crash(self):
        assert find_units("9" * 10_000, NAMES) == []

    @given(st.text(max_size=300))
    def test_any_text_is_answered_and_no_unit_twice(self, query):
        found = [match.code for match in find_units(query, NAMES)]
        assert len(found) == len(set(found))

    def test_every_old_name_leads_to_all_its_successors(self):
        missed = []
        for old in OLD_NAMES:
            successors = {successor.code for successor in old.successors}
            for query in (label(old), fold(label(old))):
                found = {it.code for it in find_units(query, NAMES) if it.matched in (None, label(old))}
                missed += [(query, code) for code in successors - found]
        assert len(OLD_NAMES) > 150
        assert missed == []


class TestLocate:
    @pytest.mark.parametrize(
        ("lat", "lon", "name"),
        [
            (9.1768, 105.1524, "Phường Tân Thành"),  # the middle of the former Cà Mau city
            (9.2941, 105.7278, "Phường Bạc Liêu"),
            (8.6047, 104.7242, "Xã Đất Mũi"),  # the cape
            (9.0400, 104.8300, "Xã Sông Đốc"),
            (9.2350, 105.4550, "Phường Giá Rai"),
        ],
    )
    def test_a_place_on_land(self, lat, lon, name):
        assert locate(lat, lon, SHAPES) == Located(CODE[name], inside=True, distance_m=0)

    def test_at_sea_the_nearest_and_how_far(self):
        found = locate(8.55, 104.75, SHAPES)
        assert found == Located(CODE["Xã Đất Mũi"], inside=False, distance_m=pytest.approx(4_570, abs=50))

    @pytest.mark.parametrize(
        ("lat", "lon"), [(21.03, 105.85), (0, 0), (8.0, 105.5), (90, 180), (-90, -180), (90, 0), (9.2, -75)]
    )
    def test_far_away_there_is_none(self, lat, lon):
        assert locate(lat, lon, SHAPES) is None

    @pytest.mark.parametrize(("lat", "lon"), [(nan, 105), (9, nan), (inf, 105), (9, -inf), (90.1, 105), (9, 180.1)])
    def test_what_is_no_position_is_refused(self, lat, lon):
        with pytest.raises(ValueError, match="not a position"):
            locate(lat, lon, SHAPES)

    def test_the_limit_is_the_callers(self):
        assert locate(8.55, 104.75, SHAPES, limit_m=4_000) is None
        assert locate(8.6047, 104.7242, SHAPES, limit_m=0) == Located(CODE["Xã Đất Mũi"], inside=True, distance_m=0)

    @given(st.floats(8.4, 9.8), st.floats(104.5, 106.0))
    def test_near_the_province_every_point_has_at_most_one_answer(self, lat, lon):
        inside = [shape for shape in SHAPES if (one := locate(lat, lon, [shape])) and one.inside]
        found = locate(lat, lon, SHAPES)
        assert len(inside) <= 1
        assert (found is not None and found.inside) == bool(inside)

    def test_every_unit_has_a_point_inside_it(self):
        for shape in SHAPES:
            assert locate(*point_in(shape), SHAPES) == Located(shape.code, inside=True, distance_m=0)


class TestShapes:
    """A square of one degree on the equator with a hole, and an island to its east."""

    SHAPES = read_shapes(
        {
            "features": [
                {
                    "id": "1",
                    "geometry": {
                        "type": "MultiPolygon",
                        "coordinates": [
                            [
                                [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]],
                                [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6], [0.4, 0.4]],
                            ],
                            [[[1.2, 0], [1.3, 0], [1.3, 0.1], [1.2, 0.1], [1.2, 0]]],
                        ],
                    },
                },
                {"id": "2", "geometry": {"type": "Polygon", "coordinates": [[[2, 0], [3, 0], [2, 1], [2, 0]]]}},
            ]
        }
    )

    @pytest.mark.parametrize(
        ("lat", "lon", "inside", "distance_m"),
        [
            (0.2, 0.2, True, 0),
            (0.05, 1.25, True, 0),
            (0.5, 0.5, False, 11_120),  # in the hole, a tenth of a degree from its edge
            (0.5, 1.1, False, 11_120),
            (-0.1, 1.25, False, 11_120),
            (-0.05, -0.05, False, 7_863),  # from a corner
        ],
    )
    def test_holes_islands_and_corners(self, lat, lon, inside, distance_m):
        assert locate(lat, lon, self.SHAPES) == Located("1", inside, pytest.approx(distance_m, abs=2))

    def test_the_nearer_of_two(self):
        assert locate(0.5, 1.9, self.SHAPES) == Located("2", inside=False, distance_m=pytest.approx(11_120, abs=2))

    def test_degrees_of_longitude_shrink_towards_the_poles(self):
        north = [[[10, 60], [11, 60], [11, 61], [10, 61], [10, 60]]]
        shapes = read_shapes({"features": [{"id": "1", "geometry": {"type": "Polygon", "coordinates": north}}]})
        five_and_a_half = Located("1", inside=False, distance_m=pytest.approx(5_543, abs=2))
        assert locate(60.1, 9.9, shapes, limit_m=6_000) == five_and_a_half

    def test_the_point_in_a_shape_avoids_its_hole(self):
        lat, lon = point_in(self.SHAPES[0])
        assert locate(lat, lon, self.SHAPES) == Located("1", inside=True, distance_m=0)


class TestOldNames:
    def test_where_a_district_went(self):
        went = districts(UNITS, OLD_NAMES)
        assert len(went) == 16
        assert [CALLED[code] for code, _ in went["Thị xã Giá Rai", "Bạc Liêu"]] == [
            "Phường Giá Rai",
            "Phường Láng Tròn",
            "Xã Phong Thạnh",
        ]
        assert [CALLED[code] for code, _ in went["Huyện Trần Văn Thời", "Cà Mau"]][:2] == [
            "Xã Trần Văn Thời",
            "Xã Đá Bạc",
        ]

    def test_what_a_unit_was_made_of(self):
        assert formerly(OLD_NAMES)[CODE["Xã Đá Bạc"]] == [
            "Xã Khánh Bình Tây Bắc, huyện Trần Văn Thời",
            "Xã Khánh Bình Tây, huyện Trần Văn Thời",
            "Xã Trần Hợi, huyện Trần Văn Thời (một phần)",
        ]


class TestOffices:
    OFFICES = (
        SimpleNamespace(id="xây dựng", unit_code=None, kind="department", fields=["Nhà ở"]),
        SimpleNamespace(id="một cửa tỉnh", unit_code=None, kind="one-stop", fields=[]),
        SimpleNamespace(id="ủy ban A", unit_code="A", kind="peoples-committee", fields=["Hộ tịch"]),
        SimpleNamespace(id="một cửa A", unit_code="A", kind="one-stop", fields=[]),
        SimpleNamespace(id="ủy ban B", unit_code="B", kind="peoples-committee", fields=["Hộ tịch"]),
    )

    @pytest.mark.parametrize(
        ("unit", "field", "right"),
        [
            ("A", None, ["một cửa A", "ủy ban A"]),
            ("A", "Hộ tịch", ["một cửa A", "ủy ban A", "một cửa tỉnh"]),
            ("A", "Nhà ở", ["một cửa A", "một cửa tỉnh", "xây dựng"]),
            ("B", None, ["ủy ban B"]),
            ("C", None, []),
        ],
    )
    def test_who_serves(self, unit, field, right):
        assert [office.id for office in offices_for(unit, field, self.OFFICES)] == right


class TestSeed:
    def test_the_same_64_units_everywhere(self):
        assert len(UNITS) == 64
        outline = read("communes-outline.geojson")["features"]
        assert set(CALLED) == {shape.code for shape in SHAPES} == {feature["id"] for feature in outline}
        assert set(CALLED) == set(formerly(OLD_NAMES))

    def test_every_old_commune_went_somewhere_whole_or_in_named_parts(self):
        for old in OLD_NAMES:
            assert {successor.code for successor in old.successors} <= set(CALLED)
            assert [part is not None for _, part in old.successors] == [len(old.successors) > 1] * len(old.successors)

    def test_every_unit_has_its_three_offices(self):
        offices = SEED_OFFICES["offices"]
        assert len({office["id"] for office in offices}) == len(offices)
        kinds = sorted((office["unit_code"], office["kind"]) for office in offices if office["unit_code"])
        three = ["one-stop", "peoples-committee", "police"]
        assert kinds == [(code, kind) for code in sorted(CALLED) for kind in three]

    def test_the_offices_are_what_the_script_writes(self):
        spec = importlib.util.spec_from_file_location("build_places", DATA / "build_places.py")
        assert spec is not None and spec.loader is not None
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        assert (DATA / "places" / "offices.json").read_text("utf-8") == script.build()
