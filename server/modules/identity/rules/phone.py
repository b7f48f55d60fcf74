"""Which telephone numbers a code may be sent to."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType


def mobile_of(text: str) -> str | None:
    """A Vietnamese mobile number in E.164, however it was typed; None for every other number.

    Foreign and premium numbers are refused on purpose: whoever sells such numbers would have us ring them.
    """
    try:
        number = phonenumbers.parse(text, "VN")
    except NumberParseException:
        return None
    if number.country_code != 84 or not phonenumbers.is_valid_number(number):
        return None
    if phonenumbers.number_type(number) != PhoneNumberType.MOBILE:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def shown(phone: str) -> str:
    """As people write it at home: 0912 345 678."""
    return phonenumbers.format_number(phonenumbers.parse(phone), PhoneNumberFormat.NATIONAL)


def masked(phone: str) -> str:
    """Enough to know one's own number again, too little to ring it: 0912 ••• 678."""
    digits = "0" + phone.removeprefix("+84")
    return f"{digits[:4]} ••• {digits[-3:]}"
