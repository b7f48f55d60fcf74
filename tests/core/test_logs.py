"""Logs: enough to find out what happened, and nothing that a person gave."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
import structlog

from server.core import logs
from server.core.events import Events
from server.core.settings import Settings
from tests.core.conftest import StartNotes

CANARY = "canary-0912345678"


class Watched:
    """An application, and what its process writes to its log."""

    def __init__(self, client: httpx.AsyncClient, written: io.BytesIO) -> None:
        self.client = client
        self._written = written

    @property
    def text(self) -> str:
        return self._written.getvalue().decode()

    async def lines(self, event: str) -> list[dict[str, Any]]:
        """The lines of one kind, once there is one: they are written a moment after the answer."""
        async with asyncio.timeout(60):
            while not (found := [line for line in map(json.loads, self.text.splitlines()) if line["event"] == event]):
                await asyncio.sleep(0.01)
        return found


@pytest.fixture
async def watched(
    notes: httpx.AsyncClient, notes_settings: Settings, start_notes: StartNotes, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Watched]:
    # A logger keeps the stream of its first use.
    for name, module in list(sys.modules.items()):
        if name.startswith("server.") and hasattr(module, "log"):
            monkeypatch.setattr(module, "log", structlog.get_logger())
    written = io.BytesIO()
    talkative = msgspec.structs.replace(notes_settings, log_level="info")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", io.TextIOWrapper(written))
        starting = start_notes(talkative)
        client = await starting.__aenter__()
    yield Watched(client, written)
    await starting.__aexit__(None, None, None)
    logs.configure(notes_settings)


class TestARequest:
    async def test_is_one_line_with_its_route(self, watched: Watched) -> None:
        reply = await watched.client.post("/api/notes", json={"text": "milk"})
        [line] = await watched.lines("request")
        assert line.pop("ms") > 0
        assert line.pop("timestamp").endswith("Z")
        assert line == {
            "event": "request",
            "level": "info",
            "id": reply.headers["x-request-id"],
            "method": "POST",
            "route": "/api/notes",
            "status": 201,
        }

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("GET", f"/api/notes?q={CANARY}", None),
            ("GET", f"/{CANARY}", None),
            ("GET", f"/api/{CANARY}?{CANARY}={CANARY}", None),
            ("GET", f"/api/{CANARY}%00", None),
            ("PUT", f"/api/notes?{CANARY}", None),
            ("POST", "/api/notes", {"text": CANARY}),
            ("POST", "/api/notes", {"text": "crash", "mark": CANARY}),
            ("POST", "/api/notes", {"text": CANARY, CANARY: CANARY}),
            ("POST", "/api/notes", {"text": f"{CANARY}\x00"}),
            ("POST", "/api/notes", CANARY),
        ],
    )
    async def test_leaves_nothing_of_what_was_typed(self, watched: Watched, method: str, path: str, body: Any) -> None:
        headers = {"Idempotency-Key": f"{CANARY}-{CANARY}", "User-Agent": CANARY, "Cookie": f"a={CANARY}"}
        headers |= (
            {"Origin": f"https://{CANARY}.example.org"} if method == "PUT" else {"Origin": str(watched.client.base_url)}
        )
        reply = await watched.client.request(method, path, json=body, headers=headers)
        assert [line["status"] for line in await watched.lines("request")] == [reply.status_code]
        assert CANARY not in watched.text

    async def test_whose_commit_fails_tells_the_rule_but_not_the_row(self, watched: Watched) -> None:
        for _ in range(2):
            reply = await watched.client.post("/api/notes", json={"text": "milk", "mark": CANARY})
        assert reply.status_code == 500
        [crash] = await watched.lines("crash")
        assert crash["level"] == "error"
        assert "UniqueViolation" in crash["exception"]
        assert "notes_note_mark_key" in crash["exception"]
        assert CANARY not in watched.text


class TestAJob:
    async def test_that_fails_tells_why_but_not_for_whom(
        self, watched: Watched, notes_events: Events, capfd: pytest.CaptureFixture[str]
    ) -> None:
        await watched.client.post("/api/notes", json={"text": "never"})
        await notes_events.run_waiting()
        [failed] = await watched.lines("job failed")
        assert failed["job"] == "tests.copy"
        assert "RuntimeError" in failed["exception"]
        assert "never" not in watched.text + capfd.readouterr().err


async def test_what_a_library_warns_of_is_a_line_like_ours(watched: Watched) -> None:
    logging.getLogger("library").info("not worth a line")
    try:
        raise RuntimeError("its own")
    except RuntimeError:
        logging.getLogger("library").exception("cannot reach\n%s", "the other side")
    [line] = await watched.lines("cannot reach\nthe other side")
    assert (line["logger"], line["level"]) == ("library", "error")
    assert line["exception"].endswith("RuntimeError: its own\n")
    assert "not worth" not in watched.text


def test_a_standard_error_that_was_closed_lets_nothing_fail(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", first)
        logs.configure(settings)
        log = structlog.get_logger()
        log.error("before")
        patch.setattr(sys, "stderr", second)
        first.close()
        log.error("after")
    logs.configure(settings)
    assert b'"event":"after"' in second.buffer.getvalue()  # type: ignore[attr-defined]
