"""The casebook's own words, and "did you mean": the one of them that was probably typed.

Words are the names of places and projects, words of titles, and labels of the taxonomy. A part
of a query that the casebook does not know is compared with them by edit distance, in normalised
spelling: "Nishiawakra" is one letter from Nishiawakura, 西粟蒼村 one character from 西粟倉村.
Of Han and hiragana only names and labels count: in running text too many words of three
characters lie one apart (補助款, 補助金).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from indexer.documents import place_names
from indexer.names import SUFFIXES, hiragana, is_latin, romanised, spaced
from indexer.text import HAN, HANGUL, KANA, Normalised, normalise
from kb.model import Case
from kb.taxonomy import Facet, taxonomy

LONGEST_QUERY = 60  # a longer text is no slip of the fingers
SHORTEST_LATIN = 5  # letters; of shorter words too many lie one letter apart
SHORTEST_HAN = 3  # characters without the suffix of a place
SHORTEST_KANA = 5
TWO_EDITS = 9  # letters from which two slips are believed, if the first letter is right
JOINED_WORDS = 3  # "Nishi Awakra" is compared as one word too
LABELLED: tuple[Facet, ...] = (
    "drivers",
    "topics",
    "kpi_themes",
    "plan_categories",
    "plan_kinds",
    "settings",
)

_CJK = re.compile(f"[{HAN}{KANA}]+")
_HAN = re.compile(f"[{HAN}]")
_KANA = re.compile(f"[{KANA}]+")
_WORD = re.compile(f"[^\\W_{HAN}{KANA}{HANGUL}]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word to suggest, and the form it is compared in."""

    shown: str
    form: str
    is_name: bool


class Slip(NamedTuple):
    """A part of the normalised query that is near a word; the best slip sorts first."""

    distance: int
    other_than_a_name: bool
    shorter: int  # minus the length: of two words as near, the longer explains more
    start: int
    end: int
    shown: str


