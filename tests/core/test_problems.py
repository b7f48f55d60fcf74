"""Refusals: a sentence in the caller's language with a type of its own, and nothing of what was typed."""

import json
from typing import Any

import httpx
import pytest

from server.core.problems import Problem, readable
from server.core.words import LANGUAGES, choose_language
from tests.core.notes import SECRET

PROCEDURES = "/api/catalogue/procedures"
DEVICES = "/api/notifications/devices"
CANARY = "canary0912345678"
KEYS = {"p256dh": "BA", "auth": "BA"}
DEVICE = {"endpoint": "https://push.example.org/x", "keys": KEYS, "language": "vi"}


def get(path: str, **query: Any) -> httpx.Request:
    return httpx.Request("GET", f"http://localhost:8000{path}", params=query or None)


def post(content: bytes | str, path: str = DEVICES, kind: str = "application/json") -> httpx.Request:
    return httpx.Request("POST", f"http://localhost:8000{path}", content=content, headers={"Content-Type": kind})


BAD = {
    "a NUL in the path": (get(f"{PROCEDURES}/1.00%00001"), 400, "input-refused"),
    "a NUL in the query": (get(PROCEDURES, q=f"{CANARY}\x00"), 400, "input-refused"),
    "a control character": (get(PROCEDURES, q=f"{CANARY}\x07"), 400, "text-refused"),
    "a hidden change of direction": (get(PROCEDURES, q=f"{CANARY}\u202e"), 400, "text-refused"),
    "half of a character": (get(f"{PROCEDURES}?q={CANARY}%ED%A0%80"), 200, None),
    "bytes that are no text": (get(f"{PROCEDURES}?q={CANARY}%FF%FE"), 200, None),
    "a book instead of a query": (get(PROCEDURES, q=CANARY * 1000), 400, "input-refused"),
    "a limit below one": (get(PROCEDURES, limit=0), 400, "input-refused"),
    "a negative limit": (get(PROCEDURES, limit=-1), 400, "input-refused"),
    "a limit beyond a hundred": (get(PROCEDURES, limit=101), 400, "input-refused"),
    "a limit beyond any number": (get(PROCEDURES, limit="9" * 5000), 400, "input-refused"),
    "a limit in words": (get(PROCEDURES, limit=CANARY), 400, "input-refused"),
    "a cursor that is none": (get(PROCEDURES, cursor=CANARY), 400, "cursor-refused"),
    "a cursor of another alphabet": (get(PROCEDURES, cursor="trang hai"), 400, "cursor-refused"),
    "a cursor cut off": (get(PROCEDURES, cursor="MS4wM"), 400, "cursor-refused"),
    "a level nobody has": (get(PROCEDURES, level=CANARY), 400, "input-refused"),
    "an audience nobody is": (get(PROCEDURES, audience=CANARY), 400, "input-refused"),
    "a revision that is no number": (get(f"{PROCEDURES}/1.000001/changes", since=CANARY), 400, "input-refused"),
    "a revision below none": (get(f"{PROCEDURES}/1.000001/changes", since=-1), 400, "input-refused"),
    "a revision beyond any number": (get(f"{PROCEDURES}/1.000001/changes", since=2**63), 400, "input-refused"),
    "an id that is none": (get(f"{DEVICES}/{CANARY}"), 404, "not-found"),
    "an address that leads nowhere": (get(f"/api/{CANARY}"), 404, "not-found"),
    "a file that is not there": (get(f"/{CANARY}.js"), 404, "not-found"),
    "a method nobody waits for": (httpx.Request("DELETE", "http://localhost:8000" + PROCEDURES), 405, "method-refused"),
    "no body": (post(b""), 400, "input-refused"),
    "JSON that breaks off": (post(f'{{"endpoint": "{CANARY}'), 400, "input-refused"),
    "no JSON": (post(CANARY), 400, "input-refused"),
    "JSON of another shape": (post(f'["{CANARY}"]'), 400, "input-refused"),
    "JSON nested 1,500 deep": (post("[" * 1500 + "]" * 1500), 400, "input-refused"),
    "objects nested 30,000 deep": (post('{"a":' * 10_000 + "1" + "}" * 10_000), 400, "input-refused"),
    "a field nobody knows": (post(json.dumps(DEVICE | {"colour": CANARY})), 400, "input-refused"),
    "a field inside that nobody knows": (post(json.dumps(DEVICE | {"keys": KEYS | {"x": 1}})), 400, "input-refused"),
    "a field that is missing": (post("{}"), 400, "input-refused"),
    "a word that is no choice": (post(json.dumps(DEVICE | {"language": CANARY})), 400, "input-refused"),
    "a word with a quote that is no choice": (
        post(json.dumps(DEVICE | {"language": f"x'{CANARY}"})),
        400,
        "input-refused",
    ),
    "a number for a word": (post(json.dumps(DEVICE | {"language": 5})), 400, "input-refused"),
    "a NUL in a text": (post(json.dumps(DEVICE | {"endpoint": f"{CANARY}\x00"})), 400, "input-refused"),
    "half of a character in a text": (post(b'{"endpoint": "\\ud800"}'), 400, "input-refused"),
    "text that is not UTF-8": (post(f'{{"endpoint": "{CANARY}é"}}'.encode("latin-1")), 400, "input-refused"),
    "a number beyond any number": (post(b'{"endpoint": 1e999999}'), 400, "input-refused"),
    "a form": (post(f"endpoint={CANARY}", kind="application/x-www-form-urlencoded"), 415, "wrong-content-type"),
    "a form that looks like JSON": (post(json.dumps(DEVICE), kind="text/plain"), 415, "wrong-content-type"),
    "JSON without saying so": (post(json.dumps(DEVICE), kind=""), 415, "wrong-content-type"),
    "a form with a bad charset": (
        post("x", kind="multipart/form-data; boundary=x; charset=no-such"),
        415,
        "wrong-content-type",
    ),
    "70 kB": (post(json.dumps(DEVICE | {"endpoint": "x" * 70_000})), 413, "too-large"),
    "a key too short": (
        httpx.Request("POST", "http://localhost:8000" + DEVICES, json=DEVICE, headers={"Idempotency-Key": "short"}),
        400,
        "key-refused",
    ),
}


