"""Lines of an import file, as a published list would have them."""

import json
from pathlib import Path
from typing import Any

ROW: dict[str, Any] = {
    "channel": "trực tiếp",
    "time": {"value": 5, "unit": "ngày làm việc"},
    "time_text": "5 ngày làm việc",
    "fees": [{"amount": 0}],
    "fee_text": "Miễn phí",
}


def line(code: str = "9.000001", **changes: Any) -> dict[str, Any]:
    """A procedure of nobody, complete and right; `changes` make it another, or wrong."""
    return {
        "code": code,
        "title": "Cấp thẻ thử nghiệm cho người không có thật",
        "decision": None,
        "authority_levels": ["xã"],
        "kind": None,
        "field": "Thử nghiệm",
        "audiences": ["Công dân Việt Nam"],
        "agencies": ["Ủy ban nhân dân cấp xã"],
        "channels": [ROW],
        "documents": [{"case": None, "name": "Tờ khai", "form": "mau-01.docx", "originals": 1, "copies": None}],
        "legal_basis": [],
        "results": [],
        "related": [],
        "ministry": None,
        "source_url": None,
        "origin": "curated",
        "flags": [],
    } | changes


def write(path: Path, *lines: dict[str, Any] | str) -> Path:
    path.write_text("\n".join(it if isinstance(it, str) else json.dumps(it, ensure_ascii=False) for it in lines) + "\n")
    return path
