"""Rules of the house that are read from the source: who commits, what tables are called, what is documented."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import ForeignKeyConstraint

import server.app  # loads every table
from server.core.database import Table
from server.core.settings import ROOT, Settings
from server.modules.catalogue.service.words import QUESTIONS, REWRITES, SAYINGS
from server.modules.dossiers.rules.acts import Act
from server.modules.feedback.rules.states import Act as ReportAct
from server.modules.news.rules.alerts import AlertAct
from server.modules.news.rules.states import Act as NewsAct
from server.modules.news.schemas.desk import Drive

SOURCES = sorted((ROOT / "server").rglob("*.py"))
TREES = {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in SOURCES}
FORBIDDEN_NAMES = re.compile(r"(^|_)(util|utils|helper|helpers|common|manager|misc)(_|$)")
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def calls(tree: ast.AST, name: str) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node.lineno


class TestEveryFile:
    """Hundreds: one look at all of them costs less than a test for each."""

    def test_only_the_database_commits(self) -> None:
        assert [path for path, tree in TREES.items() if list(calls(tree, "commit"))] == ["server/core/database.py"]

    def test_opens_with_a_sentence(self) -> None:
        assert [path for path, tree in TREES.items() if not ast.get_docstring(tree)] == []

    def test_has_a_name_that_says_something(self) -> None:
        assert [
            path for path in TREES if any(FORBIDDEN_NAMES.search(part) for part in Path(path).with_suffix("").parts)
        ] == []


def test_a_commit_elsewhere_is_seen() -> None:
    assert list(calls(ast.parse("async def f(session):\n    await session.commit()"), "commit")) == [2]


class TestEveryTable:
    def test_carries_its_modules_name(self) -> None:
        homes = {
            str(it.local_table): it.class_.__module__.removeprefix("server.modules.")
            .removeprefix("server.")
            .split(".")[0]
            for it in Table.registry.mappers
        }
        assert set(homes) == set(Table.metadata.tables)
        assert [table for table, home in homes.items() if not table.startswith(f"{home}_")] == []

    def test_keeps_its_foreign_keys_inside(self) -> None:
        keys = {
            (table.name, key.referred_table.name)
            for table in Table.metadata.sorted_tables
            for key in table.constraints
            if isinstance(key, ForeignKeyConstraint)
        }
        assert keys
        assert [it for it in keys if len({table.split("_")[0] for table in it}) > 1] == []


def test_every_setting_is_documented() -> None:
    text = (ROOT / "README.md").read_text()
    assert [name for name in Settings.__struct_fields__ if f"`{name.upper()}`" not in text] == []


def test_every_act_has_words_for_whoever_reads_the_log() -> None:
    written = {act for path in SOURCES for act in re.findall(r'act="([a-z]+:[a-z-]+)"', path.read_text())}
    assert {"core:rotate-key", "identity:sign-in"} <= written
    written |= {f"news:{act}" for act in (*NewsAct, *AlertAct)} | {f"news:{do}-sending" for do in Drive}
    written |= {f"feedback:{act}" for act in ReportAct}
    written |= {f"catalogue:{verb}-{of.noun}" for of in (SAYINGS, REWRITES, QUESTIONS) for verb in ("write", "remove")}
    for path in SOURCES:
        if named := re.search(r'act=f"([a-z]+):\{act\}"', text := path.read_text()):
            written |= {f"{named[1]}:{act}" for act in re.findall(r'_note\([^)]*"([a-z-]+)"', text)}
    assert {"catalogue:write-rewrite", "identity:add-passkey", "privacy:erase"} <= written
    looks = ("dossiers", "feedback", "identity", "payments", "privacy")
    written |= {f"dossiers:{act}" for act in Act} | {f"look:{name}" for name in looks}
    for language in ("vi", "en", "km"):
        words = (ROOT / "pwa" / "src" / "staff" / "text" / f"{language}.ts").read_text()
        assert [act for act in sorted(written) if f"'{act}': '" not in words] == []
        groups = re.search(r"actGroups: \{(.*)\}", words)
        assert groups
        assert {act.partition(":")[0] for act in written} == set(re.findall(r"'([a-z]+):'", groups[1]))


def test_every_make_target_is_documented() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert targets
    explained = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert sorted(targets[1].split()) == sorted(explained)


def test_no_lock_names_an_address() -> None:
    locks = [name for name in TRACKED if name.endswith((".lock", "/package-lock.json"))]
    assert len(locks) >= 6
    for lock in locks:
        text = (ROOT / lock).read_text()
        assert '"resolved"' not in text
        assert not re.search(r"^(--|.*(index-url|@ https?://))", text, re.MULTILINE) or "--hash" in text
        assert "index-url" not in text


def test_modules_have_the_same_name_everywhere() -> None:
    for module in server.app.MODULES:
        assert (ROOT / "server" / "modules" / module.name).is_dir()
        assert (ROOT / "tests" / "modules" / module.name).is_dir()
        assert any(name.startswith(f"pwa/src/modules/{module.name}/") for name in TRACKED), (
            f"git knows no file of pwa/src/modules/{module.name}"
        )


_WHAT_RUNS = """
import sys, importlib.metadata as metadata
import server.__main__, server.supervisor, server.processes, server.tables, server.doctor
owners = metadata.packages_distributions()
print(*sorted({owner for name in sys.modules for owner in owners.get(name.partition(".")[0], ())}))
"""


def test_what_runs_needs_only_what_is_locked_for_running() -> None:
    """The developer's environment has more; on a resident's server only `run.lock` is installed."""
    run = subprocess.run([sys.executable, "-c", _WHAT_RUNS], cwd=ROOT, capture_output=True, text=True, check=True)
    locked, peers = (
        set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / lock).read_text(), re.MULTILINE))
        for lock in ("run.lock", "bench.lock")
    )
    used = {name.lower().replace("_", "-").replace(".", "-") for name in run.stdout.split()}
    # Libraries take what they find and do without: Granian watchfiles, Litestar the peers of `make bench`.
    assert used - locked - peers - {"pip", "setuptools", "watchfiles"} == set()
    assert "greenlet" in used  # what SQLAlchemy asks for only when it runs, and what a lock once lacked
