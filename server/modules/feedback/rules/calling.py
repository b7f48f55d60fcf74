"""What members of staff are called with, whose work it is: the title, and what alone stands on a lock screen."""

from typing import NamedTuple

from server.core.words import Words


class Call(NamedTuple):
    title: Words
    plain: Words


URGENT = Call(
    Words("Phản ánh khẩn", "Urgent report", "របាយការណ៍បន្ទាន់"),
    Words(
        "Có phản ánh khẩn cần bạn xem ngay",
        "An urgent report needs you now",
        "មានរបាយការណ៍បន្ទាន់ត្រូវការអ្នកឥឡូវនេះ",
    ),
)
NEARLY_LATE = Call(
    Words("Phản ánh sắp trễ hạn", "A report is nearly late", "របាយការណ៍ជិតហួសកំណត់"),
    Words("Có phản ánh sắp trễ hạn chờ bạn", "A report that is nearly late waits for you", "មានរបាយការណ៍ជិតហួសកំណត់រង់ចាំអ្នក"),
)
LATE = Call(
    Words(
        "Phản ánh trễ hạn, chuyển lên cấp trên",
        "A report is late and has moved one level up",
        "របាយការណ៍ហួសកំណត់ បានបញ្ជូនទៅថ្នាក់លើ",
    ),
    Words("Có phản ánh trễ hạn cần bạn xem", "A report that is late needs you", "មានរបាយការណ៍ហួសកំណត់ត្រូវការអ្នក"),
)
