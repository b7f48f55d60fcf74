"""A warning as a person reads it aloud over the loudspeakers of a commune: whole sentences, numbers as words.

Vietnamese only spells its numbers: no library does it right (num2words 0.5.14 says "bốn phẩy năm mươi" for 4,5).
"""

import re
from collections.abc import Sequence
from datetime import datetime

from server.modules.news.rules.alerts import Said, Warn
from server.modules.news.rules.kinds import KINDS, grade

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ")


def _three(number: int, *, whole: bool) -> str:
    """One to three digits; `whole`: the hundreds are said even when there are none."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or whole else []
    if tens == 0:
        words += ["lẻ", _DIGITS[ones]] if ones and words else [_DIGITS[ones]] if ones else []
        return " ".join(words)
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones:
        words.append("lăm" if ones == 5 else "mốt" if ones == 1 and tens > 1 else _DIGITS[ones])
    return " ".join(words)


def number_words(number: int) -> str:
    """0 to 999,999,999,999 in Vietnamese: 1015 → một nghìn không trăm mười lăm."""
    if number == 0:
        return _DIGITS[0]
    groups = []
    while number:
        number, last = divmod(number, 1000)
        groups.append(last)
    said: list[str] = []
    for place in range(len(groups) - 1, -1, -1):
        if groups[place]:
            said += [_three(groups[place], whole=bool(said)), _GROUPS[place]]
    return " ".join(said).strip()


def _digit_by_digit(digits: str) -> str:
    return " ".join(_DIGITS[int(it)] for it in digits if it.isdigit())


_UNITS = {
    "km/h": "ki lô mét trên giờ",
    "m/s": "mét trên giây",
    "g/l": "gam trên lít",
    "mm": "mi li mét",
    "cm": "xăng ti mét",
    "km": "ki lô mét",
    "km²": "ki lô mét vuông",
    "ha": "héc ta",
    "kg": "ki lô gam",
    "m": "mét",
    "°C": "độ xê",
    "‰": "phần nghìn",
    "%": "phần trăm",
    "đ": "đồng",
}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_FORMS = re.compile(
    r"(?P<called>(?i:gọi|số|đường dây nóng|điện thoại)(?: số| máy)?:? )(?P<phone>\+?\d[\d .]*\d)"
    r"|(?P<long>\b0\d(?:[ .]?\d){7,}\b)"
    r"|(?P<hour>\b[01]?\d|\b2[0-3])(?:h|:|g)(?P<minute>[0-5]\d)\b"
    r"|(?P<full>\b(?:[01]?\d|2[0-3]))h\b"
    r"|(?P<on>(?i:ngày) )?(?P<day>\b[0-3]?\d)/(?P<month>[01]?\d)(?:/(?P<year>\d{4}))?\b"
    rf"|(?P<number>\b\d{{1,3}}(?:\.\d{{3}})+|\b\d+)(?:,(?P<after>\d+))?(?:(?P<to>\s?[-–]\s?)(?=\d))?(?:\s?(?P<unit>{_UNIT})(?![\wÀ-ỹ]))?"
)


def spell(text: str) -> str:
    """Vietnamese text with its numbers, hours, dates and units in words, and telephone numbers digit by digit."""
    return re.sub(r"\s+", " ", _FORMS.sub(_say, text)).strip()


def _say(found: re.Match[str]) -> str:
    part = found.groupdict()
    if part["phone"]:
        return part["called"] + _digit_by_digit(part["phone"])
    if part["long"]:
        return _digit_by_digit(part["long"])
    if part["hour"]:
        return _clock(int(part["hour"]), int(part["minute"]))
    if part["full"]:
        return _clock(int(part["full"]), 0)
    if part["day"]:
        return (part["on"] or "ngày ") + _date(int(part["day"]), int(part["month"]), part["year"])
    said = number_words(int(part["number"].replace(".", "")[:12]))
    if part["after"]:
        after = part["after"]
        said += " phẩy " + (
            _digit_by_digit(after) if after.startswith("0") or len(after) > 2 else number_words(int(after))
        )
    if part["unit"]:
        said += " " + _UNITS[part["unit"]]
    return said + (" đến " if part["to"] else "")


def _clock(hour: int, minute: int) -> str:
    return f"{number_words(hour)} giờ" + (f" {number_words(minute)} phút" if minute else "")


def _date(day: int, month: int, year: str | None) -> str:
    said = number_words(day) + " tháng " + ("tư" if month == 4 else number_words(month))
    return said + (f" năm {number_words(int(year))}" if year else "")


def moment_words(at: datetime) -> str:
    """Seven in the evening is nineteen o'clock, as the bulletins have it."""
    return f"{_clock(at.hour, at.minute)} ngày {_date(at.day, at.month, None)}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?។" else f"{text}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def aloud_vi(it: Warn, places: Sequence[str], here_begins: datetime | None, here_ends: datetime | None) -> str:
    """The Vietnamese text, said twice by whoever reads it. `places`: names of the area; times by the local clock."""
    lines = ["Kính thưa bà con."]
    about = KINDS[it.kind]
    if it.clears:
        lines += [f"Đã hết cảnh báo {about.name.vi}", spell(it.vi.headline)]
    else:
        lines.append(f"Sau đây là tin cảnh báo {about.name.vi}, mức {spell(grade(it.kind, it.level).vi)}")
        lines.append(spell(it.vi.headline))
    lines.append("Khu vực: " + spell(", ".join(places)))
    if not it.clears and here_begins and here_ends:
        lines.append(f"Thời gian: từ {moment_words(here_begins)} đến {moment_words(here_ends)}")
    lines += _body(it.vi, "Bà con cần làm như sau", "Điều")
    if it.source:
        lines.append(f"Theo {spell(it.source)}")
    lines.append("Xin bà con chú ý theo dõi và báo cho người chung quanh cùng biết")
    return "\n".join(_upper(_sentence(line)) for line in lines if line.strip())


def _body(said: Said, lead: str, step: str) -> list[str]:
    steps = [it for it in said.steps if it]
    numbered = [f"{step} {number_words(n)}: {spell(it)}" for n, it in enumerate(steps, 1)] if steps else []
    return [spell(said.what), *([lead, *numbered] if numbered else [])]


def aloud_km(it: Warn, places: Sequence[str], here_begins: datetime | None, here_ends: datetime | None) -> str | None:
    """The Khmer text, where one was written. Its numbers stay as they are: a reader says them as they stand."""
    if it.km is None:
        return None
    name = KINDS[it.kind].name.km
    level = f"រួចផុតគ្រោះ៖ {name}" if it.clears else f"ព្រមាន៖ {name} {grade(it.kind, it.level).km}"
    lines = ["សូមជម្រាបបងប្អូន។", level, it.km.headline, "តំបន់៖ " + ", ".join(places)]
    if not it.clears and here_begins and here_ends:
        lines.append(f"ពេលវេលា៖ ពី {here_begins:%H:%M %d/%m/%Y} ដល់ {here_ends:%H:%M %d/%m/%Y}")
    lines += [it.km.what, *[s for s in it.km.steps if s], f"តាម {it.source}" if it.source else ""]
    return "\n".join(line if line[-1] in ".!?។" else f"{line}។" for line in lines if line.strip())
