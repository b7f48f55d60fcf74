"""The ten statuses: every move by table, and words for each in three languages."""

from itertools import product

import pytest

from server.modules.dossiers.rules.statuses import MEANING, Status, is_over, may_move, numbered, waits_for_the_resident

# Written apart from the rule, by the numbers of the national exchange.
MOVES = {
    (1, 2), (1, 3), (1, 5), (1, 7),
    (2, 4), (2, 5), (2, 6), (2, 7), (2, 8),
    (4, 5), (4, 6), (4, 7), (4, 8), (4, 9),
    (5, 2), (5, 4), (5, 7), (5, 8),
    (6, 2), (6, 4), (6, 7), (6, 8),
    (7, 4), (7, 8),
    (9, 10),
}  # fmt: skip
NAMES = [
    "Mới đăng ký",
    "Được tiếp nhận",
    "Không được tiếp nhận",
    "Đang xử lý",
    "Yêu cầu bổ sung giấy tờ",
    "Yêu cầu thực hiện nghĩa vụ tài chính",
    "Công dân yêu cầu rút hồ sơ",
    "Dừng xử lý",
    "Đã xử lý xong",
    "Đã trả kết quả",
]


@pytest.mark.parametrize(("here", "there"), list(product(range(1, 11), repeat=2)))
def test_every_move(here: int, there: int) -> None:
    before, after = numbered(here), numbered(there)
    assert before is not None
    assert after is not None
    assert may_move(before, after) is ((here, there) in MOVES)


@pytest.mark.parametrize("number", [0, 11, -1, 100])
def test_there_are_ten(number: int) -> None:
    assert numbered(number) is None


def test_numbers_and_names_are_the_national_ones() -> None:
    assert [(status.number, MEANING[status].name.vi) for status in Status] == list(enumerate(NAMES, 1))


def test_what_ends_and_what_waits() -> None:
    assert [status.number for status in Status if is_over(status)] == [3, 8, 9, 10]
    assert [status.number for status in Status if waits_for_the_resident(status)] == [5, 6]


@pytest.mark.parametrize("status", Status)
def test_says_it_in_three_languages(status: Status) -> None:
    said = [words for words in MEANING[status] if words is not None]
    assert all(len(set(words)) == 3 and all(words) for words in said)
    # Who must act is told so, and what is over promises nothing more.
    assert (MEANING[status].yours is not None) is (status.number in (3, 5, 6, 8, 9))
    assert (MEANING[status].next is None) is (status.number in (3, 8, 10))
