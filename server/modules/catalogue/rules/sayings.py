"""Everyday phrases, heard in a query in any order and with other words between."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import pairwise
from math import log
from typing import NamedTuple

from server.modules.catalogue.rules.spelling import Letters, sound
from server.modules.catalogue.rules.wording import Reading, agreement

# What two words side by side weigh, against the two alone.
_BESIDE = 0.25
# A word held by less than this part of all counts twice, three and four times.
_RARE = (15, 75, 400)
# As high as sayings are counted, the start that short ones have, and how many are then compared closely.
_LEVELS = 12
_BRIEF = (3, 2, 1)
_COUNTED = 30
_COMPARED = 14
_LEAST = 0.1
# How much of a saying's worth hangs on how much of the query it covers; what a word with other accents is worth.
_COVERS = 0.6
_OTHERWISE = 0.4


class Saying(NamedTuple):
    """A phrase and the procedures it leads to, best first."""

    phrase: tuple[Letters, ...]
    sounds: tuple[str, ...]
    weights: tuple[float, ...]
    whole: float
    leads_to: tuple[int, ...]


class Heard(NamedTuple):
    """The saying that speaks most for a procedure, and how much."""

    saying: Saying
    fit: float


class Tally:
    """Counts for many bags of words at once how much of a query each holds: one bit stands for one bag."""

    def __init__(self, bags: Sequence[Collection[str]]) -> None:
        having: defaultdict[str, int] = defaultdict(int)
        for nth, bag in enumerate(bags):
            for word in bag:
                having[word] |= 1 << nth
        often = [len(bags) // share for share in _RARE]
        self._having = {word: (mask, 1 + sum(mask.bit_count() < n for n in often)) for word, mask in having.items()}
        self._start = [sum(1 << nth for nth, bag in enumerate(bags) if len(bag) <= size) for size in _BRIEF]

    def most(self, words: Iterable[str]) -> Iterator[int]:
        """Those that hold most, some thirty, in no order; a rare word counts more, and a short bag has a start."""
        # What was counted n times has its bit in the first n levels.
        levels = [*self._start, *[0] * (_LEVELS - len(self._start))]
        for word in words:
            mask, times = self._having.get(word, (0, 0))
            for _ in range(times):
                for level in range(_LEVELS - 1, 0, -1):
                    levels[level] |= levels[level - 1] & mask
                levels[0] |= mask
        mask = next((level for level in reversed(levels) if level.bit_count() >= _COUNTED), levels[0])
        while mask:
            lowest = mask & -mask
            yield lowest.bit_length() - 1
            mask ^= lowest


class Sayings:
    """All phrases, and for each procedure all words it is spoken of with."""

    def __init__(self, known: Sequence[tuple[tuple[Letters, ...], tuple[int, ...]]], weight: Mapping[Letters, float]):
        self._sayings = [_saying(phrase, leads_to, weight) for phrase, leads_to in known]
        self._sounding = Tally([set(saying.sounds) for saying in self._sayings])
        spoken: defaultdict[int, set[str]] = defaultdict(set)
        for saying in self._sayings:
            for at in saying.leads_to:
                for word in saying.phrase:
                    spoken[at] |= {word.base, word.base + word.accents}
        self._spoken = dict(spoken)
        self._order = list(spoken)
        self._about = Tally(list(spoken.values()))
        often = Counter(word for words in spoken.values() for word in words)
        self._rarity = {word: log((len(spoken) + 1) / (times + 0.5)) for word, times in often.items()}

    def hear(self, places: Sequence[Sequence[Reading]], fills: Sequence[bool], whole: float) -> dict[int, Heard]:
        """For each procedure the saying most like the query; `whole` is what all words of the query weigh."""
        sounding: dict[str, list[tuple[int, Reading]]] = {}
        for at, readings in enumerate(places):
            for reading in readings:
                sounding.setdefault(reading.sound, []).append((at, reading))
        found: dict[int, Heard] = {}
        for nth in self._likely(sounding):
            saying = self._sayings[nth]
            fit = _likeness(saying, sounding, fills, whole)
            for rank, at in enumerate(saying.leads_to):
                fits = fit * (1 - 0.03 * min(rank, 10))
                if fits > _LEAST and (at not in found or found[at].fit < fits):
                    found[at] = Heard(saying, fits)
        return found

    def about(self, places: Sequence[Sequence[Reading]], heard: Iterable[int]) -> dict[int, float]:
        """For the procedures heard and others spoken of alike, the share of the words that people use for them."""
        options = []
        for readings in places:
            found = [
                (reading.base + reading.accents if reading.sure else reading.base, reading.base, reading.trust)
                for reading in readings
                if reading.base in self._rarity
            ]
            if found:
                options.append((max(self._rarity[base] for _, base, _ in found), found))
        whole = sum(rarity for rarity, _ in options) or 1.0
        words = {word for _, found in options for word, _, _ in found}
        shares = {}
        for at in {self._order[nth] for nth in self._about.most(words)}.union(heard):
            spoken = self._spoken.get(at) or set()
            gained = 0.0
            for rarity, found in options:
                best = 0.0
                for exact, base, trust in found:
                    if exact in spoken:
                        best = max(best, trust)
                    elif base in spoken:
                        best = max(best, trust * _OTHERWISE)
                gained += rarity * best
            shares[at] = gained / whole
        most = nlargest(_COMPARED, shares, key=shares.__getitem__)
        return {at: shares[at] for at in {*most, *heard}}

    def _likely(self, sounding: Mapping[str, object]) -> list[int]:
        roughly = []
        for nth in self._sounding.most(sounding):
            saying = self._sayings[nth]
            said = 0.0
            for heard, weight in zip(saying.sounds, saying.weights, strict=True):
                if heard in sounding:
                    said += weight
            roughly.append((said * said / saying.whole, nth))
        return [nth for _, nth in nlargest(_COMPARED, roughly)]


def _saying(phrase: tuple[Letters, ...], leads_to: tuple[int, ...], weight: Mapping[Letters, float]) -> Saying:
    weights = tuple(weight[word] for word in phrase)
    whole = sum(weights) + sum(_BESIDE * (a + b) for a, b in pairwise(weights))
    return Saying(phrase, tuple(sound(word.base) for word in phrase), weights, whole, leads_to)


def _likeness(
    saying: Saying, sounding: Mapping[str, Sequence[tuple[int, Reading]]], fills: Sequence[bool], whole: float
) -> float:
    """How much of a saying was said, and how much of what was said it covers."""
    words = beside = 0.0
    last, before = -1, 0.0
    used: set[int] = set()
    for nth, (word, heard, weight) in enumerate(zip(saying.phrase, saying.sounds, saying.weights, strict=True)):
        fit, place = 0.0, -1
        for at, reading in sounding.get(heard, ()):
            if at not in used:
                fits = agreement(word, reading)
                if fits > fit or (fits == fit and place < last < at):
                    fit, place = fits, at
        used.add(place)
        words += weight * fit
        if before and fit:
            near = 0.4 if place < last else 1.0 if all(fills[last + 1 : place]) else 0.6
            beside += _BESIDE * (weight + saying.weights[nth - 1]) * min(fit, before) * near
        last, before = place, fit
    share = (words + beside) / saying.whole
    return share * share * (1 - _COVERS + _COVERS * min(1.0, words / whole))
