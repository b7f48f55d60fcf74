"""Commands for whoever runs or changes it: what `doctor` says, and the step that `new-migration` writes."""

import re
import shutil
from pathlib import Path

import msgspec
import psycopg
import pytest

from server import migrations, tables
from server.core.settings import ROOT, Settings, WrongSetting
from server.doctor import examine


class TestDoctor:
    """One line for each thing it has looked at; what is wrong with what to do about it, and then the code is 1."""

    def said(
        self, settings: Settings, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> tuple[int, dict[str, str]]:
        patch.setattr("server.doctor.read_settings", lambda: settings)
        code = examine()
        lines = [line for line in capsys.readouterr().out.splitlines() if line]
        return code, {line.split()[1]: line for line in lines}

    def test_of_a_house_in_order(
        self, fresh: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "index.html").touch()
        well = msgspec.structs.replace(fresh, pwa=tmp_path)
        code, said = self.said(well, monkeypatch, capsys)
        assert [line for line in said.values() if line[0] != "✓"] == []
        assert code == 0
        assert {"python", "node", "disk", "database", "tables", "jobs", "audit", "settings"} <= said.keys()
        assert {field.name.upper() for field in msgspec.structs.fields(Settings)} <= said.keys()
        assert fresh.secret_key not in "".join(said.values())

    def test_of_one_that_is_not(
        self, fresh: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with psycopg.connect(fresh.database_url) as connection:
            connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args)"
                " VALUES ('urgent', 'identity.send_code', 'failed', '{}')"
            )
            connection.execute("UPDATE alembic_version SET version_num = '0001'")
        code, said = self.said(msgspec.structs.replace(fresh, pwa=tmp_path), monkeypatch, capsys)
        assert code == 1
        assert said["pwa"].startswith("✗") and "`make pwa` builds it" in said["pwa"]
        assert said["tables"].startswith("✗ tables       at step 0001, newest is ")
        assert said["jobs"].startswith("✗") and "failed: 1 × identity.send_code" in said["jobs"]

    def test_of_one_that_is_meant_seriously(
        self, fresh: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "index.html").touch()
        bare = msgspec.structs.replace(
            fresh, demo=False, pwa=tmp_path, data=tmp_path, mail_url="smtps://a:b@example.org"
        )
        code, said = self.said(bare, monkeypatch, capsys)
        assert code == 1
        assert "SMS_URLS (nobody signs in by phone, no texts), OIDC_ISSUER (" in said["off"]
        assert "MAIL_URL" not in said["off"]
        assert said["contact"].startswith("✗") and "PUSH_CONTACT" in said["contact"]
        assert said["data"].startswith("✗") and "places/units.json: cannot be read" in said["data"]
        contact = msgspec.structs.replace(bare, push_contact="mailto:it@example.vn")
        assert self.said(contact, monkeypatch, capsys)[1]["contact"].startswith("✓")

    def test_of_one_whose_database_is_away(
        self,
        fresh: Settings,
        unused_tcp_port: int,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        gone = f"postgresql://app:hunter2@127.0.0.1:{unused_tcp_port}/app"
        code, said = self.said(msgspec.structs.replace(fresh, database_url=gone), monkeypatch, capsys)
        assert code == 1
        assert said["database"].startswith("✗ database     DATABASE_URL: cannot be reached: ")
        assert "hunter2" not in "".join(said.values())

    def test_of_a_wrong_setting(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        def wrong() -> Settings:
            raise WrongSetting("PORT", "is 0, must be 1 to 65535")

        monkeypatch.setattr("server.doctor.read_settings", wrong)
        assert examine() == 1
        assert capsys.readouterr().out == "✗ setting PORT: is 0, must be 1 to 65535\n"


def test_the_next_migration_is_what_the_models_say_more(
    fresh: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a copy of the steps: no other test may meet it."""
    here = tmp_path / "server" / "migrations"
    shutil.copytree(ROOT / "server" / "migrations", here)
    monkeypatch.setattr(migrations, "HERE", here)
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    steps = sorted(here.glob("[0-9]*.py"))
    with psycopg.connect(fresh.database_url) as connection:
        connection.execute("ALTER TABLE catalogue_opening DROP COLUMN times")
    tables.write_migration(fresh, "catalogue: Count how often.")
    [written] = set(here.glob("[0-9]*.py")) - set(steps)
    last, number = steps[-1].name[:4], f"{int(steps[-1].name[:4]) + 1:04}"
    assert written.name.startswith(f"{number}_catalogue_count")
    text = written.read_text().replace("'", '"')
    assert re.search(rf'^revision.* = "{number}"$', text, re.MULTILINE)
    assert re.search(rf'^down_revision.* = "{last}"$', text, re.MULTILINE)
    up, _, down = text.partition("def downgrade")
    assert 'op.add_column("catalogue_opening"' in up
    assert 'op.drop_column("catalogue_opening"' in down
