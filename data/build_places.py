"""Writes places/offices.json: `python data/build_places.py`.

Names come from units.json, the fields an office deals with from the agencies the catalogue prints. Addresses, phones,
hours and positions are nobody's to derive: whatever stands in offices.json is kept.
"""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent
OFFICES = DATA / "places" / "offices.json"

KINDS = {
    "sở": "department",
    "ban": "board",
    "văn phòng": "office",
    "thanh tra": "inspectorate",
    "Công an tỉnh": "police",
    "Bộ Chỉ huy quân sự tỉnh": "military",
    "Trung tâm Phục vụ hành chính công tỉnh Cà Mau": "one-stop",
    "Cổng Thông tin điện tử tỉnh Cà Mau": "portal",
}

NOTES = {
    "Sở Khoa học và Công nghệ": "Phụ trách cả công nghệ thông tin và chuyển đổi số.",
    "Sở Y tế": "Từ năm 2025 phụ trách cả bảo trợ xã hội và trẻ em.",
    "Sở Nội vụ": "Từ năm 2025 phụ trách cả lao động và người có công.",
    "Trung tâm Phục vụ hành chính công tỉnh Cà Mau": "Bộ phận Một cửa của tỉnh.",
    "Cổng Thông tin điện tử tỉnh Cà Mau": "Nơi tiếp nhận phản ánh hiện trường (CaMau-G, quy định năm 2022).",
}

# How the catalogue prints an office whose name differs from ours; every other department is found by its own name,
# also where the portal prints another province's department, because ours has the same duties.
PRINTED_AS = {
    "Ban Quản lý khu kinh tế tỉnh": r"Ban quản lý (các )?khu (kinh tế|công nghiệp|chế xuất)",
    "Công an tỉnh": r"Công an (cấp )?tỉnh",
}
PEOPLES_COMMITTEE = r"(ủy|uỷ) ban nhân dân (cấp )?xã|UBND cấp xã"
COMMUNE_POLICE = r"Công an (cấp )?xã"

PEOPLES_COMMITTEE_SOURCE = "Luật Tổ chức chính quyền địa phương số 72/2025/QH15"
POLICE_SOURCE = "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bf7-7f1e-71e3-be3e-7f22dce4ac4d"
ONE_STOP_SOURCE = (
    "https://www.vietnam.vn/en/"
    "thuc-hien-thu-tuc-hanh-chinh-khong-phu-thuoc-vao-dia-gioi-hanh-chinh-trong-pham-vi-tinh-ca-mau"
)
# The province's plan: 37 centres took dossiers for any unit from 15 August 2025, the other 27 from 1 November 2025;
# thirteen moved into the seat of a former district.
IN_A_FORMER_DISTRICT_SEAT = """
Cái Nước, Đầm Dơi, Trần Văn Thời, Phan Ngọc Hiển, Nguyễn Phích, Cái Đôi Vàm, Thới Bình, Bạc Liêu, Giá Rai, Hòa Bình,
Phước Long, Hồng Dân, Long Điền
"""
ALSO_AMONG_THE_FIRST = """
An Xuyên, Năm Căn, Vĩnh Lợi, Lý Văn Lâm, Tân Thành, Hòa Thành, Vĩnh Trạch, Hiệp Thành, Láng Tròn, Tân Thuận, Sông Đốc,
Lương Thế Trân, Đất Mũi, Tân Ân, Đá Bạc, Trí Phải, Tân Lộc, Nguyễn Việt Khái, Phú Tân, Phú Mỹ, Ninh Quới, Phong Hiệp,
Vĩnh Thanh, Ninh Thạnh Lợi
"""

UNKNOWN = {"address": None, "phone": None, "hours": None, "lat": None, "lon": None}


def main() -> None:
    OFFICES.write_text(build(), "utf-8")


