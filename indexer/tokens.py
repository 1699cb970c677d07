"""Tokens that were already cut: kept in each generation, reused by the next build."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from indexer.text import ANALYSIS_VERSION, TextAnalyser
from indexer.vectors import text_key

FILE = "tokens.json"


class TokenCache:
    """An analyser that remembers the tokens of every text it was given."""

    def __init__(self, analyser: TextAnalyser, known: dict[str, list[str]] | None = None) -> None:
        self.analyser = analyser
        self._known = known or {}
        self._used: dict[str, list[str]] = {}

    def tokens(self, text: str) -> list[str]:
        """Tokens of a text, as the analyser cuts it."""
        key = text_key(text)
        found = self._used.get(key) or self._known.get(key)
        if found is None:
            found = self.analyser.tokens(text)
        self._used[key] = found
        return found

    def save(self, folder: Path) -> None:
        """Write the tokens of the texts that were asked for into a folder."""
        record = {"analyser": _fingerprint(self.analyser), "tokens": self._used}
        (folder / FILE).write_text(json.dumps(record, ensure_ascii=False), "utf-8")

    @classmethod
    def open(cls, folder: Path | None, analyser: TextAnalyser) -> TokenCache:
        """The tokens kept in a folder; none if they were cut with other words."""
        if folder is None or not (folder / FILE).exists():
            return cls(analyser)
        record = json.loads((folder / FILE).read_text("utf-8"))
        same = record["analyser"] == _fingerprint(analyser)
        return cls(analyser, record["tokens"] if same else None)


def _fingerprint(analyser: TextAnalyser) -> str:
    """What tokens depend on besides the text."""
    words = "\n".join([str(ANALYSIS_VERSION), *analyser.user_words])
    return hashlib.sha256(words.encode()).hexdigest()
