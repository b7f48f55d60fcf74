"""Outside a demonstration nothing starts while its accounts are left."""

from collections.abc import Callable

import msgspec
import psycopg
import pytest
from click.testing import CliRunner

from server.app import events_of
from server.core.settings import Settings, WrongSetting
from server.doctor import examine
from server.modules.identity.commands import demo_accounts
from server.modules.identity.rules.demo import STAFF
from server.processes import serve_web, work
from server.tables import plant

WRONG = "DEMO: is 0, but accounts of a demonstration are left: python -m server demo-accounts --end"
KEY = "k7Qe0Zt3vN9sYx2LwPb5RfJdHuAa8MgC"


@pytest.fixture
def real(fresh: Settings) -> Settings:
    """What `make run` has planted, now meant seriously."""
    return msgspec.structs.replace(fresh, demo=False, base_url="https://app.example.org")


def left(settings: Settings, what: str) -> int:
    with psycopg.connect(settings.database_url) as connection:
        [(count,)] = connection.execute(f"SELECT count(*) FROM {what}").fetchall()
        return int(count)


@pytest.mark.parametrize("begin", [plant, serve_web, work], ids=lambda begin: begin.__name__)
def test_nothing_starts(real: Settings, begin: Callable[[Settings], None]) -> None:
    with pytest.raises(WrongSetting, match=WRONG):
        begin(real)


def test_doctor_says_so(real: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("server.doctor.read_settings", lambda: real)
    assert examine() == 1
    assert f"✗ settings     {WRONG}" in capsys.readouterr().out


def test_one_command_ends_them_though_nobody_else_administers_yet(
    real: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.core.terminal.read_settings", lambda: real)
    assert left(real, "identity_staff WHERE demo AND disabled_at IS NULL") == len(STAFF)
    assert left(real, "identity_resident WHERE erased_at IS NULL") == 3
    for said in (f"{3 + len(STAFF)} accounts", "0 accounts"):
        done = CliRunner().invoke(demo_accounts, ["--end"], obj=events_of)
        assert (done.exit_code, done.output) == (0, f"{said} of a demonstration are ended.\n")
    assert left(real, "identity_staff WHERE demo AND disabled_at IS NULL") == 0
    assert left(real, "identity_resident WHERE erased_at IS NULL OR phone IS NOT NULL") == 0
    plant(real)  # which makes none anew
    assert left(real, "identity_staff WHERE disabled_at IS NULL") == 0
