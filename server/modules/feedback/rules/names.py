"""What states are called, and where that belongs which is no field report."""

from server.core.words import Words
from server.modules.feedback.rules.content import Elsewhere
from server.modules.feedback.rules.states import State

STATES: dict[State, Words] = {
    State.NEW: Words("Đã nhận", "Received", "បានទទួល"),
    State.ASSIGNED: Words("Đang xử lý", "In hand", "កំពុងដោះស្រាយ"),
    State.ASKED: Words("Chờ bạn bổ sung", "Waiting for you", "រង់ចាំអ្នកបន្ថែម"),
    State.ANSWERED: Words("Đã trả lời, đang xử lý", "Answered, in hand", "បានឆ្លើយ កំពុងដោះស្រាយ"),
    State.FIXED: Words("Đã khắc phục", "Fixed", "បានជួសជុល"),
    State.NOT_FIXABLE: Words("Chưa thể khắc phục", "Cannot be fixed for now", "មិនទាន់អាចជួសជុល"),
    State.NOT_A_REPORT: Words("Không thuộc phản ánh", "Not a field report", "មិនមែនជារបាយការណ៍"),
    State.MERGED: Words("Đã gộp", "Joined with another", "បានបញ្ចូល"),
}


ELSEWHERE: dict[Elsewhere, tuple[Words, Words, str, Words]] = {
    Elsewhere.PROCEDURE: (
        Words(
            "Bạn muốn nói về việc giải quyết thủ tục?",
            "Is this about how a procedure was handled?",
            "តើនេះអំពីការដោះស្រាយនីតិវិធីឬ?",
        ),
        Words(
            "Việc giải quyết thủ tục hành chính có kênh phản ánh, kiến nghị riêng với thời hạn luật định: "
            "Cổng Dịch vụ công quốc gia hoặc tổng đài 18001096. Phản ánh hiện trường dành cho điều hư hỏng bạn thấy.",
            "How a procedure was handled has its own channel with time limits set by law: the National Public Service "
            "Portal, or the hotline 18001096. Field reports are for what you see broken.",
            "ការដោះស្រាយនីតិវិធីរដ្ឋបាលមានផ្លូវផ្ទាល់ខ្លួន៖ ច្រកសេវាសាធារណៈជាតិ ឬលេខ 18001096។ របាយការណ៍ទីកន្លែងសម្រាប់អ្វីដែលអ្នកឃើញខូច។",
        ),
        "https://dichvucong.gov.vn",
        Words("Mở Cổng Dịch vụ công quốc gia", "Open the national portal", "បើកច្រកសេវាសាធារណៈជាតិ"),
    ),
    Elsewhere.COMPLAINT: (
        Words(
            "Bạn muốn khiếu nại hoặc tố cáo?",
            "Is this a complaint or a denunciation?",
            "តើនេះជាបណ្តឹង ឬការបរិហារឬ?",
        ),
        Words(
            "Khiếu nại và tố cáo có luật riêng và phải gửi đến cơ quan có thẩm quyền hoặc nơi tiếp công dân, "
            "để quyền của bạn được bảo đảm. Gửi ở đây sẽ không có giá trị như một đơn.",
            "Complaints and denunciations have laws of their own and go to the competent body or to the citizens' "
            "reception, so that your rights are kept. Sent here they do not count as one.",
            "បណ្តឹង និងការបរិហារមានច្បាប់ផ្ទាល់ខ្លួន ហើយត្រូវផ្ញើទៅស្ថាប័នមានសមត្ថកិច្ច ដើម្បីធានាសិទ្ធិរបស់អ្នក។ "
            "ផ្ញើនៅទីនេះមិនមានតម្លៃជាពាក្យបណ្តឹងទេ។",
        ),
        "/places",
        Words("Tìm nơi tiếp công dân", "Find where citizens are received", "ស្វែងរកកន្លែងទទួលប្រជាពលរដ្ឋ"),
    ),
}
