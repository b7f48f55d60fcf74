"""Everyday phrases, heard in a query in any order and with other words between."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import pairwise
from typing import NamedTuple

from server.modules.catalogue.rules.spelling import Letters, sound
from server.modules.catalogue.rules.wording import Reading, agreement

# What two words side by side weigh, against the two alone.
BESIDE = 0.25
# A word in this many sayings or more counts once, in fewer twice, three and four times.
_OFTEN = (300, 60, 12)
# As high as sayings are counted, the start that short ones have, and how many are then compared closely.
_LEVELS = 12
_BRIEF = (3, 2, 1)
_COUNTED = 40
_COMPARED = 14
_LEAST = 0.1


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


class Sayings:
    """All phrases. Which ones share words with a query is counted for all at once: one bit stands for one saying."""

    def __init__(self, known: Sequence[tuple[tuple[Letters, ...], tuple[int, ...]]], weight: Mapping[Letters, float]):
        self._sayings = [_saying(phrase, leads_to, weight) for phrase, leads_to in known]
        having: defaultdict[str, int] = defaultdict(int)
        for nth, saying in enumerate(self._sayings):
            for heard in set(saying.sounds):
                having[heard] |= 1 << nth
        self._having = {
            heard: (mask, 1 + sum(mask.bit_count() < often for often in _OFTEN)) for heard, mask in having.items()
        }
        self._brief = [
            sum(1 << nth for nth, saying in enumerate(self._sayings) if len(saying.sounds) <= size) for size in _BRIEF
        ]

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

    def _likely(self, sounding: Mapping[str, object]) -> list[int]:
        # A saying counted n times has its bit in the first n levels.
        levels = [*self._brief, *[0] * (_LEVELS - len(self._brief))]
        for heard in sounding:
            mask, times = self._having.get(heard, (0, 0))
            for _ in range(times):
                for level in range(_LEVELS - 1, 0, -1):
                    levels[level] |= levels[level - 1] & mask
                levels[0] |= mask
        enough = next((level for level in reversed(levels) if level.bit_count() >= _COUNTED), levels[0])
        roughly = []
        for nth in _bits(enough):
            saying = self._sayings[nth]
            said = 0.0
            for heard, weight in zip(saying.sounds, saying.weights, strict=True):
                if heard in sounding:
                    said += weight
            roughly.append((said * said / saying.whole, nth))
        return [nth for _, nth in nlargest(_COMPARED, roughly)]


def _saying(phrase: tuple[Letters, ...], leads_to: tuple[int, ...], weight: Mapping[Letters, float]) -> Saying:
    weights = tuple(weight[word] for word in phrase)
    whole = sum(weights) + sum(BESIDE * (a + b) for a, b in pairwise(weights))
    return Saying(phrase, tuple(sound(word.base) for word in phrase), weights, whole, leads_to)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


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
        if before and fit and place > last:
            near = all(fills[last + 1 : place])
            beside += BESIDE * (weight + saying.weights[nth - 1]) * min(fit, before) * (1.0 if near else 0.5)
        last, before = place, fit
    share = (words + beside) / saying.whole
    return share * share * (0.45 + 0.55 * min(1.0, words / whole))
