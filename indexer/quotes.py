"""The passage that carries an answer, with what it shares with the query marked."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from pydantic import BaseModel, ConfigDict

from indexer.encoders import Floats
from indexer.passages import Passage
from indexer.ranking import RankingIndex
from indexer.text import Normalised, normalise, stem

# A quote should tell something: titles and lists of names are quoted only if much better.
PREFERENCE = {"title": -1.5, "kpis": -1.0, "results": -1.0, "drivers": -0.5}
# An abstract says in another language what the body says: that is for those who ask in it.
# Situations are told of readers, not of the case.
NO_QUOTE = -3.0
COMMON = 0.35  # tokens less rare than this are not worth marking (こと, the, 的…)
KANA_LETTER = re.compile("[\u3041-\u30ff]")
LATIN_WORD = re.compile(r"[a-z0-9]+")


class PassageQuote(BaseModel):
    """A passage of a case and where the query's words stand in it (code points)."""

    model_config = ConfigDict(frozen=True)

    section: str
    lang: str
    text: str
    highlights: list[tuple[int, int]] = []


def quote(index: RankingIndex, text: str, document: int, scores: Floats) -> PassageQuote:
    """The best passage of a document for a query, given every passage's score."""
    start = int(index.starts[document])
    end = start + int(index.counts[document])
    lang = _written_in(text)
    preferred = [scores[i] + _preference(index.passages[i], lang) for i in range(start, end)]
    passage = index.passages[start + int(np.argmax(preferred))]
    return PassageQuote(
        section=passage.section,
        lang=passage.lang,
        text=passage.text,
        highlights=highlights(index, text, passage.text),
    )


def _preference(passage: Passage, lang: str) -> float:
    foreign = passage.section == "abstract" and passage.lang != lang
    if foreign or passage.section == "situations":
        return NO_QUOTE
    return PREFERENCE.get(passage.section, 0.0)


def _written_in(text: str) -> str:
    """The casebook's language that a query, which may be a word, is written in."""
    if KANA_LETTER.search(text):
        return "ja"
    return "en" if text.isascii() else "zh-Hant"


@lru_cache(maxsize=8)
def _marked_words(index: RankingIndex, query: str) -> frozenset[str]:
    """Words of a query that are worth marking; asked for once a hit."""
    words = index.analyser.words(normalise(query))
    return frozenset(word for word in words if index.rarity(word) >= COMMON)


def highlights(index: RankingIndex, query: str, text: str) -> list[tuple[int, int]]:
    """Spans of ``text`` that match words of the query, in order, without overlap."""
    tokens = _marked_words(index, query)
    if not tokens:
        return []
    normalised = Normalised.of(text)
    spans = [
        match.span()
        for match in LATIN_WORD.finditer(normalised.text)
        if stem(match.group()) in tokens
    ]
    spoken = [t for t in tokens if not t.isascii()]
    if spoken:
        pattern = "|".join(re.escape(t) for t in sorted(spoken, key=len, reverse=True))
        spans += [match.span() for match in re.finditer(pattern, normalised.text)]
    merged: list[tuple[int, int]] = []
    for first, last in sorted(normalised.original_span(*span) for span in spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
