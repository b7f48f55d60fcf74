"""Finding the procedure a resident means, from whatever the resident typed.

A query is read in parts: everyday phrases that lead to procedures, and plain words looked for in titles. Each part has
a weight and answers, for one procedure, how well it fits; the sum decides. So every rank can be explained.

No part ever looks at all procedures: candidates come from lists by word and by pair of words, ordered by what
residents usually mean and read only so far.
"""

import re
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import log, log1p
from typing import NamedTuple

from msgspec import Struct

from server.modules.catalogue.rules.spelling import Letters, Spelling, letters, sound, words
from server.modules.catalogue.rules.wording import (
    Ambiguous,
    Lexicon,
    Match,
    Phrases,
    Reading,
    Rewriter,
    Word,
    neighbours,
    read,
    without,
)

# A query is read this far; nobody types more into a search box, and time stays bounded.
_MOST_CHARACTERS = 200
_MOST_WORDS = 16
# How much is read of one list, of all lists for one query, and how many candidates are compared closely.
_LIST_DEPTH = 256
_TOUCHED = 1500
_COMPARED = 150
# A filter that leaves so few is compared completely.
_SMALL_FILTER = 400
_FILTERED_DEPTH = 16 * _LIST_DEPTH
# What fits less than this share of the best is noise.
_FLOOR = 0.3

_CODE = re.compile(r"(?<!\d)([1-9])[\s.]*(\d{6})(?!\d)")
_PART_OF_CODE = re.compile(r"\s*[1-9](?:[\s.]+\d{1,6}|\d{3,6}|\.)[\s.]*")

_RESIDENTS = frozenset({"citizen", "overseas-vietnamese", "foreigner"})
_SEPARATOR = "\x00"


class Entry(Struct, frozen=True, kw_only=True):
    """What the search knows of one procedure."""

    code: str
    title: str
    field: str | None = None
    levels: list[str] = []
    audiences: list[str] = []
    aliases: list[str] = []
    in_force: bool = True
    replaced_by: list[str] = []
    opened: int = 0
    curated: bool = False


class Family(Struct, frozen=True):
    """Procedures so alike that a resident must be asked which one."""

    name: str
    codes: list[str]


class Question(Struct, frozen=True):
    """What to ask back: about what, and the choices as (label, code)."""

    about: str
    choices: list[tuple[str, str]]


class Found(Struct, frozen=True):
    """Codes in rank order, and the question to ask when the query leaves several open."""

    codes: list[str]
    question: Question | None = None


class Reason(NamedTuple):
    """One part of a rank: what was compared, how much it counts, how well the procedure fits (0 to 1)."""

    part: str
    weight: float
    quality: float


class _Plain:
    """A written word, looked for in titles."""

    __slots__ = ("_ends", "_forms", "_options", "_texts", "label", "weight")

    def __init__(self, index: "Index", label: str, weight: float, options: list[tuple[str, str | None, float]]) -> None:
        self.label, self.weight, self._options = label, weight, options
        self._texts, self._forms, self._ends = index.texts, index.forms, index.ends

    def quality(self, at: int) -> float:
        best = 0.0
        for sign, form, trust in self._options:
            place = self._texts[at].find(sign)
            if place >= 0:
                fits = trust if place < self._ends[at] else trust * 0.5
                if form is not None and form not in self._forms[at]:
                    fits *= 0.65
                best = max(best, fits)
        return best


class _Pair:
    """Two words typed side by side, standing side by side."""

    __slots__ = ("_pairs", "_texts", "label", "weight")

    def __init__(self, index: "Index", label: str, weight: float, pairs: list[str]) -> None:
        self.label, self.weight, self._pairs, self._texts = label, weight, pairs, index.texts

    def quality(self, at: int) -> float:
        text = self._texts[at]
        for pair in self._pairs:
            if pair in text:
                return 1.0
        return 0.0


class _Official(NamedTuple):
    """An official wording, encoded, with what its words and neighbours weigh."""

    signs: list[tuple[str, float]]
    whole: float

    def share(self, text: str) -> float:
        found = 0.0
        for sign, weight in self.signs:
            if sign in text:
                found += weight
        return found / self.whole