class Vocabulary:
    """Words that a query can be corrected to."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._words: dict[int, list[tuple[frozenset[str], Word]]] = defaultdict(list)
        self._forms: set[str] = set()
        # Two words one edit apart are alike once a letter is left out of one or of both.
        self._shortened: dict[str, list[Word]] = defaultdict(list)
        for word in words:
            if word.form not in self._forms:
                self._forms.add(word.form)
                self._words[len(word.form)].append((frozenset(word.form), word))
                for form in _shortened(word.form):
                    self._shortened[form].append(word)

    @classmethod
    def of_cases(cls, cases: Iterable[Case]) -> Vocabulary:
        """From the names and titles of cases, and the taxonomy."""
        cases = list(cases)
        names = [name for case in cases for name in place_names(case)]
        titles = [title for case in cases for _, title in case.title.items()]
        return cls(
            [
                *(word for name in names for word in _words(name, is_name=True)),
                *(word for title in titles for word in _title_words(title)),
                *(word for label in _labels() for word in _words(label, is_name=False)),
            ]
        )

    def correction(self, query: str, is_known: Callable[[str], bool]) -> str | None:
        """The query with one unknown part replaced by the word it is nearest to, or None.

        ``is_known`` tells whether a token stands in the casebook.
        """
        if len(query) > LONGEST_QUERY:
            return None
        normalised = Normalised.of(query)
        text = normalised.text
        slips = [
            slip for read in (self._latin, self._han, self._kana) for slip in read(text, is_known)
        ]
        if not slips:
            return None
        best = min(slips)
        first, last = normalised.original_span(best.start, best.end)
        return f"{query[:first]}{best.shown}{query[last:]}".strip()

    def _latin(self, text: str, is_known: Callable[[str], bool]) -> Iterator[Slip]:
        words = list(_WORD.finditer(text))
        unknown = [not is_known(word.group()) for word in words]
        for i in range(len(words)):
            for j in range(i + 1, min(i + JOINED_WORDS, len(words)) + 1):
                between = text[words[i].start() : words[j - 1].end()]
                if not any(unknown[i:j]) or _CJK.search(between):
                    continue
                form = romanised("".join(word.group() for word in words[i:j]))
                if len(form) < SHORTEST_LATIN or form.isdigit() or form in self._forms:
                    continue
                span = words[i].start(), words[j - 1].end()
                yield from self._near(form, 2 if len(form) >= TWO_EDITS else 1, span)

    def _han(self, text: str, is_known: Callable[[str], bool]) -> Iterator[Slip]:
        """Any part of a run with Han characters that holds an unknown pair; at least half of
        the run, for a name that was meant stands nearly alone."""
        for run in _CJK.finditer(text):
            pairs = range(run.start(), run.end() - 1)
            strange = [i for i in pairs if not is_known(text[i : i + 2])]
            windows = {
                (start, start + length)
                for i in strange
                for length in self._words
                for start in range(max(run.start(), i + 2 - length), i + 1)
                if start + length <= run.end() and 2 * length >= len(run.group())
            }
            for start, end in windows:
                form = text[start:end]
                if _HAN.search(form) and form not in self._forms:
                    yield from self._near(form, 1, (start, end), same_length=end - start < 5)

    def _kana(self, text: str, is_known: Callable[[str], bool]) -> Iterator[Slip]:
        """A kana word as a whole."""
        for run in _KANA.finditer(text):
            form = run.group()
            pairs = range(len(form) - 1)
            if all(is_known(form[i : i + 2]) for i in pairs) or len(form) < SHORTEST_KANA:
                continue
            if hiragana(form) not in self._forms:
                yield from self._near(hiragana(form), 1, run.span())

    def _near(
        self, form: str, edits: int, span: tuple[int, int], same_length: bool = False
    ) -> Iterator[Slip]:
        for word in self._candidates(form, edits):
            length = len(word.form)
            if same_length and length != len(form):
                continue
            distance = edit_distance(form, word.form, edits)
            if 0 < distance <= edits and (distance == 1 or form[0] == word.form[0]):
                yield Slip(distance, not word.is_name, -length, *span, word.shown)

    def _candidates(self, form: str, edits: int) -> Iterator[Word]:
        """Words that may be within that many edits of a form."""
        if edits == 1:
            found = {
                w.form: w for short in _shortened(form) for w in self._shortened.get(short, ())
            }
            yield from found.values()
            return
        letters = frozenset(form)
        for length in range(len(form) - edits, len(form) + edits + 1):
            for own, word in self._words.get(length, ()):
                if len(letters ^ own) <= 2 * edits:
                    yield word


def _shortened(form: str) -> set[str]:
    """A form, and what is left of it without any one of its letters."""
    return {form, *(form[:i] + form[i + 1 :] for i in range(len(form)))}


def edit_distance(a: str, b: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours from one to the other
    (optimal string alignment); ``limit + 1`` if there are more than ``limit``."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _words(text: str, is_name: bool) -> Iterator[Word]:
    """A name or label as a whole and, if in Latin letters, its longer words."""
    form = spaced(normalise(text))
    if is_latin(form):
        if len(form.split()) <= JOINED_WORDS:
            yield from _word(text, romanised(form.replace(" ", "")), is_name)
        for part in re.findall(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*", text):
            yield from _word(part, romanised(spaced(normalise(part)).replace(" ", "")), is_name)
    elif _CJK.fullmatch(form):
        yield from _word(text, form, is_name)


def _title_words(title: str) -> Iterator[Word]:
    """Latin and katakana words of a title as they are written there."""
    for part in re.findall(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*", title):
        form = spaced(normalise(part))
        if is_latin(form):
            yield from _word(part, romanised(form.replace(" ", "")), is_name=False)
    for part in re.findall("[ァ-ヺー]+", title):
        yield from _word(part, normalise(part), is_name=False)


def _word(shown: str, form: str, is_name: bool) -> Iterator[Word]:
    """The word, if it is long enough to be recognised in spite of a slip."""
    if is_latin(form):
        enough = len(form) >= SHORTEST_LATIN and not form.isdigit()
    elif _KANA.fullmatch(form):
        enough = len(form) >= SHORTEST_KANA
    else:
        enough = len(form.rstrip(SUFFIXES)) >= SHORTEST_HAN
    if enough:
        yield Word(shown, hiragana(form) if _KANA.fullmatch(form) else form, is_name)


def _labels() -> Iterator[str]:
    terms = taxonomy()
    for facet in LABELLED:
        for term in terms.terms(facet).values():
            for _, label in term.label.items():
                yield label
