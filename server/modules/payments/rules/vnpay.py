"""VNPay PAY 2.1.0: what we send signed, what comes back signed, and what we answer.

Sources: the vendor's integration guide as practised in public projects (docs: domain.md e.2). Amounts are đồng × 100,
instants `yyyyMMddHHmmss` in GMT+7. The browser's return is for show; the IPN decides.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, quote_plus

from server.core.clock import HERE
from server.core.words import Words

VERSION = "2.1.0"
_HASH, _HASH_TYPE = "vnp_SecureHash", "vnp_SecureHashType"
_INSTANT = "%Y%m%d%H%M%S"

Code = Literal["00", "01", "02", "04", "97"]


class Answer(NamedTuple):
    """What VNPay is answered; anything but 00 and 02 and it asks again."""

    code: Code
    message: str


CONFIRMED = Answer("00", "Confirm Success")
ORDER_NOT_FOUND = Answer("01", "Order not found")
ALREADY_CONFIRMED = Answer("02", "Order already confirmed")
INVALID_AMOUNT = Answer("04", "Invalid amount")
INVALID_SIGNATURE = Answer("97", "Invalid signature")


def canonical(fields: Mapping[str, str]) -> str:
    """What is signed: all `vnp_` fields but the hash itself, sorted, values as in a form (a space is +)."""
    signed = {
        name: value for name, value in fields.items() if name.startswith("vnp_") and name not in (_HASH, _HASH_TYPE)
    }
    return "&".join(f"{quote_plus(name)}={quote_plus(signed[name])}" for name in sorted(signed))


def sign(secret: str, fields: Mapping[str, str]) -> str:
    return signature(secret, canonical(fields))


def signature(secret: str, text: str) -> str:
    """HMAC-SHA512 as lower-case hexadecimal digits."""
    return hmac.new(secret.encode(), text.encode(), "sha512").hexdigest()


def signed_query(secret: str, fields: Mapping[str, str]) -> str:
    """The query string of a request or of a callback."""
    return f"{canonical(fields)}&{_HASH}={sign(secret, fields)}"


class Unreadable(ValueError):
    """A query that names a field twice, holds a NUL, or is none."""


def read_query(query: str) -> dict[str, str]:
    """The fields of a callback. Raises Unreadable."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=60, errors="strict")
    except (ValueError, UnicodeError):
        raise Unreadable from None
    fields = dict(pairs)
    if len(fields) < len(pairs) or "\0" in "".join(fields.values()):
        raise Unreadable
    return fields


def is_signed(secret: str, fields: Mapping[str, str]) -> bool:
    """Whether whoever knows the secret sent exactly these fields. Empty ones are not signed by all of its versions."""
    given = fields.get(_HASH, "").lower()
    bare = {name: value for name, value in fields.items() if value}
    return bool(given) and any(
        hmac.compare_digest(given.encode(), sign(secret, them).encode()) for them in (fields, bare)
    )


def dong_of(amount: str) -> int | None:
    """`vnp_Amount` in đồng; None when it is not a whole number of them."""
    if not (amount.isascii() and amount.isdigit()) or len(amount) > 15 or not amount.endswith("00"):
        return None
    return int(amount) // 100


def is_for(merchant: str, fields: Mapping[str, str]) -> bool:
    return fields.get("vnp_TmnCode") == merchant


def is_in_dong(fields: Mapping[str, str]) -> bool:
    """No IPN of 2.1.0 names its currency; one that does, and says another, speaks of another amount."""
    return fields.get("vnp_CurrCode", "VND") == "VND"


def instant(at: datetime) -> str:
    return at.astimezone(HERE).strftime(_INSTANT)


def read_instant(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _INSTANT).replace(tzinfo=HERE).astimezone(UTC)
    except ValueError:
        return None


def request(
    *, merchant: str, reference: str, amount: int, info: str, back: str, address: str, locale: str, begun: datetime,
    until: datetime,
) -> dict[str, str]:  # fmt: skip
    """The fields of a redirect. `info` without accents; `back` is where the browser returns to."""
    return {
        "vnp_Amount": str(amount * 100),
        "vnp_Command": "pay",
        "vnp_CreateDate": instant(begun),
        "vnp_CurrCode": "VND",
        "vnp_ExpireDate": instant(until),
        "vnp_IpAddr": address,
        "vnp_Locale": "vn" if locale == "vi" else "en",
        "vnp_OrderInfo": info,
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": back,
        "vnp_TmnCode": merchant,
        "vnp_TxnRef": reference,
        "vnp_Version": VERSION,
    }


def succeeded(fields: Mapping[str, str]) -> bool:
    """Paid only when both say so."""
    return fields.get("vnp_ResponseCode") == "00" and fields.get("vnp_TransactionStatus") == "00"


