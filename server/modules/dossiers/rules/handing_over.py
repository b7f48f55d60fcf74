"""How a result comes to whoever waits for it, in words."""

from server.core.words import Words

READY = {
    "desk": Words(
        "Nhận kết quả tại nơi bạn đã nộp hồ sơ.",
        "Collect the result where you filed the dossier.",
        "ទទួលលទ្ធផលនៅកន្លែងដែលអ្នកបានដាក់សំណុំឯកសារ។",
    ),
    "post": Words(
        "Kết quả được gửi qua bưu chính đến địa chỉ bạn đã khai khi nộp.",
        "The result comes by post to the address you gave when you filed.",
        "លទ្ធផលផ្ញើតាមប្រៃសណីយ៍ទៅអាសយដ្ឋានដែលអ្នកបានប្រាប់ពេលដាក់។",
    ),
    "online": Words(
        "Kết quả là bản điện tử. Bạn mở ngay ở dưới.",
        "The result is electronic. Open it below.",
        "លទ្ធផលជាឯកសារអេឡិចត្រូនិក។ បើកវានៅខាងក្រោម។",
    ),
    "": Words("Nhận kết quả theo giấy hẹn.", "Collect the result as your slip says.", "ទទួលលទ្ធផលតាមប័ណ្ណណាត់។"),
}
"""By how it was agreed when the dossier was filed; what other systems do not say is empty."""

BRING = Words(
    "Giấy hẹn trả kết quả và giấy tờ tùy thân của bạn.",
    "Your slip, and your identity papers.",
    "ប័ណ្ណណាត់ និងឯកសារអត្តសញ្ញាណរបស់អ្នក។",
)

HOURS = {
    "office": Words(
        "Thứ Hai đến thứ Sáu, trong giờ hành chính; nghỉ ngày lễ.",
        "Monday to Friday in office hours; closed on public holidays.",
        "ថ្ងៃច័ន្ទដល់ថ្ងៃសុក្រ ក្នុងម៉ោងធ្វើការ ឈប់ថ្ងៃបុណ្យ។",
    ),
    "commune-police": Words(
        "Thứ Hai đến thứ Sáu, trong giờ hành chính, và sáng thứ Bảy; nghỉ ngày lễ.",
        "Monday to Friday in office hours, and Saturday morning; closed on public holidays.",
        "ថ្ងៃច័ន្ទដល់ថ្ងៃសុក្រ ក្នុងម៉ោងធ្វើការ និងព្រឹកថ្ងៃសៅរ៍ ឈប់ថ្ងៃបុណ្យ។",
    ),
}
"""By the hours staff have entered for an office; nobody has told us at what o'clock they begin."""
