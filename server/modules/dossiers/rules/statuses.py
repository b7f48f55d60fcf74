"""The ten national statuses of a dossier: how they follow each other, and what they mean for whoever waits.

Numbers and names are those of the national exchange of dossiers. No official table of moves was found; this one is
observed practice, and binds staff only: what another system reports is taken as it is, and marked.
"""

from enum import StrEnum
from typing import NamedTuple

from server.core.words import Words


class Status(StrEnum):
    REGISTERED = "registered"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not-accepted"
    IN_HAND = "in-hand"
    PAPERS_NEEDED = "papers-needed"
    PAYMENT_NEEDED = "payment-needed"
    WITHDRAWAL_ASKED = "withdrawal-asked"
    STOPPED = "stopped"
    DONE = "done"
    HANDED_OVER = "handed-over"

    @property
    def number(self) -> int:
        """1 to 10, as systems exchange it."""
        return _ORDER.index(self) + 1


_ORDER = tuple(Status)

_NEXT: dict[Status, frozenset[Status]] = {
    _ORDER[here - 1]: frozenset(_ORDER[there - 1] for there in moves)
    for here, moves in {
        1: (2, 3, 5, 7),
        2: (4, 5, 6, 7, 8),
        3: (),
        4: (5, 6, 7, 8, 9),
        5: (2, 4, 7, 8),
        6: (2, 4, 7, 8),
        7: (8, 4),
        8: (),
        9: (10,),
        10: (),
    }.items()
}


def numbered(number: int) -> Status | None:
    """The status of a national number; None outside 1 to 10."""
    return _ORDER[number - 1] if 1 <= number <= len(_ORDER) else None


def may_move(here: Status, there: Status) -> bool:
    return there in _NEXT[here]


def is_over(status: Status) -> bool:
    """Nothing is being decided any more: refused, stopped, or the result is ready."""
    return status in (Status.NOT_ACCEPTED, Status.STOPPED, Status.DONE, Status.HANDED_OVER)


def is_closed(status: Status) -> bool:
    """Nobody has anything left to do: refused, stopped, or the result is in the resident's hands."""
    return status in (Status.NOT_ACCEPTED, Status.STOPPED, Status.HANDED_OVER)


OPEN = tuple(status for status in Status if not is_over(status))
"""What somebody still works on, or waits for."""


def has_result(status: Status) -> bool:
    """It was decided, and there is something to be had."""
    return status in (Status.DONE, Status.HANDED_OVER)


def waits_for_the_resident(status: Status) -> bool:
    """The clock of the office stands still until papers come, or money."""
    return status in (Status.PAPERS_NEEDED, Status.PAYMENT_NEEDED)


class Meaning(NamedTuple):
    """What a status is called, what it says, what comes next, and what the resident must do (None: nothing)."""

    name: Words
    says: Words
    next: Words | None
    yours: Words | None


