"""How what this module holds about a person is called when they take a copy of it."""

from server.core.words import Words
from server.modules.feedback.rules.content import Disclosure
from server.modules.feedback.rules.states import Kind
from server.modules.feedback.rules.telling import TITLES

TITLE = Words("Phản ánh hiện trường", "Field reports", "របាយការណ៍ទីកន្លែង")

NAMES: dict[str, Words] = {
    "phản ánh": Words("Phản ánh của bạn", "Your reports", "របាយការណ៍របស់អ្នក"),
    "đang theo dõi": Words("Đang theo dõi", "Following", "កំពុងតាមដាន"),
    "lĩnh vực": Words("Lĩnh vực", "Field", "វិស័យ"),
    "vị trí": Words("Vị trí", "Position", "ទីតាំង"),
    "gửi lúc": Words("Gửi lúc", "Sent at", "ផ្ញើនៅម៉ោង"),
    "cho biết tên": Words("Cho biết tên", "Your name is told to", "ប្រាប់ឈ្មោះដល់"),
    "việc": Words("Việc", "What happened", "អ្វីដែលបានកើតឡើង"),
}

STEPS: dict[Kind, Words] = TITLES | {
    Kind.RATED: Words("Bạn đã đánh giá", "You gave your opinion", "អ្នកបានវាយតម្លៃ"),
}

TOLD_TO: dict[Disclosure, Words] = {
    Disclosure.NOBODY: Words("Không ai cả", "Nobody", "គ្មាននរណា"),
    Disclosure.HUB: Words("Chỉ đầu mối của tỉnh", "Only the hub of the province", "តែមជ្ឈមណ្ឌលរបស់ខេត្ត"),
    Disclosure.HANDLER: Words("Cả cơ quan xử lý", "The office that handles it, too", "ការិយាល័យដោះស្រាយផងដែរ"),
}
