"""What payments refuse, in words for whoever reads it."""

from server.core.problems import Problem
from server.core.words import Words


class ChargeNotFound(Problem):
    """There is none, it is somebody else's, or the digits are others: all the same, after the same work."""

    status = 404
    title = Words(
        "Không có khoản thu nào khớp. Hãy xem lại mã trên giấy báo",
        "There is no such bill. Look at the code on your paper again",
        "គ្មានវិក្កយបត្រនេះទេ។ សូមពិនិត្យលេខកូដលើក្រដាសម្តងទៀត",
    )


class ChargeNotPayable(Problem):
    """It is paid, free of charge or withdrawn."""

    title = Words(
        "Khoản này không cần trả nữa",
        "This does not have to be paid any more",
        "ចំនួននេះមិនចាំបាច់បង់ទៀតទេ",
    )


class WayNotOffered(Problem):
    title = Words(
        "Cách thanh toán này hiện chưa dùng được, hãy chọn cách khác",
        "This way to pay is not available now; choose another",
        "វិធីបង់ប្រាក់នេះមិនទាន់ប្រើបានទេ សូមជ្រើសវិធីផ្សេង",
    )


class NothingBegun(Problem):
    title = Words(
        "Không có lần thanh toán nào đang chờ theo cách này",
        "No payment is waiting in this way",
        "គ្មានការបង់ប្រាក់ណាកំពុងរង់ចាំតាមវិធីនេះទេ",
    )


class ReturnNotSigned(Problem):
    status = 400
    title = Words(
        "Không xác minh được kết quả mà cổng thanh toán gửi về. Tiền của bạn không bị ảnh hưởng; hãy xem lại khoản thu",
        "What the payment gateway sent could not be verified. Your money is not affected; look at your bill again",
        "មិនអាចផ្ទៀងផ្ទាត់លទ្ធផលពីច្រកបង់ប្រាក់ទេ។ ប្រាក់របស់អ្នកមិនរងផលប៉ះពាល់ទេ សូមមើលវិក្កយបត្រម្តងទៀត",
    )


class NoBillInIt(Problem):
    status = 400
    title = Words(
        "Mã này không phải của một giấy báo thu, hoặc có chỗ gõ sai",
        "This is not the code of a bill, or a character is wrong",
        "នេះមិនមែនជាលេខកូដវិក្កយបត្រ ឬមានតួអក្សរខុស",
    )


class BillRefused(Problem):
    """One bill of a batch is not taken; the others are."""

    status = 400
    title = Words("Khoản thu này không nhận được", "This bill is not taken", "វិក្កយបត្រនេះមិនអាចទទួលបានទេ")

    def __init__(self, field: str) -> None:
        super().__init__(field=field)
        self.field = field


class BillUnreadable(BillRefused):
    title = Words(
        "Khoản thu thiếu trường, thừa trường hoặc sai kiểu",
        "A field is missing, unknown or of the wrong kind",
        "វិក្កយបត្រខ្វះ លើស ឬខុសប្រភេទវាល",
    )


class AmountRefused(BillRefused):
    title = Words(
        "Số tiền phải là số nguyên đồng từ 1 đến 10^12; bằng 0 thì cần lý do miễn",
        "An amount is a whole number of đồng, 1 to 10^12; 0 needs a reason of exemption",
        "ចំនួនប្រាក់ត្រូវជាលេខគត់ពី ១ ដល់ ១០^១២; បើ ០ ត្រូវមានមូលហេតុលើកលែង",
    )


class PayerPhoneRefused(BillRefused):
    title = Words("Số điện thoại không đúng dạng", "This is no phone number", "លេខទូរស័ព្ទមិនត្រឹមត្រូវ")


class BillDiffers(BillRefused):
    """The same reference with other content: which of both is meant, nobody can tell."""

    title = Words(
        "Mã tham chiếu này đã dùng cho khoản thu khác",
        "This reference was used for another bill",
        "លេខយោងនេះបានប្រើសម្រាប់វិក្កយបត្រផ្សេង",
    )


class ReceiptUnreadable(BillRefused):
    title = Words(
        "Biên lai thiếu trường, thừa trường, sai kiểu, hoặc liên kết không phải địa chỉ https công khai",
        "A field of this receipt is missing, unknown or of the wrong kind, or its link is no public https address",
        "បង្កាន់ដៃខ្វះ លើស ឬខុសប្រភេទវាល ឬតំណមិនមែនជាអាសយដ្ឋាន https សាធារណៈ",
    )


class NothingPaid(BillRefused):
    """There is no such bill of this biller, or it is not paid: both the same."""

    title = Words(
        "Không có khoản thu nào đã trả với mã tham chiếu này",
        "No bill of this reference is paid",
        "គ្មានវិក្កយបត្រដែលបានបង់ដោយលេខយោងនេះទេ",
    )


class CreditUnreadable(BillRefused):
    title = Words(
        "Dòng sao kê thiếu trường, thừa trường hoặc sai kiểu",
        "A field of this line is missing, unknown or of the wrong kind",
        "បន្ទាត់របាយការណ៍ខ្វះ លើស ឬខុសប្រភេទវាល",
    )


class CreditDiffers(BillRefused):
    title = Words(
        "Mã giao dịch này đã có với số tiền khác",
        "This reference was sent before with another amount",
        "លេខប្រតិបត្តិការនេះមានរួចហើយជាមួយចំនួនផ្សេង",
    )


