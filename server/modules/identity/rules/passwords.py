"""Which passwords staff may choose: long ones that are not made of what everybody tries first (ASVS 6.2; NIST 800-63B).

No rule about kinds of characters: it makes passwords worse. With 12 characters asked for, a list of whole passwords
would hardly ever match; so what is common is taken out of the password, and what is left must still be something.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from server.core.text import fold

SHORTEST = 12
LONGEST = 128
_LEFT_OVER = 6
"""Characters that must be left when the common parts are gone."""

_WORDS = (
    # Words of lists of leaked passwords, whole or as parts.
    "password passwort passw0rd letmein welcome login admin administrator root user guest master default secret "
    "changeme temp test demo hello monkey dragon shadow sunshine princess football baseball superman batman pokemon "
    "iloveyou loveyou love forever whatever trustno starwars freedom computer internet google facebook samsung iphone "
    "microsoft windows android qwerty qwertz azerty asdf asdfgh asdfghjkl zxcvbn zxcvbnm qwertyuiop qazwsx qazwsxedc "
    "qweasd qweasdzxc 1qaz2wsx 1q2w3e4r zaq12wsx abcd abcdef abcdefgh abc summer winter spring autumn monday friday "
    "january december michael jordan jessica charlie thomas daniel "
    # What people in Viet Nam would try; the places of the province come from its data, through `about`.
    "matkhau matkhaumoi mk dangnhap xinchao yeuem anhyeuem emyeuanh yeuanh yeu nguoiyeu giadinh hanhphuc contrai "
    "congai vietnam viet nam vn saigon hanoi hochiminh hcm tphcm mienbac mientrung miennam mientay songcuulong "
    "tinh huyen xa phuong thixa thanhpho ubnd uybannhandan uyban hdnd hanhchinh motcua dichvucong congan canbo "
    "congchuc vienchuc vanphong lanhdao giamdoc truongphong quantri quantrivien chuyenvien vneid cong thongtin "
    "nguyen tran pham hoang huynh phan vu vo dang bui do ho ngo duong ly van thi hung dung tuan minh anh linh huong "
    "thao trang hoa lan mai ngoc phuc thanh long quang khanh"
)
_COMMON = frozenset(_WORDS.split())

_LEET = str.maketrans("@4310!$57", "aaeioisst")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_STRAIGHT = [run[start : start + 4] for row in _ROWS for run in (row, row[::-1]) for start in range(len(row) - 3)]
_REPEATED = re.compile(r"(.{1,3}?)\1{2,}")
_LONG_NUMBER = re.compile(r"[0-9]{4,}")
_BETWEEN = re.compile(r"[\x00-/:-@\[-`{-\x7f]+")


def is_weak(password: str, about: Iterable[str] = ()) -> bool:
    """Whether little is left of a password without common words, rows of keys, and what is known `about` its owner."""
    own = [part for text in about for part in (*_BETWEEN.split(fold(text)), _BETWEEN.sub("", fold(text)))]
    words = sorted({*_COMMON, *filter(None, own)}, key=len, reverse=True)
    # Years and birthdays are what is put behind a word that must be longer.
    plain = _LONG_NUMBER.sub(" ", _REPEATED.sub(" ", fold(password)))
    spelled = (plain, plain.translate(_LEET))
    # "xin chao" is as common as "xinchao".
    joined = (_BETWEEN.sub("", text) for text in spelled)
    return any(len(_left_of(text, words)) < _LEFT_OVER for text in (*spelled, *joined))


def _left_of(text: str, words: list[str]) -> str:
    for run in _STRAIGHT:
        text = text.replace(run, " ")
    for word in words:
        # A short word is part of many others: it counts when it stands by itself.
        text = text.replace(word, " ") if len(word) > 3 else _alone(word).sub(" ", text)
    return _BETWEEN.sub("", text)


@lru_cache(1000)
def _alone(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z]){re.escape(word)}(?![a-z])")
