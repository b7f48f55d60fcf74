"""A POST that is sent twice is done once: the header `Idempotency-Key`."""

import asyncio

import httpx
import pytest
import sqlalchemy as sa

from server.core.database import Database
from server.core.idempotency import KEEP, KEPT
from server.core.retention import forget_one
from tests.core.conftest import Look
from tests.core.notes import Gate, gates

KEY = "a-key-of-the-phone-0001"
MILK = {"text": "milk"}


async def write(notes: httpx.AsyncClient, text: str = "milk", key: str = KEY) -> httpx.Response:
    return await notes.post("/api/notes", json={"text": text}, headers={"Idempotency-Key": key})


async def test_the_second_time_brings_the_first_reply_byte_for_byte(notes: httpx.AsyncClient, look: Look) -> None:
    first, second = await write(notes), await write(notes)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["content-type"] == first.headers["content-type"]
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert await look.notes() == ["milk"]
    assert await look.jobs() == ["todo"]


async def test_a_key_in_quotation_marks_is_the_same_key(notes: httpx.AsyncClient, look: Look) -> None:
    first, second = await write(notes), await write(notes, key=f'"{KEY}"')
    assert second.content == first.content
    assert await look.notes() == ["milk"]


async def test_another_body_is_refused(notes: httpx.AsyncClient, look: Look) -> None:
    await write(notes)
    reply = await write(notes, text="bread")
    assert (reply.status_code, reply.json()["type"]) == (422, "key-used-for-another")
    assert await look.notes() == ["milk"]


async def test_another_key_is_another_request(notes: httpx.AsyncClient, look: Look) -> None:
    await write(notes)
    await write(notes, key="another-key-of-the-phone")
    assert await look.notes() == ["milk", "milk"]


async def test_without_a_key_every_request_is_a_new_one(notes: httpx.AsyncClient, look: Look) -> None:
    for _ in range(2):
        await notes.post("/api/notes", json=MILK)
    assert await look.notes() == ["milk", "milk"]


async def test_while_the_first_is_running_the_second_is_told_so(notes: httpx.AsyncClient, look: Look) -> None:
    gate = gates["milk"] = Gate()
    first = asyncio.create_task(write(notes))
    await gate.reached.wait()
    second = await write(notes)
    assert (second.status_code, second.json()["type"]) == (409, "still-running")
    gate.opened.set()
    assert (await first).status_code == 201
    assert (await write(notes)).content == (await first).content
    assert await look.notes() == ["milk"]


async def test_of_many_at_once_one_is_done(notes: httpx.AsyncClient, look: Look) -> None:
    replies = await asyncio.gather(*(write(notes) for _ in range(12)))
    assert {reply.status_code for reply in replies} <= {201, 409}
    assert len({reply.content for reply in replies if reply.status_code == 201}) == 1
    assert await look.notes() == ["milk"]


@pytest.mark.parametrize("text", ["refuse", "crash"])
async def test_a_refused_first_request_is_not_remembered(notes: httpx.AsyncClient, look: Look, text: str) -> None:
    first, second = await write(notes, text), await write(notes, text)
    assert first.status_code == second.status_code
    assert "idempotent-replayed" not in second.headers
    assert await look.column("SELECT count(*) FROM core_first_reply") == [0]


async def test_a_request_whose_commit_failed_is_not_remembered(notes: httpx.AsyncClient, look: Look) -> None:
    await notes.post("/api/notes", json=MILK | {"mark": "the only one"})
    headers = {"Idempotency-Key": KEY}
    for _ in range(2):
        reply = await notes.post("/api/notes", json=MILK | {"mark": "the only one"}, headers=headers)
        assert reply.status_code == 500
    assert (await notes.post("/api/notes", json=MILK | {"mark": "another"}, headers=headers)).status_code == 201


@pytest.mark.parametrize("key", ["short", "x" * 201, "a key\twith a tabulator", "khóa của điện thoại"])
async def test_a_key_that_is_none_is_refused(notes: httpx.AsyncClient, look: Look, key: str) -> None:
    reply = await notes.post("/api/notes", json=MILK, headers=[(b"Idempotency-Key", key.encode())])
    assert (reply.status_code, reply.json()["type"]) == (400, "key-refused")
    assert await look.notes() == []


async def test_the_stored_reply_can_be_read_by_nobody_without_the_key(notes: httpx.AsyncClient, look: Look) -> None:
    reply = await write(notes, text="a secret told only once")
    [row] = await look.column("SELECT core_first_reply::text FROM core_first_reply")
    [sealed] = await look.column("SELECT sealed FROM core_first_reply")
    assert b"a secret told only once" not in sealed
    for said in ("a secret told only once", reply.json()["id"], KEY):
        assert said not in row
        assert said.encode().hex() not in row


async def test_a_reply_copied_to_another_key_does_not_open(notes: httpx.AsyncClient, notes_database: Database) -> None:
    await write(notes, key="the-key-of-the-victim-1")
    await write(notes, key="the-key-of-the-thief-01")
    async with notes_database.reading() as connection:
        await connection.execute(
            sa.text("UPDATE core_first_reply SET sealed = (SELECT sealed FROM core_first_reply ORDER BY id LIMIT 1)")
        )
    reply = await write(notes, key="the-key-of-the-thief-01")
    assert (reply.status_code, reply.json()["type"]) == (503, "sealed-with-another-key")


async def test_what_is_old_is_forgotten(notes: httpx.AsyncClient, notes_database: Database, look: Look) -> None:
    await write(notes)
    async with notes_database.transaction() as session:
        [made] = await look.column("SELECT created_at FROM core_first_reply")
        await forget_one(session, KEEP, made + KEPT)
        assert await session.scalar(sa.text("SELECT count(*) FROM core_first_reply")) == 1
        await forget_one(session, KEEP, made + KEPT * 1.001)
    assert await look.column("SELECT count(*) FROM core_first_reply") == [0]
