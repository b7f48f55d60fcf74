"""What everybody may see of field reports, and what the public figures mean."""

from enum import StrEnum
from typing import NamedTuple

from server.core.words import Words
from server.modules.feedback.rules.names import STATES
from server.modules.feedback.rules.states import OPEN, Kind, State

MAY_BE_PUBLIC = frozenset({*OPEN, State.FIXED, State.NOT_FIXABLE})
"""Neither what is no report, nor what was joined with another one."""

PUBLIC_KINDS = frozenset(
    {
        Kind.ARRIVED,
        Kind.ASSIGNED,
        Kind.MARKED_URGENT,
        Kind.ANSWERED,
        Kind.FIXED,
        Kind.GAVE_UP,
        Kind.REOPENED,
        Kind.LATE,
        Kind.CONFIRMED,
    }
)
SAID_IN_PUBLIC = frozenset({Kind.ANSWERED, Kind.FIXED, Kind.GAVE_UP})
"""Steps whose words everybody reads, when staff have said them: a question is asked of its reporter alone."""

PUBLIC_STATES: dict[State, Words] = STATES | {
    State.ASKED: Words("Chờ người gửi bổ sung", "Waiting for whoever sent it", "រង់ចាំអ្នកផ្ញើបន្ថែម"),
}

CELL = 0.03
"""Degrees of a square of the map, 3.3 km: the trigger of migration 0032 counts by the same."""

FEW = 5
"""Fewer reports than this in a row of the figures are not told apart: a village knows who they were."""


class Standing(StrEnum):
    """What the public list can be narrowed to."""

    ALL = "all"
    OPEN = "open"
    FIXED = "fixed"
    CLOSED = "closed"


class Measure(NamedTuple):
    """A figure: what it is called, and exactly what it counts."""

    name: Words
    meaning: Words


FIGURES: dict[str, Measure] = {
    "received": Measure(
        Words("Đã nhận", "Received", "បានទទួល"),
        Words(
            "Mọi phản ánh đến trong 365 ngày qua, kể cả phản ánh không công khai.",
            "All reports that arrived within the last 365 days, also those that are not public.",
            "របាយការណ៍ទាំងអស់ដែលមកដល់ក្នុង 365 ថ្ងៃចុងក្រោយ រួមទាំងរបាយការណ៍មិនសាធារណៈ។",
        ),
    ),
    "open": Measure(
        Words("Đang mở", "Open", "កំពុងបើក"),
        Words(
            "Trong số đó, phản ánh chưa đóng lúc tính.",
            "Of those, reports that were not closed when this was counted.",
            "ក្នុងចំណោមនោះ របាយការណ៍ដែលមិនទាន់បិទនៅពេលរាប់។",
        ),
    ),
    "fixed": Measure(
        Words("Đã khắc phục", "Fixed", "បានជួសជុល"),
        Words(
            "Cơ quan báo đã khắc phục và người dân không mở lại. Đóng vì lý do khác không tính ở đây.",
            "The office says it is fixed, and nobody has opened it again. Closed for other reasons does not count.",
            "ការិយាល័យថាបានជួសជុល ហើយគ្មានអ្នកបើកឡើងវិញ។ បិទដោយហេតុផលផ្សេងមិនរាប់នៅទីនេះទេ។",
        ),
    ),
    "reopened": Measure(
        Words("Mở lại", "Opened again", "បើកឡើងវិញ"),
        Words(
            "Phản ánh đã đóng rồi bị mở lại ít nhất một lần, dù sau đó thế nào.",
            "Reports that were closed and opened again at least once, whatever came after.",
            "របាយការណ៍ដែលបានបិទ រួចបើកឡើងវិញយ៉ាងតិចម្តង ទោះបីក្រោយមកយ៉ាងណា។",
        ),
    ),
    "still_fixed": Measure(
        Words("Còn tốt sau bốn tuần", "Still fixed after four weeks", "នៅល្អក្រោយបួនសប្តាហ៍"),
        Words(
            "Người gửi được hỏi lại sau bốn tuần và trả lời là còn tốt.",
            "Whoever sent it was asked again after four weeks, and said that it still is.",
            "អ្នកផ្ញើត្រូវបានសួរម្តងទៀតក្រោយបួនសប្តាហ៍ ហើយឆ្លើយថានៅល្អ។",
        ),
    ),
    "not_fixable": Measure(
        Words("Chưa thể khắc phục", "Cannot be fixed for now", "មិនទាន់អាចជួសជុល"),
        Words(
            "Đã đóng với lý do chưa làm được. Không tính là khắc phục.",
            "Closed with a reason why it cannot be done. It does not count as fixed.",
            "បានបិទដោយមានហេតុផលថាមិនទាន់អាចធ្វើ។ មិនរាប់ថាជួសជុលទេ។",
        ),
    ),
    "others": Measure(
        Words("Không thuộc phản ánh, hoặc trùng", "No field report, or a duplicate", "មិនមែនរបាយការណ៍ ឬស្ទួន"),
        Words(
            "Đã chỉ sang kênh khác, hoặc gộp với phản ánh của người khác.",
            "Led to another channel, or joined with somebody else's report.",
            "បានណែនាំទៅផ្លូវផ្សេង ឬបញ្ចូលជាមួយរបាយការណ៍របស់អ្នកដទៃ។",
        ),
    ),
    "answered_in_time": Measure(
        Words("Trả lời lần đầu đúng hạn", "First answer in time", "ចម្លើយដំបូងទាន់ពេល"),
        Words(
            "Phần trăm phản ánh có câu trả lời đầu tiên trước hạn; hết hạn mà chưa trả lời tính là trễ.",
            "Percent of reports first answered before the limit; one whose limit has passed unanswered counts as late.",
            "ភាគរយនៃរបាយការណ៍ដែលឆ្លើយដំបូងមុនកំណត់ ហួសកំណត់ដោយគ្មានចម្លើយរាប់ថាយឺត។",
        ),
    ),
    "hours_to_answer": Measure(
        Words("Giờ đến câu trả lời đầu tiên", "Hours to the first answer", "ម៉ោងដល់ចម្លើយដំបូង"),
        Words(
            "Trung vị, tính giờ đồng hồ từ lúc nhận: một nửa nhanh hơn, một nửa chậm hơn.",
            "The median, in hours of the clock since it arrived: one half was quicker, one half slower.",
            "មធ្យមភាគ គិតជាម៉ោងពីពេលទទួល៖ ពាក់កណ្តាលលឿនជាង ពាក់កណ្តាលយឺតជាង។",
        ),
    ),
    "rating": Measure(
        Words("Điểm người gửi cho", "Stars from whoever sent them", "ពិន្ទុពីអ្នកផ្ញើ"),
        Words(
            "Trung bình từ 1 đến 5 của các phản ánh được chấm điểm.",
            "The mean, from 1 to 5, of the reports that were rated.",
            "មធ្យម ពី 1 ដល់ 5 នៃរបាយការណ៍ដែលបានដាក់ពិន្ទុ។",
        ),
    ),
}
