"""The logic model as a picture: boxes of wrapped text and arrows, laid out on the server.

SVG does not wrap text, so lines are broken here, by widths in em: a Han character is one em,
other letters are a little more than half of one. Drawn twice, in a row for wide windows and one
below the other for phones; the style sheet shows the one that fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api import schemas
from web.render import Words

SIZE = 13.0  # of letters, in units of the drawing, which are CSS pixels at full width
LEADING = 19.0
PADDING = 11.0
GAP = 24.0  # between boxes: room for an arrow
BETWEEN_ITEMS = 7.0
LATIN = 0.58  # em; measured on the widest of the fonts in the style sheet
HANGING = 0.8  # em that may stand over the edge: less than PADDING
LONGEST = 46  # em of an item; the page has the whole of it
WIDE, NARROW = 830.0, 340.0

# What must not begin a line (JIS X 4051, the marks that the casebook uses).
CLOSING = "、。，．：；！？）」』】〉》〕］｝…ー々%"
TOKEN = re.compile(r"[\u2e80-\u9fff\uf900-\uffef]|[^\s\u2e80-\u9fff\uf900-\uffef]+|\s+")


@dataclass(frozen=True)
class Line:
    """A line of text at its place. ``kind`` is label, item or amount."""

    text: str
    kind: str
    lang: str
    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """A stage: its rectangle and its lines; ``empty`` if the sources say nothing of it."""

    x: float
    y: float
    width: float
    height: float
    lines: Sequence[Line]
    empty: bool


@dataclass(frozen=True)
class Drawing:
    """The whole picture; ``arrows`` are the paths of lines with a head."""

    name: str
    width: float
    height: float
    boxes: Sequence[Box]
    arrows: Sequence[str]


def drawings(model: schemas.LogicModel, words: Words) -> list[Drawing]:
    """The picture for wide windows and the one for phones."""
    return [_in_a_row(model, words), _in_a_column(model, words)]


def described(model: schemas.LogicModel, words: Words) -> str:
    """The picture in words, for those who do not see it."""
    return " → ".join(
        f"{stage_label(stage.stage, words)}: "
        + ("; ".join(item.text for item in stage.items) or words.t("logic.unknown"))
        for stage in model.stages
    )


def stage_label(stage: str, words: Words) -> str:
    """The name of a stage: a tier of KPIs by its own, the others by the page's strings."""
    term = words.term("kpi_tier", stage)
    return term.label.get(words.lang) if term else words.t(f"logic.{stage}")


def _in_a_row(model: schemas.LogicModel, words: Words) -> Drawing:
    count = len(model.stages)
    width = (WIDE - GAP * (count - 1)) / count
    drawn = [_box(stage, words, width) for stage in model.stages]
    height = max(box.height for box in drawn)
    boxes: list[Box] = []
    arrows: list[str] = []
    for number, box in enumerate(drawn):
        x = number * (width + GAP)
        boxes.append(_moved(box, x, 0, height))
        if number:
            arrows.append(f"M{x - GAP + 4:.0f} {height / 2:.0f}h{GAP - 8:.0f}m-5 -4l5 4l-5 4")
    return Drawing("wide", WIDE, height, boxes, arrows)


def _in_a_column(model: schemas.LogicModel, words: Words) -> Drawing:
    boxes: list[Box] = []
    arrows: list[str] = []
    y = 0.0
    for number, stage in enumerate(model.stages):
        box = _box(stage, words, NARROW)
        if number:
            arrows.append(f"M{NARROW / 2:.0f} {y + 4:.0f}v{GAP - 8:.0f}m-4 -5l4 5l4 -5")
            y += GAP
        boxes.append(_moved(box, 0, y, box.height))
        y += box.height
    return Drawing("narrow", NARROW, y, boxes, arrows)


def _moved(box: Box, x: float, y: float, height: float) -> Box:
    lines = [replace(at, x=round(at.x + x, 1), y=at.y + y) for at in box.lines]
    return Box(round(x, 1), y, box.width, height, lines, box.empty)


def _box(stage: schemas.LogicStage, words: Words, width: float) -> Box:
    """The box of a stage at the origin, as high as its lines need."""
    columns = (width - 2 * PADDING) / SIZE
    lines: list[Line] = []
    y = PADDING + SIZE

    def write(text: str, kind: str, lang: str) -> None:
        nonlocal y
        for part in wrap(text, columns):
            lines.append(Line(part, kind, lang, PADDING, y))
            y += LEADING

    write(stage_label(stage.stage, words), "label", words.lang)
    for item in stage.items:
        y += BETWEEN_ITEMS
        write(shortened(item.text, LONGEST), "item", "zh-Hant")
        if item.amount is not None:
            write(_amount(item, stage, words), "amount", "zh-Hant" if item.unit else words.lang)
    if not stage.items:
        y += BETWEEN_ITEMS
        write(words.t("logic.unknown"), "item", words.lang)
    height = round(y - LEADING + SIZE / 2 + PADDING)
    return Box(0, 0, round(width, 1), height, lines, not stage.items)


def _amount(item: schemas.LogicItem, stage: schemas.LogicStage, words: Words) -> str:
    figure = item.amount or ""
    if re.fullmatch(r"\d+(\.\d+)?", figure):
        figure = words.t.number(float(figure))
    unit = item.unit or ""
    before = "" if stage.stage.startswith("measured") else "→ "
    return f"{before}{figure}{'' if unit in ('', '%') else ' '}{unit}"


def wrap(text: str, columns: float) -> list[str]:
    """Lines of at most ``columns`` em; a longer word is cut. A closing mark hangs over the edge if
    it is narrow enough, else it takes what it closes along to the next line."""
    lines: list[str] = []
    line: list[str] = []
    for token in _tokens(text, columns):
        wide = em("".join(line)) + em(token)
        begins = 0 if token.isspace() or wide <= columns else len(line)
        if begins and token in CLOSING:
            solid = [at for at, t in enumerate(line) if t not in CLOSING and not t.isspace()]
            begins = solid[-1] if solid and wide > columns + HANGING else 0
        if begins:
            lines.append("".join(line[:begins]).rstrip())
            line = line[begins:]
        if line or not token.isspace():
            line.append(token)
    last = "".join(line).rstrip()
    return [*lines, last] if last else lines


def shortened(text: str, columns: float) -> str:
    """The text, cut at a mark of punctuation near the end if it is longer than ``columns`` em."""
    if em(text) <= columns:
        return text.rstrip("。")
    at = next(at for at in range(len(text), 0, -1) if em(text[:at]) <= columns - 1)
    head = text[:at]
    pause = max(head.rfind(mark) for mark in "，、；：。,;")
    return (head[:pause] if pause > at // 2 else head) + "…"


def em(text: str) -> float:
    """The width of a text, in em."""
    return sum(1.0 if ord(character) > 0x2E7F else LATIN for character in text)


def _tokens(text: str, columns: float) -> Iterator[str]:
    most = max(1, int(columns / LATIN))
    for token in TOKEN.findall(text):
        for start in range(0, len(token), most):
            yield token[start : start + most]
