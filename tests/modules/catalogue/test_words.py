"""Staff say how people speak: the search knows it a moment later, and what they have said is theirs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.settings import Settings
from server.modules.catalogue.seed import seed
from tests.conftest import Start
from tests.modules.identity.conftest import Browser, StaffBrowser, new_browser, nothing_counted, staff_browser

__all__ = ["new_browser", "nothing_counted", "staff_browser"]

WORDS, SHOP, BIRTH = "/api/catalogue/desk/words", "1.001612", "1.001193"
REWRITES, QUESTIONS = "/api/catalogue/desk/rewrites", "/api/catalogue/desk/questions"


@pytest.fixture(scope="module")
def settings(settings: Settings, clone: Callable[[], str]) -> Settings:
    """A province whose words nobody else searches by."""
    return msgspec.structs.replace(settings, database_url=clone())


@pytest.fixture(scope="module")
async def client(settings: Settings, start: Start) -> AsyncIterator[httpx.AsyncClient]:
    async with start(settings) as client:
        yield client


@pytest.fixture(scope="module")
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture
async def editor(staff_browser: StaffBrowser) -> Browser:
    return await staff_browser("catalogue:words")


async def write(browser: Browser, word: str, version: int = 0, **said: Any) -> httpx.Response:
    body = {"said": [], "official": [], "codes": []} | said
    return await browser.put(f"{WORDS}/{word}", json=body, headers={"If-Match": f'"{version}"'})


async def first(browser: Browser, q: str) -> str | None:
    items = (await browser.get("/api/catalogue/procedures", params={"q": q})).json()["items"]
    return items[0]["code"] if items else None


async def soon(browser: Browser, q: str, code: str | None) -> None:
    async with asyncio.timeout(60):
        while await first(browser, q) != code:
            await asyncio.sleep(0.05)


async def test_what_they_say_is_searched_by_changed_and_taken_away(
    editor: Browser, database: Database, settings: Settings
) -> None:
    word, said = str(uuid4()), "mở tiệm zzquaquay"
    assert await first(editor, "zzquaquay") is None
    made = await write(editor, word, said=[f" {said} "], codes=[SHOP])
    assert made.status_code == 200, made.text
    assert made.json()["said"] == [said]
    assert [it["code"] for it in made.json()["procedures"]] == [SHOP]
    assert made.json()["procedures"][0]["title"]
    await soon(editor, "zzquaquay", SHOP)
    # Found by what it says, without accents too, and by where it leads.
    for q in ("mo tiem zzqua", said.upper()):
        assert [it["id"] for it in (await editor.get(WORDS, params={"q": q})).json()["items"]] == [word]
    assert word in [it["id"] for it in (await editor.get(WORDS, params={"q": SHOP, "limit": 100})).json()["items"]]

    assert (await write(editor, word, said=[said], codes=[BIRTH])).json()["type"] == "changed-meanwhile"
    changed = await write(editor, word, made.json()["version"], said=[said, "zzquaquay nữa"], codes=[BIRTH])
    assert changed.status_code == 200, changed.text
    await soon(editor, "zzquaquay", BIRTH)

    # Neither a start nor a newer release changes it, nor brings back what was taken away.
    shipped = (await editor.get(WORDS, params={"q": "khai sanh cho con"})).json()["items"][0]
    assert (await editor.delete(f"{WORDS}/{shipped['id']}")).status_code == 204
    async with database.transaction() as session:
        await seed(session, settings)
    assert (await editor.get(WORDS, params={"q": "zzquaquay"})).json()["items"][0]["said"] == [said, "zzquaquay nữa"]
    assert (await editor.get(WORDS, params={"q": "khai sanh cho con"})).json()["items"] == []

    assert (await editor.delete(f"{WORDS}/{word}")).status_code == 204
    assert (await editor.delete(f"{WORDS}/{word}")).status_code == 404
    await soon(editor, "zzquaquay", None)
    async with database.reading() as connection:
        acts = list(
            await connection.scalars(
                text("SELECT act FROM core_audit WHERE subject_id = :id ORDER BY sequence"), {"id": word}
            )
        )
    assert acts == ["catalogue:write-word", "catalogue:write-word", "catalogue:remove-word"]


async def test_a_start_does_not_bring_back_what_an_entry_began_with_before(
    editor: Browser, database: Database, settings: Settings
) -> None:
    entry = (await editor.get(WORDS, params={"q": SHOP})).json()["items"][0]
    now = {"said": entry["said"], "official": entry["official"], "codes": [it["code"] for it in entry["procedures"]]}
    renamed = await write(editor, entry["id"], entry["version"], **now | {"said": ["zzbat dau khac", *now["said"][1:]]})
    assert renamed.status_code == 200, renamed.text
    async with database.transaction() as session:
        await seed(session, settings)
    by_its_old_name = (await editor.get(WORDS, params={"q": now["said"][0], "limit": 100})).json()["items"]
    assert [it["id"] for it in by_its_old_name if it["said"][0] == now["said"][0]] == []

    # And back again: nobody else has that name.
    again = await write(editor, entry["id"], renamed.json()["version"], **now)
    assert again.status_code == 200, again.text


async def test_what_was_taken_away_may_be_said_again(editor: Browser, database: Database, settings: Settings) -> None:
    first_one, second = str(uuid4()), str(uuid4())
    assert (await write(editor, first_one, said=["zzlan nua"], codes=[SHOP])).status_code == 200
    assert (await editor.delete(f"{WORDS}/{first_one}")).status_code == 204
    assert (await write(editor, second, said=["zzlan nua"], codes=[BIRTH])).status_code == 200
    async with database.transaction() as session:
        await seed(session, settings)
    [item] = (await editor.get(WORDS, params={"q": "zzlan nua"})).json()["items"]
    assert (item["id"], [it["code"] for it in item["procedures"]]) == (second, [BIRTH])
    # Also by the entry itself.
    assert (await editor.delete(f"{WORDS}/{second}")).status_code == 204
    again = await write(editor, second, said=["zzlan nua"], codes=[SHOP])
    assert (again.status_code, again.json()["said"]) == (200, ["zzlan nua"]), again.text


async def test_a_newer_release_corrects_a_family(database: Database, settings: Settings) -> None:
    wrong = "UPDATE catalogue_family SET codes = '[\"9.9\"]' WHERE name = (SELECT min(name) FROM catalogue_family)"
    async with database.transaction() as session:
        await session.execute(text(wrong))
        await seed(session, settings)
        assert await session.scalar(text("SELECT count(*) FROM catalogue_family WHERE codes::text LIKE '%9.9%'")) == 0


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"said": ["zz"], "codes": ["9.999999"]}, (400, "codes-unknown")),
        ({"said": ["zz"]}, (400, "words-say-nothing")),
        ({"said": ["  "], "codes": [SHOP]}, (400, "words-say-nothing")),
        ({"said": ["z\u202ez"], "codes": [SHOP]}, (400, "words-say-nothing")),
        ({"said": [], "codes": [SHOP]}, (400, "input-refused")),
        ({"said": ["z" * 101], "codes": [SHOP]}, (400, "input-refused")),
        ({"said": ["tui"], "codes": [SHOP], "kind": "x"}, (400, "input-refused")),
    ],
    ids=str,
)
async def test_what_is_wrong_is_refused(editor: Browser, said: dict[str, Any], refusal: tuple[int, str]) -> None:
    async def all_in_all() -> Any:
        return (await editor.get(WORDS, params={"q": "khai sanh"})).json()["items"]

    before = await all_in_all()
    reply = await write(editor, str(uuid4()), **said)
    assert (reply.status_code, reply.json()["type"]) == refusal
    assert await all_in_all() == before


async def test_two_entries_do_not_begin_alike(editor: Browser) -> None:
    assert (await write(editor, str(uuid4()), said=["zzbat dau"], codes=[SHOP])).status_code == 200
    reply = await write(editor, str(uuid4()), said=["zzbat dau", "zzkhac"], codes=[BIRTH])
    assert (reply.status_code, reply.json()["type"]) == (409, "phrase-taken")
    [item] = (await editor.get(WORDS, params={"q": "zzbat dau"})).json()["items"]
    assert [it["code"] for it in item["procedures"]] == [SHOP]
    # Nor like one that came with the application.
    shipped = (await editor.get(WORDS)).json()["items"][0]
    reply = await write(editor, str(uuid4()), said=[shipped["said"][0]], codes=[SHOP])
    assert (reply.status_code, reply.json()["type"]) == (409, "phrase-taken")
    assert (await editor.get(WORDS)).json()["items"][0] == shipped


async def put(browser: Browser, path: str, version: int = 0, **said: Any) -> httpx.Response:
    return await browser.put(path, json=said, headers={"If-Match": f'"{version}"'})


async def asked_back(browser: Browser, q: str) -> list[tuple[str, str]]:
    question = (await browser.get("/api/catalogue/procedures", params={"q": q})).json()["question"]
    return [(it["label"], it["code"]) for it in question["choices"]] if question else []


async def acts_on(database: Database, word: str) -> list[str]:
    asked = text("SELECT act FROM core_audit WHERE subject_id = :id ORDER BY sequence")
    async with database.reading() as connection:
        return list(await connection.scalars(asked, {"id": word}))


async def test_how_it_is_said_here_is_searched_by_changed_and_taken_away(
    editor: Browser, database: Database, settings: Settings
) -> None:
    word, other = str(uuid4()), str(uuid4())
    path, death, birth = f"{REWRITES}/{word}", await first(editor, "khai tử"), await first(editor, "khai sinh")
    assert death != birth
    assert await first(editor, "zzlom") is None
    made = await put(editor, path, said=" zzlom ", means="khai tử")
    assert made.status_code == 200, made.text
    assert made.json() == {"id": word, "said": "zzlom", "means": "khai tử", "version": made.json()["version"]}
    await soon(editor, "zzlom", death)
    for q in ("ZZLOM", "zzlo", "zzlom"):
        assert [it["id"] for it in (await editor.get(REWRITES, params={"q": q})).json()["items"]] == [word]
    # It is no saying, and no entry of that list to be written over.
    assert (await editor.get(WORDS, params={"q": "zzlom"})).json()["items"] == []
    for version in (0, made.json()["version"]):
        reply = await write(editor, word, version, said=["zzlom"], codes=[SHOP])
        assert (reply.status_code, reply.json()["type"]) == (412, "changed-meanwhile")
    assert (await editor.delete(f"{WORDS}/{word}")).status_code == 404
    taken = await put(editor, f"{REWRITES}/{other}", said="zzlom", means="khai sinh")
    assert (taken.status_code, taken.json()["type"]) == (409, "phrase-taken")

    changed = await put(editor, path, made.json()["version"], said="zzlom", means="khai sinh")
    assert changed.status_code == 200, changed.text
    await soon(editor, "zzlom", birth)
    assert (await put(editor, path, made.json()["version"], said="zzlom", means="tử")).status_code == 412

    # What came with the application, called otherwise or taken away, is so after a start.
    renamed, gone = (await editor.get(REWRITES)).json()["items"][:2]
    reply = await put(editor, f"{REWRITES}/{renamed['id']}", renamed["version"], said="zzkhac", means=renamed["means"])
    assert reply.status_code == 200, reply.text
    assert (await editor.delete(f"{REWRITES}/{gone['id']}")).status_code == 204
    async with database.transaction() as session:
        await seed(session, settings)
    there = {it["said"]: it["means"] for it in (await editor.get(REWRITES, params={"limit": 100})).json()["items"]}
    assert not {renamed["said"], gone["said"]} & there.keys()
    assert (await editor.get(REWRITES, params={"q": "zzlom"})).json()["items"] == [changed.json()]

    assert (await editor.delete(path)).status_code == 204
    assert (await editor.delete(path)).status_code == 404
    await soon(editor, "zzlom", None)
    assert await acts_on(database, word) == [
        "catalogue:write-rewrite",
        "catalogue:write-rewrite",
        "catalogue:remove-rewrite",
    ]


async def test_what_may_mean_several_is_asked_back_changed_and_taken_away(
    editor: Browser, database: Database, settings: Settings
) -> None:
    word, q = str(uuid4()), "zzmotcua"
    path = f"{QUESTIONS}/{word}"

    async def until(expected: list[tuple[str, str]]) -> None:
        async with asyncio.timeout(20):
            while await asked_back(editor, q) != expected:
                await asyncio.sleep(0.05)

    two = [{"label": "mở tiệm", "codes": [SHOP]}, {"label": "khai sinh", "codes": [BIRTH]}]
    made = await put(editor, path, said=q, choices=two)
    assert made.status_code == 200, made.text
    assert [(it["label"], [one["code"] for one in it["procedures"]]) for it in made.json()["choices"]] == [
        ("mở tiệm", [SHOP]),
        ("khai sinh", [BIRTH]),
    ]
    assert all(one["title"] for it in made.json()["choices"] for one in it["procedures"])
    await until([("mở tiệm", SHOP), ("khai sinh", BIRTH)])
    for typed in (q, q.upper(), SHOP):
        found = (await editor.get(QUESTIONS, params={"q": typed, "limit": 100})).json()["items"]
        assert word in [it["id"] for it in found]
    renamed = [two[1] | {"label": "em bé mới sinh"}, two[0]]
    changed = await put(editor, path, made.json()["version"], said=q, choices=renamed)
    assert changed.status_code == 200, changed.text
    await until([("em bé mới sinh", BIRTH), ("mở tiệm", SHOP)])
    shipped = (await editor.get(QUESTIONS)).json()["items"][0]
    fewer = [{"label": it["label"], "codes": [one["code"] for one in it["procedures"]]} for it in shipped["choices"]]
    mine = f"{QUESTIONS}/{shipped['id']}"
    edited = await put(editor, mine, shipped["version"], said=shipped["said"], choices=fewer[::-1])
    assert edited.status_code == 200, edited.text
    async with database.transaction() as session:
        await seed(session, settings)
    assert edited.json() in (await editor.get(QUESTIONS)).json()["items"]
    assert (await editor.delete(path)).status_code == 204
    await until([])
    assert await acts_on(database, word) == [
        "catalogue:write-question",
        "catalogue:write-question",
        "catalogue:remove-question",
    ]


async def test_what_rewrites_nothing_or_asks_nothing_is_refused(
    editor: Browser, new_browser: Callable[[], Browser]
) -> None:
    one, two = {"label": "mở tiệm", "codes": [SHOP]}, {"label": "khai sinh", "codes": [BIRTH]}
    unread, nothing, unasked = (400, "input-refused"), (400, "rewrite-says-nothing"), (400, "question-asks-nothing")
    cases: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
        (REWRITES, {"said": "zz", "means": "?!"}, nothing),
        (REWRITES, {"said": " ", "means": "tôi"}, nothing),
        (REWRITES, {"said": "Tôi", "means": "tôi"}, nothing),
        (REWRITES, {"said": "", "means": "tôi"}, unread),
        (REWRITES, {"said": "z" * 101, "means": "tôi"}, unread),
        (REWRITES, {"said": "z\0z", "means": "tôi"}, unread),
        (REWRITES, {"said": "zz", "means": "t\u202eôi"}, unread),
        (REWRITES, {"said": "zz", "means": "tôi", "codes": [SHOP]}, unread),
        (QUESTIONS, {"said": "zz", "choices": []}, unasked),
        (QUESTIONS, {"said": "zz", "choices": [one]}, unasked),
        (QUESTIONS, {"said": "zz", "choices": [one, two | {"codes": []}]}, unasked),
        (QUESTIONS, {"said": "zz", "choices": [one] * 11}, unread),
        (QUESTIONS, {"said": "zz", "choices": [one, two | {"label": "z" * 101}]}, unread),
        (QUESTIONS, {"said": "z\u202ez", "choices": [one, two]}, unread),
        (QUESTIONS, {"said": "zz", "choices": [one, two | {"label": "z\u202ez"}]}, unread),
        (QUESTIONS, {"said": "?!", "choices": [one, two]}, unasked),
        (QUESTIONS, {"said": "zz", "choices": [one, two | {"codes": [" "]}]}, unasked),
        (QUESTIONS, {"said": "zz", "choices": [one, two | {"label": " Mở Tiệm "}]}, unasked),
        (QUESTIONS, {"said": "zz", "choices": [one, two | {"codes": ["9.999999"]}]}, (400, "codes-unknown")),
    ]

    async def all_in_all() -> list[Any]:
        return [(await editor.get(path, params={"limit": 100})).json() for path in (REWRITES, QUESTIONS)]

    before = await all_in_all()
    for path, said, refusal in cases:
        reply = await put(editor, f"{path}/{uuid4()}", **said)
        assert (reply.status_code, reply.json()["type"]) == refusal, said
    nobody = new_browser()
    for path in (REWRITES, QUESTIONS):
        assert (await nobody.get(path)).status_code == 401
    assert await all_in_all() == before


async def test_all_of_them_page_by_page(editor: Browser) -> None:
    ids: list[str] = []
    query: dict[str, Any] = {"limit": 100}
    while query.get("cursor", "") is not None:
        page = (await editor.get(WORDS, params=query)).json()
        ids += [it["id"] for it in page["items"]]
        query["cursor"] = page["next_cursor"]
    assert len(ids) == len(set(ids)) > 600
