"""Another province brings its own files: with them the demonstration starts, and what is wrong in them is named."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from server.app import wrong_data
from server.core.settings import ROOT, Settings
from tests.conftest import Start
from tests.journeys.test_backup import command, empty  # noqa: F401 (a fixture)

UNITS = [
    ("90001", "Phường Mẫu Thành", "phường"),
    ("90002", "Xã Mẫu An", "xã"),
    ("90003", "Đặc khu Côn Sơn Mẫu", "đặc khu"),
]


def change(file: Path, how: Callable[[Any], None]) -> None:
    content = json.loads(file.read_text("utf-8"))
    how(content)
    file.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `data/README.md` asks of another province: an invented one, far away, with three communes."""
    data = tmp_path_factory.mktemp("province") / "data"
    shutil.copytree(ROOT / "data", data)
    (data / "places" / "offices.json").unlink()
    squares = [
        {
            "type": "Feature",
            "id": code,
            "properties": {},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[at, 16], [at + 0.2, 16], [at + 0.2, 16.2], [at, 16.2], [at, 16]]],
            },
        }
        for at, (code, _, _) in zip((107, 107.2, 107.4), UNITS, strict=True)
    ]
    for name in ("communes.geojson", "communes-outline.geojson"):
        change(data / "places" / name, lambda it: it.update(features=squares))
    units = [{"code": code, "name": name, "type": kind, "former_province": None} for code, name, kind in UNITS]
    province = {"code": "99", "name": "Tỉnh Mẫu Đông", "identifier_code": "H99"}
    departments = [
        {"name": name, "source_url": "https://example.org/"}
        for name in ("Sở Xây dựng", "Trung tâm Phục vụ hành chính công tỉnh Mẫu Đông")
    ]
    change(
        data / "places" / "units.json", lambda it: it.update(province=province, wards=units, departments=departments)
    )
    former = {
        "name": "Xã Cũ",
        "district": "Huyện Mẫu",
        "province": "Mẫu Đông",
        "now": [{"code": "90003", "part": None}],
    }
    change(data / "places" / "old_names.json", lambda it: it.update(wards=[former], places=[]))
    change(data / "feedback.json", lambda it: it.update(categories=it["categories"][-1:]))
    # The first ones suffice, and take less time; what the demonstration handles is not among them.
    catalogue = (data / "catalogue.jsonl").read_text("utf-8").splitlines()[:5]
    (data / "catalogue.jsonl").write_text("\n".join(catalogue) + "\n", "utf-8")
    subprocess.run([sys.executable, data / "build_places.py"], check=True)
    return data


async def test_the_demonstration_of_another_province_starts(theirs: Path, empty: Settings, start: Start) -> None:  # noqa: F811
    done = command(empty, "seed", DATA=str(theirs))
    assert done.returncode == 0, done.stdout + done.stderr
    async with start(msgspec.structs.replace(empty, data=theirs)) as client:

        async def read(path: str) -> Any:
            reply: httpx.Response = await client.get(path)
            assert reply.status_code == 200, reply.text
            return reply.json()

        assert (await read("/api/places/province"))["short_name"] == "Mẫu Đông"
        for words in ("dac khu con son mau", "Xã Cũ, huyện Mẫu"):
            (unit,) = (await read(f"/api/places/units?q={words}"))["items"]
            assert (unit["code"], unit["kind"]) == ("90003", "special-zone")
        offices = (await read("/api/places/units/90003"))["offices"]
        assert offices[0]["name"] == "Trung tâm Phục vụ hành chính công đặc khu Côn Sơn Mẫu"
        assert not any(it["note"] and "15/8/2025" in it["note"] for it in offices)
        reports = (await read("/api/feedback/public?limit=50"))["items"]
        assert {it["commune"] for it in reports} <= {code for code, _, _ in UNITS} and len(reports) > 3


def remove(name: str) -> Callable[[Path], object]:
    return lambda data: (data / name).unlink()


def within(name: str, how: Callable[[Any], object]) -> Callable[[Path], object]:
    return lambda data: change(data / name, how)


WRONG = [
    (remove("places/offices.json"), "places/offices.json: cannot be read from "),
    (lambda data: (data / "families.json").write_text("{"), "families.json: "),
    (within("places/units.json", lambda it: it["wards"][1].pop("former_province")), "at `$.wards[1]`"),
    (within("places/units.json", lambda it: it["wards"][1].update(type="thôn")), "at `$.wards[1].type`"),
    (
        within("places/units.json", lambda it: it["wards"].append(it["wards"][0])),
        "units.json: 90001 stands there twice",
    ),
    (
        within("places/communes.geojson", lambda it: it["features"].pop()),
        "communes.geojson: no feature has the id 90003",
    ),
    (within("places/old_names.json", lambda it: it["wards"][0]["now"][0].update(code="7")), "Xã Cũ leads to 7, which"),
    (
        within("places/offices.json", lambda it: it["offices"][-1].update(unit_code="7")),
        "cong-an-90003 leads to 7, which",
    ),
    (within("feedback.json", lambda it: it.update(categories=[])), "feedback.json: Expected `array` of length >= 1"),
    (
        within("search_words.json", lambda it: it["words"][2].pop("said")),
        "search_words.json: Object missing required field",
    ),
    (within("topics.json", lambda it: it[0].pop("km")), "topics.json: Object missing required field `km`"),
    (within("calendar.json", lambda it: it.append(it[0])), "calendar.json: 2025-01-01 stands there twice"),
    (lambda data: (data / "catalogue.jsonl").write_text('\n{"code": 1}\n'), "catalogue.jsonl: line 2: "),
]


def test_what_is_wrong_in_the_files_is_named(theirs: Path, tmp_path: Path) -> None:
    assert list(wrong_data(Settings(data=theirs))) == []
    for number, (breaks, said) in enumerate(WRONG):
        data = tmp_path / str(number)
        shutil.copytree(theirs, data)
        breaks(data)
        (wrong,) = wrong_data(Settings(data=data))
        assert wrong.name == "DATA" and said in str(wrong), wrong


def test_nothing_starts_with_files_that_are_wrong(theirs: Path, tmp_path: Path) -> None:
    nobody = Settings(var=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/none")
    done = command(nobody, "seed", DATA=str(theirs.parent))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: wrong setting DATA: places/units.json: cannot be read from "), done.stderr
