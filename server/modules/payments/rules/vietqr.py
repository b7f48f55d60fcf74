"""VietQR: a request for a transfer as EMVCo merchant-presented QR text, in the profile of NAPAS.

Each field is a tag (2 digits), the number of characters of its value (2 digits), and the value. Source: NAPAS
"QR Format T&C" v1.0, sections 6.1.1 to 6.1.4. A code proves that somebody asks for money, never that it was paid.
"""

import binascii
import re

import msgspec

from server.modules.payments.rules.money import MOST

_NAPAS = "A000000727"
_TO_ACCOUNT, _TO_CARD = "QRIBFTTA", "QRIBFTTC"
_DONG, _VIET_NAM = "704", "VN"
_LONGEST = 512


class NotVietQR(ValueError):
    """The text is no VietQR; the message says where it breaks."""


class VietQR(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a transfer. `amount` None: static, whoever pays types it. `bill`, `terminal` and `purpose` travel
    with the transfer; ASCII all of it, for lengths count characters.
    """

    bank: str
    """BIN, six digits."""
    account: str
    """Of an account, or of a card."""
    card: bool = False
    amount: int | None = None
    bill: str = ""
    terminal: str = ""
    purpose: str = ""
    category: str = ""
    name: str = ""
    city: str = ""


def build(it: VietQR) -> str:
    """The text of the code. Raises NotVietQR for what no code can carry."""
    to = _field("00", it.bank) + _field("01", it.account)
    merchant = _field("00", _NAPAS) + _field("01", to) + _field("02", _TO_CARD if it.card else _TO_ACCOUNT)
    more = _maybe("01", it.bill) + _maybe("07", it.terminal) + _maybe("08", it.purpose)
    text = (
        _field("00", "01")
        + _field("01", "11" if it.amount is None else "12")
        + _field("38", merchant)
        + _maybe("52", it.category)
        + _field("53", _DONG)
        + _maybe("54", "" if it.amount is None else str(it.amount))
        + _field("58", _VIET_NAM)
        + _maybe("59", it.name)
        + _maybe("60", it.city)
        + _maybe("62", more)
        + "6304"
    )
    whole = text + crc(text)
    if parse(whole) != it:
        raise NotVietQR("it does not read back as it was written")
    return whole


def parse(text: str) -> VietQR:
    """What a scanned code asks for. Raises NotVietQR, also for a good checksum around a broken structure."""
    if len(text) > _LONGEST or not text.isascii():
        raise NotVietQR("too long, or not ASCII")
    if not re.fullmatch(r".+6304[0-9A-F]{4}", text) or crc(text[:-4]) != text[-4:]:
        raise NotVietQR("the checksum is wrong")
    order, top = _fields(text)
    if order[0] != "00" or order[-1] != "63" or top["00"] != "01" or len(top["63"]) != 4:
        raise NotVietQR("it does not begin or end as it must")
    if top.get("53") != _DONG or top.get("58") != _VIET_NAM:
        raise NotVietQR("another currency or country")
    _, merchant = _fields(top.get("38", ""))
    if merchant.get("00") != _NAPAS or merchant.get("02") not in (_TO_ACCOUNT, _TO_CARD):
        raise NotVietQR("not of NAPAS")
    _, to = _fields(merchant.get("01", ""))
    bank, account = to.get("00", ""), to.get("01", "")
    if not re.fullmatch(r"[0-9]{6}", bank) or not re.fullmatch(r"[0-9A-Za-z]{1,19}", account):
        raise NotVietQR("no bank, or no account")
    amount = _amount(top)
    _, more = _fields(top["62"]) if "62" in top else ([], {})
    return VietQR(
        bank=bank,
        account=account,
        card=merchant["02"] == _TO_CARD,
        amount=amount,
        bill=more.get("01", ""),
        terminal=more.get("07", ""),
        purpose=more.get("08", ""),
        category=top.get("52", ""),
        name=top.get("59", ""),
        city=top.get("60", ""),
    )


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE as four capital digits; that of 123456789 is 29B1."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def _amount(top: dict[str, str]) -> int | None:
    said, kind = top.get("54"), top.get("01")
    if kind not in ("11", "12"):
        raise NotVietQR("neither static nor dynamic")
    if said is None:
        if kind == "12":
            raise NotVietQR("dynamic without an amount")
        return None
    if kind == "11" or not re.fullmatch(r"[1-9][0-9]{0,12}", said) or int(said) > MOST:
        raise NotVietQR("the amount is none")
    return int(said)


def _maybe(tag: str, value: str) -> str:
    return _field(tag, value) if value else ""


def _field(tag: str, value: str) -> str:
    if not value or len(value) > 99 or not value.isascii() or not value.isprintable():
        raise NotVietQR(f"field {tag} cannot be written")
    return f"{tag}{len(value):02}{value}"


def _fields(text: str) -> tuple[list[str], dict[str, str]]:
    """The tags in their order, and what each holds. Raises NotVietQR unless every length fits to the last character."""
    order: list[str] = []
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if not re.fullmatch(r"[0-9]{4}", head) or head[2:] == "00":
            raise NotVietQR(f"no field at {at}")
        tag, length = head[:2], int(head[2:])
        value = text[at + 4 : at + 4 + length]
        if len(value) < length or tag in found:
            raise NotVietQR(f"field {tag} is cut off, or stands there twice")
        order.append(tag)
        found[tag] = value
        at += 4 + length
    if not order:
        raise NotVietQR("empty")
    return order, found
