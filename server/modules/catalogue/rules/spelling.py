"""How residents spell: with or without accents, in Telex or VNI keys, by ear, run together, mistyped, half typed."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from heapq import nsmallest
from itertools import pairwise
from math import log
from typing import NamedTuple

from rapidfuzz.distance import OSA

from server.core.text import fold

# A word is letters and digits of any script; Khmer vowel signs and stacked consonants belong to it.
_WORD = re.compile("[^\\W_\u1780-\u17dd]+|[\u1780-\u17dd]+")
_MARKS = re.compile("[\u0300-\u036f]")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_HOOK, _TILDE, _STROKE = "\u0309", "\u0303", "\u0335"
_ACUTE, _GRAVE, _DOT, _CIRCUMFLEX, _HORN, _BREVE = "\u0301", "\u0300", "\u0323", "\u0302", "\u031b", "\u0306"

_TELEX_TONES = {"s": _ACUTE, "f": _GRAVE, "r": _HOOK, "x": _HOOK, "j": _DOT}
_TELEX_LETTERS = (
    ("dd", "d", _STROKE),
    ("aa", "a", _CIRCUMFLEX),
    ("ee", "e", _CIRCUMFLEX),
    ("oo", "o", _CIRCUMFLEX),
    ("aw", "a", _BREVE),
    ("uow", "uo", _HORN + _HORN),
    ("ow", "o", _HORN),
    ("uw", "u", _HORN),
    ("w", "u", _HORN),
)
_VNI = {"1": _ACUTE, "2": _GRAVE, "3": _HOOK, "4": _HOOK, "5": _DOT, "6": _CIRCUMFLEX, "7": _HORN, "8": _BREVE,
        "9": _STROKE}  # fmt: skip
_CONSONANTS = frozenset("bcdghklmnpqrstvx")
# Two consonants that begin a syllable; with any other two, one word was cut short: `ksinh` is `khai sinh`.
_ONE_BEGINNING = frozenset({"ch", "gh", "kh", "ng", "nh", "ph", "th", "tr"})
_VOWELS = frozenset("aeiouy")
_NONE: frozenset[str] = frozenset()
_LONGEST_SYLLABLE = 7
_LONGEST_JOINED = 40
_LONGEST_CODE = 12


class Letters(NamedTuple):
    """One written word: its letters without accents, and the accents it carries, in no order."""

    base: str
    accents: str

    @property
    def toned(self) -> bool:
        return any(mark in _TONES for mark in self.accents)


def words(text: str) -> list[str]:
    """The written words of a text, in lower case."""
    # Khmer keyboards put a zero-width space between words, or do not.
    return _WORD.findall(unicodedata.normalize("NFC", text).lower().replace("\u200b", ""))


@lru_cache(maxsize=8192)
def letters(word: str) -> Letters:
    """Read one word so that spellings of the same word come out equal.

    Accents are kept as a set: `hoà` is `hòa`. Hỏi and ngã are one, as they are in southern speech. A final i is a y
    after a consonant (`kí`, `ký`), and numbers lose leading zeros.
    """
    if word.isdecimal():
        return Letters(word.lstrip("0") or "0", "")
    marks = _MARKS.findall(unicodedata.normalize("NFD", word))
    marks += [_STROKE] * word.count("đ")
    accents = "".join(sorted(marks)).replace(_TILDE, _HOOK)
    return Letters(_final_i(fold(word)), accents)


def _final_i(base: str) -> str:
    return base[:-1] + "i" if len(base) > 1 and base[-1] == "y" and base[-2] not in "aeou" else base


@lru_cache(maxsize=8192)
def sound(base: str) -> str:
    """Words a southern ear takes for the same: tr-ch, x-s, v-d-gi, c-k, and the endings -n/-ng/-nh and -t/-c/-ch."""
    for written, heard in _BEGINNINGS:
        if base.startswith(written) and len(base) > len(written):
            base = heard + base[len(written) :]
            break
    for written, heard in _ENDINGS:
        if base.endswith(written) and len(base) > len(written):
            return base[: -len(written)] + heard
    return base


_BEGINNINGS = (
    ("tr", "ch"), ("x", "s"), ("gi", "d"), ("v", "d"), ("ngh", "ng"), ("gh", "g"), ("k", "c"),
)  # fmt: skip
_ENDINGS = (("ng", "n"), ("nh", "n"), ("ch", "t"), ("c", "t"))


class Spelling:
    """What a written word may stand for, given the words the catalogue knows and how often each occurs."""

    def __init__(self, known: Mapping[str, int], phrases: Iterable[Iterable[Letters]] = ()) -> None:
        self._known = known
        pairs = Counter(pair for phrase in phrases for pair in pairwise(phrase))
        # The commonest of those that are cut to the same comes last and stays.
        ordered = sorted(pairs, key=lambda pair: (pairs[pair], pair))
        self._cut = {first.base[:1] + second.base: first for first, second in ordered}
        self._before: defaultdict[str, set[str]] = defaultdict(set)
        self._behind: defaultdict[str, set[str]] = defaultdict(set)
        for first, second in pairs:
            self._before[second.base].add(first.base)
            self._behind[first.base].add(second.base)
        self._sorted = sorted(known)
        self._total = sum(known.values()) or 1
        deletions: defaultdict[str, list[str]] = defaultdict(list)
        for word in known:
            for shorter in _without_letters(word):
                deletions[shorter].append(word)
        self._deletions = dict(deletions)
        self._khmer = sorted((word for word in known if word >= "\u1780" and word < "\u1800"), key=len, reverse=True)

    def knows(self, base: str) -> bool:
        return base in self._known

    def typed_keys(self, word: str) -> Letters | None:
        """Read Telex or VNI keys that were left as typed: `ddang`, `kys`, `dang9`, `ky1`."""
        if not word.isascii() or word.isdecimal() or len(word) > 12:
            return None
        marks = [_VNI[key] for key in word if key in _VNI]
        if marks:
            base = _final_i("".join(key for key in word if key not in _VNI))
            return Letters(base, "".join(sorted(marks))) if base in self._known else None
        base, typed = word, ""
        for keys, plain, mark in _TELEX_LETTERS:
            if keys in base:
                base, typed = base.replace(keys, plain, 1), typed + mark
        for at in range(len(base) - 1, 0, -1):
            if base[at] in _TELEX_TONES and not _VOWELS.isdisjoint(base[:at]):
                shorter = _final_i(base[:at] + base[at + 1 :])
                if shorter in self._known:
                    return Letters(shorter, "".join(sorted(typed + _TELEX_TONES[base[at]])))
                break
        base = _final_i(base)
        return Letters(base, "".join(sorted(typed))) if typed and base in self._known else None

    def cut_short(self, base: str) -> Letters | None:
        """The first of two words, of which only its first letter was typed, close to the second: `dkiem`, `bhiem`."""
        begins = base[:2]
        if begins in _ONE_BEGINNING or begins[:1] == begins[1:] or not _CONSONANTS.issuperset(begins):
            return None
        return self._cut.get(base)

    def out_of_place(self, before: str, base: str, behind: str) -> list[str]:
        """What a known word that never stands beside these two is one slip away from: `giay cung tu`, `quy hach`."""
        usual = self._behind.get(before, _NONE), self._before.get(behind, _NONE)
        if len(base) < 3 or base in usual[0] or base in usual[1]:
            return []
        return [word for word in usual[0] | usual[1] if len(word) > 2 and OSA.distance(base, word, score_cutoff=1) == 1]

    def near(self, base: str, limit: int = 4) -> list[tuple[str, int]]:
        """Known words one or two slips away (a letter wrong, missing, doubled or swapped), nearest first."""
        if len(base) < 3 or len(base) > 24 or base.isdecimal():
            return []
        seen: dict[str, int] = {}
        allowed = 1 if len(base) < 6 else 2
        for shorter in _without_letters(base):
            for word in self._deletions.get(shorter, ()):
                if word not in seen:
                    seen[word] = OSA.distance(base, word, score_cutoff=allowed)
        found = [(word, slips) for word, slips in seen.items() if slips <= allowed]
        return sorted(found, key=lambda it: (it[1], it[0][0] != base[0], -self._known[it[0]], it[0]))[:limit]

    def beginning_with(self, base: str, limit: int = 8) -> list[str]:
        """Known words that continue what was typed so far, commonest first."""
        at = bisect_right(self._sorted, base)
        end = bisect_left(self._sorted, base + "\U0010ffff", at, min(len(self._sorted), at + 400))
        return sorted(self._sorted[at:end], key=self._known.__getitem__, reverse=True)[:limit]

    def pieces(self, word: str) -> list[str]:
        """Take apart words typed without spaces: `khaisinh`; empty when there is no way."""
        if "\u1780" <= word[:1] < "\u1800":
            return self._khmer_pieces(word)
        size = len(word)
        if size < 4 or size > _LONGEST_JOINED or word.isdecimal():
            return []
        best: list[tuple[float, int]] = [(0.0, 0)] + [(float("-inf"), 0)] * size
        for end in range(2, size + 1):
            for start in range(max(0, end - _LONGEST_SYLLABLE), end - 1):
                if best[start][0] > float("-inf"):
                    count = self._known.get(_final_i(fold(word[start:end])), 0)
                    if count:
                        likely = best[start][0] + log(count / self._total)
                        if likely > best[end][0]:
                            best[end] = (likely, start)
        if best[size][0] == float("-inf"):
            return []
        found, end = [], size
        while end:
            found.append(word[best[end][1] : end])
            end = best[end][1]
        return found[::-1]

    def _khmer_pieces(self, word: str) -> list[str]:
        """Khmer is written without spaces, so known words are looked for inside."""
        found = []
        for known in self._khmer:
            if known in word:
                found.append(known)
                word = word.replace(known, " ")
        return found


def nearest_codes(code: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The codes that few slips of the finger lead to, and of those the next numbers; none for what has no digit."""
    asked = digits_of(code)[:_LONGEST_CODE]
    if not asked:
        return []

    def distance(other: str) -> tuple[int, int, str]:
        digits = digits_of(other)
        return OSA.distance(asked, digits), abs(int(asked) - int(digits)), other

    return nsmallest(limit, known, key=distance)


def digits_of(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


def _without_letters(word: str) -> set[str]:
    """The word itself and what remains of it without one letter, or without two when it is long."""
    once = {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}
    if len(word) < 6:
        return once
    return once | {w[:at] + w[at + 1 :] for w in once for at in range(len(w))}
