"""Writes places/offices.json: `python data/build_places.py`.

Names come from units.json, the fields an office deals with from the agencies the catalogue prints. Addresses, phones,
hours, positions, notes and where they are from are nobody's to derive: what stands in offices.json is kept.
"""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent
OFFICES = DATA / "places" / "offices.json"

# By how the name begins.
KINDS = {
    "Sở": "department",
    "Ban": "board",
    "Văn phòng": "office",
    "Thanh tra": "inspectorate",
    "Công an": "police",
    "Bộ Chỉ huy quân sự": "military",
    "Trung tâm Phục vụ hành chính công": "one-stop",
    "Cổng Thông tin điện tử": "portal",
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
ONE_STOP_SOURCE = "Nghị định 118/2025/NĐ-CP"
POLICE_SOURCE = "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bf7-7f1e-71e3-be3e-7f22dce4ac4d"
POLICE_NOTE = "Nhận hồ sơ cư trú từ thứ Hai đến thứ Sáu và sáng thứ Bảy (theo Cổng Dịch vụ công quốc gia)."

KEPT = ("note", "source", "address", "phone", "hours", "lat", "lon")
UNKNOWN: dict[str, Any] = {"address": None, "phone": None, "hours": None, "lat": None, "lon": None}


def main() -> None:
    OFFICES.write_text(build(), "utf-8")


def build() -> str:
    units = json.loads((DATA / "places" / "units.json").read_text("utf-8"))
    procedures = [json.loads(line) for line in (DATA / "catalogue.jsonl").read_text("utf-8").splitlines()]
    kept = {office["id"]: {key: office[key] for key in KEPT} for office in read_offices()}
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
        "offices": [office | UNKNOWN | kept.get(office["id"], {}) for office in offices],
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
        "kind": kind_of(name),
        "unit_code": None,
        "fields": fields_of(PRINTED_AS.get(name, re.escape(name)), procedures),
        "note": None,
        "source": department["source_url"],
    }


def kind_of(name: str) -> str:
    for begins, kind in KINDS.items():
        if name.startswith(begins):
            return kind
    raise SystemExit(f"units.json: what kind of office is {name!r}? KINDS in build_places.py knows: {', '.join(KINDS)}")


def of_a_commune(unit: dict[str, Any]) -> list[dict[str, Any]]:
    """The three offices every commune has; what they deal with is the same everywhere (`commune_fields`)."""
    place = unit["name"][0].lower() + unit["name"][1:]
    return [
        commune_office(unit, "ubnd", "peoples-committee", f"Ủy ban nhân dân {place}", None, PEOPLES_COMMITTEE_SOURCE),
        commune_office(
            unit, "mot-cua", "one-stop", f"Trung tâm Phục vụ hành chính công {place}", None, ONE_STOP_SOURCE
        ),
        commune_office(unit, "cong-an", "police", f"Công an {place}", POLICE_NOTE, POLICE_SOURCE),
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
