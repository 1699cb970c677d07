"""The figures that a text states, as numbers, whichever way they are written.

``280萬``, ``280万``, ``2,800,000`` and ``2.8 million`` are one figure; so are ``１２`` and ``12``.
"""

from __future__ import annotations

import re
import unicodedata

_MULTIPLES = {
    "百": 1e2,
    "千": 1e3,
    "萬": 1e4,
    "万": 1e4,
    "億": 1e8,
    "亿": 1e8,
    "兆": 1e12,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}
_NUMBER = r"(\d{1,15}(?:,\d{3})*(?:\.\d{1,9})?)"
_UNIT = "|".join(_MULTIPLES)
# 1億2,000萬 is one figure of two parts.
_FIGURE = re.compile(rf"{_NUMBER}(?:[億亿]{_NUMBER}[萬万]|(?:[ -]?({_UNIT}))?)")


def figures(text: str) -> frozenset[float]:
    """Every figure in a text; ``3千`` is told as 3,000 and as 3, ``3.5%`` as 3.5."""
    found = set()
    for number, ten_thousands, unit in _FIGURE.findall(unicodedata.normalize("NFKC", text)):
        value = float(number.replace(",", ""))
        if ten_thousands:
            found.add(round(value * 1e8 + float(ten_thousands.replace(",", "")) * 1e4, 6))
            continue
        found.add(round(value * _MULTIPLES.get(unit, 1.0), 6))
        found.add(value)
    return frozenset(found)
