import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.text import clean, fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Đăng ký KHAI SINH", "dang ky khai sinh"),
        ("đường Nguyễn Tất Thành", "duong nguyen tat thanh"),
        ("  hai   khoảng \t trắng ", "hai khoang trang"),
        (unicodedata.normalize("NFD", "hộ chiếu"), "ho chieu"),
        ("hoà", "hoa"),
        ("កំណើត", "កំណើត"),
        ("", ""),
    ],
)
def test_folding_keeps_the_words_and_drops_how_they_are_written(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aàáảãạăằđeêếioôơớuưứyAĐÊ bcmnt", max_size=40))
def test_both_ways_to_encode_vietnamese_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_cleaning_keeps_a_line_of_text_in_one_encoding() -> None:
    assert clean("  Nguyễn Văn A ", 20) == "Nguyễn Văn A"
    assert clean(unicodedata.normalize("NFD", "Đặng"), 4) == "Đặng"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hai\ndòng", "control"),
        ("\x00", "control"),
        ("a\u202eb", "direction"),
        ("\u2066a", "direction"),
        ("\ud800", "half"),
        ("dài quá", "longer"),
    ],
)
def test_cleaning_refuses_what_no_person_types(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        clean(text, 6)


@given(st.text(), st.integers(0, 30))
def test_what_is_clean_stays_as_it_is(text: str, most: int) -> None:
    try:
        cleaned = clean(text, most)
    except ValueError:
        return
    assert len(cleaned) <= most
    assert clean(cleaned, most) == cleaned
