"""Names of places and projects in a query, in any script.

"Sabae", "さばえ" and "鯖江" are one place. A name counts where it stands as a word: Latin names
between word boundaries, with or without hyphens; kana names not inside a longer kana word;
Han names anywhere, with or without the suffix of their kind (市, 町, 鄉 …).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.text import HAN, KANA, normalise

SUFFIXES = "市町村县郡乡镇区岛"  # as normalised
PARTICLES = "のはがをにでとへもや"


@dataclass(frozen=True)
class NameMatch:
    """Document numbers whose name was found, with the share of the query that the name is."""

    document: int
    share: float


class Gazetteer:
    """Names of documents, looked up in queries."""

    def __init__(self, names: Iterable[Iterable[str]]) -> None:
        self._documents: dict[str, set[int]] = defaultdict(set)
        for document, own in enumerate(names):
            for name in own:
                for form in forms(name):
                    self._documents[form].add(document)
        latin = sorted((f for f in self._documents if f.isascii()), key=len, reverse=True)
        han = [f for f in self._documents if not f.isascii() and not _is_kana(f)]
        kana = [f for f in self._documents if _is_kana(f)]
        self._patterns = [
            _alternatives(r"(?<![a-z0-9])(?:{})(?![a-z0-9])", latin),
            _alternatives(r"(?:{})", han),
            _alternatives(
                f"(?<![{KANA}])(?:{{}})(?=[^{KANA}]|$|[{PARTICLES}](?:[^{KANA}]|$))", kana
            ),
        ]

    def find(self, query: str) -> list[NameMatch]:
        """Documents named in the query; each with its longest match."""
        text = _spaced(normalise(query))
        total = len(text.replace(" ", "")) or 1
        best: dict[int, float] = {}
        for pattern in self._patterns:
            if pattern is None:
                continue
            for match in pattern.finditer(text):
                share = len(match.group().replace(" ", "")) / total
                for document in self._documents[match.group()]:
                    best[document] = max(best.get(document, 0.0), share)
        return [NameMatch(document, share) for document, share in sorted(best.items())]


def forms(name: str) -> set[str]:
    """Normalised spellings under which a name is looked up."""
    text = _spaced(normalise(name))
    found = {text, text.replace(" ", "")} if text.isascii() else {text}
    if "," in name:  # "Sabae, Fukui" is also just Sabae
        found |= forms(name.split(",", maxsplit=1)[0])
    if re.fullmatch(f"[{HAN}]+", text) and len(text) > 2 and text[-1] in SUFFIXES:
        found.add(text[:-1])
    return {form for form in found if _distinctive(form)}


def _distinctive(form: str) -> bool:
    """Long enough not to be found by accident."""
    letters = len(form.replace(" ", ""))
    return letters >= 3 if form.isascii() or _is_kana(form) else letters >= 2


def _is_kana(form: str) -> bool:
    return bool(re.fullmatch(f"[{KANA} ]+", form))


def _spaced(text: str) -> str:
    """Hyphens, apostrophes and other marks as single spaces."""
    return re.sub(r"[\W_]+", " ", text).strip()


def _alternatives(template: str, names: list[str]) -> re.Pattern[str] | None:
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(template.format("|".join(map(re.escape, ordered)))) if ordered else None
