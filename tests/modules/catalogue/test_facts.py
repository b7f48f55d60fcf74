"""Reading what was published: nothing invented, nothing lost, nothing guessed."""

import json
import re
from datetime import date
from typing import Any

import msgspec
import pytest

from server.modules.catalogue.rules.facts import (
    Facts,
    Limit,
    Unit,
    clear_fee,
    clear_time,
    compare,
    facts_of,
    in_force,
    normalise_code,
    read_line,
)
from tests.modules.catalogue.lines import ROW, line


def read(**changes: Any) -> Facts:
    return facts_of(read_line(json.dumps(line(**changes)).encode()))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1.013225", "1.013225"),
        ("1013225", "1.013225"),
        ("1 013225", "1.013225"),
        ("1 013 225", "1.013225"),
        (" 1.013225 ", "1.013225"),
        ("1.001776.000.00.00.H12", "1.001776"),
        ("1.012796.H36", "1.012796"),
        ("2.000815.000.00.00.H55.02", "2.000815"),
        ("1.01322", None),
        ("10132255", None),
        ("khai sinh", None),
        ("", None),
    ],
)
def test_a_code_as_people_copy_it(typed: str, code: str | None) -> None:
    assert normalise_code(typed) == code


@pytest.mark.parametrize(
    ("source", "portal"),
    [
        ("https://dichvucong.gov.vn/thu-tuc-hanh-chinh/1", "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/1"),
        (None, None),
        # Where the text is from, as the province's own list says it: no address a browser could open.
        ("gh-text:69452493124", None),
        ("http://dichvucong.gov.vn/", None),
        ("javascript:alert(1)", None),
        ("https:///thu-tuc", None),
        ("https://a b/", None),
    ],
)
def test_only_an_address_leads_to_the_portal(source: str | None, portal: str | None) -> None:
    assert read(source_url=source).portal_url == portal


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "   "}, "$.title"),
        ({"field": " "}, "$.field"),
        ({"aliases": ["thẻ", " "]}, "$.aliases[1]"),
        ({"documents": [{"case": None, "name": "  ", "form": None, "originals": 1, "copies": None}]}, "$.documents[0]"),
        ({"steps": ["một", "\u202ehai"]}, "direction - at `$.steps[1]`"),
        ({"superseded_by": ["9.000001"]}, "$.superseded_by"),
        ({"replaces": ["9.000001"]}, "$.replaces"),
        ({"valid_from": "2027-01-02", "valid_to": "2027-01-01"}, "$.valid_to"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        read(**changes)


def rows(*limits: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [ROW | {"time": limit} for limit in limits]


FIVE, SIX = {"value": 5, "unit": "ngày làm việc"}, {"value": 6, "unit": "ngày làm việc"}


@pytest.mark.parametrize(
    ("channels", "limit"),
    [
        (rows(FIVE), Limit(value=5, unit=Unit.WORKING_DAY)),
        (rows(FIVE, FIVE), Limit(value=5, unit=Unit.WORKING_DAY)),
        (rows(FIVE, SIX), None),
        (rows(FIVE, {"value": 5, "unit": "ngày"}), None),
        (rows(FIVE, None), None),
        (rows({"value": 4, "unit": "giờ"}), Limit(value=4, unit=Unit.HOUR)),
        ([], None),
    ],
)
def test_a_time_limit_only_when_every_row_agrees(channels: list[dict[str, Any]], limit: Limit | None) -> None:
    facts = read(channels=channels)
    assert clear_time(facts.channels) == limit
    assert all(way.time_text == "5 ngày làm việc" for way in facts.channels)


@pytest.mark.parametrize(
    ("fees", "amount"),
    [
        ([[{"amount": 0}]], 0),
        ([[{"amount": 0}], [{"amount": 0}]], 0),
        ([[{"amount": 8000}]], 8000),
        ([[{"amount": 8000}], [{"amount": 0}]], None),
        ([[{"amount": 8000, "basis": "theo bản"}]], None),
        ([[{"amount": 8000}, {"amount": 9000}]], None),
        ([[]], None),
        ([], None),
    ],
)
def test_a_fee_only_when_there_is_one(fees: list[list[dict[str, Any]]], amount: int | None) -> None:
    assert clear_fee(read(channels=[ROW | {"fees": row} for row in fees]).channels) == amount


TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"superseded_by": ["9.000002"]}, False),
        ({"valid_from": "2026-11-23"}, True),
        ({"valid_from": "2026-11-24"}, False),
        ({"valid_to": "2026-11-23"}, True),
        ({"valid_to": "2026-11-22"}, False),
    ],
)
def test_in_force(changes: dict[str, Any], holds: bool) -> None:
    assert in_force(read(**changes), TODAY) is holds


