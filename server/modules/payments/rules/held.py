"""How what this module holds about a person is called when they take a copy of it."""

from server.core.words import Words
from server.modules.payments.rules.saying import STANDINGS
from server.modules.payments.rules.states import ChargeState, RefundState, Standing, Way

TITLE = Words("Thanh toán", "Payments", "ការបង់ប្រាក់")

NAMES: dict[str, Words] = {
    "khoản thu": Words("Khoản thu", "Charges", "ចំនួនត្រូវបង់"),
    "đơn vị thu": Words("Đơn vị thu", "Collected by", "អ្នកប្រមូល"),
    "của": Words("Của", "For", "សម្រាប់"),
    "số tiền": Words("Số tiền", "Amount", "ចំនួនប្រាក់"),
    "hạn": Words("Hạn", "Due on", "ថ្ងៃកំណត់"),
    "trả lúc": Words("Trả lúc", "Paid at", "បានបង់នៅ"),
    "điện thoại": Words("Điện thoại", "Phone", "ទូរសព្ទ"),
    "biên lai": Words("Biên lai", "Receipt", "បង្កាន់ដៃ"),
    "tra cứu biên lai": Words("Nơi tra cứu biên lai", "Where the receipt is looked up", "កន្លែងរកមើលបង្កាន់ដៃ"),
    "lần trả": Words("Các lần trả", "Attempts to pay", "ការបង់ម្តងៗ"),
    "bắt đầu": Words("Bắt đầu", "Begun at", "បានចាប់ផ្តើមនៅ"),
    "xong": Words("Xong", "Ended at", "បានបញ្ចប់នៅ"),
    "hoàn lại": Words("Hoàn lại", "Refunds", "ការសងប្រាក់"),
}

CHARGES: dict[ChargeState, Words] = {it: STANDINGS[Standing(it)] for it in ChargeState}

WAYS: dict[Way, Words] = {
    Way.VIETQR: Words("Chuyển khoản bằng mã QR", "Bank transfer by QR", "ផ្ទេរប្រាក់ដោយ QR"),
    Way.VNPAY: Words("Cổng VNPay", "VNPay", "VNPay"),
    Way.PORTAL: Words("Cổng Dịch vụ công quốc gia", "National Public Service Portal", "ច្រកសេវាសាធារណៈជាតិ"),
    Way.CASH: Words("Tiền mặt tại quầy", "Cash at the desk", "សាច់ប្រាក់នៅបញ្ជរ"),
}

REFUNDS: dict[RefundState, Words] = {
    RefundState.REQUESTED: Words("Chờ duyệt", "Waiting for a decision", "រង់ចាំការសម្រេច"),
    RefundState.SENDING: Words("Đang chuyển", "On its way", "កំពុងផ្ញើ"),
    RefundState.DONE: Words("Đã hoàn tiền", "Refunded", "បានសងប្រាក់វិញ"),
    RefundState.REFUSED: Words("Không được chấp nhận", "Refused", "ត្រូវបានបដិសេធ"),
}
