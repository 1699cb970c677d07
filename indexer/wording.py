"""Which words texts share: character pairs of Han, kana and hangul, beginnings of other words.

Lighter than the tokens of ``indexer.text`` (no dictionary is loaded) and each counted once a text:
what matters here is how much of one text's wording stands in another, not how often.
"""

from __future__ import annotations

import re
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


class Rarity:
    """How rare a word is among n texts: the inverse document frequency of BM25."""

    def __init__(self, texts: Sequence[Words]) -> None:
        counts: defaultdict[str, int] = defaultdict(int)
        for text in texts:
            for word in text:
                counts[word] += 1
        size = len(texts)
        self._of = {w: float(np.log(1 + (size - n + 0.5) / (n + 0.5))) for w, n in counts.items()}
        self._unknown = float(np.log(1 + (size + 0.5) / 0.5))

    def of(self, word: str) -> float:
        """Of one word; a word that no text has is the rarest."""
        return self._of.get(word, self._unknown)

    def total(self, words: Iterable[str]) -> float:
        """Of several, summed."""
        return sum(map(self.of, words))


class Wording:
    """The words of n texts, and how much of them another text shares."""

    def __init__(self, texts: Sequence[Words], rarity: Rarity) -> None:
        self._rarity = rarity
        self._size = len(texts)
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            for word in text:
                postings[word].append(number)
        self._postings = {word: np.array(numbers) for word, numbers in postings.items()}
        totals = [rarity.total(text) for text in texts]
        self._totals = np.maximum(np.array(totals, dtype=np.float32), 1e-6)

    def holding(self, words: Words) -> Floats:
        """The share of ``words``, by rarity, that each text holds; shape (n,), 0 to 1."""
        shares = self._shared(words) / max(self._rarity.total(words), 1e-6)
        return np.asarray(shares, dtype=np.float32)

    def held_by(self, words: Words) -> Floats:
        """The share of each text, by rarity, that stands in ``words``; shape (n,), 0 to 1."""
        return np.asarray(self._shared(words) / self._totals, dtype=np.float32)

    def _shared(self, words: Words) -> Floats:
        shared = np.zeros(self._size, dtype=np.float32)
        for word in words:
            numbers = self._postings.get(word)
            if numbers is not None:
                shared[numbers] += self._rarity.of(word)
        return shared