@pytest.mark.parametrize("what", BAD)
class TestBadInput:
    async def test_is_refused_in_a_sentence_that_repeats_nothing(self, client: httpx.AsyncClient, what: str) -> None:
        request, status, kind = BAD[what]
        reply = await client.send(request)
        assert reply.status_code == status, reply.text
        if kind is None:
            return
        assert reply.headers["content-type"] == "application/problem+json"
        assert (reply.json()["type"], reply.json()["status"]) == (kind, status)
        assert CANARY not in reply.text
        assert CANARY not in str(reply.headers)
        assert "\\u202e" not in reply.text

    async def test_is_refused_in_the_callers_language(self, client: httpx.AsyncClient, what: str) -> None:
        request, _, kind = BAD[what]
        if kind is None:
            return
        titles = set()
        for language in LANGUAGES:
            headers = dict(request.headers) | {"Accept-Language": language}
            reply = await client.send(
                httpx.Request(request.method, request.url, content=request.content, headers=headers)
            )
            assert reply.headers["content-language"] == language
            assert reply.json()["detail"]
            titles.add(reply.json()["title"])
        assert len(titles) == 3


async def test_an_unknown_field_is_called_by_its_name(client: httpx.AsyncClient) -> None:
    reply = await client.post(DEVICES, json=DEVICE | {"colour": "red"})
    [error] = reply.json()["errors"]
    assert "`colour`" in error["reason"]
    assert "`colour`" in reply.json()["detail"]


async def test_a_parameter_is_called_by_its_name(client: httpx.AsyncClient) -> None:
    [error] = (await client.get(PROCEDURES, params={"limit": 0})).json()["errors"]
    assert error["field"] == "limit"
    assert ">= 1" in error["reason"]


async def test_a_wrong_method_is_told_the_right_ones(client: httpx.AsyncClient) -> None:
    allowed = (await client.delete(PROCEDURES)).headers["allow"]
    assert "GET" in allowed


async def test_a_crash_says_that_it_is_known_and_nothing_else(notes: httpx.AsyncClient) -> None:
    reply = await notes.post("/api/notes", json={"text": "crash"})
    assert reply.status_code == 500
    assert reply.json() == {
        "type": "crash",
        "title": "Hệ thống gặp lỗi, chúng tôi đã ghi nhận",
        "status": 500,
        "detail": "Hệ thống gặp lỗi, chúng tôi đã ghi nhận",
        "request_id": reply.headers["x-request-id"],
    }
    assert SECRET not in reply.text


def kinds(of: type[Problem] = Problem) -> list[type[Problem]]:
    return [deep for kind in of.__subclasses__() for deep in (kind, *kinds(kind))]


class TestEveryRefusal:
    def test_speaks_three_languages(self) -> None:
        assert len(kinds()) > 100
        assert [it for it in kinds() if len({sentence.strip() for sentence in it.title} - {""}) != 3] == []

    def test_has_a_status_that_says_whose_turn_it_is(self) -> None:
        assert [it for it in kinds() if not 400 <= it.status < 600] == []


def test_no_two_refusals_have_the_same_type() -> None:
    assert len({kind.type() for kind in kinds()}) == len(kinds())


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("", "vi"),
        ("vi", "vi"),
        ("en", "en"),
        ("km-KH", "km"),
        ("EN-us,vi;q=0.5", "en"),
        ("en;q=0.5,vi", "vi"),
        ("fr,en;q=0.8,vi;q=0.9", "vi"),
        ("fr", "vi"),
        ("*", "vi"),
        ("en;q=0", "vi"),
        ("en;q=much,km", "km"),
        ("en;level=1", "vi"),
        (",;,;q=,", "vi"),
        ("en;q=nan,km;q=0.1", "km"),
        ("x" * 100_000, "vi"),
    ],
)
def test_the_language_is_the_best_of_ours_that_the_caller_reads(wish: str, language: str) -> None:
    assert choose_language(wish) == language


@pytest.mark.parametrize("text", ["a\x00b", "a\x1fb", "a\x7fb", "a\x85b", "a\u202eb", "a\u2066b", "\ud800", "x" * 201])
def test_what_no_person_types_is_not_searched_for(text: str) -> None:
    with pytest.raises(Problem) as refusal:
        readable(text)
    assert refusal.value.type() == "text-refused"


def test_what_people_type_is_cleaned_and_kept() -> None:
    assert readable("  ba\u0300 to\u0302i mâ\u0301t ") == "bà tôi mất"
    assert readable("ប្រព័ន្ធ") == "ប្រព័ន្ធ"
