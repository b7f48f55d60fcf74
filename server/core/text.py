"""Text as people type it: folded for comparing, cleaned for keeping."""

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Direction marks, embeddings, overrides and isolates: they make text read differently from what is stored.
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fold(text: str) -> str:
    """Lower case without accents, đ as d, single spaces: what two spellings of the same words share.

    Only Latin accents go; the vowel signs of Khmer are letters and stay.
    """
    bare = _MARKS.sub("", unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).lower()))
    return " ".join(bare.replace("đ", "d").split())


def for_xml(text: str) -> str:
    """Without what XML 1.0 cannot say, not even as a character reference."""
    return _UNSAYABLE.sub("", text)


def clean(text: str, max_length: int) -> str:
    """One line of text in NFC without spaces around it; ValueError says what no person types."""
    if _SURROGATES.search(text):
        raise ValueError("half of a character")
    if _CONTROLS.search(text):
        raise ValueError("a control character")
    if _DIRECTIONS.search(text):
        raise ValueError("a hidden change of writing direction")
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > max_length:
        raise ValueError(f"longer than {max_length} characters")
    return text


def clean_lines(text: str, max_length: int) -> str:
    """The same for several lines; ends of lines are `\n`, tabs are spaces, and margins stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
    whole = "\n".join(_keep_margin(line, max_length) for line in lines)
    if len(whole) > max_length:
        raise ValueError(f"longer than {max_length} characters")
    return whole


def _keep_margin(line: str, max_length: int) -> str:
    """Spaces before a line mean something in a list inside a list; those after it mean nothing."""
    bare = line.lstrip(" ")
    return line[: len(line) - len(bare)] + clean(bare, max_length)
