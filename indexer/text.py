"""One spelling for every script: normalisation and tokens for the lexical side of search.

臺/台, 峯/峰, 瀧/滝, Simplified and Traditional, full and half width, upper and lower case,
Sōsei and Sosei become one. Normalised text is for matching only, never shown; `Normalised`
remembers where each of its characters came from, so that a match can be marked in the original.
"""

from __future__ import annotations

import copy
import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jieba

ANALYSIS_VERSION = 2  # goes up when the same text gives other tokens

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
KANA = "\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe"
HANGUL = "\uac00-\ud7a3"
RUNS = re.compile(
    f"(?P<han>[{HAN}]+)|(?P<kana>[{KANA}]+)|(?P<hangul>[{HANGUL}]+)"
    f"|(?P<word>[^\\W_{HAN}{KANA}{HANGUL}]+)"
)

LATIN_WITH_MARKS = re.compile(
    "[\u00c0-\u024f\u1e00-\u1eff][\u0300-\u036f]*|(?<=[a-z])[\u0300-\u036f]+"
)

# Characters that OpenCC's Japanese and Taiwanese tables leave apart, though people mix them.
SAME = str.maketrans(
    "瀧峯﨑邉邊槇髙嶋嶌濵冨礒𥐟籠篭桒埜曻畧栁閒鬪靑戶",
    "泷峰崎边边槙高岛岛滨富矶矶笼笼桑野升略柳间斗青户",
)


@lru_cache(maxsize=1)
def _converters() -> tuple[Any, Any]:
    import opencc

    return opencc.OpenCC("jp2t"), opencc.OpenCC("t2s")


def _fold(text: str) -> str:
    """NFKC, case folded, Latin letters without marks (kana keep theirs)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii():
        return folded
    return LATIN_WITH_MARKS.sub(_without_marks, folded)


def _without_marks(letters: re.Match[str]) -> str:
    parts = unicodedata.normalize("NFD", letters.group())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _unify(text: str) -> str:
    """Han characters of any standard as Simplified ones."""
    if text.isascii():
        return text
    japanese, simplified = _converters()
    unified: str = simplified.convert(japanese.convert(text))
    return unified.translate(SAME)


def normalise(text: str) -> str:
    """The spelling that texts and queries are compared in."""
    return _unify(_fold(text))


@dataclass(frozen=True)
class Normalised:
    """A normalised text and, for each of its characters, the index of its origin."""

    text: str
    origin: list[int]
    length: int

    @classmethod
    def of(cls, text: str) -> Normalised:
        """Normalise ``text``, keeping offsets (in code points)."""
        return _aligned(text)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the original text."""
        first = self.origin[start]
        last = self.origin[end - 1]
        following = next((o for o in self.origin[end:] if o > last), self.length)
        return first, following


@lru_cache(maxsize=4096)
def _aligned(text: str) -> Normalised:
    """The passages of the answers to one query are likely among those of the next."""
    parts: list[str] = []
    origin: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and (unicodedata.combining(text[end]) or text[end] in "\uff9e\uff9f"):
            continue  # a mark (half-width voicing too) folds together with what it stands on
        piece = _folded_piece(text[start:end])
        parts.append(piece)
        origin.extend([start] * len(piece))
        start = end
    folded = "".join(parts)
    unified = _unify(folded)
    if len(unified) != len(folded):  # a phrase rule changed the length: convert by character
        unified = "".join((_unify(c) + c)[:1] for c in folded)
    return Normalised(unified, origin, len(text))


@lru_cache(maxsize=20_000)
def _folded_piece(piece: str) -> str:
    """A character with its marks, folded."""
    return _fold(piece)


def bigrams(run: str) -> list[str]:
    """Overlapping pairs of characters; a single character stands for itself."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


@lru_cache(maxsize=1)
def load_dictionary() -> jieba.Tokenizer:
    """jieba with its own dictionary, read once per process (half a second)."""
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    segmenter = jieba.Tokenizer()
    segmenter.initialize()
    return segmenter


class TextAnalyser:
    """Turns text into the tokens that BM25 counts.

    Han runs give jieba's search words and character pairs, kana and hangul runs give pairs, so
    does the seam between two of them, other words give their stem. Words of two characters thus
    count twice; with the seams that lifts MRR@10 of BM25 alone from 0.881 to 0.921 on jsquad-ja
    and from 0.957 to 0.960 on drcd-zh_hant. ``user_words`` (place and project names) are added to
    jieba's dictionary, which lacks those of Taiwan and Japan.
    """

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        self.user_words = sorted({w for word in user_words if len(w := normalise(word)) > 1})
        self._lock = threading.Lock()
        self._jieba: jieba.Tokenizer | None = None

    def _segmenter(self) -> jieba.Tokenizer:
        with self._lock:
            if self._jieba is None:
                segmenter = copy.copy(load_dictionary())
                segmenter.FREQ = dict(segmenter.FREQ)
                for word in self.user_words:
                    if re.fullmatch(f"[{HAN}]+", word):
                        segmenter.add_word(word)
                self._jieba = segmenter
            return self._jieba

    def tokens(self, text: str) -> list[str]:
        """Tokens of ``text`` in order, repeated as often as they occur."""
        return self.tokens_of_normalised(normalise(text))

    def words(self, text: str) -> set[str]:
        """Words of a normalised text that are worth marking where they occur: words of two or
        more Han characters, kana runs of three or more, stems of other words."""
        found: set[str] = set()
        for match in RUNS.finditer(text):
            run = match.group()
            if match.lastgroup == "han":
                found.update(w for w in self._segmenter().cut_for_search(run) if len(w) > 1)
            elif match.lastgroup == "word":
                found.add(stem(run))
            elif len(run) > 2:
                found.add(run)
        return found

    def tokens_of_normalised(self, text: str) -> list[str]:
        """As :meth:`tokens`, for text already normalised."""
        out: list[str] = []
        before: re.Match[str] | None = None
        for match in RUNS.finditer(text):
            run, script = match.group(), match.lastgroup
            if script == "word":
                out.append(stem(run))
            else:
                if script == "han" and len(run) > 1:
                    out.extend(self._segmenter().cut_for_search(run))
                out.extend(bigrams(run))
                if before and before.end() == match.start() and before.lastgroup != "word":
                    out.append(text[match.start() - 1 : match.start() + 1])
            before = match
        return out


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of an English word (Snowball); other words come back unchanged."""
    return str(_stemmer().stemWord(word)) if word.isascii() and word.isalpha() else word


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
