"""What payments say to people. No database, no clock."""

from server.core.words import Words
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import AttemptState, Exemption, Purpose, Standing

PURPOSES: dict[Purpose, Words] = {
    Purpose.DOSSIER_FEE: Words("Phí, lệ phí hồ sơ", "Fee of a dossier", "ថ្លៃសេវាសំណុំឯកសារ"),
    Purpose.TUITION: Words("Học phí", "Tuition", "ថ្លៃសិក្សា"),
    Purpose.HOSPITAL: Words("Viện phí", "Hospital bill", "ថ្លៃពេទ្យ"),
    Purpose.UTILITY: Words("Tiền điện, nước", "Water or electricity", "ថ្លៃទឹក ភ្លើង"),
}

EXEMPTIONS: dict[Exemption, Words] = {
    Exemption.MERIT: Words("Người có công", "Person of merit", "អ្នកមានគុណបំណាច់"),
    Exemption.POOR: Words("Hộ nghèo, cận nghèo", "Poor or near-poor household", "គ្រួសារក្រីក្រ ឬជិតក្រីក្រ"),
    Exemption.DISABILITY: Words("Người khuyết tật", "Person with a disability", "ជនពិការ"),
    Exemption.CHILD: Words("Trẻ em", "Child", "កុមារ"),
    Exemption.ELDERLY: Words("Người cao tuổi", "Elderly person", "មនុស្សចាស់"),
    Exemption.COUNCIL: Words(
        "Hội đồng nhân dân tỉnh quy định 0 đồng",
        "Set to 0 đồng by the provincial council",
        "ក្រុមប្រឹក្សាខេត្តកំណត់ ០ ដុង",
    ),
}

STANDINGS: dict[Standing, Words] = {
    Standing.DUE: Words("Chưa thanh toán", "Not paid yet", "មិនទាន់បង់"),
    Standing.PAYING: Words("Đang chờ thanh toán", "Waiting for the payment", "កំពុងរង់ចាំការបង់"),
    Standing.CONFIRMING: Words(
        "Đã báo trả xong, đang chờ ngân hàng xác nhận",
        "Said to be paid; the bank is still to confirm it",
        "បានប្រាប់ថាបង់រួច កំពុងរង់ចាំធនាគារបញ្ជាក់",
    ),
    Standing.PAID: Words("Đã thanh toán", "Paid", "បានបង់"),
    Standing.EXEMPT: Words("Được miễn, không phải trả", "Free of charge", "រួចថ្លៃ"),
    Standing.CANCELLED: Words("Không phải trả nữa", "Withdrawn: nothing to pay", "លែងត្រូវបង់"),
    Standing.REFUNDING: Words("Đang xét hoàn tiền", "A refund is being decided", "កំពុងពិចារណាសងប្រាក់"),
    Standing.REFUNDED: Words("Đã hoàn tiền", "Refunded", "បានសងប្រាក់វិញ"),
}

ATTEMPTS: dict[AttemptState, Words] = {
    AttemptState.BEGUN: Words("Đang chờ", "Waiting", "កំពុងរង់ចាំ"),
    AttemptState.SUCCEEDED: Words("Thành công", "Went through", "បានសម្រេច"),
    AttemptState.FAILED: Words("Không thành công", "Did not go through", "មិនបានសម្រេច"),
    AttemptState.EXPIRED: Words("Hết thời gian chờ", "Ran out of time", "អស់ពេលរង់ចាំ"),
    AttemptState.CANCELLED: Words("Đã hủy", "Cancelled", "បានបោះបង់"),
}

STEPS: dict[str, Words] = {
    "raised": Words("Có khoản phải trả", "A payment was asked for", "មានចំនួនត្រូវបង់"),
    "paid": Words("Đã nhận tiền qua {way}", "Money received by {way}", "បានទទួលប្រាក់តាម {way}"),
    "surplus": Words(
        "Nhận thêm tiền qua {way}: trả trùng hoặc thừa, đang làm thủ tục hoàn",
        "More money came by {way}: paid twice or too much, it is being refunded",
        "បានទទួលប្រាក់បន្ថែមតាម {way}៖ បង់ស្ទួន ឬលើស កំពុងរៀបចំសងវិញ",
    ),
    "refund-asked": Words("Đã yêu cầu hoàn tiền", "A refund was asked for", "បានស្នើសងប្រាក់"),
    "refunded": Words("Đã hoàn tiền", "Refunded", "បានសងប្រាក់វិញ"),
    "refund-refused": Words("Yêu cầu hoàn tiền không được chấp nhận", "The refund was refused", "សំណើសងប្រាក់ត្រូវបានបដិសេធ"),
    "told": Words("Cơ quan thu đã nhận thông tin", "The office was told", "ការិយាល័យបានទទួលព័ត៌មាន"),
    "cancelled": Words("Cơ quan thu đã rút khoản này", "The office withdrew it", "ការិយាល័យបានដកចេញ"),
}

KINDS: dict[Kind, str] = {
    Kind.PAYMENT: "Thu",
    Kind.SURPLUS: "Thu thừa",
    Kind.UNKNOWN: "Tiền chưa rõ",
    Kind.ASSIGNED: "Gán tiền chưa rõ",
    Kind.RETURNED: "Trả lại tiền chưa rõ",
    Kind.REFUND: "Hoàn",
}
"""As accountants read them in what goes out to them."""

SOURCES: dict[str, Words] = {
    "vnpay": Words("Cổng VNPay", "VNPay", "VNPay"),
    "bank": Words("chuyển khoản ngân hàng", "bank transfer", "ការផ្ទេរតាមធនាគារ"),
    "cash": Words("tiền mặt tại quầy", "cash at the desk", "សាច់ប្រាក់នៅបញ្ជរ"),
}