def build() -> str:
    units = json.loads((DATA / "places" / "units.json").read_text("utf-8"))
    procedures = [json.loads(line) for line in (DATA / "catalogue.jsonl").read_text("utf-8").splitlines()]
    kept = {office["id"]: {key: office[key] for key in UNKNOWN} for office in read_offices()}
    offices = [
        *(of_the_province(department, procedures) for department in units["departments"]),
        *(office for unit in units["wards"] for office in of_a_commune(unit)),
    ]
    document = {
        "as_of": units["as_of"],
        "commune_fields": {
            "peoples-committee": fields_of(PEOPLES_COMMITTEE, procedures),
            "police": fields_of(COMMUNE_POLICE, procedures),
            "one-stop": [],
        },
        "offices": [office | kept.get(office["id"], UNKNOWN) for office in offices],
    }
    return one_office_per_line(document)


def read_offices() -> list[dict[str, Any]]:
    if not OFFICES.exists():
        return []
    offices: list[dict[str, Any]] = json.loads(OFFICES.read_text("utf-8"))["offices"]
    return offices


def of_the_province(department: dict[str, Any], procedures: list[dict[str, Any]]) -> dict[str, Any]:
    name = department["name"]
    return {
        "id": slug(name),
        "name": name,
        "kind": KINDS.get(name) or KINDS[department["kind"]],
        "unit_code": None,
        "fields": fields_of(PRINTED_AS.get(name, re.escape(name)), procedures),
        "note": NOTES.get(name),
        "source": department["source_url"],
    }


def of_a_commune(unit: dict[str, Any]) -> list[dict[str, Any]]:
    """The three offices every commune has; what they deal with is the same everywhere (`commune_fields`)."""
    place = unit["name"][0].lower() + unit["name"][1:]
    return [
        commune_office(unit, "ubnd", "peoples-committee", f"Ủy ban nhân dân {place}", None, PEOPLES_COMMITTEE_SOURCE),
        commune_office(
            unit,
            "mot-cua",
            "one-stop",
            f"Trung tâm Phục vụ hành chính công {place}",
            one_stop_note(unit["name"].split(" ", 1)[1]),
            ONE_STOP_SOURCE,
        ),
        commune_office(
            unit,
            "cong-an",
            "police",
            f"Công an {place}",
            "Nhận hồ sơ cư trú từ thứ Hai đến thứ Sáu và sáng thứ Bảy (theo Cổng Dịch vụ công quốc gia).",
            POLICE_SOURCE,
        ),
    ]


def commune_office(
    unit: dict[str, Any], prefix: str, kind: str, name: str, note: str | None, source: str
) -> dict[str, Any]:
    return {
        "id": f"{prefix}-{unit['code']}",
        "name": name,
        "kind": kind,
        "unit_code": unit["code"],
        "note": note,
        "source": source,
    }


def one_stop_note(name: str) -> str:
    in_a_seat = name in names_in(IN_A_FORMER_DISTRICT_SEAT)
    since = "15/8/2025" if in_a_seat or name in names_in(ALSO_AMONG_THE_FIRST) else "01/11/2025"
    note = f"Theo kế hoạch của tỉnh, nhận hồ sơ không phụ thuộc nơi cư trú trong tỉnh từ {since}"
    return f"{note}, đặt tại trụ sở Ủy ban nhân dân cấp huyện cũ." if in_a_seat else f"{note}."


def names_in(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",")]


def fields_of(pattern: str, procedures: list[dict[str, Any]]) -> list[str]:
    """The catalogue's fields in which an agency matching `pattern` is named, the most frequent first."""
    named = re.compile(pattern, re.IGNORECASE)
    count = Counter(
        procedure["field"]
        for procedure in procedures
        if procedure["field"] and any(named.search(agency) for agency in procedure["agencies"])
    )
    return sorted(count, key=lambda field: (-count[field], field))


def slug(name: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", bare.replace("đ", "d"))


def one_office_per_line(document: dict[str, Any]) -> str:
    """So that a correction shows as one changed line."""
    lines = ",\n    ".join(json.dumps(office, ensure_ascii=False) for office in document["offices"])
    head = json.dumps(document | {"offices": []}, ensure_ascii=False, indent=2)
    return head.removesuffix("[]\n}") + f"[\n    {lines}\n  ]\n}}\n"


if __name__ == "__main__":
    main()
