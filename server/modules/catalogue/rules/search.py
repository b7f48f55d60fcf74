"""Finding the procedure a resident means, from whatever the resident typed.

A procedure is found by its title, by the everyday phrase most like the query, and by all words people use for it. Each
says, from 0 to 1, how well the procedure fits; what residents usually mean decides between equals. So every rank can be
explained.

No query looks at all titles: candidates come from lists by word and by pair of words, ordered by what residents
usually mean and read only so far.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import islice
from math import log, log1p
from typing import NamedTuple

from msgspec import Struct

from server.modules.catalogue.rules.sayings import Heard, Sayings
from server.modules.catalogue.rules.spelling import Letters, Spelling, digits_of, letters, sound, words
from server.modules.catalogue.rules.wording import (
    Ambiguous,
    Lexicon,
    Phrases,
    Reading,
    Rewrite,
    Rewriter,
    neighbours,
    read,
)

# A query is read this far; nobody types more into a search box, and time stays bounded. Who tells a story names what
# it is about anywhere in it, so of many words those that say most are looked for.
_MOST_CHARACTERS = 200
_MOST_WORDS = 48
_MOST_ASKED = 16
# How much is read of one list, of all lists for one query, and how many candidates are compared closely.
_LIST_DEPTH = 256
_TOUCHED = 200
_COMPARED = 18
# A filter that leaves so few is compared completely.
_SMALL_FILTER = 400
_FILTERED_DEPTH = 8 * _LIST_DEPTH
# How a word that only fills weighs against others.
_FILLING = 0.3
# What two words standing side by side as typed weigh in a title, against the two alone.
_BESIDE = 0.5
# What titles count against sayings, what the weaker of both adds to the stronger, and what all the words add.
_TITLE = 0.85
_BOTH = 0.4
_ABOUT = 0.7
# A word of a title with other accents than those typed.
_OTHERWISE = 0.4
# What may stand before a third of one kind, if it fits so well against it.
_NEARLY = 0.8
# Among so few words one that never stands beside the others may be another one, slipped; how far that is trusted.
_FEW_WORDS = 5
_DOUBTED = 0.6
# What fits less than this share of the best is noise.
_FLOOR = 0.3

_CODE = re.compile(r"(?<!\d)([1-9])[\s.,-]*(\d{3})[\s.,-]?(\d{3})(?!\d)")
_LONG_ASIDE = re.compile(r" *\([^()]{40,}\)")
_PART_OF_CODE = re.compile(r"\s*[1-9](?:[\s.,-]+\d{1,6}|\d{3,6}|\.)[\s.]*")
_END_OF_CODE = re.compile(r"\s*\d{3}[\s.,-]?\d{3}\s*")

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


class _Asked(NamedTuple):
    """A written word, looked for in titles: its possible signs, the accented form when that was typed, and trust."""

    label: str
    weight: float
    options: list[tuple[str, str | None, float]]


class _Beside(NamedTuple):
    """Two words typed side by side, looked for side by side."""

    label: str
    weight: float
    pairs: list[str]


class _Plan(NamedTuple):
    """A query as understood."""

    asked: list[_Asked]
    beside: list[_Beside]
    whole: float
    units: dict[str, None]  # as a set, but in the order of the query
    heard: dict[int, Heard]
    about: dict[int, float]
    ambiguous: Ambiguous | None


class Index:
    """The catalogue, ready to be searched; built once, never changed."""

    def __init__(
        self, entries: Sequence[Entry], lexicon: Lexicon | None = None, families: Sequence[Family] = ()
    ) -> None:
        lexicon = lexicon or Lexicon()
        self._entries = entries
        self._at = {entry.code: at for at, entry in enumerate(entries)}
        self._digits = sorted((digits_of(entry.code), at) for at, entry in enumerate(entries))
        self._formerly = _old_codes(entries)
        self._successors = {
            at: [self._at[code] for code in entry.replaced_by if code in self._at]
            for at, entry in enumerate(entries)
            if entry.replaced_by
        }
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
        self._form_signs: dict[tuple[str, str], str] = {}
        self._texts: list[str] = []
        self._forms: list[str] = []
        self._ends: list[int] = []
        for entry, named in zip(self._entries, titles, strict=True):
            text = _SEPARATOR.join("".join(self._sign(word.base) for word in title) for title in named)
            self._ends.append(len(text))
            self._texts.append(text + _SEPARATOR + "".join(self._sign(word.base) for word in fields[entry.field]))
            self._forms.append("".join(self._form(word) for title in named for word in title))
        lists: defaultdict[str, list[int]] = defaultdict(list)
        usual = [(-self._prior[at], self._ends[at], entry.code, at) for at, entry in enumerate(self._entries)]
        self._order = [at for *_, at in sorted(usual)]
        for at in self._order:
            for unit in {*self._texts[at], *neighbours(self._texts[at])}:
                if _SEPARATOR not in unit:
                    lists[unit].append(at)
        self._lists = dict(lists)
        count = len(self._texts) + 1
        self._rarity = {unit: log(count / (len(found) + 0.5)) for unit, found in self._lists.items()}
        self._mass = [
            sum(self._rarity[sign] for sign in set(text.split(_SEPARATOR, 1)[0])) or 1.0 for text in self._texts
        ]

    def _sign(self, base: str) -> str:
        return self._signs.setdefault(base, _nth_sign(len(self._signs)))

    def _form(self, word: Letters) -> str:
        return self._form_signs.setdefault(word, _nth_sign(len(self._form_signs)))

    def _learn(self, lexicon: Lexicon) -> None:
        known = Counter({base: len(self._lists.get(sign, ())) for base, sign in self._signs.items()})
        self._fillers: Phrases[bool] = Phrases()
        self._ambiguous: Phrases[Ambiguous] = Phrases()
        filling: set[Letters] = set()
        for filler in lexicon.fillers:
            phrase = read(filler)
            self._fillers.add(phrase, True)
            known.update(word.base for word in phrase)
            if len(phrase) == 1:
                filling.add(phrase[0])
        # What leads nowhere by itself only puts the words of the law in place of its own.
        rewrites = [*lexicon.rewrites, *_translations(lexicon)]
        for rewrite in rewrites:
            known.update(word.base for word in (*read(rewrite.said), *read(rewrite.means)))
        self._rewriter = Rewriter(rewrites)
        for ambiguous in lexicon.ambiguous:
            self._ambiguous.add(read(ambiguous.term), ambiguous)
        said = {
            (tuple(self._rewriter.standard(phrase)), tuple(self._at[code] for code in codes if code in self._at))
            for phrase, codes in _sayings(lexicon)
            if phrase
        }
        # What is known in dialect is asked for in standard words too; the short ones are in the table themselves.
        said |= {(tuple(self._rewriter.in_standard_words(it)), leads_to) for it, leads_to in said if len(it) > 2}
        sayings = sorted(said)
        known.update(word.base for typed, _ in sayings for word in set(typed))
        self._spelling = Spelling(known, (phrase for phrase, _ in sayings))
        count = len(self._entries) + len(sayings) + 1
        self._weight = {base: max(0.2, log(count / (often + 0.5))) for base, often in known.items()}
        self._unknown = log(2 * count)
        self._sayings = Sayings(
            sayings,
            {
                word: self._weight[word.base] * (_FILLING if word in filling else 1.0)
                for phrase, _ in sayings
                for word in phrase
            },
            self._order,
        )

    # Searching.

    def find(self, query: str, limit: int = 200, allow: Container[int] | None = None) -> Found:
        """Procedures for what was typed, best first; `allow` holds the positions of the entries a filter leaves."""
        asked = query[:_MOST_CHARACTERS]
        named, rest = self._by_code(asked)
        plan = self._plan(rest)
        scores = self._scores(plan, self._candidates(plan, allow))
        self._prefer_successors(scores, allow)
        least = max(scores.values(), default=0.0) * _FLOOR
        # Equal ones in the order of the catalogue.
        fitting = sorted(at for at, score in scores.items() if score >= least and score > 0)
        ranked = self._two_subjects(plan, sorted(fitting, key=scores.__getitem__, reverse=True), scores)
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
        text = [(at, self._texts[at])]
        reasons = [Reason(word.label, word.weight, self._hold(word, text).get(at, 0.0)) for word in plan.asked]
        reasons += [Reason(pair.label, pair.weight, float(at in self._hold_beside(pair, text))) for pair in plan.beside]
        if heard := plan.heard.get(at):
            label = " ".join(word.base for word in heard.saying.phrase)
            reasons.append(Reason(f"said {label}", heard.saying.whole, heard.fit))
        reasons.append(Reason("about", _ABOUT, plan.about.get(at, 0.0)))
        return [*reasons, Reason("usual", 1.0, self._prior[at]), Reason("score", 1.0, self._scores(plan, [at])[at])]

    def _by_code(self, asked: str) -> tuple[list[int], str]:
        """Procedures named by number, successors first, and what else was typed."""
        found: list[int] = []
        for match in _CODE.finditer(asked):
            found += self._numbered(f"{match[1]}.{match[2]}{match[3]}")
        begun = _CODE.match(asked.strip())
        # Three digits and three that are no procedure may be money: `5.000.000`.
        if found or (begun and begun[0].endswith(begun[2] + begun[3])):
            # What follows a national number is the unit's own: `.000.00.00.H12`.
            return found, "" if begun else _CODE.sub(" ", asked)
        if _PART_OF_CODE.fullmatch(asked):
            begins = digits_of(asked)
            first = bisect_left(self._digits, (begins, -1))
            for number, at in islice(self._digits, first, first + _LIST_DEPTH):
                if not number.startswith(begins):
                    break
                found += self._with_successors(at)
        if _END_OF_CODE.fullmatch(asked):
            for leading in "123456789":
                found += self._numbered(f"{leading}.{digits_of(asked)}")
        return found, "" if found else asked

    def _numbered(self, code: str) -> list[int]:
        at = self._at.get(code)
        return [*self._formerly.get(code, ()), *(self._with_successors(at) if at is not None else ())]

    def _with_successors(self, at: int) -> list[int]:
        return [*self._successors.get(at, ()), at]

    def _candidates(self, plan: _Plan, allow: Container[int] | None) -> list[int]:
        if isinstance(allow, (set, frozenset)) and len(allow) <= _SMALL_FILTER:
            return sorted(at for at in allow if 0 <= at < len(self._entries))
        votes: dict[int, float] = {}
        touched = 0
        for unit in sorted(plan.units, key=self._rarity.__getitem__, reverse=True):
            if allow is None:
                head = self._lists[unit][:_LIST_DEPTH]
            else:
                head = list(islice(filter(allow.__contains__, self._lists[unit][:_FILTERED_DEPTH]), _LIST_DEPTH))
            weight = self._rarity[unit]
            for at in head:
                votes[at] = votes.get(at, 0.0) + weight
            touched += len(head)
            if touched >= _TOUCHED:
                break
        # Equal votes stay in the order of the lists: usual ones first.
        chosen = sorted(votes, key=votes.__getitem__, reverse=True)[:_COMPARED]
        heard = [at for at in plan.about if allow is None or at in allow]
        return list(dict.fromkeys((*heard, *chosen)))

    def _scores(self, plan: _Plan, candidates: Sequence[int]) -> dict[int, float]:
        scores = {}
        for at, held in self._held_by_titles(plan, candidates).items():
            covers = held * plan.whole / self._mass[at]
            titled = held * (0.75 + 0.25 * covers if covers < 1 else 1.0) * _TITLE
            said = plan.heard[at].fit if at in plan.heard else 0.0
            both = titled + _BOTH * said if titled > said else said + _BOTH * titled
            about = plan.about.get(at, 0.0)
            scores[at] = (both + _ABOUT * (held if held > about else about)) * self._prior[at]
        return scores

    def _held_by_titles(self, plan: _Plan, candidates: Sequence[int]) -> dict[int, float]:
        """For each candidate the share of the query that stands in its title."""
        held = dict.fromkeys(candidates, 0.0)
        texts = [(at, self._texts[at]) for at in held]
        for word in plan.asked:
            share = word.weight / plan.whole
            for at, fits in self._hold(word, texts).items():
                held[at] += share * fits
        for pair in plan.beside:
            share = pair.weight / plan.whole
            for at in self._hold_beside(pair, texts):
                held[at] += share
        return held

    def _hold(self, word: _Asked, texts: Iterable[tuple[int, str]]) -> dict[int, float]:
        """Those of the texts that hold a word, and how well."""
        found: dict[int, float] = {}
        for sign, form, trust in word.options:
            for at, text in texts:
                if sign in text:
                    fits = trust if text.find(sign) < self._ends[at] else trust * 0.5
                    if form is not None and form not in self._forms[at]:
                        fits *= _OTHERWISE
                    if at not in found or fits > found[at]:
                        found[at] = fits
        return found

    def _hold_beside(self, pair: _Beside, texts: Iterable[tuple[int, str]]) -> set[int]:
        return {at for signs in pair.pairs for at, text in texts if signs in text}

    def _two_subjects(self, plan: _Plan, ranked: list[int], scores: Mapping[int, float]) -> list[int]:
        """Of three first that one saying leads to, the third gives way to what another one leads to, nearly as good."""
        sayings = [plan.heard[at].saying if at in plan.heard else None for at in ranked[:_COMPARED]]
        if len(sayings) < 3 or sayings[0] is None or any(saying is not sayings[0] for saying in sayings[1:3]):
            return ranked
        for nth, saying in enumerate(sayings):
            if saying not in (None, sayings[0]) and scores[ranked[nth]] > _NEARLY * scores[ranked[2]]:
                return [*ranked[:2], ranked[nth], *ranked[2:nth], *ranked[nth + 1 :]]
        return ranked

    def _prefer_successors(self, scores: dict[int, float], allow: Container[int] | None) -> None:
        """What replaced a procedure stands before it, however different its title."""
        for at in [at for at in scores if at in self._successors]:
            for following in self._successors[at]:
                if allow is None or following in allow:
                    scores[following] = max(scores.get(following, 0.0), scores[at])
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
            if best in members and not self._wholly_said(plan, best):
                alike = [at for at in members if at in scores and self._as_likely(plan, at, scores, best)]
                if len(alike) > 1:
                    return Question(name, [(self._short_title(at), self._entries[at].code) for at in members])
        return None

    def _wholly_said(self, plan: _Plan, at: int) -> bool:
        asked = {sign for word in plan.asked for sign, _, _ in word.options}
        title = set(self._texts[at].split(_SEPARATOR, 1)[0])
        return sum(self._rarity[sign] for sign in title & asked) > 0.75 * self._mass[at]

    def _as_likely(self, plan: _Plan, at: int, scores: Mapping[int, float], best: int) -> bool:
        return scores[at] > 0.85 * scores[best] or self._held_by_titles(plan, [at])[at] > 0.95

    def _first_known(self, codes: Iterable[str]) -> str:
        return next((code for code in codes if code in self._at), "")

    def _short_title(self, at: int) -> str:
        entry = self._entries[at]
        names = (entry.title, *(alias for alias in entry.aliases if not alias[:1].isdigit()))
        # “(Công trình không theo tuyến/Theo tuyến trong đô thị/…)” lists the cases; nobody chooses by it.
        return min((_LONG_ASIDE.sub("", name) for name in names), key=len)

    # Reading a query.

    def _plan(self, query: str) -> _Plan:
        places = self._read(query)
        fills, certain = self._skippable(places)
        left = [at for at in range(len(places)) if not certain[at]] or list(range(len(places)))
        weights = [self._weigh(readings) * (_FILLING if fills[at] else 1.0) for at, readings in enumerate(places)]
        if len(left) > _MOST_ASKED:
            left = sorted(nlargest(_MOST_ASKED, left, key=weights.__getitem__))
        asked, beside, units = self._words(places, left, weights)
        whole = sum(weights[at] for at in left) + sum(pair.weight for pair in beside)
        heard = self._sayings.hear(places, left, fills, sum(weights[at] for at in left) or 1.0)
        alone = [match.meanings[0] for match in self._ambiguous.find(places, fills) if set(left) <= set(match.places)]
        about = self._sayings.about([places[at] for at in left], heard)
        return _Plan(asked, beside, whole or 1.0, units, heard, about, alone[0] if alone else None)

    def _weigh(self, readings: list[Reading]) -> float:
        """As much as the rarest of the readings trusted most: what may follow a half-typed word does not count."""
        if len(readings) == 1:
            return self._weight.get(readings[0].base, self._unknown)
        trust = max(reading.trust for reading in readings)
        return max(self._weight.get(it.base, self._unknown) for it in readings if it.trust == trust)

    def _read(self, query: str) -> list[list[Reading]]:
        written = words(query)[:_MOST_WORDS]
        sure = any(letters(word).accents for word in written)
        places: list[list[Reading]] = []
        for word in written:
            base = letters(word).base
            if self._spelling.knows(base) or self._spelling.typed_keys(word):
                apart = [word]
            elif first := self._spelling.cut_short(base):
                places.append([Reading(*first, sound(first.base), 1.0, False)])
                apart = [word[1:]]
            else:
                apart = self._spelling.pieces(word) or [word]
            places += [self._readings(piece, sure) for piece in apart]
        places = places[:_MOST_WORDS]
        self._doubt(places)
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

    def _doubt(self, places: list[list[Reading]]) -> None:
        """A slip of the finger may be a word as well; its neighbours tell, where no story is told.

        Not one whose accents were typed, and make it a word of the law.
        """
        if len(places) > _FEW_WORDS:
            return
        typed = ["", *(readings[0].base for readings in places), ""]
        for at, readings in enumerate(places):
            if readings[0].trust == 1.0 and self._form_asked(readings[0]) in (None, _SEPARATOR):
                for base in self._spelling.out_of_place(*typed[at : at + 3]):
                    readings.append(Reading(base, readings[0].accents, sound(base), _DOUBTED, False))

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

    def _words(
        self, places: list[list[Reading]], chosen: list[int], weights: list[float]
    ) -> tuple[list[_Asked], list[_Beside], dict[str, None]]:
        asked: list[_Asked] = []
        beside: list[_Beside] = []
        units: dict[str, None] = {}
        before: list[tuple[str, str | None, float]] = []
        for place, at in enumerate(chosen):
            options = [
                (self._signs[reading.base], self._form_asked(reading), reading.trust)
                for reading in places[at]
                if reading.base in self._signs
            ]
            if options:
                label = places[at][0].base
                asked.append(_Asked(label, weights[at], options))
                units |= {sign: None for sign, _, _ in options if sign in self._rarity}
                if before and chosen[place - 1] == at - 1:
                    pairs = [a + b for a, _, _ in before for b, _, _ in options if a + b in self._rarity]
                    if pairs:
                        units |= dict.fromkeys(pairs)
                        weight = _BESIDE * (weights[at - 1] + weights[at])
                        beside.append(_Beside(f"{places[at - 1][0].base}+{label}", weight, pairs))
            before = options
        return asked, beside, units

    def _form_asked(self, reading: Reading) -> str | None:
        """The accented form to look for, when the accents were typed."""
        if not reading.sure or not reading.accents:
            return None
        return self._form_signs.get((reading.base, reading.accents), _SEPARATOR)


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


def _sayings(lexicon: Lexicon) -> Iterator[tuple[list[Letters], list[str]]]:
    """Every phrase with its codes; the words of the law are one more way to say it."""
    for word in lexicon.words:
        if word.codes:
            for said in (*word.said, *word.official):
                yield read(said), word.codes
    for ambiguous in lexicon.ambiguous:
        yield read(ambiguous.term), [code for choice in ambiguous.choices for code in choice.codes]


def _translations(lexicon: Lexicon) -> Iterator[Rewrite]:
    for word in lexicon.words:
        if not word.codes:
            for said in word.said:
                for official in word.official[:1]:
                    yield Rewrite(said, official)


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