MEANING: dict[Status, Meaning] = {
    Status.REGISTERED: Meaning(
        Words("Mới đăng ký", "Sent", "បានផ្ញើ"),
        Words(
            "Hồ sơ đã được gửi, chưa có ai xem.",
            "The dossier has been sent; nobody has looked at it yet.",
            "សំណុំឯកសារត្រូវបានផ្ញើហើយ មិនទាន់មាននរណាមើលទេ។",
        ),
        Words(
            "Cơ quan xem giấy tờ rồi tiếp nhận, hoặc báo bạn cần bổ sung.",
            "The office looks at the papers, then accepts the dossier or tells you what is missing.",
            "ការិយាល័យពិនិត្យឯកសារ រួចទទួលយក ឬប្រាប់អ្នកថាខ្វះអ្វី។",
        ),
        None,
    ),
    Status.ACCEPTED: Meaning(
        Words("Được tiếp nhận", "Accepted", "បានទទួល"),
        Words(
            "Hồ sơ đã được nhận. Thời hạn giải quyết bắt đầu tính.",
            "The dossier has been accepted, and its time runs.",
            "សំណុំឯកសារត្រូវបានទទួល ហើយរយៈពេលដោះស្រាយចាប់ផ្តើមរាប់។",
        ),
        Words(
            "Cán bộ bắt đầu giải quyết hồ sơ.",
            "An officer begins to work on it.",
            "មន្ត្រីចាប់ផ្តើមដោះស្រាយសំណុំឯកសារ។",
        ),
        None,
    ),
    Status.NOT_ACCEPTED: Meaning(
        Words("Không được tiếp nhận", "Not accepted", "មិនត្រូវបានទទួល"),
        Words(
            "Cơ quan không nhận hồ sơ này.",
            "The office did not accept this dossier.",
            "ការិយាល័យមិនទទួលសំណុំឯកសារនេះទេ។",
        ),
        None,
        Words(
            "Đọc lý do trong phiếu từ chối, hoặc hỏi nơi bạn đã nộp.",
            "Read the reason on the refusal slip, or ask where you filed.",
            "អានមូលហេតុក្នុងប័ណ្ណបដិសេធ ឬសួរកន្លែងដែលអ្នកបានដាក់។",
        ),
    ),
    Status.IN_HAND: Meaning(
        Words("Đang xử lý", "Being worked on", "កំពុងដោះស្រាយ"),
        Words(
            "Cán bộ đang giải quyết hồ sơ.",
            "An officer is working on it.",
            "មន្ត្រីកំពុងដោះស្រាយសំណុំឯកសារ។",
        ),
        Words(
            "Khi có kết quả, hoặc cần bạn làm gì thêm, hồ sơ sẽ chuyển bước.",
            "It moves on when there is a result, or when something is needed from you.",
            "វានឹងទៅជំហានបន្ទាប់ពេលមានលទ្ធផល ឬពេលត្រូវការអ្វីពីអ្នក។",
        ),
        None,
    ),
    Status.PAPERS_NEEDED: Meaning(
        Words("Yêu cầu bổ sung giấy tờ", "Papers needed", "ត្រូវបន្ថែមឯកសារ"),
        Words(
            "Hồ sơ còn thiếu giấy tờ. Thời hạn tạm dừng cho đến khi bạn bổ sung.",
            "Papers are missing. The time stands still until you add them.",
            "ខ្វះឯកសារ។ រយៈពេលផ្អាករហូតដល់អ្នកបន្ថែម។",
        ),
        Words(
            "Khi nhận đủ, cơ quan giải quyết tiếp.",
            "When everything is there, the office goes on.",
            "ពេលបានគ្រប់ ការិយាល័យបន្តដោះស្រាយ។",
        ),
        Words(
            "Bổ sung giấy tờ theo phiếu yêu cầu, tại nơi bạn đã nộp hồ sơ.",
            "Add the papers named on the request slip, where you filed the dossier.",
            "បន្ថែមឯកសារតាមប័ណ្ណស្នើសុំ នៅកន្លែងដែលអ្នកបានដាក់សំណុំឯកសារ។",
        ),
    ),
    Status.PAYMENT_NEEDED: Meaning(
        Words("Yêu cầu thực hiện nghĩa vụ tài chính", "Payment needed", "ត្រូវបង់ប្រាក់"),
        Words(
            "Hồ sơ cần bạn nộp tiền trước khi giải quyết tiếp. Thời hạn tạm dừng cho đến khi bạn nộp.",
            "You must pay before the dossier goes on. The time stands still until you do.",
            "អ្នកត្រូវបង់ប្រាក់មុនពេលបន្តដោះស្រាយ។ រយៈពេលផ្អាករហូតដល់អ្នកបង់។",
        ),
        Words(
            "Khi đã nộp đủ, cơ quan giải quyết tiếp.",
            "When it is paid, the office goes on.",
            "ពេលបង់រួច ការិយាល័យបន្តដោះស្រាយ។",
        ),
        Words(
            "Nộp tiền theo thông báo của cơ quan, tại nơi bạn đã nộp hồ sơ.",
            "Pay as the office's notice says, where you filed the dossier.",
            "បង់ប្រាក់តាមការជូនដំណឹងរបស់ការិយាល័យ នៅកន្លែងដែលអ្នកបានដាក់សំណុំឯកសារ។",
        ),
    ),
    Status.WITHDRAWAL_ASKED: Meaning(
        Words("Công dân yêu cầu rút hồ sơ", "You asked to withdraw", "អ្នកបានសុំដកវិញ"),
        Words(
            "Bạn đã yêu cầu rút hồ sơ.",
            "You have asked to withdraw the dossier.",
            "អ្នកបានសុំដកសំណុំឯកសារវិញ។",
        ),
        Words(
            "Cán bộ xác nhận và dừng xử lý; nếu bạn đổi ý, hồ sơ được giải quyết tiếp.",
            "An officer confirms and stops it; if you change your mind, it goes on.",
            "មន្ត្រីបញ្ជាក់ ហើយបញ្ឈប់ បើអ្នកប្តូរចិត្ត វានឹងបន្ត។",
        ),
        None,
    ),
    Status.STOPPED: Meaning(
        Words("Dừng xử lý", "Stopped", "បានបញ្ឈប់"),
        Words(
            "Hồ sơ không được giải quyết tiếp.",
            "The dossier is no longer being worked on.",
            "សំណុំឯកសារមិនត្រូវបានដោះស្រាយបន្តទេ។",
        ),
        None,
        Words(
            "Đọc thông báo dừng giải quyết, hoặc hỏi nơi bạn đã nộp.",
            "Read the notice, or ask where you filed.",
            "អានការជូនដំណឹង ឬសួរកន្លែងដែលអ្នកបានដាក់។",
        ),
    ),
    Status.DONE: Meaning(
        Words("Đã xử lý xong", "Result ready", "មានលទ្ធផលហើយ"),
        Words("Đã có kết quả.", "The result is ready.", "មានលទ្ធផលហើយ។"),
        Words("Trả kết quả cho bạn.", "The result is handed to you.", "ប្រគល់លទ្ធផលជូនអ្នក។"),
        Words(
            "Nhận kết quả theo giấy hẹn.",
            "Collect the result as your slip says.",
            "ទទួលលទ្ធផលតាមប័ណ្ណណាត់។",
        ),
    ),
    Status.HANDED_OVER: Meaning(
        Words("Đã trả kết quả", "Handed over", "បានប្រគល់លទ្ធផល"),
        Words("Kết quả đã được trao.", "The result has been handed over.", "លទ្ធផលត្រូវបានប្រគល់ហើយ។"),
        None,
        None,
    ),
}