def paper(case: str | None, name: str) -> dict[str, Any]:
    return {"case": case, "name": name, "form": None, "originals": 1, "copies": None}


def cases(*groups: str | None) -> list[tuple[str | None, bool]]:
    facts = read(documents=[paper(group, f"Giấy {number}") for number, group in enumerate(groups)])
    return [(case.name, case.situation) for case in facts.cases]


class TestCases:
    def test_what_to_do_with_papers_is_no_situation(self) -> None:
        assert cases("Giấy tờ phải xuất trình", None, "Giấy tờ phải nộp") == [
            (None, False),
            ("Giấy tờ phải xuất trình", False),
            ("Giấy tờ phải nộp", False),
        ]

    def test_whom_they_concern_is_one_and_comes_after(self) -> None:
        assert cases("(1.2) Đối với công trình tôn giáo", None) == [
            (None, False),
            ("(1.2) Đối với công trình tôn giáo", True),
        ]

    def test_a_single_group_leaves_nothing_to_choose(self) -> None:
        assert cases("Trường hợp cấp mới") == [("Trường hợp cấp mới", False)]

    def test_papers_keep_their_order_and_forms(self) -> None:
        facts = read(documents=[paper(None, "Đơn") | {"form": "a.doc"}, paper(None, "Ảnh") | {"forms": ["b", "c"]}])
        assert [(it.name, it.forms) for it in facts.cases[0].papers] == [("Đơn", ["a.doc"]), ("Ảnh", ["b", "c"])]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"{", "truncated"),
        (b"[]", "Expected `object`"),
        (b'"' + b"[" * 100_000, "unterminated|truncated|malformed|deep"),
        (b"[" * 100_000, "deep|malformed|truncated|Expected"),
        (json.dumps(line(code="1.2")).encode(), r"\$.code"),
        (json.dumps(line(colour="red")).encode(), "colour"),
        (json.dumps({"code": "1.000001"}).encode(), "title"),
        (json.dumps(line(channels=[ROW | {"fees": [{"amount": -1}]}])).encode(), "amount"),
        (json.dumps(line(channels=[ROW | {"fees": [{"amount": 1.5}]}])).encode(), "amount"),
        (json.dumps(line(audiences=["Người sao Hỏa"])).encode(), "sao Hỏa"),
        (json.dumps(line(title="Cấp thẻ\u0000")).encode(), "control"),
        (json.dumps(line(notes=["\u202eđảo"])).encode(), "direction"),
        (b"\xff\xfe\x00", "malformed|UTF|character"),
    ],
)
def test_a_wrong_line_says_why(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_line(text)


def test_a_difference_names_the_field_and_both_values() -> None:
    before, after = read(), read(title="Cấp lại thẻ thử nghiệm", notes=["mới"])
    found = compare(before, after)
    assert [(it.field, it.before, it.after) for it in found] == [
        ("title", before.title, after.title),
        ("notes", [], ["mới"]),
    ]
    assert compare(before, read()) == []


def test_facts_survive_the_table() -> None:
    facts = read(valid_from="2026-01-01")
    assert msgspec.convert(msgspec.to_builtins(facts), Facts) == facts


def test_every_published_line_is_read(pytestconfig: pytest.Config) -> None:
    with (pytestconfig.rootpath / "data" / "catalogue.jsonl").open("rb") as file:
        facts = [facts_of(read_line(text)) for text in file]
    assert len(facts) == 2677
    assert sum(case.situation for it in facts for case in it.cases) > 1000
