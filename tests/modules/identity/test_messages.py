"""What comes to a phone: a code that browsers fill in on our site alone, in as few messages as the letters allow."""

import pytest

from server.core.words import Language, Words
from server.modules.identity.rules import messages

WORDS = {"sign-in": messages.SIGN_IN, "prove": messages.PROVE, "change-phone": messages.CHANGE_PHONE}
HOST = "dichvu.mot-tinh-ten-that-dai.gov.vn"
# GSM 03.38: what these letters cost less than others.
GSM = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà") | set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)


def parts(text: str) -> int:
    """How many messages it is sent and paid as: of 160 letters, of 153 when there are more; else of 70, or 67."""
    one, several = (160, 153) if set(text) <= GSM else (70, 67)
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= one else -(-units // several)


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize(("language", "most"), [("vi", 1), ("en", 1), ("km", 2)])
def test_few_messages_and_the_last_line_binds(words: Words, language: Language, most: int) -> None:
    text = messages.code_message(words, language, "012345", HOST)
    assert parts(text) <= most
    assert text.splitlines()[-1] == f"@{HOST} #012345"
    # For whoever reads it on a phone that fills nothing in.
    assert text.startswith("012345 ")
