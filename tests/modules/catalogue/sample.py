"""The catalogue and the lexicon as the search takes them, straight from the seed files."""

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from server.modules.catalogue.rules.search import Entry, Family, Index
from server.modules.catalogue.rules.wording import Lexicon

_DATA = Path(__file__).parents[3] / "data"
_LEVELS = {"trung ương": "central", "tỉnh": "province", "xã": "commune"}
_AUDIENCES = {
    "Công dân Việt Nam": "citizen",
    "Người Việt Nam định cư ở nước ngoài": "overseas-vietnamese",
    "Người nước ngoài": "foreigner",
    "Người nước ngoài cư trú tại Việt Nam": "foreigner",
}


@cache
def records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_DATA / "catalogue.jsonl").read_text().splitlines()]


@cache
def entries() -> list[Entry]:
    return [
        Entry(
            code=record["code"],
            title=record["title"],
            field=record["field"],
            levels=[_LEVELS[level] for level in record["authority_levels"] or [] if level in _LEVELS],
            audiences=[_AUDIENCES.get(name, "organisation") for name in record["audiences"] or []],
            aliases=record.get("aliases", []),
            in_force="superseded" not in record["flags"],
            replaced_by=record.get("superseded_by", []),
            curated=record["origin"] != "portal",
        )
        for record in records()
    ]


@cache
def families() -> list[Family]:
    members = defaultdict(list)
    for record in records():
        for name in record.get("families", []):
            members[name].append(record["code"])
    return [Family(name, codes) for name, codes in members.items() if len(codes) > 1]


@cache
def lexicon() -> Lexicon:
    return msgspec.json.decode((_DATA / "search_words.json").read_bytes(), type=Lexicon)


@cache
def index() -> Index:
    return Index(entries(), lexicon(), families())


@cache
def queries() -> list[dict[str, Any]]:
    """What residents type, with the codes that are right, any of them."""
    return [json.loads(line) for line in Path(__file__).with_name("queries.jsonl").read_text("utf-8").splitlines()]
