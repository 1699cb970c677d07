"""Names of places and projects in a query, in any script.

"Sabae", "さばえ", "サバエ" and "鯖江" are one place. A name counts where it stands as a word: Latin
names between word boundaries, with or without hyphens, long vowels in any romanisation; kana
names, in either kana, not inside a longer word; Han names anywhere, with or without the suffix of
their kind (市, 町, 鄉 …).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexer.text import HAN, HANGUL, KANA, normalise

SUFFIXES = "市町村县郡乡镇区岛"  # as normalised
PARTICLES = "のはがをにでとへもや"
HIRAGANA = "\u3041-\u3096\u309d\u309e"
KATAKANA = "\u30a1-\u30fa\u30fd\u30fe"

# "Nishi-Awakura" is Nishiawakura, but "to no" is not Tono: names are joined from several words of
# the query, or parted, only from this many letters.
JOINED_LETTERS = 6
WORDS_OF_A_NAME = 6

# A network of so many municipalities is not what the bare name of one of them asks for (高原 is
# a plateau before it is one of the most beautiful villages): there the suffix must be named too.
NETWORK = 20

_LETTER = f"[^\\W_{HAN}{KANA}{HANGUL}]"
_WORDS = re.compile(f"{_LETTER}+(?: {_LETTER}+)*")
_CHANGE_OF_KANA = re.compile(
    f"(?<=[{HIRAGANA}])(?=[{KATAKANA}])|(?<=[{KATAKANA}ー])(?=[{HIRAGANA}])"
)
_TO_HIRAGANA = {code: code - 0x60 for code in [*range(0x30A1, 0x30F7), 0x30FD, 0x30FE]}

# One spelling for the romanisations that people mix: Ōita, Ohita, Ooita; Gunma, Gumma; Samsø.
_ROMANISATION = (
    (re.compile(r"o[ou]|oh(?![aeiou])"), "o"),
    (re.compile(r"uu"), "u"),
    (re.compile(r"m(?=[bpm])"), "n"),
)
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})


@dataclass(frozen=True)
class NameMatch:
    """Document numbers whose name was found, with the share of the query that the name is."""

    document: int
    share: float


class Gazetteer:
    """Names of documents, looked up in queries."""

    def __init__(self, names: Iterable[Iterable[str]]) -> None:
        self._documents: dict[str, set[int]] = defaultdict(set)
        self._joined: dict[str, set[int]] = defaultdict(set)
        for document, own in enumerate(map(list, names)):
            network = sum(_bare(spaced(normalise(name))) is not None for name in own) >= NETWORK
            for name in own:
                for form in forms(name, bare=not network):
                    self._documents[form].add(document)
                    joined = form.replace(" ", "")
                    if is_latin(form) and len(joined) >= JOINED_LETTERS:
                        self._joined[joined].add(document)
        kana = [form for form in self._documents if _is_kana(form)]
        han = [form for form in self._documents if not is_latin(form) and not _is_kana(form)]
        self._han = _alternatives(r"(?:{})", han)
        self._kana = _alternatives(
            f"(?<![{KANA}])(?:{{}})(?=[^{KANA}]|$|の|[{PARTICLES}](?:[^{KANA}]|$))", kana
        )

    def find(self, query: str) -> list[NameMatch]:
        """Documents named in the query; each with its longest match."""
        text = spaced(normalise(query))
        total = _letters(text) or 1
        best: dict[int, float] = {}
        for length, documents in self._found(text):
            for document in documents:
                best[document] = max(best.get(document, 0.0), length / total)
        return [NameMatch(document, share) for document, share in sorted(best.items())]

    def _found(self, text: str) -> Iterator[tuple[int, set[int]]]:
        """Letters of each name found, and whose it is."""
        for run in _WORDS.finditer(text):
            words = run.group().split()
            for start in range(len(words)):
                for end in range(start + 1, min(len(words), start + WORDS_OF_A_NAME) + 1):
                    written = words[start:end]
                    documents = self._documents.get(romanised(" ".join(written)))
                    documents = documents or self._joined.get(romanised("".join(written)))
                    if documents:
                        yield len("".join(written)), documents
        for pattern, among in ((self._han, text), (self._kana, _one_kana(text))):
            for match in pattern.finditer(among) if pattern else ():
                yield _letters(match.group()), self._documents[match.group()]


def forms(name: str, bare: bool = True) -> set[str]:
    """Normalised spellings under which a name is looked up; ``bare`` ones lack the suffix."""
    text = spaced(normalise(name))
    found = {romanised(text) if is_latin(text) else text}
    if "," in name:  # "Sabae, Fukui" is also just Sabae
        found |= forms(name.split(",", maxsplit=1)[0])
    without = _bare(text)
    if bare and without:
        found.add(without)
    if _is_kana(text):
        found = {_one_kana(text)}
    return {form for form in found if _distinctive(form)}


def _bare(text: str) -> str | None:
    """A name in Han characters without the suffix of its kind, if it has one."""
    if re.fullmatch(f"[{HAN}]{{2,}}[{SUFFIXES}]", text):
        return text[:-1]
    return None


def spaced(text: str) -> str:
    """Hyphens, apostrophes and other marks as single spaces."""
    return re.sub(r"[\W_]+", " ", text).strip()


def romanised(text: str) -> str:
    """One spelling for Latin names, whatever the romanisation."""
    text = text.translate(_LETTERS)
    for pattern, letter in _ROMANISATION:
        text = pattern.sub(letter, text)
    return text


def hiragana(text: str) -> str:
    """Katakana as hiragana."""
    return text.translate(_TO_HIRAGANA)


def is_latin(form: str) -> bool:
    """Whether a spaced form is made of words of an alphabet only."""
    return bool(_WORDS.fullmatch(form))


def _one_kana(text: str) -> str:
    """Katakana as hiragana; where one changes to the other a word ends."""
    return hiragana(_CHANGE_OF_KANA.sub(" ", text))


def _distinctive(form: str) -> bool:
    """Long enough not to be found by accident."""
    return _letters(form) >= (3 if is_latin(form) or _is_kana(form) else 2)


def _is_kana(form: str) -> bool:
    return bool(re.fullmatch(f"[{KANA} ]+", form))


def _letters(text: str) -> int:
    return len(text.replace(" ", ""))


def _alternatives(template: str, names: list[str]) -> re.Pattern[str] | None:
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(template.format("|".join(map(re.escape, ordered)))) if ordered else None
