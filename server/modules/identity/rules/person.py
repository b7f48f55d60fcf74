"""Names and personal numbers of people."""

import re
import unicodedata

from server.core.text import clean, fold

LONGEST_NAME = 100

_JOINERS = re.compile("[\u200c\u200d]")
_NATIONAL_ID = re.compile(r"[0-9]{12}")


def name_of(text: str) -> str | None:
    """A person's name in NFC with single spaces: any letters of any script, no digits, no symbols. Else None."""
    try:
        name = " ".join(clean(text, LONGEST_NAME).split())
    except ValueError:
        return None
    if not name or not all(unicodedata.category(c)[0] in "LM" or c in " .'’-\u200b\u200c\u200d" for c in name):
        return None
    return name


def searched(name: str) -> str:
    """What a name is found by, with and without accents.

    Khmer keyboards put signs between letters that nobody sees (U+200B to U+200D), and not all do: two who type the same
    name must mean the same. Between words it is a space; between letters it is nothing.
    """
    return fold(_JOINERS.sub("", name.replace("\u200b", " ")))


def national_id_of(text: str) -> str | None:
    """The 12 digits of a personal number (Law 26/2023/QH15; Decree 137/2015), spaces aside; else None.

    Codes of provinces are not checked: numbers never change, and people were born everywhere.
    """
    digits = re.sub(r"[\s.]", "", text)
    return digits if _NATIONAL_ID.fullmatch(digits) else None


def masked_id(national_id: str) -> str:
    return f"••••••••{national_id[-4:]}"
