"""The picture of likeness: a mark a case, whose shape and colour say its plan category, and the
names of some places so that one can find one's way.

Which names are written is decided here, since SVG does not know when letters meet: those whose
letters cover the fewest marks come first, and none may touch another. Phones show the picture at
less than half the size and a few names only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.schemas import CaseCard
from kb.model import Lang, Place
from web.diagram import em

WIDE, HIGH, MARGIN = 800.0, 620.0, 22.0
SIZE = 13.0  # of letters; a phone writes them PHONE times as large, the marks likewise
PHONE = 2.1
BESIDE = 9.0  # from the middle of a mark to its name
MOST_NAMES, MOST_ON_PHONE = 24, 9
LONGEST = 9.0  # em of a name
ABOVE = re.compile(
    "^(?:日本|台湾)?(?:東京都|北海道|(?:京都|大阪)府|..?.?県)?"
)  # what a place lies in

# One shape a category, in the taxonomy's order; each about as large as a circle of radius 6.
SHAPES = (
    "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
    "m-5.3-5.3h10.6v10.6h-10.6z",
    "m0-7.4l6.9 12h-13.8z",
    "m0-7.6l7.6 7.6l-7.6 7.6l-7.6-7.6z",
    "m-2.3-6.6h4.6v4.3h4.3v4.6h-4.3v4.3h-4.6v-4.3h-4.3v-4.6h4.3z",
    "m0 7.4l6.9-12h-13.8z",
)


@dataclass(frozen=True)
class Mark:
    """A case in the picture. ``name`` is empty unless it is written; ``kept`` says whether a
    phone writes it too; ``before`` that it stands left of the mark."""

    case: CaseCard
    kind: int
    path: str
    x: float
    y: float
    name: str = ""
    kept: bool = False
    before: bool = False


Box = tuple[float, float, float, float]


def marks(
    cases: Sequence[CaseCard],
    places: Mapping[str, tuple[float, float]],
    categories: Sequence[str],
    lang: Lang,
) -> list[Mark]:
    """The marks of the cases that have a place in the picture."""
    drawn = []
    for case in cases:
        if case.id in places:
            x = MARGIN + places[case.id][0] * (WIDE - 2 * MARGIN)
            y = MARGIN + places[case.id][1] * (HIGH - 2 * MARGIN)
            kind = categories.index(case.plan_category) % len(SHAPES)
            path = f"M{x:.1f} {y:.1f}{SHAPES[kind]}"
            drawn.append(Mark(case, kind, path, round(x, 1), round(y, 1)))
    kept = _named(drawn, lang, PHONE, MOST_ON_PHONE, [])
    named = _named(drawn, lang, 1.0, MOST_NAMES, kept)
    names = {at: (name, at in kept, before) for at, name, before in _written(drawn, named, lang)}
    return [
        Mark(m.case, m.kind, m.path, m.x, m.y, *names[at]) if at in names else m
        for at, m in enumerate(drawn)
    ]


def short_name(place: Place, lang: Lang) -> str:
    """The place in a word, in the language of the page where the file has it."""
    names = {"ja": place.names.ja, "en": place.names.en}.get(lang, [])
    if not names:
        return place.municipalities[0] if place.municipalities else place.region
    return ABOVE.sub("", names[0].split(",")[0]) or names[0]


def _written(
    drawn: Sequence[Mark], named: Sequence[int], lang: Lang
) -> list[tuple[int, str, bool]]:
    return [
        (at, short_name(drawn[at].case.place, lang), _is_before(drawn[at], lang, PHONE))
        for at in named
    ]


def _named(
    drawn: Sequence[Mark], lang: Lang, scale: float, most: int, first: Sequence[int]
) -> list[int]:
    """Which marks get a name when letters are ``scale`` times their size; ``first`` have one."""
    boxes = [_box(mark, lang, scale) for mark in drawn]
    covered = [sum(_inside(m, box) for m in drawn) for box in boxes]
    order = sorted(range(len(drawn)), key=lambda at: (covered[at], drawn[at].case.id))
    chosen = list(first)
    for at in order:
        short = em(short_name(drawn[at].case.place, lang)) <= LONGEST
        if len(chosen) < most and short and not any(_touch(boxes[at], boxes[c]) for c in chosen):
            chosen.append(at)
    return chosen


def _is_before(mark: Mark, lang: Lang, scale: float) -> bool:
    width = em(short_name(mark.case.place, lang)) * SIZE * scale
    return mark.x + BESIDE * scale + width > WIDE


def _box(mark: Mark, lang: Lang, scale: float) -> Box:
    """Left, top, right and bottom of a name."""
    width = em(short_name(mark.case.place, lang)) * SIZE * scale
    beside = BESIDE * scale
    left = mark.x - beside - width if _is_before(mark, lang, PHONE) else mark.x + beside
    half = SIZE * scale * 0.7
    return left, mark.y - half, left + width, mark.y + half


def _inside(mark: Mark, box: Box) -> bool:
    left, top, right, bottom = box
    return left - 6 < mark.x < right + 6 and top - 4 < mark.y < bottom + 4


def _touch(one: Box, other: Box) -> bool:
    gap = SIZE
    return (
        one[0] < other[2] + gap
        and other[0] < one[2] + gap
        and one[1] < other[3] + gap
        and other[1] < one[3] + gap
    )
