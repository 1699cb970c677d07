"""The figures that a text states, as numbers, whichever way they are written.

``280萬``, ``280万``, ``2,800,000`` and ``2.8 million`` are one figure; so are ``１２``, ``12`` and
``十二``, ``13萬7,066`` and ``137,066``, ``七成`` and ``70%``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_ENGLISH = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SMALL = {"十": 10, "百": 100, "千": 1_000}
_LARGE = {"萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "兩": 2,
    "两": 2,
    "壹": 1,
}

_ARABIC = re.compile(r"\d{1,15}(?:,\d{3})*(?:\.\d{1,9})?")
_UNIT = re.compile(rf"[ -]?({'|'.join(_ENGLISH)})\b", re.IGNORECASE)
_MORE = "[多餘余數数幾几]?"  # 160多萬 is told as 1,600,000
_PART = rf"(?:{_ARABIC.pattern}|[{''.join(_DIGITS)}{''.join(_SMALL)}]+){_MORE}"
_LARGE_UNITS = "".join(_LARGE)
# 1億2,000萬, 13萬7,066, 三千五百, 12: parts with large units, and a last part without.
_FIGURE = re.compile(
    rf"(?:{_PART}[十百千]?[{_LARGE_UNITS}])+(?:{_PART}[十百千]?)?|{_PART}[十百千]?"
)
_PIECE = re.compile(rf"({_PART})([十百千]?)([{_LARGE_UNITS}]?)")

# 3至5萬, 七、八萬 and 兩三百萬: the lower end of a range has the unit of the upper.
_ONE = "一二兩两三四五六七八九"
_RANGE = re.compile(
    rf"(?:({_ARABIC.pattern}|[{_ONE}])[至到、~〜～–-]|([{_ONE}])(?=[{_ONE}][十百千{_LARGE_UNITS}]))"
    rf"(?:{_ARABIC.pattern}|[{_ONE}])([十百千]?)([{_LARGE_UNITS}]?)"
)

_REPUBLIC = re.compile(r"民國(\d{1,3})年")  # years of the Republic of China count from 1912


def figures(text: str) -> frozenset[float]:
    """Every figure in a text, each once; ``3.5%`` is told as 3.5, ``七成`` as 70."""
    return frozenset(figure for figure, _ in _read(text))


def readings(text: str) -> frozenset[float]:
    """The same with every number that a figure could also be taken for: 13萬7,066 as 13 and as
    130,000 too, ``3 million`` as 3, ``七成`` as 7."""
    found = {number for figure, others in _read(text) for number in (figure, *others)}
    plain = unicodedata.normalize("NFKC", text)
    found |= {1911 + float(year) for year in _REPUBLIC.findall(plain)}
    for first, digit, small, large in _RANGE.findall(plain):
        found.add(_value(first or digit) * _SMALL.get(small, 1) * _LARGE.get(large, 1))
    return frozenset(found)


def rounds_to(number: float, figure: float) -> bool:
    """Whether a figure is a number, or that number rounded as far as the figure is round:
    30,000 is 30,428 (and 2,746 is 2,745.9)."""
    if figure == number:
        return True
    unit = 1.0
    while figure and figure % (unit * 10) == 0:
        unit *= 10
    return abs(number - figure) <= unit / 2


def _read(text: str) -> Iterator[tuple[float, list[float]]]:
    plain = unicodedata.normalize("NFKC", text)
    for match in _FIGURE.finditer(plain):
        total, others = 0.0, []
        for part, small, large in _PIECE.findall(match.group()):
            value = _value(part) * _SMALL.get(small, 1) * _LARGE.get(large, 1)
            others += [_value(part), round(value, 6)]
            total += value
        others.append(total)
        if unit := _UNIT.match(plain, match.end()):
            total *= _ENGLISH[unit.group(1).lower()]
        elif plain[match.end() : match.end() + 1] in ("成", "割"):  # tenths
            total *= 10
        yield round(total, 6), others


def _value(part: str) -> float:
    """The number that a part without large units states."""
    if arabic := _ARABIC.match(part):
        return float(arabic.group().replace(",", ""))
    total = digit = 0
    positional = not any(character in _SMALL for character in part)
    for character in part:
        if character in _SMALL:
            total += (digit or 1) * _SMALL[character]
            digit = 0
        elif character in _DIGITS:
            digit = digit * 10 + _DIGITS[character] if positional else _DIGITS[character]
    return float(total + digit)
