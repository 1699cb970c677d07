"""Quoted phrases of a query: words that must stand in a case just so.

Compared as normalised, so that width, script and spelling make no difference; between Latin
words a space, a hyphen or a line's end are one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from indexer.passages import Passage
from indexer.quotes import PassageQuote
from indexer.ranking import Mask, RankingIndex
from indexer.text import Normalised, normalise

QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|＂([^＂]*)＂|「([^」]*)」|『([^』]*)』')
BREAK = r"[\s\-‐‑–—]+"


@dataclass(frozen=True)
class Phrases:
    """The phrases of a query, each as a pattern over normalised text."""

    text: str  # the query without the marks of quotation
    patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, query: str) -> Phrases:
        """Read a query; marks that have no partner, or nothing between them, are ignored."""
        quoted = ["".join(found) for found in QUOTED.findall(query)]
        patterns = [_pattern(phrase) for phrase in quoted]
        text = QUOTED.sub(lambda match: f" {''.join(filter(None, match.groups()))} ", query)
        return cls(
            " ".join(text.split()) if quoted else query.strip(),
            tuple(pattern for pattern in patterns if pattern is not None),
        )

    def all_in(self, text: str) -> bool:
        """Whether a normalised text contains every phrase."""
        return all(pattern.search(text) for pattern in self.patterns)

    def marked(self, quote: PassageQuote) -> PassageQuote:
        """The quote with each phrase in it highlighted as a whole."""
        normalised = Normalised.of(quote.text)
        spans = [
            normalised.original_span(*match.span())
            for pattern in self.patterns
            for match in pattern.finditer(normalised.text)
        ]
        return quote.model_copy(update={"highlights": merged([*quote.highlights, *spans])})


class Concordance:
    """The normalised text of every passage and of every document, made when first asked for."""

    def __init__(self, index: RankingIndex, names: Iterable[list[str]]) -> None:
        self._index = index
        self._names = list(names)
        self._lock = threading.Lock()
        self._made: tuple[list[str], list[str]] | None = None

    def documents_with(self, phrases: Phrases) -> Mask:
        """Documents that contain every phrase, in their passages or names."""
        _, documents = self._texts()
        return np.array([phrases.all_in(text) for text in documents], dtype=bool)

    def passages_with(self, phrases: Phrases) -> Mask:
        """Passages that contain at least one of the phrases."""
        passages, _ = self._texts()
        return np.array(
            [any(pattern.search(text) for pattern in phrases.patterns) for text in passages],
            dtype=bool,
        )

    def _texts(self) -> tuple[list[str], list[str]]:
        with self._lock:
            if self._made is None:
                # With offsets, as highlights are: conversion by phrase could differ by a letter.
                passages = [Normalised.of(p.text).text for p in self._index.passages]
                documents = [self._document(i, passages) for i in range(len(self._index.ids))]
                self._made = passages, documents
            return self._made

    def _document(self, document: int, passages: list[str]) -> str:
        """Passages of one section run on: a phrase may begin in one and end in the next."""
        start = int(self._index.starts[document])
        parts: list[str] = [normalise(name) for name in self._names[document]]
        before: Passage | None = None
        for i in range(start, start + int(self._index.counts[document])):
            passage = self._index.passages[i]
            same = before and (before.section, before.lang) == (passage.section, passage.lang)
            if same and parts:
                spaced = parts[-1][-1:].isascii() and passages[i][:1].isascii()
                parts[-1] += (" " if spaced else "") + passages[i]
            else:
                parts.append(passages[i])
            before = passage
        return "\0".join(parts)


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch made one."""
    out: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out


def _pattern(phrase: str) -> re.Pattern[str] | None:
    words = re.split(BREAK, normalise(phrase).strip(" -‐‑–—"))
    inner = BREAK.join(re.escape(word) for word in words if word)
    if not inner:
        return None
    before = r"(?<![a-z0-9])" if words[0][:1].isascii() and words[0][:1].isalnum() else ""
    after = r"(?![a-z0-9])" if words[-1][-1:].isascii() and words[-1][-1:].isalnum() else ""
    return re.compile(before + inner + after)
