"""What is embedded and quoted: a document's passages, each in its context.

A passage is some 160 Chinese characters (320 columns) of one section, short enough to be quoted
and for the sentence encoder to be at its best. A context is the larger piece that it stands in
(a section under its case's title, a summary, a whole text of a test set): the encoder for long
texts reads that, and a passage is found through both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

PASSAGE_COLUMNS = 320
CONTEXT_COLUMNS = 900
SENTENCE = re.compile(
    r"(?:[^。！？!?．.\n]|[.．](?=\S)|[!?](?=\S))*(?:[。！？!?．.]+[」』）)\"']*\s*|\n|$)"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A quotable piece of a document."""

    text: str
    section: (
        str  # title, summary, abstract, situations, drivers, kpis, results, pdca, or of the body
    )
    lang: str
    context: int  # number of its context within the document


@dataclass(slots=True)
class Document:
    """One thing that can be found: its passages and contexts, and names it also goes by."""

    id: str
    passages: list[Passage] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    standing: int = 0  # how much it has to tell, where a query gives nothing else to go by

    def add(self, section: str, lang: str, text: str, heading: str = "") -> None:
        """Add a section's text: split into passages, contexts headed by ``heading``."""
        columns = CONTEXT_COLUMNS
        for piece in split(text, PASSAGE_COLUMNS):
            columns += width(piece)
            if columns > CONTEXT_COLUMNS:
                self.contexts.append(heading)
                columns = width(piece)
            self.contexts[-1] = f"{self.contexts[-1]}\n{piece}".lstrip("\n")
            self.passages.append(Passage(piece, section, lang, len(self.contexts) - 1))


def width(text: str) -> int:
    """Columns of a text on a terminal: Han, kana and hangul take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def split(text: str, columns: int) -> Iterator[str]:
    """Pieces of at most ``columns``, cut between sentences where that can be."""
    piece = ""
    size = 0
    for sentence in SENTENCE.findall(text):
        for part in _fitting(sentence, columns):
            added = width(part)
            if piece.strip() and size + added > columns:
                yield piece.strip()
                piece, size = "", 0
            piece += part
            size += added
    if piece.strip():
        yield piece.strip()


def _fitting(sentence: str, columns: int) -> Iterator[str]:
    """A sentence, or its pieces if it alone is too long."""
    while width(sentence[: columns + 1]) > columns:  # every character takes a column or more
        cut = columns // 2 if not sentence[:columns].isascii() else columns
        comma = max(sentence.rfind(mark, cut // 2, cut) for mark in "，、；;, 　")
        cut = comma + 1 if comma > 0 else cut
        yield sentence[:cut]
        sentence = sentence[cut:]
    yield sentence
