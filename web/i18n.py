"""The interface in three languages: its strings, its addresses, its numbers and dates.

Strings live in ``i18n/<lang>.yaml``, nested by page and asked for by dotted key. All files
have the same keys (checked on load), so a key that exists for one language exists for all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import Request

from kb.model import LANGS, Lang

I18N_DIR = Path(__file__).with_name("i18n")
DEFAULT: Lang = "zh-Hant"
PREFIX: dict[Lang, str] = {"zh-Hant": "", "ja": "/ja", "en": "/en"}
NAMES: dict[Lang, str] = {"zh-Hant": "中文", "ja": "日本語", "en": "English"}

_BABEL: dict[Lang, str] = {"zh-Hant": "zh_Hant_TW", "ja": "ja_JP", "en": "en_GB"}
_BY_TAG: dict[str, Lang] = {"zh": "zh-Hant", "ja": "ja", "en": "en"}
_PLURAL = {"one", "other"}

Text = str | dict[str, str] | list[dict[str, str]]


class TranslationError(Exception):
    """The files of strings do not have the same keys, or a key is asked for that none has."""


@dataclass(frozen=True)
class Translator:
    """The strings of one language."""

    lang: Lang
    strings: dict[str, Text]

    def __call__(self, key: str, **values: object) -> str:
        """The string of ``key`` with its ``{names}`` filled in; ``n`` chooses the plural."""
        text = self._get(key)
        if isinstance(text, dict):
            text = text["one" if values.get("n") == 1 else "other"]
        if isinstance(text, list):
            raise TranslationError(f"{key} is a list")
        shown = {k: self.number(v) if isinstance(v, int) else v for k, v in values.items()}
        return text.format(**shown) if shown else text

    def phrases(self, key: str) -> list[tuple[str, str]]:
        """The phrases of a key that has several, each with its language."""
        text = self._get(key)
        if not isinstance(text, list):
            raise TranslationError(f"{key} is not a list")
        return [pair for phrase in text for pair in phrase.items()]

    def number(self, value: float) -> str:
        """A number in the habit of the language, without a needless ``.0``."""
        return _number(value, self.lang)

    def date(self, value: dt.date) -> str:
        """A date in the habit of the language."""
        return str(format_date(value, format="long", locale=_BABEL[self.lang]))

    def url(self, path: str) -> str:
        """The address of a page (``/``, ``/cases/…``) in this language."""
        return PREFIX[self.lang] + path

    def _get(self, key: str) -> Text:
        try:
            return self.strings[key]
        except KeyError:
            raise TranslationError(f"no string {key!r} in {self.lang}") from None


@cache
def translators() -> dict[Lang, Translator]:
    """A translator a language; raises TranslationError where their keys differ."""
    found = {lang: Translator(lang, read_strings(I18N_DIR / f"{lang}.yaml")) for lang in LANGS}
    expected = found[DEFAULT].strings
    for lang, translator in found.items():
        differing = sorted(expected.keys() ^ translator.strings.keys())
        if differing:
            raise TranslationError(f"{lang}: keys differ from {DEFAULT}: {', '.join(differing)}")
    return found


def read_strings(path: Path) -> dict[str, Text]:
    """Dotted key → text, plural forms (``one``, ``other``) or list, of one file."""
    with path.open(encoding="utf-8") as file:
        return dict(_flat(yaml.safe_load(file), ""))


def preferred(request: Request, default: Lang) -> Lang:
    """The language chosen before (cookie ``lang``), else the browser's first that there is."""
    chosen = request.cookies.get("lang")
    for lang in LANGS:
        if lang == chosen:
            return lang
    wishes = []
    for wish in request.headers.get("accept-language", "").split(",")[:20]:
        tag, _, weight = wish.partition(";q=")
        try:
            wishes.append((-float(weight or 1), tag.strip().lower().split("-")[0]))
        except ValueError:
            continue
    for _, language in sorted(wishes, key=lambda wish: wish[0]):
        if language in _BY_TAG:
            return _BY_TAG[language]
    return default


@lru_cache(maxsize=4096)  # a page has dozens, and Babel reads its locale anew for each
def _number(value: float, lang: Lang) -> str:
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    return str(format_decimal(whole, format="#,##0.######", locale=_BABEL[lang]))


def split_path(path: str) -> tuple[Lang, str]:
    """The language of an address and the path of the page without its prefix."""
    for lang, prefix in PREFIX.items():
        if prefix and (path == prefix or path.startswith(prefix + "/")):
            return lang, path.removeprefix(prefix) or "/"
    return DEFAULT, path


def _flat(tree: dict[str, Any], prefix: str) -> list[tuple[str, Text]]:
    pairs: list[tuple[str, Text]] = []
    for key, value in tree.items():
        if isinstance(value, dict) and set(value) != _PLURAL:
            pairs.extend(_flat(value, f"{prefix}{key}."))
        else:
            pairs.append((prefix + key, value))
    return pairs
