"""How what this module holds about a person is called when they take a copy of it."""

from server.core.words import Words

TITLE = Words("Hồ sơ", "Dossiers", "សំណុំឯកសារ")

NAMES: dict[str, Words] = {
    "theo dõi cùng": Words("Theo dõi cùng", "Followed together", "តាមដានជាមួយគ្នា"),
    "của tôi": Words("Của tôi", "Mine", "របស់ខ្ញុំ"),
    "tên ghi": Words("Tên ghi", "Name written down", "ឈ្មោះដែលបានកត់"),
    "hồ sơ": Words("Hồ sơ của bạn", "Your dossiers", "សំណុំឯកសាររបស់អ្នក"),
    "thủ tục": Words("Thủ tục", "Procedure", "នីតិវិធី"),
    "hẹn trả": Words("Hẹn trả", "Result due", "ថ្ងៃណាត់ប្រគល់"),
    "liên hệ": Words("Liên hệ", "Contact", "ទំនាក់ទំនង"),
    "người nộp": Words("Người nộp", "Handed in by", "អ្នកដាក់"),
    "trường hợp": Words("Trường hợp", "Case", "ករណី"),
    "giấy tờ đã nộp": Words("Giấy tờ đã nộp", "Papers handed in", "ឯកសារដែលបានដាក់"),
    "phiếu gửi qua tin nhắn": Words("Phiếu gửi qua tin nhắn", "Slips sent as texts", "ប័ណ្ណដែលបានផ្ញើតាមសារ"),
    "kết quả": Words("Kết quả", "Result", "លទ្ធផល"),
    "phải nộp": Words("Phải nộp", "Fee due", "ត្រូវបង់"),
}

FOLLOWING: dict[str, Words] = {
    "invited": Words("Đã mời, chờ nhận lời", "Invited, not accepted yet", "បានអញ្ជើញ រង់ចាំទទួល"),
    "asked": Words("Đang xin đồng ý", "Asks for consent", "កំពុងសុំការយល់ព្រម"),
    "following": Words("Đang theo dõi", "Follows", "កំពុងតាមដាន"),
    "ended": Words("Đã dừng", "Ended", "បានបញ្ឈប់"),
}
