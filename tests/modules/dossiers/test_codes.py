"""The code of a dossier, in every form that is seen."""

import pytest

from server.modules.dossiers.rules.codes import code_of, typed

SEEN = [
    "G09.20-20260609-0092637",
    "H12.26-260609-0012",
    "H55.242-20260609-0000001",
    "H12.1-20261122-0000001",
    "000.00.26.H12-260609-0012",
    "H12.1.2.3-260609-123",
    "G15-20260609-0000001",
]


@pytest.mark.parametrize("code", SEEN)
def test_every_form_seen_is_a_code(code: str) -> None:
    assert code_of(code) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" h12.26-260609-0012 ", "H12.26-260609-0012"),
        ("H12.26 - 260609 - 0012", "H12.26-260609-0012"),
        ("H12.26–260609—0012", "H12.26-260609-0012"),
        ("Ｈ12.26-260609-0012", "H12.26-260609-0012"),
    ],
)
def test_has_one_spelling(text: str, code: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "H12",
        "1.004194",
        "H12.26-26060-0012",
        "H12.26-260609-12",
        "H12.26-260609-00926371",
        "H12.2626-260609-0012",
        "H12.1.2.3.4-260609-0012",
        "HH2.26-260609-0012",
        "H12.26-٢٦٠٦٠٩-0012",
        "KQ.G15.000032",
        "H12.26-260609-0012" + " " * 60,
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert code_of(text) is None


@pytest.mark.parametrize(
    "text", ["h1226 260609 0012", "H12.26-260609-0012", "h12 26 260609 0012", "H12/26/260609/0012"]
)
def test_is_found_without_dots_and_with_spaces(text: str) -> None:
    assert typed(text) == "H12262606090012"
