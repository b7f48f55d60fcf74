"""Everyday phrases, heard in a query in any order and with other words between."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import log, sqrt
from operator import itemgetter
from typing import NamedTuple

from server.modules.catalogue.rules.spelling import Letters, sound
from server.modules.catalogue.rules.tally import Tally, planes
from server.modules.catalogue.rules.wording import Reading, agreement

# What two words side by side weigh, against the two alone.
_BESIDE = 0.25
# What is summed for all at once is rounded: to so many parts of one, and of the whole query.
_FINE = 4
_WHOLE = 127
# How many of the likeliest are compared closely, and how many procedures spoken of alike are taken with them.
_COMPARED = 10
_ALIKE = 6
_LEAST = 0.1
# How much of a saying's worth hangs on how much of the query it covers; what a word with other accents is worth.
_COVERS = 0.6
_OTHERWISE = 0.4


class Saying(NamedTuple):
    """A phrase and the procedures it leads to, best first."""

    phrase: tuple[Letters, ...]
    # Each word with its sound, what it weighs, and what it weighs more standing behind the one before.
    parts: tuple[tuple[Letters, str, float, float], ...]
    whole: float
    # The procedures, and how much of a fit counts for each: less for a later one.
    leads_to: tuple[tuple[int, float], ...]


class Heard(NamedTuple):
    """The saying that speaks most for a procedure, and how much."""

    saying: Saying
    fit: float


class Sayings:
    """All phrases, and for each procedure all words it is spoken of with."""

    def __init__(
        self,
        known: Sequence[tuple[tuple[Letters, ...], tuple[int, ...]]],
        weight: Mapping[Letters, float],
        usual_order: Iterable[int],
    ):
        self._sayings = [_saying(phrase, leads_to, weight) for phrase, leads_to in known]
        # How well the sayings that hold a sound are likely to fit when it is heard.
        likely: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
        spoken: defaultdict[int, set[str]] = defaultdict(set)
        for nth, saying in enumerate(self._sayings):
            for _, heard, weighs, _ in saying.parts:
                likely[heard][nth] += weighs / sqrt(saying.whole)
            for at, _ in saying.leads_to:
                for word in saying.phrase:
                    spoken[at] |= {word.base, word.base + word.accents}
        self._sounding = {
            heard: planes({nth: round(gain * _FINE) for nth, gain in gains.items()}) for heard, gains in likely.items()
        }
        # The first of equals are the usual ones.
        self._spoken = [at for at in usual_order if at in spoken]
        self._nth = {at: nth for nth, at in enumerate(self._spoken)}
        having: defaultdict[str, int] = defaultdict(int)
        for nth, at in enumerate(self._spoken):
            for one in spoken[at]:
                having[one] |= 1 << nth
        self._having = dict(having)
        self._rarity = {one: log((len(spoken) + 1) / (mask.bit_count() + 0.5)) for one, mask in having.items()}

    def hear(
        self, places: Sequence[Sequence[Reading]], left: Iterable[int], fills: Sequence[bool], whole: float
    ) -> dict[int, Heard]:
        """For each procedure the saying most like the query.

        `left` are the places of words that say something, `whole` what they weigh. Those are heard twice, or the many
        that only fill would find sayings of their own.
        """
        sounding: dict[str, list[tuple[int, Reading]]] = {}
        for at, readings in enumerate(places):
            for reading in readings:
                sounding.setdefault(reading.sound, []).append((at, reading))
        tally = Tally()
        telling = {reading.sound for at in left for reading in places[at]}
        for heard in sounding:
            if gains := self._sounding.get(heard):
                tally.add([0, *gains] if heard in telling else gains)
        found: dict[int, Heard] = {}
        agreed: dict[Letters, list[tuple[int, float]]] = {}
        for nth in tally.most(_COMPARED):
            saying = self._sayings[nth]
            fit = _likeness(saying, sounding, agreed, fills, whole)
            if fit > _LEAST:
                for at, share in saying.leads_to:
                    if at not in found or found[at].fit < fit * share:
                        found[at] = Heard(saying, fit * share)
        return found

    def about(self, places: Sequence[Sequence[Reading]], heard: Iterable[int]) -> dict[int, float]:
        """For the procedures heard and others spoken of alike, the share of the words that people use for them."""
        said = [(rarity, readings) for readings in places if (rarity := self._rarest(readings))]
        whole = sum(rarity for rarity, _ in said)
        tally = Tally()
        for rarity, readings in said:
            tally.add(self._spoken_with(readings, rarity / whole * _WHOLE))
        most = {self._spoken[nth] for nth in tally.most(_ALIKE)}
        return {at: tally.of(self._nth[at]) / _WHOLE for at in most.union(heard)}

    def _rarest(self, readings: Sequence[Reading]) -> float:
        return max((self._rarity.get(reading.base, 0.0) for reading in readings), default=0.0)

    def _spoken_with(self, readings: Sequence[Reading], gain: float) -> list[int]:
        """What a written word adds to each procedure: as much as the best of its readings that people use for it."""
        options = []
        for reading in readings:
            exact = reading.base + reading.accents if reading.sure else reading.base
            options.append((reading.trust, self._having.get(exact, 0)))
            if exact != reading.base:
                options.append((reading.trust * _OTHERWISE, self._having.get(reading.base, 0)))
        if len(options) > 2:
            options.sort(key=itemgetter(0), reverse=True)
        amounts = [0] * _WHOLE.bit_length()
        seen = 0
        for trust, mask in options:
            amount, mask = round(gain * trust), mask & ~seen
            seen |= mask
            for level in range(amount.bit_length()):
                if amount >> level & 1:
                    amounts[level] |= mask
        return amounts


def _saying(phrase: tuple[Letters, ...], leads_to: tuple[int, ...], weight: Mapping[Letters, float]) -> Saying:
    weights = [weight[word] for word in phrase]
    behind = [0.0, *(_BESIDE * (a + b) for a, b in pairwise(weights))]
    sounds = [sound(word.base) for word in phrase]
    parts = tuple(zip(phrase, sounds, weights, behind[: len(weights)], strict=True))
    shares = [(at, 1 - 0.03 * min(rank, 10)) for rank, at in enumerate(leads_to)]
    return Saying(phrase, parts, sum(weights) + sum(behind), tuple(shares))


def _likeness(
    saying: Saying,
    sounding: Mapping[str, Sequence[tuple[int, Reading]]],
    agreed: dict[Letters, list[tuple[int, float]]],
    fills: Sequence[bool],
    whole: float,
) -> float:
    """How much of a saying was said, and how much of what was said it covers.

    `agreed` remembers how far the query's words are a word, for the next saying that has it.
    """
    words = beside = before = 0.0
    last, used = -1, 0
    for word, heard, weight, behind in saying.parts:
        if heard not in sounding:
            last, before = -1, 0.0
            continue
        options = agreed.get(word)
        if options is None:
            options = agreed[word] = [(at, agreement(word, reading)) for at, reading in sounding[heard]]
        fit, place = 0.0, -1
        for at, fits in options:
            if (fits > fit or (fits == fit and place < last < at)) and not used >> at & 1:
                fit, place = fits, at
        if place >= 0:
            used |= 1 << place
            words += weight * fit
            if before:
                near = 0.4 if place < last else 1.0 if all(fills[last + 1 : place]) else 0.6
                beside += behind * min(fit, before) * near
        last, before = place, fit
    share = (words + beside) / saying.whole
    return share * share * (1 - _COVERS + _COVERS * min(1.0, words / whole))
