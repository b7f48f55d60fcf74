"""The words residents use, and how they lead to the words of the law."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from server.modules.catalogue.rules.spelling import Letters, letters, sound, words


class Word(Struct, frozen=True):
    """What residents say for something, how titles name it, and the procedures meant, best first.

    Without codes it only translates: `mất` is `cấp lại`, whatever was lost.
    """

    said: list[str]
    official: list[str] = []
    codes: list[str] = []
    kind: str = "everyday"


class Rewrite(Struct, frozen=True):
    """A dialect word or a short form with no procedure of its own: `tui` is `tôi`."""

    said: str
    means: str


class Choice(Struct, frozen=True):
    """One way to understand an ambiguous term."""

    label: str
    codes: list[str]


class Ambiguous(Struct, frozen=True):
    """A term that means several procedures: the resident is asked which."""

    term: str
    choices: list[Choice]


class Lexicon(Struct, frozen=True):
    """Everything known about how residents speak of public services."""

    words: list[Word] = []
    rewrites: list[Rewrite] = []
    fillers: list[str] = []
    ambiguous: list[Ambiguous] = []
    distant_fields: list[str] = []


class Reading(NamedTuple):
    """One way to read one written word."""

    base: str
    accents: str
    sound: str
    trust: float
    sure: bool  # the accents were typed on purpose: a missing one is missing


T = TypeVar("T")


class Match(NamedTuple, Generic[T]):
    """Phrases found in a query: the places they take, those they skip included, and how well they fit."""

    places: tuple[int, ...]
    end: int
    trust: float
    meanings: list[T]


class _Ending(NamedTuple, Generic[T]):
    letters: tuple[Letters, ...]
    meanings: list[T]


class _Node(Generic[T]):
    __slots__ = ("endings", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node[T]] = {}
        self.endings: list[_Ending[T]] = []


_MOST_SKIPPED = 3
_SLIP = 0.85
_OTHERWISE = 0.3


class Phrases(Generic[T]):
    """A tree of phrases, found in a query whole word by whole word, filler words between them skipped."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, phrase: Sequence[Letters], meaning: T) -> None:
        node = self._root
        for word in phrase:
            node = node.next.setdefault(sound(word.base), _Node())
        for ending in node.endings:
            if ending.letters == tuple(phrase):
                if meaning not in ending.meanings:
                    ending.meanings.append(meaning)
                return
        if phrase:
            node.endings.append(_Ending(tuple(phrase), [meaning]))

    def find(self, places: Sequence[Sequence[Reading]], skippable: Sequence[bool]) -> Iterator[Match[T]]:
        for start in range(len(places)):
            for reading in places[start]:
                node = self._root.next.get(reading.sound)
                if node is not None:
                    yield from self._walk(node, places, skippable, ((start, reading),))

    def _walk(
        self,
        node: _Node[T],
        places: Sequence[Sequence[Reading]],
        skippable: Sequence[bool],
        taken: tuple[tuple[int, Reading], ...],
    ) -> Iterator[Match[T]]:
        last = taken[-1][0]
        for ending in node.endings:
            trust = _fit(ending.letters, taken)
            if trust:
                yield Match(tuple(at for at, _ in taken), last + 1, trust, ending.meanings)
        if not node.next:
            return
        skipped = last + 1 - taken[0][0] - len(taken)
        for at in range(last + 1, min(len(places), last + 2 + _MOST_SKIPPED - skipped)):
            for reading in places[at]:
                following = node.next.get(reading.sound)
                if following is not None:
                    yield from self._walk(following, places, skippable, (*taken, (at, reading)))
            if not skippable[at]:
                return


def _fit(phrase: tuple[Letters, ...], taken: tuple[tuple[int, Reading], ...]) -> float:
    """How far a query's words are the phrase's words; 0 when its accents say otherwise."""
    trust, slips = 1.0, 0
    for word, (_, reading) in zip(phrase, taken, strict=True):
        trust *= reading.trust
        same_accents = reading.accents == word.accents
        if reading.base != word.base:
            if len(phrase) == 1 or (reading.sure and not same_accents):
                return 0.0
            trust *= _SLIP
        elif same_accents or (not reading.sure and _within(reading.accents, word.accents)):
            continue
        elif len(phrase) < 3:
            return 0.0
        else:
            trust *= _SLIP if _within(reading.accents, word.accents) else _SLIP * _SLIP
        slips += 1
    return trust if slips <= max(1, (len(phrase) - 1) // 2) else 0.0


def agreement(word: Letters, reading: Reading) -> float:
    """How far a reading is the word: less when it only sounds so, little when its accents say otherwise."""
    trust = reading.trust if reading.base == word.base else reading.trust * _SLIP
    if reading.accents == word.accents:
        return trust
    if _within(reading.accents, word.accents):
        return trust * _SLIP if reading.sure else trust
    return trust * _OTHERWISE


def _within(some: str, all_: str) -> bool:
    return all(some.count(mark) <= all_.count(mark) for mark in set(some))


class Rewriter:
    """Puts standard words beside dialect ones, and spells out short forms."""

    def __init__(self, rewrites: Iterable[Rewrite]) -> None:
        self._spelled_out: Phrases[list[Letters]] = Phrases()
        self._beside: dict[str, list[tuple[Letters, Letters]]] = {}
        for rewrite in rewrites:
            said, means = read(rewrite.said), read(rewrite.means)
            if len(said) == len(means) == 1:
                self._beside.setdefault(said[0].base, []).append((said[0], means[0]))
            elif said:
                self._spelled_out.add(said, means)

    def spell_out(self, places: list[list[Reading]]) -> list[list[Reading]]:
        found = sorted(self._spelled_out.find(places, [False] * len(places)), key=lambda m: -len(m.places))
        taken: set[int] = set()
        instead: dict[int, list[Letters]] = {}
        for match in found:
            if taken.isdisjoint(match.places) and match.trust > _SLIP:
                taken.update(match.places)
                instead[match.places[0]] = match.meanings[0]
        if not taken:
            return places
        result = []
        for at, readings in enumerate(places):
            if at in instead:
                sure = readings[0].sure
                result += [[Reading(it.base, it.accents, sound(it.base), 1.0, sure)] for it in instead[at]]
            elif at not in taken:
                result.append(readings)
        return result

    def standard(self, phrase: Sequence[Letters]) -> list[Letters]:
        """A known phrase with its short forms spelled out, as they will be in queries."""
        places = self.spell_out([[Reading(*word, sound(word.base), 1.0, True)] for word in phrase])
        return [Letters(readings[0].base, readings[0].accents) for readings in places]

    def in_standard_words(self, phrase: Sequence[Letters]) -> list[Letters]:
        """A known phrase with the standard word for each dialect one."""
        return [
            next((means for said, means in self._beside.get(word.base, ()) if said.accents == word.accents), word)
            for word in phrase
        ]

    def beside(self, reading: Reading) -> list[Reading]:
        found = []
        for said, means in self._beside.get(reading.base, ()):
            if said.accents == reading.accents or (not reading.sure and not reading.accents):
                found.append(Reading(means.base, means.accents, sound(means.base), reading.trust * 0.95, reading.sure))
        return found


def read(text: str) -> list[Letters]:
    return [letters(word) for word in words(text)]


def neighbours(phrase: str) -> Iterator[str]:
    """The pairs of neighbouring signs in an encoded text."""
    return (a + b for a, b in pairwise(phrase))