def is_suspect(fields: Mapping[str, str]) -> bool:
    """Money was taken, and the gateway doubts the payment: a person must look."""
    return "07" in (fields.get("vnp_ResponseCode"), fields.get("vnp_TransactionStatus"))


def is_pending(fields: Mapping[str, str]) -> bool:
    """It does not know yet (`vnp_TransactionStatus` 01), as an answer to a question."""
    return fields.get("vnp_TransactionStatus") == "01"


class Order(NamedTuple):
    """What we know of the order an IPN is about."""

    amount: int
    final: bool


def check(merchant: str, fields: Mapping[str, str], order: Order) -> Answer | None:
    """Merchant, amount, not yet final, in this order, of what is signed. None: all is right, record it."""
    if not is_for(merchant, fields):
        return ORDER_NOT_FOUND
    if dong_of(fields.get("vnp_Amount", "")) != order.amount or not is_in_dong(fields):
        return INVALID_AMOUNT
    return ALREADY_CONFIRMED if order.final else None


_QUESTION_SIGNED = (
    "RequestId",
    "Version",
    "Command",
    "TmnCode",
    "TxnRef",
    "TransactionDate",
    "CreateDate",
    "IpAddr",
    "OrderInfo",
)
_REFUND_SIGNED = (
    *("RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef", "Amount", "TransactionNo"),
    *("TransactionDate", "CreateBy", "CreateDate", "IpAddr", "OrderInfo"),
)
_REPLY_SIGNED = (
    "ResponseId",
    "Command",
    "ResponseCode",
    "Message",
    "TmnCode",
    "TxnRef",
    "Amount",
    "BankCode",
    "PayDate",
    "TransactionNo",
    "TransactionType",
    "TransactionStatus",
    "OrderInfo",
    "PromotionCode",
    "PromotionAmount",
)


def question(
    *, secret: str, merchant: str, reference: str, begun: datetime, now: datetime, request_id: str
) -> dict[str, str]:
    """Asks what became of an order (`querydr`): signed over its values in a fixed order, joined by |."""
    fields = {
        "vnp_RequestId": request_id,
        "vnp_Version": VERSION,
        "vnp_Command": "querydr",
        "vnp_TmnCode": merchant,
        "vnp_TxnRef": reference,
        "vnp_TransactionDate": instant(begun),
        "vnp_CreateDate": instant(now),
        "vnp_IpAddr": "127.0.0.1",
        "vnp_OrderInfo": f"Hoi {reference}",
    }
    return fields | {_HASH: signature(secret, _joined(_QUESTION_SIGNED, fields))}


def refund(
    *, secret: str, merchant: str, reference: str, gateway_ref: str, begun: datetime, paid: int, amount: int,
    now: datetime, request_id: str,
) -> dict[str, str]:  # fmt: skip
    """Asks to give back `amount` of the `paid` đồng of an order. Of one `request_id` it gives back once."""
    fields = {
        "vnp_RequestId": request_id,
        "vnp_Version": VERSION,
        "vnp_Command": "refund",
        "vnp_TmnCode": merchant,
        "vnp_TransactionType": "02" if amount == paid else "03",
        "vnp_TxnRef": reference,
        "vnp_Amount": str(amount * 100),
        "vnp_TransactionNo": gateway_ref,
        "vnp_TransactionDate": instant(begun),
        "vnp_CreateBy": merchant,
        "vnp_CreateDate": instant(now),
        "vnp_IpAddr": "127.0.0.1",
        "vnp_OrderInfo": f"Hoan {reference}",
    }
    return fields | {_HASH: signature(secret, _joined(_REFUND_SIGNED, fields))}


Giving = Literal["given", "under-way", "refused"]


def gives_back(fields: Mapping[str, str]) -> Giving:
    """What it answers to a refund. 94 is no money yet: it has such a request already, and has it in hand."""
    if fields.get("vnp_ResponseCode") == "94":
        return "under-way"
    return _gives(fields) if fields.get("vnp_ResponseCode") == "00" else "refused"


def gave_back(fields: Mapping[str, str] | None, amount: int, gateway_ref: str | None) -> Giving:
    """What became of a refund of so many đồng, by the answer to a question about its order.

    `gateway_ref`: what it called the refund. An answer about something else says nothing of it.
    """
    if fields is None or not is_about_refund(fields) or dong_of(fields.get("vnp_Amount", "")) != amount:
        return "under-way"
    if gateway_ref and fields.get("vnp_TransactionNo") != gateway_ref:
        return "under-way"
    return _gives(fields)


def is_about_refund(fields: Mapping[str, str]) -> bool:
    """Whether it answers about money that goes back (02: all of it, 03: a part) and not about the payment."""
    return fields.get("vnp_TransactionType") in ("02", "03")


