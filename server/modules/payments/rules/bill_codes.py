"""The code of a bill: what stands on paper, in a QR, and in the text of a bank transfer.

`TT` and 13 characters: 12 drawn by chance (60 bits, so that nobody guesses one; C-10) and one that checks them, by
ISO 7064 MOD 37,36: one wrong character, or two neighbours the wrong way round, never make another bill's code.
"""

import re
import secrets

_PREFIX = "TT"
_DRAWN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which people read as something else."""
_ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKS_LIKE = str.maketrans("OIL", "011")
_CODE = re.compile(rf"{_PREFIX}[{_DRAWN}]{{13}}")


def new_code() -> str:
    while True:
        drawn = "".join(secrets.choice(_DRAWN) for _ in range(12))
        check = _check(drawn)
        if check in _DRAWN:
            return _PREFIX + drawn + check


def typed(given: str) -> str:
    """As somebody typed it: without spaces, dots and dashes, in capitals, O read as 0, I and L as 1."""
    return re.sub(r"[\s.\-]", "", given).upper().translate(_LOOKS_LIKE)


def code_of(given: str) -> str | None:
    """The code somebody typed; None for what cannot be one, also when a character is wrong."""
    code = typed(given)
    return code if _CODE.fullmatch(code) and _check(code[2:-1]) == code[-1] else None


def codes_in(text: str) -> list[str]:
    """Every whole code in the text of a transfer, which banks write in capitals, with words of their own around it.

    Never one that is only nearly there: that is for a person to decide.
    """
    squeezed = re.sub(r"[\s.\-]", "", text).upper()
    found = (squeezed[at.start() : at.start() + 15] for at in re.finditer(f"(?={_PREFIX})", squeezed))
    return sorted({code for it in found if (code := code_of(it))})


def grouped(code: str) -> str:
    """For paper and screens: TT 7K3M 92QX HV4A 1."""
    return " ".join([code[:2], code[2:6], code[6:10], code[10:14], code[14:]])


def _check(drawn: str) -> str:
    product = 36
    for letter in drawn:
        total = (product + _ALL.index(letter)) % 36 or 36
        product = total * 2 % 37
    return _ALL[(37 - product) % 36]
