"""What whoever reported something is told, step by step."""

from server.core.words import Words
from server.modules.feedback.rules.content import shortened
from server.modules.feedback.rules.states import Kind

PLAIN = Words("Phản ánh của bạn có tin mới", "There is news of your report", "មានដំណឹងថ្មីអំពីរបាយការណ៍របស់អ្នក")

TITLES: dict[Kind, Words] = {
    Kind.ARRIVED: Words("Đã nhận phản ánh", "Your report has arrived", "បានទទួលរបាយការណ៍"),
    Kind.ASSIGNED: Words(
        "Đã chuyển đến cơ quan xử lý", "Passed to the office that handles it", "បានបញ្ជូនទៅការិយាល័យដោះស្រាយ"
    ),
    Kind.CATEGORISED: Words("Đã chuyển lĩnh vực", "Moved to another field", "បានប្តូរវិស័យ"),
    Kind.MARKED_URGENT: Words("Được xử lý khẩn", "Treated as urgent", "ដោះស្រាយជាបន្ទាន់"),
    Kind.ASKED: Words("Cần bạn cho biết thêm", "You are asked for more", "ត្រូវការព័ត៌មានបន្ថែមពីអ្នក"),
    Kind.REPLIED: Words("Đã bổ sung thông tin", "More was told", "បានបន្ថែមព័ត៌មាន"),
    Kind.ANSWERED: Words("Cơ quan đã trả lời", "The office has answered", "ការិយាល័យបានឆ្លើយ"),
    Kind.FIXED: Words("Đã khắc phục", "It has been fixed", "បានជួសជុលរួច"),
    Kind.GAVE_UP: Words("Chưa thể khắc phục", "It cannot be fixed for now", "មិនទាន់អាចជួសជុលបាន"),
    Kind.DISMISSED: Words("Không thuộc phản ánh hiện trường", "Not a field report", "មិនមែនជារបាយការណ៍ទីកន្លែង"),
    Kind.MERGED: Words("Đã gộp với một phản ánh trùng", "Joined with a report of the same", "បានបញ្ចូលជាមួយរបាយការណ៍ដូចគ្នា"),
    Kind.REOPENED: Words("Đã mở lại phản ánh", "Opened again", "បានបើកឡើងវិញ"),
    Kind.ASKED_AGAIN: Words("Chỗ đó còn tốt không?", "Is it still fixed?", "តើនៅល្អទេ?"),
    Kind.CONFIRMED: Words("Người gửi xác nhận còn tốt", "Its reporter says it still is", "អ្នកផ្ញើបញ្ជាក់ថានៅល្អ"),
    Kind.LATE: Words(
        "Đã trễ hạn, chuyển lên cấp trên",
        "It is late and was passed to the next level",
        "ហួសកំណត់ ហើយបានបញ្ជូនទៅថ្នាក់លើ",
    ),
}

LATE_BODY = Words(
    "Xin lỗi bạn: phản ánh {code} đã quá thời hạn, nên được chuyển lên cấp trên để xử lý.",
    "We are sorry: the time limit for report {code} has passed, so it was moved one level up.",
    "សូមអភ័យទោស៖ របាយការណ៍ {code} ហួសកំណត់ហើយ ដូច្នេះបានបញ្ជូនទៅថ្នាក់លើដើម្បីដោះស្រាយ។",
)
AGAIN_BODY = Words(
    "Bốn tuần trước cơ quan báo đã khắc phục phản ánh {code}. Nếu lại hỏng, hãy mở phản ánh và chọn “Chưa xong?”.",
    "Four weeks ago the office said that report {code} was fixed. If it is broken again, choose “Not done?”.",
    "បួនសប្តាហ៍មុន ការិយាល័យថារបាយការណ៍ {code} បានជួសជុលហើយ។ បើខូចទៀត សូមបើករបាយការណ៍ ហើយជ្រើស “មិនទាន់រួច?”។",
)
BODY = Words("Phản ánh {code}.", "Report {code}.", "របាយការណ៍ {code}។")


def body_of(kind: Kind, code: str, said: str) -> Words:
    """The office's own words where it said some, in the language it wrote in."""
    plain = {Kind.LATE: LATE_BODY, Kind.ASKED_AGAIN: AGAIN_BODY}.get(kind, BODY).fill(code=code)
    cut = shortened(said, 300)
    return Words(*(f"{sentence} {cut}" for sentence in plain)) if cut else plain
