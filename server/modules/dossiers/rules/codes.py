"""The code of a dossier (mã hồ sơ), as systems write it and as a person types it from a slip.

Old and new forms live side by side: `H12.26-260609-0012`, `000.00.26.H12-260609-0012`, `G09.20-20260609-0092637`.
The exact wording of Circular 03/2025/TT-VPCP was not read, so that every form seen is taken. Nothing is read out of
the serial.
"""

import re
import unicodedata
from datetime import date

_CODE = re.compile(r"(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-(?:\d{6}|\d{8})-\d{3,7}", re.ASCII)
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63]")
_LONGEST = 60


def code_of(text: str) -> str | None:
    """The code in its one spelling: capitals, plain dashes, no spaces. None when it is none."""
    if len(text) > _LONGEST:
        return None
    code = "".join(_DASHES.sub("-", unicodedata.normalize("NFKC", text)).upper().split())
    return code if _CODE.fullmatch(code) else None


def typed(text: str) -> str:
    """Letters and digits alone: what a code shares with one typed without its dots, or with spaces for its dashes.

    Two codes may share it; the digits of the contact tell them apart.
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text[:_LONGEST]).upper() if c.isascii() and c.isalnum())


def is_unit_code(text: str) -> bool:
    """Whether an office may be called so (Decision 20/2020/QĐ-TTg: H12.26, H12.26.3)."""
    return bool(re.fullmatch(r"[A-Z][0-9]{2}(?:\.[0-9]{1,3}){1,3}", text))


def new_code(unit: str, received: date, serial: int) -> str:
    """The code of a dossier as it is written since 2026: H12.26-20261125-0000017."""
    return f"{unit}-{received:%Y%m%d}-{serial:07}"
