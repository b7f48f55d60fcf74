"""The field reports of a demonstration: plainly fictional, one for each thing that may become of one."""

from typing import NamedTuple
from uuid import UUID

from server.modules.feedback.rules.states import Act

HUB = "daumoi"
"""Who sorts them."""


class DemoReport(NamedTuple):
    """One that came so many hours ago from the middle of a commune: `place` counts them by their codes, from the first
    again after the last. `acts`: what was done with it since, each with what was said; to assign one, it goes to the
    commune where it is.

    `shown`: what the public reads of it. `rating`, `why`: what whoever sent it thought of the answer.
    """

    operation: UUID
    category: str
    place: int
    ago: int
    text: str
    acts: tuple[tuple[Act, str], ...] = ()
    shown: str = ""
    urgent: bool = False
    rating: int = 0
    why: str = ""


def _id(number: int) -> UUID:
    return UUID(f"00000000-0000-4000-8000-{number:012}")


_BRIDGE = "Cầu ván ở ấp Thử Nghiệm gãy hai tấm, người đi xe đạp dễ té."
_LAMP = "Bóng đèn đường trước trường Mẫu tắt ba đêm nay."

REPORTS = (
    DemoReport(
        _id(1),
        "ha-tang-do-thi",
        25,
        24 * 21,
        _BRIDGE,
        ((Act.ASSIGN, ""), (Act.FIX, "Đội bảo trì thử nghiệm đã thay hai tấm ván mới.")),
        shown=_BRIDGE,
        rating=5,
        why="Làm nhanh, cảm ơn.",
    ),
    DemoReport(
        _id(2),
        "ve-sinh-moi-truong",
        26,
        24 * 14,
        "Rác đổ đầy bờ kênh Ví Dụ, bốc mùi.",
        ((Act.ASSIGN, ""), (Act.ANSWER, "Đã hẹn xe thu gom vào thứ bảy."), (Act.FIX, "Đã thu gom và đặt bảng nhắc.")),
        shown="Rác đổ đầy bờ kênh Ví Dụ.",
        rating=4,
    ),
    DemoReport(
        _id(3),
        "cap-thoat-nuoc",
        0,
        24 * 9,
        "Nước sông tràn vào hẻm Mẫu mỗi khi triều cường.",
        ((Act.ASSIGN, ""), (Act.GIVE_UP, "Phải chờ làm bờ kè; phường đã ghi vào kế hoạch năm sau.")),
        shown="Nước sông tràn vào hẻm Mẫu mỗi khi triều cường.",
    ),
    DemoReport(
        _id(4),
        "dien-chieu-sang",
        1,
        24 * 4,
        _LAMP,
        ((Act.ASSIGN, ""), (Act.ANSWER, "Thợ điện sẽ thay bóng trong tuần này.")),
        shown=_LAMP,
    ),
    DemoReport(_id(5), "dien-chieu-sang", 1, 24 * 3, _LAMP, ((Act.MERGE, ""),)),
    DemoReport(
        _id(6),
        "ha-tang-do-thi",
        38,
        24 * 2,
        "Lộ xi măng vào ấp Thử bị sụp một đoạn chừng hai mét.",
        ((Act.ASSIGN, ""),),
        shown="Lộ xi măng vào ấp Thử bị sụp một đoạn chừng hai mét.",
    ),
    DemoReport(
        _id(7),
        "linh-vuc-khac",
        54,
        30,
        "Bảng tên chợ Mẫu bị gió thổi nghiêng.",
        ((Act.ASK, "Bảng nằm ở cổng trước hay cổng sau của chợ?"),),
    ),
    DemoReport(
        _id(8),
        "dien-chieu-sang",
        33,
        1,
        "Dây điện đứt rơi xuống lề đường gần cầu Ví Dụ.",
        urgent=True,
        shown="Dây điện đứt gần cầu Ví Dụ.",
    ),
)
"""The oldest first. What is joined with another one goes to the one before it."""
