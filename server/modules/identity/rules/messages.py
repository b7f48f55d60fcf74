"""The messages that carry codes to phones."""

from server.core.words import Language, Words

SIGN_IN = Words(
    "{code} la ma dang nhap cua ban, co hieu luc 3 phut. Khong dua ma nay cho bat ky ai, ke ca can bo.",
    "{code} is your sign-in code, good for 3 minutes. Give it to nobody, not even to an official.",
    "{code} ជាលេខកូដចូលគណនី ប្រើបាន ៣ នាទី។ កុំប្រាប់នរណា សូម្បីតែមន្ត្រី។",
)
PROVE = Words(
    "{code} la ma xac nhan dung la ban, co hieu luc 3 phut. Khong dua ma nay cho bat ky ai, ke ca can bo.",
    "{code} is the code that confirms it is you, good for 3 minutes. Give it to nobody, not even to an official.",
    "{code} ជាលេខកូដបញ្ជាក់ថាជាអ្នក ប្រើបាន ៣ នាទី។ កុំប្រាប់នរណា សូម្បីតែមន្ត្រី។",
)
CHANGE_PHONE = Words(
    "{code} la ma chuyen tai khoan sang so nay, co hieu luc 3 phut. Khong dua ma nay cho bat ky ai, ke ca can bo.",
    "{code} moves an account to this number, good for 3 minutes. Give it to nobody, not even to an official.",
    "{code} ជាលេខកូដប្ដូរគណនីមកលេខនេះ ប្រើបាន ៣ នាទី។ កុំប្រាប់នរណា សូម្បីតែមន្ត្រី។",
)
"""Vietnamese without accents: a message with them costs twice as much and is often cut in two. Khmer has no such way:
70 letters fit into one, and each of these into two."""


def code_message(words: Words, language: Language, code: str, host: str) -> str:
    """What is sent. The last line ties the code to our host, so that phones fill it in there and nowhere else.

    Its shape is that of origin-bound one-time codes (WICG "Origin-bound one-time codes delivered via SMS").
    """
    return f"{words.for_(language).format(code=code)}\n@{host} #{code}"
