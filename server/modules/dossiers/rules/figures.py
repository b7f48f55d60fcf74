"""The figures a unit is scored by (Decision 766/QĐ-TTg), as far as we know its formulas, and how sure a date is.

A figure is told with its definition: whoever reads a number may read what was counted.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from server.core.words import Words
from server.modules.dossiers.rules.statuses import Status

FEWEST = 20
"""Below so many dossiers a share says nothing, and might say something about one of them."""


class Kind(StrEnum):
    ON_TIME = "on-time"
    ONLINE = "online"
    DIGITISED = "digitised"
    ASKED_TWICE = "asked-twice"


class Counted(NamedTuple):
    """One dossier, as far as it counts."""

    status: Status
    status_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    """When it was done, else handed over, else stopped or refused."""
    supplements: int
    online: bool
    electronic_result: bool
    electronic_paper: bool


def kept(it: Counted, until: datetime) -> bool:
    """Whether it was in time. What has not ended is counted as if it ended with the period, at `until`.

    The time waiting for papers is in the due date already. While the one request for papers is open, its date is the
    end; more than one counts as late, whatever the dates say. Nothing of the kind is said of an open demand for money.
    """
    if it.supplements > 1:
        return False
    ended = it.status_at if it.status is Status.PAPERS_NEEDED else it.ended_at or until
    return it.due_at is None or ended <= it.due_at


def count(rows: Iterable[Counted], until: datetime) -> dict[Kind, int]:
    """How many of them count for each figure."""
    found = dict.fromkeys(Kind, 0)
    for it in rows:
        found[Kind.ON_TIME] += kept(it, until)
        found[Kind.ONLINE] += it.online and it.electronic_result
        found[Kind.DIGITISED] += it.electronic_paper
        found[Kind.ASKED_TWICE] += it.supplements > 1
    return found


def percent(part: int, whole: int) -> int | None:
    """Whole percent, rounded down so that nothing looks better than it is; None of nothing."""
    return part * 100 // whole if whole else None


class Definition(NamedTuple):
    name: Words
    says: Words


_ALL = Words(
    "Mẫu số: mọi hồ sơ đơn vị tiếp nhận trong tháng.",
    "Out of: every dossier the unit received in the month.",
    "ភាគបែង៖ សំណុំឯកសារទាំងអស់ដែលអង្គភាពបានទទួលក្នុងខែ។",
)


def _definition(name: Words, says: Words) -> Definition:
    return Definition(name, Words(*(f"{first} {then}" for first, then in zip(says, _ALL, strict=True))))


DEFINITIONS: dict[Kind, Definition] = {
    Kind.ON_TIME: _definition(
        Words("Đúng hạn", "In time", "ទាន់ពេល"),
        Words(
            "Ngày xử lý xong (hoặc trả, dừng, từ chối, nếu có trước) không sau ngày hẹn. "
            "Thời gian chờ bổ sung không tính. Yêu cầu bổ sung quá một lần thì tính là trễ. "
            "Chưa xong thì lấy ngày cuối tháng; tháng này thì lấy lúc này.",
            "It was done (or handed over, stopped, refused) no later than its date. Waiting for papers does not count. "
            "Papers asked for more than once: late. What is not over is taken as ending with the month; "
            "this month, now.",
            "ចប់ (ឬប្រគល់ បញ្ឈប់ បដិសេធ) មិនក្រោយថ្ងៃណាត់។ ពេលរង់ចាំឯកសារមិនរាប់។ ស្នើបន្ថែមលើសពីម្តងរាប់ថាយឺត។ "
            "មិនទាន់ចប់ យកថ្ងៃចុងខែ ខែនេះយកពេលនេះ។",
        ),
    ),
    Kind.ONLINE: _definition(
        Words("Trực tuyến", "Online", "តាមអ៊ីនធឺណិត"),
        Words(
            "Nộp trực tuyến và có kết quả điện tử kèm đường dẫn.",
            "Filed online, and with an electronic result that has a link.",
            "ដាក់តាមអ៊ីនធឺណិត ហើយមានលទ្ធផលអេឡិចត្រូនិកជាមួយតំណ។",
        ),
    ),
    Kind.DIGITISED: _definition(
        Words("Số hóa", "Digitised", "ឌីជីថល"),
        Words(
            "Có ít nhất một thành phần hồ sơ là bản điện tử.",
            "At least one of its papers is electronic.",
            "មានឯកសារអេឡិចត្រូនិកយ៉ាងតិចមួយ។",
        ),
    ),
    Kind.ASKED_TWICE: _definition(
        Words("Yêu cầu bổ sung quá một lần", "Papers asked for more than once", "ស្នើបន្ថែមលើសពីម្តង"),
        Words(
            "Mỗi hồ sơ chỉ nên yêu cầu bổ sung một lần; quá một lần thì hồ sơ bị tính là trễ.",
            "Papers should be asked for once; a dossier asked for more often counts as late.",
            "គួរស្នើបន្ថែមតែម្តង បើលើសពីម្តង សំណុំឯកសាររាប់ថាយឺត។",
        ),
    ),
}