def _gives(fields: Mapping[str, str]) -> Giving:
    """By `vnp_TransactionStatus`: 05 it has it in hand, 06 it has asked the bank, 09 the bank refused."""
    match fields.get("vnp_TransactionStatus"):
        case "00":
            return "given"
        case "02" | "09":
            return "refused"
        case _:
            return "under-way"


def is_reply_signed(secret: str, fields: Mapping[str, str]) -> bool:
    """Answers about a refund say nothing of promotions, and sign nothing of them."""
    names = _REPLY_SIGNED[:-2] if fields.get("vnp_Command") == "refund" else _REPLY_SIGNED
    given = fields.get(_HASH, "").lower()
    return hmac.compare_digest(given.encode(), signature(secret, _joined(names, fields)).encode())


def _joined(names: Sequence[str], fields: Mapping[str, str]) -> str:
    return "|".join(fields.get(f"vnp_{name}", "") for name in names)


_FAILED = Words(
    "Giao dịch không thành công, tiền chưa bị trừ. Bạn có thể thử lại hoặc chọn cách khác.",
    "The payment did not go through and no money was taken. Try again, or choose another way.",
    "ការបង់ប្រាក់មិនបានសម្រេច ហើយប្រាក់មិនត្រូវបានកាត់ទេ។ សូមព្យាយាមម្តងទៀត ឬជ្រើសវិធីផ្សេង។",
)

SAYS: dict[str, Words] = {
    "07": Words(
        "Ngân hàng đã trừ tiền nhưng đang kiểm tra giao dịch này. Đừng trả lại lần nữa, cán bộ sẽ xem và báo cho bạn.",
        "The bank took the money but is checking this payment. Do not pay again: somebody will look and tell you.",
        "ធនាគារបានកាត់ប្រាក់ ប៉ុន្តែកំពុងពិនិត្យប្រតិបត្តិការនេះ។ កុំបង់ម្តងទៀត មន្ត្រីនឹងពិនិត្យ ហើយជូនដំណឹងអ្នក។",
    ),
    "09": Words(
        "Thẻ hoặc tài khoản này chưa đăng ký Internet Banking.",
        "This card or account is not registered for internet banking.",
        "កាត ឬគណនីនេះមិនទាន់ចុះឈ្មោះប្រើ Internet Banking ទេ។",
    ),
    "10": Words(
        "Thông tin thẻ hoặc tài khoản đã nhập sai quá 3 lần.",
        "The details of the card or account were wrong more than three times.",
        "ព័ត៌មានកាត ឬគណនីបានបញ្ចូលខុសលើសពី ៣ ដង។",
    ),
    "11": Words(
        "Đã hết thời gian chờ thanh toán. Bạn hãy bắt đầu lại.",
        "The time to pay ran out. Begin again.",
        "អស់ពេលរង់ចាំការបង់ប្រាក់។ សូមចាប់ផ្តើមម្តងទៀត។",
    ),
    "12": Words("Thẻ hoặc tài khoản đang bị khóa.", "The card or account is locked.", "កាត ឬគណនីត្រូវបានចាក់សោ។"),
    "13": Words("Mã xác nhận (OTP) không đúng.", "The one-time code was wrong.", "លេខកូដផ្ទៀងផ្ទាត់ (OTP) មិនត្រឹមត្រូវ។"),
    "24": Words("Bạn đã hủy giao dịch.", "You cancelled the payment.", "អ្នកបានបោះបង់ការបង់ប្រាក់។"),
    "51": Words("Tài khoản không đủ số dư.", "There is not enough money in the account.", "គណនីមិនមានប្រាក់គ្រប់គ្រាន់ទេ។"),
    "65": Words(
        "Tài khoản đã vượt hạn mức giao dịch trong ngày.",
        "The account is over its daily limit.",
        "គណនីបានលើសដែនកំណត់ប្រចាំថ្ងៃ។",
    ),
    "75": Words(
        "Ngân hàng đang bảo trì. Bạn hãy thử lại sau hoặc chọn cách khác.",
        "The bank is being serviced. Try later, or choose another way.",
        "ធនាគារកំពុងថែទាំ។ សូមព្យាយាមពេលក្រោយ ឬជ្រើសវិធីផ្សេង។",
    ),
    "79": Words(
        "Mật khẩu thanh toán đã nhập sai quá số lần cho phép.",
        "The payment password was wrong too often.",
        "ពាក្យសម្ងាត់បង់ប្រាក់បានបញ្ចូលខុសច្រើនដងពេក។",
    ),
}


def says(code: str) -> Words:
    """What a response code means for whoever pays."""
    return SAYS.get(code, _FAILED)
