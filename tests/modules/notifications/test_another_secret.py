"""SECRET_KEY is another one than that with which our VAPID key was sealed."""

from collections.abc import Callable

import msgspec
import pytest

from server.core.settings import Settings, WrongSetting
from server.doctor import examine
from server.processes import serve_web, work
from server.tables import plant
from tests.conftest import Start

WRONG = "SECRET_KEY: is not the one this database was sealed with; set that one again"


@pytest.fixture(scope="module")
def other(settings: Settings, clone: Callable[[], str]) -> Settings:
    return msgspec.structs.replace(settings, database_url=clone(), secret_key="quite another key, of no use either")


@pytest.mark.parametrize("begin", [plant, serve_web, work], ids=lambda begin: begin.__name__)
def test_nothing_starts(other: Settings, begin: Callable[[Settings], None]) -> None:
    with pytest.raises(WrongSetting, match=WRONG):
        begin(other)


def test_doctor_says_so(other: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", other.database_url)
    monkeypatch.setenv("SECRET_KEY", other.secret_key)
    assert examine() == 1
    assert f"✗ settings     {WRONG}" in capsys.readouterr().out


async def test_a_process_that_runs_already_says_503(other: Settings, start: Start) -> None:
    async with start(other) as client:
        reply = await client.get("/api/notifications/key", headers={"Accept-Language": "en"})
        assert (reply.status_code, reply.json()["type"]) == (503, "sealed-with-another-key")
        assert reply.json()["title"].startswith("This part cannot be used just now")
        assert (await client.get("/api/places/units")).status_code == 200