class _Said:
    """An everyday phrase: its procedures, then what its official wording fits, then its own words."""

    __slots__ = ("_codes", "_literal", "_officials", "_texts", "_trust", "label", "weight")

    def __init__(
        self,
        index: "Index",
        label: str,
        weight: float,
        trust: float,
        codes: dict[int, float],
        officials: list[_Official],
        literal: "list[_Plain | _Pair]",
    ) -> None:
        self.label, self.weight, self._trust = label, weight, trust
        self._codes, self._officials, self._literal, self._texts = codes, officials, literal, index.texts

    def quality(self, at: int) -> float:
        known = self._codes.get(at)
        if known is not None:
            return known * self._trust
        text = self._texts[at]
        best = 0.0
        for official in self._officials:
            best = max(best, official.share(text))
        best *= best * self._trust
        if self._literal:
            fits = sum(part.weight * part.quality(at) for part in self._literal)
            best = max(best, fits / sum(part.weight for part in self._literal))
        return best * (0.75 if self._codes else 1.0)


_Part = _Plain | _Pair | _Said


class _Plan(NamedTuple):
    parts: list[_Part]
    codes: list[int]
    units: set[str]
    ambiguous: Ambiguous | None


class Index:
    """The catalogue, ready to be searched; built once, never changed."""

    def __init__(self, entries: Sequence[Entry], lexicon: Lexicon | None = None, families: Sequence[Family] = ()) -> None:
        lexicon = lexicon or Lexicon()
        self._entries = entries
        self._at = {entry.code: at for at, entry in enumerate(entries)}
        self._digits = sorted((_digits(entry.code), at) for at, entry in enumerate(entries))
        self._formerly = _old_codes(entries)
        self._prior = [_prior(entry, frozenset(lexicon.distant_fields)) for entry in entries]
        self._encode(lexicon)
        self._learn(lexicon)
        self._families = [
            (family.name, [self._at[code] for code in family.codes if code in self._at]) for family in families
        ]

    # Building.

    def _encode(self, lexicon: Lexicon) -> None:
        """Every word becomes one sign, so that a title is a short string and looking inside it is one fast step."""
        titles = [[read(title) for title in (entry.title, *entry.aliases)] for entry in self._entries]
        fields = {entry.field: read(entry.field or "") for entry in self._entries}
        self._signs: dict[str, str] = {}
        self._form_signs: dict[Letters, str] = {}
        self.texts: list[str] = []
        self.forms: list[str] = []
        self.ends: list[int] = []
        for entry, named in zip(self._entries, titles, strict=True):
            text = _SEPARATOR.join("".join(self._sign(word.base) for word in title) for title in named)
            self.ends.append(len(text))
            self.texts.append(text + _SEPARATOR + "".join(self._sign(word.base) for word in fields[entry.field]))
            self.forms.append("".join(self._form(word) for title in named for word in title))
        self._lists: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        order = sorted(range(len(self.texts)), key=lambda at: (-self._prior[at], self.ends[at], self._entries[at].code))
        for at in order:
            for unit in {*self.texts[at], *neighbours(self.texts[at])}:
                if _SEPARATOR not in unit:
                    self._lists[unit].append(at)
        self._lists = defaultdict(lambda: array("I"), self._lists)
        count = len(self.texts) + 1
        self._rarity = {unit: log(count / (len(found) + 0.5)) for unit, found in self._lists.items()}
        self._mass = [
            sum(self._rarity[sign] for sign in set(text.split(_SEPARATOR, 1)[0])) or 1.0 for text in self.texts
        ]

    def _sign(self, base: str) -> str:
        return self._signs.setdefault(base, _nth_sign(len(self._signs)))

    def _form(self, word: Letters) -> str:
        return self._form_signs.setdefault(word, _nth_sign(len(self._form_signs)))

    def _learn(self, lexicon: Lexicon) -> None:
        known = Counter({base: len(self._lists[sign]) for base, sign in self._signs.items()})
        self._said: Phrases[Word | Ambiguous] = Phrases()
        self._fillers: Phrases[bool] = Phrases()
        self._rewriter = Rewriter(lexicon.rewrites)
        alone = set()
        for filler in lexicon.fillers:
            phrase = read(filler)
            self._fillers.add(phrase, True)
            known.update(word.base for word in phrase)
            if len(phrase) == 1:
                alone.add(phrase[0])
        for rewrite in lexicon.rewrites:
            known.update(word.base for word in (*read(rewrite.said), *read(rewrite.means)))
        for meaning, terms in _terms(lexicon):
            for term in terms:
                phrase = read(term)
                known.update(word.base for word in phrase)
                self._said.add(phrase, meaning)
                shorter = without(phrase, alone)
                if 1 < len(shorter) < len(phrase):
                    self._said.add(shorter, meaning)
        self._spelling = Spelling(known)
        self._officials: dict[str, _Official] = {}
        for word in lexicon.words:
            for official in word.official:
                self._officials[official] = self._official(official)

    def _official(self, wording: str) -> _Official:
        text = "".join(self._signs[word.base] for word in read(wording) if word.base in self._signs)
        signs = [(unit, self._rarity.get(unit, 0.0)) for unit in dict.fromkeys((*text, *neighbours(text)))]
        signs = [(unit, weight) for unit, weight in signs if weight > 0]
        return _Official(signs, sum(weight for _, weight in signs) or 1.0)

    # Searching.

    def find(self, query: str, limit: int = 200, allow: Container[int] | None = None) -> Found:
        """Procedures for what was typed, best first; `allow` holds the positions of the entries a filter leaves."""
        asked = query[:_MOST_CHARACTERS]
        named, rest = self._by_code(asked)
        ranked: list[int] = []
        scores: dict[int, float] = {}
        plan = self._plan(rest)
        if plan.parts:
            scores = {at: self._score(plan, at) for at in self._candidates(plan, allow)}
            self._prefer_successors(scores, allow)
            best = max(scores.values(), default=0.0)
            ranked = sorted(
                (at for at, score in scores.items() if score >= best * _FLOOR and score > 0),
                key=lambda at: (-scores[at], self._entries[at].code),
            )
        found = dict.fromkeys(at for at in (*named, *ranked) if allow is None or at in allow)
        question = None if named else self._question(plan, ranked, scores)
        return Found([self._entries[at].code for at in islice(found, limit)], question)

    def usual_order(self) -> list[str]:
        """Every code, what residents usually mean first: for a list nobody typed anything for."""
        order = sorted(range(len(self._entries)), key=lambda at: (-self._prior[at], self._entries[at].title))
        return [self._entries[at].code for at in order]

    def explain(self, query: str, code: str) -> list[Reason]:
        """Why a procedure stands where it stands for a query."""
        at = self._at[code]
        plan = self._plan(self._by_code(query[:_MOST_CHARACTERS])[1])
        reasons = [Reason(part.label, part.weight, part.quality(at)) for part in plan.parts]
        return [*reasons, Reason("usual", 1.0, self._prior[at]), Reason("score", 1.0, self._score(plan, at))]

    def _by_code(self, asked: str) -> tuple[list[int], str]:
        """Procedures named by number, successors first, and what else was typed."""
        found: list[int] = []
        for match in _CODE.finditer(asked):
            found += self._numbered(f"{match[1]}.{match[2]}")
        if found:
            # What follows a national number is the unit's own: `.000.00.00.H12`.
            return found, "" if _CODE.match(asked.strip()) else _CODE.sub(" ", asked)
        if _PART_OF_CODE.fullmatch(asked):
            digits = _digits(asked)
            first = bisect_left(self._digits, (digits, -1))
            for number, at in islice(self._digits, first, first + _LIST_DEPTH):
                if not number.startswith(digits):
                    break
                found += self._with_successors(at)
        return found, "" if found else asked

    def _numbered(self, code: str) -> list[int]:
        at = self._at.get(code)
        return [*self._formerly.get(code, ()), *(self._with_successors(at) if at is not None else ())]

    def _with_successors(self, at: int) -> list[int]:
        return [*(self._at[code] for code in self._entries[at].replaced_by if code in self._at), at]

    def _candidates(self, plan: _Plan, allow: Container[int] | None) -> list[int]:
        if isinstance(allow, (set, frozenset)) and len(allow) <= _SMALL_FILTER:
            return sorted(at for at in allow if 0 <= at < len(self._entries))
        votes: dict[int, float] = {}
        touched = 0
        for unit in sorted(plan.units, key=lambda unit: (-self._rarity[unit], unit)):
            listed: Iterable[int] = self._lists[unit]
            if allow is not None:
                listed = filter(allow.__contains__, islice(listed, _FILTERED_DEPTH))
            weight = self._rarity[unit]
            for at in islice(listed, _LIST_DEPTH):
                votes[at] = votes.get(at, 0.0) + weight
                touched += 1
            if touched >= _TOUCHED:
                break
        chosen = sorted(votes, key=lambda at: (-votes[at], -self._prior[at]))[:_COMPARED]
        return list(dict.fromkeys([at for at in plan.codes if allow is None or at in allow] + chosen))

    def _score(self, plan: _Plan, at: int) -> float:
        whole = gained = 0.0
        for part in plan.parts:
            whole += part.weight
            gained += part.weight * part.quality(at)
        return gained / whole * (0.75 + 0.25 * min(1.0, gained / self._mass[at])) * self._prior[at]

    def _prefer_successors(self, scores: dict[int, float], allow: Container[int] | None) -> None:
        """What replaced a procedure stands before it, however different its title."""
        for at, score in list(scores.items()):
            for following in self._with_successors(at)[:-1]:
                if allow is None or following in allow:
                    scores[following] = max(scores.get(following, 0.0), score)
                    scores[at] = min(scores[at], scores[following] * 0.99)

    def _question(self, plan: _Plan, ranked: list[int], scores: Mapping[int, float]) -> Question | None:
        if plan.ambiguous is not None:
            choices = [(choice.label, self._first_known(choice.codes)) for choice in plan.ambiguous.choices]
            open_ = [(label, code) for label, code in choices if code]
            return Question(plan.ambiguous.term, open_) if len(open_) > 1 else None
        if not ranked:
            return None
        best = ranked[0]
        for name, members in self._families:
            if best in members:
                alike = [at for at in members if scores.get(at, 0.0) >= 0.85 * scores[best]]
                if len(alike) > 1:
                    return Question(name, [(self._short_title(at), self._entries[at].code) for at in members])
        return None

    def _first_known(self, codes: Iterable[str]) -> str:
        return next((code for code in codes if code in self._at), "")

    def _short_title(self, at: int) -> str:
        entry = self._entries[at]
        return min((entry.title, *(alias for alias in entry.aliases if not alias[:1].isdigit())), key=len)

    # Reading a query.

    def _plan(self, query: str) -> _Plan:
        places = self._read(query)
        skippable, certain = self._skippable(places)
        spans = self._spans(places, skippable)
        parts: list[_Part] = []
        codes: dict[int, None] = {}
        units: set[str] = set()
        taken: set[int] = set()
        ambiguous = []
        for span in spans:
            taken.update(span.places)
            part = self._said_part(span, places, codes, units)
            parts.append(part)
            ambiguous += [meaning for meaning in span.meanings if isinstance(meaning, Ambiguous)]
        left = [at for at in range(len(places)) if at not in taken]
        plain = [at for at in left if not certain[at]] or ([] if parts else left)
        parts += self._plain_parts(places, plain, skippable if parts or plain != left else [False] * len(places), units)
        alone = ambiguous[0] if len(ambiguous) == 1 and len(parts) == 1 else None
        return _Plan(parts, list(codes), units, alone)

    def _read(self, query: str) -> list[list[Reading]]:
        written = words(query)[:_MOST_WORDS]
        pieces = []
        for word in written:
            known = self._spelling.knows(letters(word).base)
            apart = [] if known or self._spelling.typed_keys(word) else self._spelling.pieces(word)
            pieces += apart or [word]
        pieces = pieces[:_MOST_WORDS]
        sure = any(letters(word).accents for word in pieces)
        places = [self._readings(word, sure) for word in pieces]
        places = self._rewriter.spell_out(places)
        if places and query[-1:].isalnum():
            self._complete(places[-1])
        return places

    def _readings(self, word: str, sure: bool) -> list[Reading]:
        read_ = letters(word)
        if self._spelling.knows(read_.base):
            reading = Reading(read_.base, read_.accents, sound(read_.base), 1.0, sure)
            return [reading, *self._rewriter.beside(reading)]
        typed = self._spelling.typed_keys(word)
        if typed is not None:
            reading = Reading(typed.base, typed.accents, sound(typed.base), 0.95, False)
            return [reading, *self._rewriter.beside(reading)]
        near = self._spelling.near(read_.base)
        return [
            Reading(base, read_.accents if sure else "", sound(base), 0.8 if slips == 1 else 0.6, False)
            for base, slips in near
        ] or [Reading(read_.base, read_.accents, sound(read_.base), 1.0, sure)]

    def _complete(self, readings: list[Reading]) -> None:
        """The last word may be half typed."""
        typed = readings[0]
        known = self._spelling.knows(typed.base) and typed.trust == 1.0
        if typed.base.isdecimal() or (known and len(typed.base) < 2):
            return
        trust = 0.45 if known else 0.85
        for base in self._spelling.beginning_with(typed.base):
            readings.append(Reading(base, typed.accents, sound(base), trust, False))

    def _skippable(self, places: list[list[Reading]]) -> tuple[list[bool], list[bool]]:
        """Which words only fill; and which of them surely do, for without accents `can` may be `căn`."""
        fills, certain = [False] * len(places), [False] * len(places)
        for match in self._fillers.find(places, fills):
            if match.trust > 0.9:
                sure = len(match.places) > 1 or all(places[at][0].sure for at in match.places)
                for at in match.places:
                    fills[at] = True
                    certain[at] = certain[at] or sure
        return fills, certain

    def _spans(self, places: list[list[Reading]], skippable: list[bool]) -> list[Match[Word | Ambiguous]]:
        """The longest phrases that do not overlap; all that a phrase means."""
        found = sorted(self._said.find(places, skippable), key=lambda m: (-len(m.places), -m.trust, m.places))
        chosen: list[Match[Word | Ambiguous]] = []
        taken: set[int] = set()
        for match in found:
            if match.trust >= 0.4 and taken.isdisjoint(match.places):
                taken.update(match.places)
                chosen.append(match)
        return chosen

    def _said_part(
        self, span: Match[Word | Ambiguous], places: list[list[Reading]], codes: dict[int, None], units: set[str]
    ) -> _Said:
        known: dict[int, float] = {}
        officials = []
        for meaning in span.meanings:
            if isinstance(meaning, Ambiguous):
                listed = [code for choice in meaning.choices for code in choice.codes]
            else:
                listed = meaning.codes
                officials += [self._officials[official] for official in meaning.official]
            for rank, code in enumerate(listed):
                at = self._at.get(code)
                if at is not None:
                    known[at] = max(known.get(at, 0.0), 1.0 - 0.03 * min(rank, 10))
        codes.update(dict.fromkeys(known))
        for official in officials:
            units.update(unit for unit, _ in official.signs if len(unit) == 2 or len(official.signs) == 1)
        literal = self._plain_parts(places, list(span.places), [False] * len(places), units)
        weight = sum(part.weight for part in literal if isinstance(part, _Plain))
        weight = max(weight, 6.0) if known else max(min(weight, 5.0), 3.0)
        label = " ".join(places[at][0].base for at in span.places)
        return _Said(self, f"said {label}", weight, span.trust, known, officials, literal)

    def _plain_parts(
        self, places: list[list[Reading]], chosen: list[int], weak: list[bool], units: set[str]
    ) -> "list[_Plain | _Pair]":
        parts: list[_Plain | _Pair] = []
        before: list[tuple[str, str | None, float]] = []
        for place, at in enumerate(chosen):
            options = [
                (self._signs[reading.base], self._form_asked(reading), reading.trust)
                for reading in places[at]
                if reading.base in self._signs and reading.trust > 0.5
            ]
            if options:
                rarity = max(self._rarity.get(sign, 0.0) * trust for sign, _, trust in options)
                weight = rarity * (0.3 if weak[at] else 1.0)
                if weight > 0:
                    parts.append(_Plain(self, places[at][0].base, weight, options))
                    units.update(sign for sign, _, _ in options)
                if before and chosen[place - 1] == at - 1:
                    pairs = [a + b for a, _, _ in before for b, _, _ in options if a + b in self._rarity]
                    if pairs:
                        units.update(pairs)
                        rarity = min(self._rarity[pair] for pair in pairs)
                        parts.append(_Pair(self, f"{places[at - 1][0].base}+{places[at][0].base}", rarity * 0.6, pairs))
            before = options
        return parts

    def _form_asked(self, reading: Reading) -> str | None:
        """The accented form to look for, when the accents were typed."""
        if not reading.sure or not reading.accents:
            return None
        return self._form_signs.get(Letters(reading.base, reading.accents), _SEPARATOR)