def source_says(source: str) -> Words:
    return SOURCES.get(source.partition(":")[0], Words(source, source, source))


RAISED_TITLE = Words("Bạn có khoản cần trả: {what}", "Something to pay: {what}", "អ្នកមានចំនួនត្រូវបង់៖ {what}")
RAISED_BODY = Words(
    "{amount}, thu bởi {payee}. Bạn có thể trả ngay trong ứng dụng.",
    "{amount}, for {payee}. You can pay in the app.",
    "{amount} សម្រាប់ {payee}។ អ្នកអាចបង់ក្នុងកម្មវិធី។",
)
WITHDRAWN_TITLE = Words("Không phải trả nữa: {what}", "Nothing to pay any more: {what}", "លែងត្រូវបង់៖ {what}")
WITHDRAWN_BODY = Words(
    "{payee} đã rút khoản {amount}. Nếu bạn đã lỡ chuyển tiền, tiền sẽ được xét hoàn lại.",
    "{payee} has withdrawn {amount}. If you have paid all the same, it will be looked at and given back.",
    "{payee} បានដកចំនួន {amount}។ បើអ្នកបានបង់រួចហើយ ប្រាក់នឹងត្រូវពិនិត្យ ហើយសងវិញ។",
)
SETTLED_TITLE = Words("Đã nhận tiền: {what}", "Paid: {what}", "បានទទួលប្រាក់៖ {what}")
SETTLED_BODY = Words(
    "{amount}. Bạn không cần làm gì thêm; giấy xác nhận nằm trong mục Thanh toán.",
    "{amount}. There is nothing more to do; the confirmation is under Payments.",
    "{amount}។ អ្នកមិនចាំបាច់ធ្វើអ្វីទៀតទេ លិខិតបញ្ជាក់នៅក្នុងផ្នែកបង់ប្រាក់។",
)
RECEIPT_TITLE = Words(
    "Đã có biên lai điện tử: {what}", "The electronic receipt is there: {what}", "មានបង្កាន់ដៃអេឡិចត្រូនិកហើយ៖ {what}"
)
RECEIPT_BODY = Words(
    "{payee} đã lập biên lai số {receipt}. Xem trong mục Thanh toán.",
    "{payee} has made receipt {receipt}. See Payments.",
    "{payee} បានធ្វើបង្កាន់ដៃលេខ {receipt}។ សូមមើលផ្នែកបង់ប្រាក់។",
)
FAILED_TITLE = Words("Thanh toán chưa xong: {what}", "Not paid yet: {what}", "បង់ប្រាក់មិនទាន់រួច៖ {what}")
UNSURE_BODY = Words(
    "Đã hết thời gian mà ngân hàng chưa báo gì cho chúng tôi. Nếu tài khoản đã bị trừ tiền, đừng trả lại: cán bộ đối "
    "soát đang xem và sẽ báo cho bạn.",
    "The time ran out and the bank has told us nothing. If money was taken from your account, do not pay again: staff "
    "are looking into it and will tell you.",
    "អស់ពេលហើយ ប៉ុន្តែធនាគារមិនទាន់ជូនដំណឹងយើងទេ។ បើប្រាក់ត្រូវបានកាត់ពីគណនី កុំបង់ម្តងទៀត៖ មន្ត្រីកំពុងពិនិត្យ ហើយនឹងជូនដំណឹងអ្នក។",
)
SURPLUS_TITLE = Words(
    "Bạn đã trả trùng hoặc thừa: {what}", "You paid twice or too much: {what}", "អ្នកបានបង់ស្ទួន ឬលើស៖ {what}"
)
SURPLUS_BODY = Words(
    "{amount} sẽ được xét hoàn lại cho bạn. Bạn không cần làm gì.",
    "{amount} will be looked at and given back. There is nothing you must do.",
    "{amount} នឹងត្រូវពិនិត្យ ហើយសងអ្នកវិញ។ អ្នកមិនចាំបាច់ធ្វើអ្វីទេ។",
)
REFUND_TITLES: dict[str, Words] = {
    "requested": Words("Đang xét hoàn tiền: {what}", "A refund is being decided: {what}", "កំពុងពិចារណាសងប្រាក់៖ {what}"),
    "done": Words("Đã hoàn tiền: {what}", "Refunded: {what}", "បានសងប្រាក់វិញ៖ {what}"),
    "refused": Words("Không hoàn tiền: {what}", "No refund: {what}", "មិនសងប្រាក់វិញ៖ {what}"),
}
REFUND_BODY = Words(
    "{amount}. Xem chi tiết trong mục Thanh toán.", "{amount}. See Payments.", "{amount}។ សូមមើលផ្នែកបង់ប្រាក់។"
)
REMIND_TITLE = Words("Sắp đến hạn trả: {what}", "Due soon: {what}", "ជិតដល់ថ្ងៃកំណត់បង់៖ {what}")
REMIND_BODY = Words(
    "{amount}, hạn {day}. Bạn có thể trả ngay trong ứng dụng.",
    "{amount}, due on {day}. You can pay in the app.",
    "{amount} ត្រូវបង់ត្រឹម {day}។ អ្នកអាចបង់ក្នុងកម្មវិធី។",
)
PLAIN_DUE = Words("Bạn có khoản cần trả", "You have something to pay", "អ្នកមានចំនួនត្រូវបង់")
PLAIN_MOVED = Words("Có tin về một khoản thanh toán", "There is news of a payment", "មានដំណឹងអំពីការបង់ប្រាក់")
