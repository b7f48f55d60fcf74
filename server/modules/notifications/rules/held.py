"""How what this module holds about a person is called when they take a copy of it."""

from server.core.words import Words
from server.modules.notifications.rules.inbox import Channel, Level, Topic

TITLE = Words("Thông báo", "Notifications", "ការជូនដំណឹង")

TOPICS: dict[str, Words] = {
    Topic.DUTIES: Words(
        "Việc bạn phải làm, hồ sơ bị từ chối hoặc dừng",
        "What you must do; a dossier refused or stopped",
        "អ្វីដែលអ្នកត្រូវធ្វើ សំណុំឯកសារត្រូវបានបដិសេធ ឬបញ្ឈប់",
    ),
    Topic.RESULTS: Words("Có kết quả", "A result is ready", "មានលទ្ធផល"),
    Topic.DATES: Words("Sắp đến hạn", "A date is near", "ជិតដល់ថ្ងៃកំណត់"),
    Topic.STEPS: Words("Hồ sơ chuyển bước", "A dossier has moved", "សំណុំឯកសារឆ្លងជំហាន"),
    Topic.ACCOUNT: Words("Tài khoản và máy của bạn", "Your account and devices", "គណនី និងទូរស័ព្ទរបស់អ្នក"),
    Topic.NEWS: Words("Tin của tỉnh, xã, phường", "News of the province and communes", "ដំណឹងរបស់ខេត្ត ឃុំ សង្កាត់"),
    Topic.WARNINGS: Words(
        "Cảnh báo: bão, triều cường, dịch bệnh, lừa đảo",
        "Warnings: storm, tide, disease, scams",
        "ការព្រមាន៖ ព្យុះ ទឹកជំនោរ ជំងឺ ការបោកប្រាស់",
    ),
    Topic.REPORTS: Words("Phản ánh tôi gửi hoặc theo dõi", "Reports I sent or follow", "របាយការណ៍ដែលខ្ញុំផ្ញើ ឬតាមដាន"),
}

LEVELS: dict[str, Words] = {
    Level.OFF: Words("Không báo", "Not at all", "មិនប្រាប់"),
    Level.INBOX: Words("Chỉ hộp tin", "Inbox only", "តែក្នុងប្រអប់"),
    Level.RING: Words("Rung máy", "Ring", "រោទ៍"),
}

CHANNELS: dict[str, Words] = {
    Channel.SMS: Words("Tin nhắn SMS", "Text message", "សារ SMS"),
    Channel.ZALO: Words("Zalo", "Zalo", "Zalo"),
    Channel.EMAIL: Words("Thư điện tử", "E-mail", "អ៊ីមែល"),
}

NAMES: dict[str, Words] = TOPICS | {
    "hộp thư": Words("Hộp thư", "Inbox", "ប្រអប់សារ"),
    "tin gửi chung": Words("Tin gửi chung", "Messages to many", "សារផ្ញើរួម"),
    "tiêu đề": Words("Tiêu đề", "Title", "ចំណងជើង"),
    "đã đọc": Words("Đã đọc", "Read at", "បានអាននៅ"),
    "đã cất": Words("Đã cất", "Put away at", "បានទុកនៅ"),
    "e-mail": Words("Thư điện tử", "E-mail", "អ៊ីមែល"),
    "theo dõi": Words("Theo dõi", "Following", "តាមដាន"),
    "nơi ở": Words("Nơi ở", "Home", "កន្លែងរស់នៅ"),
    "chủ đề": Words("Chủ đề", "Topics", "ប្រធានបទ"),
    "máy nhận thông báo": Words("Máy nhận thông báo", "Devices that take notifications", "ឧបករណ៍ទទួលការជូនដំណឹង"),
    "tên": Words("Tên", "Name", "ឈ្មោះ"),
    "gần nhất": Words("Gần nhất", "Most recently", "ថ្មីបំផុត"),
    "đã gửi đến máy": Words("Đã gửi đến máy", "Sent to devices", "បានផ្ញើទៅឧបករណ៍"),
    "máy": Words("Máy", "Device", "ឧបករណ៍"),
    "gửi": Words("Gửi", "Sent", "បានផ្ញើ"),
    "nhận": Words("Nhận", "Taken", "បានទទួល"),
    "hiện": Words("Hiện", "Shown", "បានបង្ហាញ"),
    "mở": Words("Mở", "Opened", "បានបើក"),
    "cách báo": Words("Cách báo", "How to tell you", "របៀបជូនដំណឹង"),
    "kín đáo": Words("Chỉ báo là có tin", "Only that there is news", "ប្រាប់តែថាមានដំណឹង"),
    "giờ yên lặng": Words("Giờ yên lặng", "Quiet time", "ម៉ោងស្ងាត់"),
    "theo loại tin": Words("Theo loại tin", "By what it is about", "តាមប្រភេទសារ"),
    "theo lĩnh vực": Words("Theo lĩnh vực", "By field", "តាមវិស័យ"),
    "kênh khác": Words("Khi không máy nào nhận được", "When no device can be reached", "ពេលគ្មានឧបករណ៍ណាទទួលបាន"),
}