def _digits(code: str) -> str:
    return "".join(sign for sign in code if sign in "0123456789")


def _nth_sign(nth: int) -> str:
    """One character per word; 0 separates, and halves of characters are left out."""
    nth += 1
    return chr(nth if nth < 0xD800 else nth + 0x800)


def _old_codes(entries: Sequence[Entry]) -> dict[str, list[int]]:
    """Numbers people have on paper that now lead elsewhere."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for at, entry in enumerate(entries):
        for alias in entry.aliases:
            if _CODE.fullmatch(alias):
                found[alias].append(at)
    return dict(found)


def _terms(lexicon: Lexicon) -> Iterator[tuple[Word | Ambiguous, list[str]]]:
    for word in lexicon.words:
        yield word, word.said
    for ambiguous in lexicon.ambiguous:
        yield ambiguous, [ambiguous.term]


def _prior(entry: Entry, distant: frozenset[str]) -> float:
    """What residents usually mean: near offices, open to citizens, in force, opened often."""
    usual = 1.0
    if entry.levels:
        usual *= 1.05 if "commune" in entry.levels else 1.0 if "province" in entry.levels else 0.75
    if entry.audiences and _RESIDENTS.isdisjoint(entry.audiences):
        usual *= 0.85
    if entry.field in distant:
        usual *= 0.7
    if not entry.in_force:
        usual *= 0.9
    if entry.curated:
        usual *= 1.04
    return usual * (1 + min(0.15, 0.02 * log1p(max(0, entry.opened))))
