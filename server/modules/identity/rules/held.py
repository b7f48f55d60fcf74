"""How what this module holds about a person is called when they take a copy of it."""

from server.core.words import Words

TITLE = Words("Tài khoản", "Account", "គណនី")

NAMES: dict[str, Words] = {
    "họ tên": Words("Họ tên", "Name", "ឈ្មោះ"),
    "số điện thoại": Words("Số điện thoại", "Phone number", "លេខទូរសព្ទ"),
    "số định danh": Words("Số định danh", "Personal number", "លេខអត្តសញ្ញាណ"),
    "mã xã, phường": Words("Xã, phường", "Commune or ward", "ឃុំ សង្កាត់"),
    "ngôn ngữ": Words("Ngôn ngữ", "Language", "ភាសា"),
    "tham gia từ": Words("Tham gia từ", "Joined", "ចូលរួមតាំងពី"),
    "thiết bị đang đăng nhập": Words("Thiết bị đang đăng nhập", "Devices signed in", "ឧបករណ៍ដែលកំពុងចូល"),
    "thiết bị": Words("Thiết bị", "Device", "ឧបករណ៍"),
    "lần cuối": Words("Lần cuối", "Last seen", "លើកចុងក្រោយ"),
    "khóa truy cập": Words("Khóa truy cập", "Passkeys", "កូនសោចូល"),
    "đăng nhập qua": Words("Đăng nhập qua", "Signs in through", "ចូលតាម"),
}

TONGUES: dict[str, Words] = {
    "vi": Words("Tiếng Việt", "Vietnamese", "ភាសាវៀតណាម"),
    "en": Words("Tiếng Anh", "English", "ភាសាអង់គ្លេស"),
    "km": Words("Tiếng Khmer", "Khmer", "ភាសាខ្មែរ"),
}

METHODS: dict[str, Words] = {
    "phone": Words("Số điện thoại", "Phone number", "លេខទូរសព្ទ"),
    "vneid": Words("VNeID", "VNeID", "VNeID"),
    "passkey": Words("Vân tay, khuôn mặt hoặc mã mở máy", "A passkey", "ស្នាមម្រាមដៃ មុខ ឬលេខកូដបើកឧបករណ៍"),
    "password": Words("Mật khẩu", "A password", "ពាក្យសម្ងាត់"),
    "desk": Words("Mã của bộ phận một cửa", "A code from a one-stop desk", "លេខកូដពីបញ្ជរច្រកចេញចូលតែមួយ"),
}
