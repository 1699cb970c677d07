"""The house style of citing a case and its sources, in the casebook's three languages.

A case: title, casebook, date of update, licence, permanent link or id. A source: publisher, title,
year, address; a title that only describes an unseen one is marked as a description.
"""

from __future__ import annotations

import datetime as dt

from kb.model import Case, Source

CASEBOOK = {"zh-Hant": "創生案例庫", "ja": "創生ケースブック", "en": "Sōsei Casebook"}
LICENCE = "CC BY 4.0"

_QUOTES = {"zh-Hant": ("〈", "〉"), "ja": ("「", "」"), "en": ("“", "”")}
_BOOK = {"zh-Hant": ("《", "》"), "ja": ("『", "』"), "en": ("", "")}
_DESCRIBED = {
    "zh-Hant": "（標題為本庫所擬）",
    "ja": "（題名は本書による説明）",
    "en": " [title described by the casebook]",
}


def cite(case: Case, lang: str, public_url: str | None = None) -> str:
    """One line that cites a case, with its permanent link when the site's address is given."""
    lang = lang if lang in CASEBOOK else "zh-Hant"
    title = _quoted(case.title.get(lang), lang)
    link = f"{public_url.rstrip('/')}/cases/{case.id}" if public_url else case.id
    before, after = _BOOK[lang]
    book = f"{before}{CASEBOOK[lang]}{after}"
    when = _date(case.updated, lang)
    if lang == "en":
        return f"{title} {book}, updated {when}. {LICENCE}. {link}"
    updated = f"{when}更新"
    if lang == "ja":
        return f"{title}{book}、{updated}。{LICENCE}。{link}"
    return f"{title}，{book}，{updated}。{LICENCE}。{link}"


def cite_source(source: Source, lang: str) -> str:
    """One line that cites a source as far as it is known."""
    lang = lang if lang in CASEBOOK else "zh-Hant"
    title = _quoted(source.title, lang)
    if source.described:
        title = f"{source.title}{_DESCRIBED[lang]}"
    parts = [part for part in (source.publisher, title, _year(source.year, lang)) if part]
    comma, stop = (", ", ". ") if lang == "en" else (("、" if lang == "ja" else "，"), "。")
    return comma.join(parts) + stop + (source.url or "")


def _quoted(title: str, lang: str) -> str:
    """A title in its quotation marks; in Japanese, marks inside it become double ones."""
    opening, closing = _QUOTES[lang]
    if lang == "ja":
        title = title.replace("「", "『").replace("」", "』")
    return f"{opening}{title}{closing}"


def _year(year: int | None, lang: str) -> str:
    if year is None:
        return ""
    return str(year) if lang == "en" else f"{year}年"


def _date(date: dt.date, lang: str) -> str:
    if lang == "en":
        return f"{date.day} {date:%B} {date.year}"
    return f"{date.year}年{date.month}月{date.day}日"
