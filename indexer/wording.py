"""Which words texts share: character pairs of Han, kana and hangul, beginnings of other words.

Lighter than the tokens of ``indexer.text`` (no dictionary is loaded) and each counted once a text:
what matters here is how much of one text's wording stands in another, not how often.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from indexer.encoders import Floats
from indexer.text import HAN, HANGUL, KANA, normalise

STEM = 7  # letters of a word that count: what comes later is mostly ending
SHORTEST = 3  # letters of a word that is worth counting
_RUNS = re.compile(f"([{HAN}{KANA}{HANGUL}]+)|[^\\W_{HAN}{KANA}{HANGUL}]+")

Words = frozenset[str]


def words_of(text: str) -> Words:
    """The words of a text, each once."""
    found: set[str] = set()
    for run in _RUNS.finditer(normalise(text)):
        word = run.group()
        if run.group(1):
            found.update(word[i : i + 2] for i in range(len(word) - 1))
        elif len(word) >= SHORTEST:
            found.add(word[:STEM])
    return frozenset(found)


class Wording:
    """The words of n texts, and how much of them another text shares.

    A word weighs as it is rare among the first ``counted`` texts (all, unless given): by the
    inverse document frequency of BM25. A word that none of them has is the rarest.
    """

    def __init__(self, texts: Sequence[Words], counted: int | None = None) -> None:
        self._size = len(texts)
        among = self._size if counted is None else counted
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            for word in text:
                postings[word].append(number)
        self._postings = {word: np.array(found, np.int32) for word, found in postings.items()}
        worth = np.arange(among + 1)
        of_count = np.log(1 + (among - worth + 0.5) / (worth + 0.5)).tolist()
        self._unknown: float = of_count[0]
        self._rarity: dict[str, float] = {
            word: of_count[bisect_left(numbers, among)] for word, numbers in postings.items()
        }
        self._totals = np.maximum([self.total(text) for text in texts], 1e-6)

    def total(self, words: Iterable[str]) -> float:
        """The weights of words, summed."""
        weight, unknown = self._rarity.get, self._unknown
        return sum([weight(word, unknown) for word in words])

    def shares(self, words: Words) -> tuple[Floats, Floats]:
        """How much of ``words`` each text holds, and how much of each text stands in ``words``:
        shapes (n,), from 0 to 1 by weight."""
        known = [word for word in words if word in self._postings]
        shared = np.zeros(self._size)
        if known:
            texts = [self._postings[word] for word in known]
            weights = np.array([self._rarity[word] for word in known])
            spread = np.repeat(weights, [len(numbers) for numbers in texts])
            shared += np.bincount(np.concatenate(texts), spread, minlength=self._size)
        held = shared / max(self.total(words), 1e-6)
        return held.astype(np.float32), (shared / self._totals).astype(np.float32)
