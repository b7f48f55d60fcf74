"""What we ask consent for, in the very words people agree to (Law 91/2025/QH15, article 9).

A changed sentence is a new version; whoever agreed to the old one is asked again. Nothing is ever ticked beforehand.
"""

from typing import NamedTuple

Sentence = tuple[str, str, str]
"""Vietnamese, English, Khmer."""


class Purpose(NamedTuple):
    version: int
    title: Sentence
    text: Sentence


PURPOSES: dict[str, Purpose] = {
    "sms": Purpose(
        1,
        ("Tin nhắn SMS", "Text messages", "សារ SMS"),
        (
            "Khi điện thoại không nhận được thông báo, tỉnh gửi tin nhắn đến số của bạn qua nhà mạng.",
            "When your phone cannot be notified, the province sends a text message to your number through the carrier.",
            "នៅពេលទូរស័ព្ទមិនទទួលបានការជូនដំណឹង ខេត្តផ្ញើសារទៅលេខរបស់អ្នកតាមរយៈក្រុមហ៊ុនទូរស័ព្ទ។",
        ),
    ),
    "zalo": Purpose(
        1,
        ("Tin nhắn Zalo", "Messages over Zalo", "សារ Zalo"),
        (
            "Khi điện thoại không nhận được thông báo, tỉnh báo qua Zalo đến số của bạn. "
            "Zalo biết số của bạn và rằng bạn có tin mới, không biết đó là việc gì.",
            "When your phone cannot be notified, the province tells you over Zalo. "
            "Zalo learns your number and that there is news, not what it is about.",
            "ពេលទូរស័ព្ទមិនទទួលបានការជូនដំណឹង ខេត្តប្រាប់អ្នកតាម Zalo។ Zalo ដឹងលេខរបស់អ្នក និងថាមានដំណឹង មិនដឹងថាអំពីអ្វីទេ។",
        ),
    ),
    "email": Purpose(
        1,
        ("E-mail", "E-mail", "អ៊ីមែល"),
        (
            "Khi điện thoại không nhận được thông báo, tỉnh gửi thư báo có tin mới đến địa chỉ bạn đã xác nhận. "
            "Thư không ghi đó là việc gì.",
            "When your phone cannot be notified, the province writes to the address you confirmed that there is news. "
            "It does not say what it is about.",
            "ពេលទូរស័ព្ទមិនទទួលបានការជូនដំណឹង ខេត្តផ្ញើអ៊ីមែលថាមានដំណឹងទៅអាសយដ្ឋានដែលអ្នកបានបញ្ជាក់។ វាមិនប្រាប់ថាអំពីអ្វីទេ។",
        ),
    ),
    "push-abroad": Purpose(
        1,
        ("Thông báo qua dịch vụ ở nước ngoài", "Notifications through services abroad", "ការជូនដំណឹងតាមសេវានៅបរទេស"),
        (
            "Thông báo đi qua dịch vụ của hãng trình duyệt (Google, Apple, Mozilla, Microsoft) ở nước ngoài. "
            "Nội dung được mã hóa và không ghi tên, số điện thoại hay thủ tục của bạn.",
            "Notifications travel through the browser makers' services (Google, Apple, Mozilla, Microsoft) abroad. "
            "They are encrypted and hold neither your name, nor your number, nor your procedure.",
            "ការជូនដំណឹងឆ្លងកាត់សេវារបស់ក្រុមហ៊ុនកម្មវិធីរុករក (Google, Apple, Mozilla, Microsoft) នៅបរទេស។ "
            "ខ្លឹមសារត្រូវបានអ៊ិនគ្រីប និងមិនមានឈ្មោះ លេខទូរស័ព្ទ ឬនីតិវិធីរបស់អ្នកទេ។",
        ),
    ),
    "figures": Purpose(
        1,
        ("Số liệu để phục vụ tốt hơn", "Figures to serve you better", "តួលេខដើម្បីបម្រើល្អជាងមុន"),
        (
            "Tỉnh đếm xem thông báo của bạn có được hiện và mở hay không, để biết cách báo nào có ích. "
            "Số đếm không gắn với tên bạn khi công bố.",
            "The province counts whether your notifications are shown and opened, to learn which of them help. "
            "What is published never names you.",
            "ខេត្តរាប់ថាតើការជូនដំណឹងរបស់អ្នកត្រូវបានបង្ហាញ និងបើកឬអត់ ដើម្បីដឹងថាការជូនដំណឹងណាមានប្រយោជន៍។ អ្វីដែលផ្សព្វផ្សាយមិនបង្ហាញឈ្មោះអ្នកទេ។",
        ),
    ),
}
