"""Who may import whom: the contracts of pyproject.toml hold, and each of them bites."""

import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from server.core.settings import ROOT

DOORS = ("public", "events")
# What the application itself may take from a module.
ENTRANCE = "module"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


BREAKS = [
    ("The house stands on its core", "core/words.py", "from server.modules.catalogue.rules import facts"),
    ("Modules stand on the ones below", "modules/places/rules.py", "from server.modules.catalogue.rules import facts"),
    ("Every module has the same anatomy", "modules/catalogue/rules/facts.py", "import server.modules.catalogue.models"),
    ("Every module has the same anatomy", "modules/catalogue/helpers.py", "'''A file nobody placed.'''"),
    ("Modules stand on the ones below", "modules/homeless/__init__.py", "'''A module nobody placed.'''"),
]


@pytest.mark.parametrize(("contract", "file", "line"), BREAKS)
def test_a_deliberate_break_is_seen(contract: str, file: str, line: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "server", tmp_path / "server", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = tmp_path / "server" / file
    broken.parent.mkdir(exist_ok=True)
    with broken.open("a") as text:
        text.write(f"\n{line}\n")
    result = lint(tmp_path)
    assert result.returncode != 0
    assert f"{contract} BROKEN" in result.stdout


def strangers(graph: grimp.ImportGraph) -> list[str]:
    """Imports that enter a module by another way than its doors."""
    modules = graph.find_children("server.modules")
    found = []
    for module in modules:
        for inside in {module, *graph.find_descendants(module)}:
            for importer in graph.find_modules_that_directly_import(inside):
                if importer == module or importer.startswith(f"{module}."):
                    continue
                entrance = inside.removeprefix(f"{module}.").split(".")[0]
                doors = DOORS if importer.startswith("server.modules.") else (*DOORS, ENTRANCE)
                if entrance not in doors:
                    found.append(f"{importer} imports {inside}")
    return found


def test_modules_meet_at_two_doors_only() -> None:
    assert strangers(grimp.build_graph("server", cache_dir=None)) == []


def test_a_third_door_is_seen() -> None:
    graph = grimp.build_graph("server", cache_dir=None)
    graph.add_import(importer="server.modules.catalogue.seed", imported="server.modules.places.models")
    assert strangers(graph) == ["server.modules.catalogue.seed imports server.modules.places.models"]