class CreditOutside(BillRefused):
    title = Words(
        "Dòng này không thuộc những ngày của sao kê",
        "This line is not of the days of the statement",
        "បន្ទាត់នេះមិនមែនជាថ្ងៃរបស់របាយការណ៍ទេ",
    )


class CreditAhead(BillRefused):
    title = Words(
        "Dòng này ghi một thời điểm chưa đến",
        "This line is of an instant that is still to come",
        "បន្ទាត់នេះសរសេរពេលវេលាដែលមិនទាន់មកដល់",
    )


class DaysRefused(Problem):
    status = 400
    title = Words(
        "Sao kê trọn ngày phải có cả ngày đầu và ngày cuối, là những ngày đã qua, nhiều nhất 31 ngày",
        "A whole statement has a first and a last day, both of them over, and 31 days at most",
        "របាយការណ៍ពេញមួយថ្ងៃត្រូវមានថ្ងៃដំបូង និងថ្ងៃចុងក្រោយ ដែលបានកន្លងផុត ច្រើនបំផុត ៣១ ថ្ងៃ",
    )


class TooManyAtOnce(Problem):
    status = 413
    title = Words(
        "Mỗi lần gửi nhiều nhất 500 dòng",
        "A batch has 500 items at most",
        "ម្តងផ្ញើបានច្រើនបំផុត ៥០០ បន្ទាត់",
    )


class TableUnreadable(Problem):
    """`column`: which one is missing, unknown or there twice; empty when it is no CSV at all."""

    status = 400
    title = Words(
        "Không đọc được bảng. Dòng đầu phải là tên cột, đúng như trong tệp mẫu",
        "The table cannot be read. Its first line names the columns, as in the sample",
        "មិនអាចអានតារាងបានទេ។ បន្ទាត់ទីមួយត្រូវជាឈ្មោះជួរឈរ ដូចក្នុងឯកសារគំរូ",
    )


class TableTooLong(Problem):
    status = 413
    title = Words(
        "Bảng quá dài: mỗi lần nhập nhiều nhất 2.000 dòng, xuất nhiều nhất 100.000 dòng",
        "The table is too long: 2,000 rows come in at once, 100,000 go out",
        "តារាងវែងពេក៖ បញ្ចូលម្តងបានច្រើនបំផុត ២.០០០ បន្ទាត់ នាំចេញ ១០០.០០០ បន្ទាត់",
    )


class AmountNotDue(Problem):
    title = Words(
        "Số tiền nhận không bằng số phải thu. Khoản này phải thu đủ một lần",
        "What was received is not what is due. This is paid in one sum",
        "ចំនួនទទួលមិនស្មើចំនួនត្រូវបង់។ ត្រូវបង់គ្រប់ក្នុងម្តង",
    )


class RemainingDiffers(Problem):
    """`remaining` says what is left to give back now."""

    status = 412
    title = Words(
        "Số tiền còn có thể hoàn đã thay đổi. Hãy xem lại rồi yêu cầu lại",
        "What is left to refund has changed. Look again, then ask again",
        "ចំនួនដែលនៅអាចសងវិញបានផ្លាស់ប្តូរ។ សូមមើលម្តងទៀត រួចស្នើម្តងទៀត",
    )


class RefundTooMuch(Problem):
    title = Words(
        "Không thể hoàn nhiều hơn số còn lại",
        "More cannot be refunded than is left",
        "មិនអាចសងវិញលើសចំនួននៅសល់ទេ",
    )


class RefundNotFound(Problem):
    status = 404
    title = Words("Không có yêu cầu hoàn tiền này", "There is no such refund", "គ្មានសំណើសងប្រាក់នេះទេ")


class DecidedBefore(Problem):
    title = Words("Việc này đã được quyết định", "This has been decided", "ការនេះបានសម្រេចរួចហើយ")


class LineNotFound(Problem):
    status = 404
    title = Words("Không có dòng sao kê này", "There is no such line", "គ្មានបន្ទាត់នេះទេ")


class FindingNotFound(Problem):
    status = 404
    title = Words("Không có mục này", "There is no such entry", "គ្មានធាតុនេះទេ")


class DayClosed(Problem):
    title = Words(
        "Quầy đã chốt sổ tiền mặt của ngày này",
        "The cash of this day has been closed",
        "បញ្ជីសាច់ប្រាក់ថ្ងៃនេះត្រូវបានបិទ",
    )


class DayNotBegun(Problem):
    title = Words(
        "Ngày này chưa đến, chưa thể chốt sổ",
        "This day has not begun; it cannot be closed",
        "ថ្ងៃនេះមិនទាន់មកដល់ទេ មិនអាចបិទបញ្ជីបានទេ",
    )


class PaidRefNeeded(Problem):
    """The gateway does not give it: whoever did must say how."""

    status = 400
    title = Words(
        "Hãy ghi mã giao dịch chuyển khoản trả lại của ngân hàng",
        "Give the bank's reference of the transfer back",
        "សូមបញ្ចូលលេខប្រតិបត្តិការផ្ទេរប្រាក់សងវិញរបស់ធនាគារ",
    )


class NotPaidYet(Problem):
    title = Words("Khoản này chưa được thanh toán", "This is not paid yet", "ចំនួននេះមិនទាន់បានបង់ទេ")
