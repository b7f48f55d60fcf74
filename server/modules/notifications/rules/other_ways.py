"""What goes another way than to the lock screen, and what an address must look like. It names nothing of a dossier."""

import re

from server.core.words import Words
from server.modules.notifications.rules.inbox import Channel


class NotTaken(Exception):
    """Nobody took the message now; the job tries again."""


CONSENTS = {Channel.SMS: "sms", Channel.ZALO: "zalo", Channel.EMAIL: "email"}
"""What somebody must have agreed to (module privacy) before a channel is used."""

TEXT = Words(
    "Bạn có tin mới về hồ sơ hoặc tài khoản. Mở ứng dụng của tỉnh để xem.",
    "There is news of your dossier or account. Open the app of the province to see it.",
    "អ្នកមានដំណឹងថ្មីអំពីសំណុំឯកសារ ឬគណនី។ បើកកម្មវិធីរបស់ខេត្តដើម្បីមើល។",
)
"""Nothing of the entry itself: a carrier reads it, and whoever holds the phone."""

SUBJECT = Words("Bạn có tin mới", "There is news for you", "អ្នកមានដំណឹងថ្មី")

CODE_SUBJECT = Words("Mã xác nhận địa chỉ e-mail", "Confirm your e-mail address", "លេខកូដបញ្ជាក់អាសយដ្ឋានអ៊ីមែល")
CODE_TEXT = Words(
    "Mã xác nhận: {}. Mã có hiệu lực 30 phút. Nếu không phải bạn yêu cầu, hãy bỏ qua thư này.",
    "Your code: {}. It is good for 30 minutes. If you did not ask for it, ignore this message.",
    "លេខកូដ៖ {}។ លេខកូដមានសុពលភាព ៣០ នាទី។ បើមិនមែនអ្នកស្នើ សូមមិនអើពើសារនេះ។",
)

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")


def address_of(text: str) -> str | None:
    """An e-mail address in its plain form; None for what cannot be one."""
    address = text.strip()
    found = _ADDRESS.fullmatch(address)
    if found is None or len(address) > 254 or ".." in address or address.startswith("."):
        return None
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"
