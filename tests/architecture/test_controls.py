"""`docs/security-controls.md` names tests that are there."""

import ast
import re

from server.core.settings import ROOT

PAGE = (ROOT / "docs" / "security-controls.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[^`]+::[^`]+)`", PAGE)))
CONTROLS = {f"C-{number:02}" for number in range(1, 44)}
IDENTITY = {f"C-{number:02}" for number in (*range(1, 13), 24, *range(27, 32), 43)}


def names_in(path: str) -> set[str]:
    """`TestClass`, `TestClass::test_method` and `test_function` of a file."""
    found = set()
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}::{it.name}" for it in node.body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)
            }
    return {name for name in found if name.rsplit("::")[-1].lower().startswith("test")}


def test_is_there() -> None:
    assert len(NAMED) > 100
    there = {path: names_in(path) for path in {it.partition("::")[0] for it in NAMED}}
    assert [it for it in NAMED if it.partition("::")[2] not in there[it.partition("::")[0]]] == []


def test_every_control_is_proved_or_said_not_to_be() -> None:
    table, _, left = PAGE.partition("Not proved, and why:")
    proved = set(re.findall(r"C-\d\d", " ".join(re.findall(r"^\| ([^|]*) \| `tests/", table, re.MULTILINE))))
    assert proved >= IDENTITY
    assert proved | set(re.findall(r"C-\d\d", left)) == CONTROLS


def test_a_test_that_is_gone_is_seen() -> None:
    there = names_in("tests/architecture/test_controls.py")
    assert "test_is_there" in there
    assert "test_is_not_there" not in there
