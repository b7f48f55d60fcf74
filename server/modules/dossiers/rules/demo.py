"""The dossiers of a demonstration: plainly fictional, one for each thing a resident may be told."""

from typing import Any, NamedTuple

from server.modules.dossiers.rules.acts import Act


class DemoDossier(NamedTuple):
    """`steps`: how many days ago which national status was reported. `due`: in how many days."""

    code: str
    procedure: str
    phone: str
    steps: tuple[tuple[int, int], ...]
    due: int


OFFICER, OFFICE_CODE = "motcua", "H12.997"
"""Who works at the desk of a demonstration, and what it is called in codes: no office is called so."""


class DemoFiling(NamedTuple):
    """A dossier at the demonstration's desk: registered so many hours ago, then moved, each act with its words.

    `hours`: how long it may take, of the wall clock, so that it is late or nearly so whatever the day.
    """

    procedure: str
    name: str
    phone: str
    papers: tuple[str, ...]
    ago: int
    hours: int
    acts: tuple[tuple[Act, dict[str, Any]], ...] = ()
    accept: bool = True
    answer_in: int = 0
    """In how many hours the resident must have answered what the last act asks."""


_DONE = ((Act.TAKE_UP, dict[str, Any]()), (Act.FINISH, dict[str, Any]()))
FILINGS = [
    DemoFiling("1.001193", "Nguyễn Thị Mẫu", "0900000001", ("Giấy chứng sinh",), 3, 72),
    DemoFiling(
        "1.004194", "Trần Văn Thử", "0900000002", ("Tờ khai thay đổi thông tin cư trú",), 30, 31, ((Act.TAKE_UP, {}),)
    ),
    DemoFiling(
        "2.000815",
        "Danh Thị Sà Rươl",
        "0900000004",
        ("Bản chính giấy tờ cần chứng thực",),
        52,
        48,
        ((Act.TAKE_UP, {}),),
    ),
    DemoFiling(
        "1.000894",
        "ថាច់ សុខា",
        "0900000003",
        ("Tờ khai đăng ký kết hôn",),
        28,
        96,
        (
            (
                Act.ASK_PAPERS,
                {
                    "papers": ["Giấy xác nhận tình trạng hôn nhân (bản chính)"],
                    "reason": "Bản đã nộp quá sáu tháng",
                    "guidance": "Xin cấp lại tại ủy ban nơi cư trú trước đây",
                },
            ),
        ),
    ),
    DemoFiling("2.000635", "Sơn Thị Mới", "0900000001", ("Tờ khai cấp bản sao trích lục",), 2, 24, accept=False),
    DemoFiling(
        "2.000815",
        "Huỳnh Văn Trả",
        "0900000006",
        ("Bản sao giấy tờ",),
        5,
        24,
        ((Act.REFUSE, {"reason": "Thiếu bản chính để đối chiếu", "guidance": "Mang bản chính đến quầy"}),),
        accept=False,
    ),
    DemoFiling(
        "1.004194",
        "Lâm Thị Phí",
        "0900000002",
        ("Tờ khai thay đổi thông tin cư trú",),
        9,
        72,
        ((Act.TAKE_UP, {}), (Act.ASK_PAYMENT, {"amount": 15000, "reason": "Lệ phí đăng ký cư trú"})),
        answer_in=48,
    ),
    DemoFiling(
        "1.001193",
        "Trương Văn Xem",
        "0900000001",
        ("Giấy chứng sinh",),
        7,
        48,
        (
            (Act.TAKE_UP, {}),
            (Act.ASK_CONFIRMATION, {"reason": "Xem họ tên, ngày sinh trong bản dự thảo giấy khai sinh"}),
        ),
        answer_in=20,
    ),
    DemoFiling("2.000635", "Lý Thị Chờ", "0900000005", ("Tờ khai cấp bản sao trích lục",), 50, 96, _DONE),
    DemoFiling("1.001193", "Phạm Văn Xong", "0900000006", ("Giấy chứng sinh",), 76, 96, (*_DONE, (Act.HAND_OVER, {}))),
    DemoFiling(
        "1.004194",
        "Võ Thị Dừng",
        "0900000007",
        ("Tờ khai thay đổi thông tin cư trú",),
        60,
        72,
        ((Act.NOTE_WITHDRAWAL, {}), (Act.STOP, {"reason": "Người nộp xin rút hồ sơ"})),
    ),
]

RECEIVED_AT, HANDLED_AT = "Bộ phận một cửa (thử nghiệm)", "Phòng Kinh tế (thử nghiệm)"

DOSSIERS = [
    DemoDossier("H12.999-20261101-0000001", "2.000635", "0900000001", ((6, 1), (6, 2), (5, 4)), 4),
    DemoDossier("H12.999-20261101-0000002", "1.004194", "0900000001", ((9, 1), (8, 2), (2, 5)), 3),
    DemoDossier("H12.999-20261101-0000003", "2.000815", "0900000002", ((12, 2), (10, 4), (1, 9)), 0),
    DemoDossier("H12.999-20261101-0000004", "1.000894", "0900000002", ((20, 1), (19, 2), (15, 4)), -6),
]
"""Codes below H12.999, which no office has; the phones are those of the demonstration's residents."""
