"""What a plan's text says outright: its language, the population it states, and its pieces.

Nothing here needs the casebook. Offsets are code points of the text as it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from indexer.passages import split, width
from indexer.text import HAN, HANGUL, KANA

Language = Literal["zh-Hant", "zh-Hans", "ja", "en"]

# A plan is read in pieces of some 400 characters. On the first plans that were graded, passages of
# 160 / 400 / 2,000 characters gave nDCG@10 0.736 / 0.739 / 0.735 by vectors alone; fewer and
# longer ones cost less. Read as statements they gave 0.739, as questions 0.692.
PIECE_COLUMNS = 800
PIECES = 6  # that all encoders read: some 2,400 characters, less than half a second on two cores
SAMPLE = 20_000  # characters that tell the language
STATED_WITHIN = 60_000  # characters that are searched for a stated population
CLAUSE_COLUMNS = 120  # a clause that is shown as the reason for an inference
SHORT = 480  # columns up to which a plan is cut at commas too
CLAUSE_END = re.compile(r"[，、；;：:,。！？!?\n]+|\.(?=\s|$)")

ENGLISH = frozenset(
    re.findall(
        r"\w+", "the of and to a in is for that we our with on by from are it as be this have has"
    )
)
ENGLISH_SHARE = 0.08  # of the words of an English text, more are among these


@dataclass(frozen=True)
class Clause:
    """A short piece of the plan and where it stands."""

    start: int
    end: int
    text: str


def language_of(text: str) -> tuple[Language, float] | None:
    """The language of a text with a confidence, or None if it is none of the four.

    Kana make Japanese. Han without kana is Chinese: Simplified where more of its characters
    would change in Traditional writing than the other way round. Latin letters are English if
    enough of the words are its commonest.
    """
    sample = text[:SAMPLE]
    han = len(re.findall(f"[{HAN}]", sample))
    kana = len(re.findall(f"[{KANA}]", sample))
    hangul = len(re.findall(f"[{HANGUL}]", sample))
    words = re.findall(r"[a-zà-ɏ]+", sample.casefold())
    letters = len(re.findall(r"[^\W\d_]", sample))
    if not letters or hangul > 0.3 * letters:
        return None
    spoken = han + kana
    if spoken >= 0.3 * letters:
        if kana >= 0.1 * spoken:
            return "ja", round(min(1.0, 0.6 + kana / spoken), 3)
        return _chinese(sample, han)
    common = sum(word in ENGLISH for word in words)
    if len(words) >= 8 and common < ENGLISH_SHARE * len(words):
        return None
    if sum(map(len, words)) < 0.7 * letters:
        return None
    return "en", round(min(1.0, 0.5 + 2 * common / max(len(words), 1)), 3)


def _chinese(text: str, han: int) -> tuple[Language, float]:
    to_simplified, to_traditional = _converters()
    traditional = _changed(text, to_simplified.convert(text))
    simplified = _changed(text, to_traditional.convert(text))
    told = traditional + simplified
    if not told:
        return "zh-Hant", 0.5
    sure = round(0.5 + 0.5 * abs(traditional - simplified) / told, 3)
    return ("zh-Hant", sure) if traditional >= simplified else ("zh-Hans", sure)


def _changed(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=False))


@lru_cache(maxsize=1)
def _converters() -> tuple[Any, Any]:
    import opencc

    return opencc.OpenCC("t2s"), opencc.OpenCC("s2t")


# ------------------------------------------------------------------------- population

DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "兩": 2, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
TEN_THOUSANDS = "萬万"
NUMERALS = "〇零一二三四五六七八九兩两十百千"
# Bounded, and never begun within a number, so that a page of digits takes no longer than another.
NUMBER = rf"\d[\d,]{{0,14}}(?:\.\d{{1,4}})?|[{NUMERALS}]{{1,8}}"
ALONE = rf"(?<![\d.,{NUMERALS}{TEN_THOUSANDS}])"
PEOPLE = re.compile(
    rf"{ALONE}(?P<number>(?:(?:{NUMBER})[千百]?[{TEN_THOUSANDS}]?){{1,3}})(?P<about>多|餘|余|幾|数|來)?\s*"
    r"(?P<unit>位居民|名居民|個居民|个居民|個人|个人|人の町|人の村|人の市|人の島|人の|人|口人|居民|住民)"
)
RESIDENTS = re.compile(
    r"(?<![\d.,])(?P<number>\d[\d,.]{0,14})(?P<unit>\s*(?:thousand|million|k)?)(?:[\s-]+(?:[a-z]+[\s-]+){0,2}?)"
    r"(?:residents|inhabitants|people|islanders|villagers|townspeople|souls|of us)\b",
    re.IGNORECASE,
)
POPULATION_OF = re.compile(
    r"(?:population|town|city|village|island|township|municipality|community|district|port|"
    r"hamlet|settlement|valley|county)"
    r"\s*(?:of|is|was|:|\()\s*(?:about|around|some|nearly|roughly|just under|just over|only)?\s*"
    r"(?P<number>\d[\d,.]{0,14})(?P<unit>\s*(?:thousand|million)?)(?!\d)"
    r"(?!\s*(?:percent|%|per\b|km|hectare|household|famil|homes|houses|farm|firm|shop))",
    re.IGNORECASE,
)
POPULATION_IS = re.compile(
    rf"人口[^，。、；\n\d從从自由{NUMERALS}]{{0,4}}(?P<number>(?:(?:{NUMBER})[千百]?[{TEN_THOUSANDS}]?){{1,3}})(?P<unit>)"
)
# What says that a number counts those who live there, and what says that it counts others.
LIVING = re.compile(
    r"人口|居民|住民|常住|定居|設籍|设籍|戶籍|户籍|戸籍|暮ら|住む|住ん|住著|住着|住了|總人|"
    r"合計|合计|縣城|县城|小鎮|小镇|小島|小岛|本村|本鄉|本乡|本鎮|本镇|全村|全鄉|全乡|全鎮|全镇|"
    r"全縣|全县|全市|全區|全区|全島|全岛|全町|口人|合起來|合起来|"
    r"我[們们]?(?:這|这)?(?:個|个)?(?:村|鎮|镇|鄉|乡|島|岛|部落|社區|社区|聚落)|"
    r"population|residents|inhabitants|living|live|home to|^\s*of\s|\bwe are\b|\bwe have\b|of us\b|"
    r"(?:town|village|district|island|valley|port|county|municipality|community)\s+has\s",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"遊客|游客|旅客|客流|觀光|观光|来場|來客|来客|訪|参加|參加|會員|会员|会員|員工|员工|従業|就業|就业|"
    r"學生|学生|新生|児童|志工|志愿|農家|农户|農民|漁民|工人|職人|移居|移住|移入|迁入|返鄉|返乡|社員|"
    r"流失|外流|減少|减少|增加|新增|增え|減り|目標|目标|名額|名额|年輕人|年轻人|若者|"
    r"年間|每年|每天|一天|週末|周末|每日|次|"
    r"visitors?|tourists?|members|employees|workers|pupils|students|guests|jobs|volunteers|"
    r"customers|a year|per year|a day|farmers|fishers|passengers|down from",
    re.IGNORECASE,
)
# "a small town by the sea, 9,000 people,": the number stands by itself beside its place.
BESIDE_PLACE = re.compile(
    r"(?:村|鎮|镇|鄉|乡|島|岛|町|市|區|区|縣|县|部落|聚落)[，、,]\s*(?:約|约|大約|大约|只有|只剩)?\Z"
)
# "from 10,000 down to 2,400": the first number is past.
PAST = re.compile(r"(?:從|从|由|自|from)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class StatedPopulation:
    """A number of residents and the words that state it."""

    value: int
    clause: Clause
    confidence: float


def population_of(text: str) -> StatedPopulation | None:
    """The number of residents that a text states, or None.

    Reads 8,000人, 八千多人, 1萬2千人, 1.2万人, 7,400 residents, a town of 14,000. Of several
    numbers of people the one said to live there counts, and of those the first; a number of
    visitors, members or jobs never does.
    """
    plain = text[:STATED_WITHIN].translate(_HALF_WIDTH)
    found: list[tuple[int, int, StatedPopulation]] = []
    for pattern in (PEOPLE, RESIDENTS, POPULATION_OF, POPULATION_IS):
        for match in pattern.finditer(plain):
            candidate = _candidate(plain, text, match, pattern in (POPULATION_OF, POPULATION_IS))
            if candidate is not None:
                found.append(candidate)
    return min(found, key=lambda item: item[:2])[2] if found else None


_HALF_WIDTH = {0xFF10 + i: 0x30 + i for i in range(10)} | {0xFF0C: "，", 0xFF0E: "."}


def _candidate(
    plain: str, text: str, match: re.Match[str], named: bool
) -> tuple[int, int, StatedPopulation] | None:
    said = match["number"] + (match["unit"] if match["unit"].isascii() else "")
    value = number_in(said, spoken=not match["unit"])
    if value is None or not 20 <= value <= 50_000_000:
        return None
    before = CLAUSE_END.split(plain[max(0, match.start() - 60) : match.start()])[-1]
    near, after = before[-24:], CLAUSE_END.split(plain[match.end() : match.end() + 24])[0]
    town = match["unit"] in ("人の町", "人の村", "人の市", "人の島")
    beside = not after and bool(
        BESIDE_PLACE.search(plain[max(0, match.start() - 12) : match.start()])
    )
    living = named or town or beside or bool(LIVING.search(before + match.group() + after))
    counted = near + match.group(), after[:10]
    if not living or PAST.search(before) or any(map(OTHERS.search, counted)):
        return None
    confidence = 0.95 if named or town or LIVING.search(near + match.group() + after) else 0.7
    start, end = match.span()
    stated = StatedPopulation(value, Clause(start, end, text[start:end]), confidence)
    return -int(100 * confidence), start, stated


LEFT_OUT = {"百": "十", "千": "百", "萬": "千", "万": "千"}  # what follows these in speech


def number_in(words: str, spoken: bool = False) -> int | None:
    """The whole number that digits and Chinese numerals say: 1萬2千 → 12,000, 八千 → 8,000; where
    it is ``spoken``, with the last unit left out: 六千二 → 6,200."""
    text = words.strip().casefold()
    match = re.fullmatch(r"([\d,.]*\d)[.,]?\s*(thousand|million|k)?", text)
    if match:
        scale = {"thousand": 1000, "k": 1000, "million": 1_000_000}.get(match[2] or "", 1)
        digits = match[1].replace(",", "")
        return round(float(digits) * scale) if digits.count(".") <= 1 else None
    total, part, figure = 0.0, 0.0, ""
    if spoken and len(text) > 1 and text[-1] in DIGITS and text[-2] in LEFT_OUT:
        text += LEFT_OUT[text[-2]]
    for c in text:
        if c.isascii() and (c.isdigit() or c in ",."):
            figure += c if c != "," else ""
        elif c in DIGITS:
            figure += str(DIGITS[c])
        elif c in UNITS:
            part += _float(figure, 1.0) * UNITS[c]
            figure = ""
        elif c in TEN_THOUSANDS:
            total = (total + part + _float(figure, 0.0 if part else 1.0)) * 10_000
            part, figure = 0.0, ""
        else:
            return None
    value = total + part + _float(figure, 0.0)
    return round(value) if value else None


def _float(figure: str, nothing: float) -> float:
    try:
        return float(figure) if figure else nothing
    except ValueError:
        return nothing


# ------------------------------------------------------------------------- pieces


def clauses_of(text: str, limit: int) -> list[Clause]:
    """At most ``limit`` clauses of a text, spread evenly over it: sentences, and of a short
    text what stands between its commas."""
    short = width(text[: SHORT + 1]) <= SHORT
    found = list(_between_commas(text) if short else _sentences(text))
    if len(found) <= limit:
        return found
    return [found[i * len(found) // limit] for i in range(limit)]


def _sentences(text: str) -> Iterator[Clause]:
    at = 0
    for piece in split(text, CLAUSE_COLUMNS):
        start = text.find(piece, at)
        if start < 0:
            continue
        at = start + len(piece)
        yield Clause(start, at, piece)


def _between_commas(text: str) -> Iterator[Clause]:
    start = 0
    ends = [match.end() for match in CLAUSE_END.finditer(text)] + [len(text)]
    for end in ends:
        if width(text[start:end]) < 10 and end != ends[-1]:
            continue  # too short to mean anything by itself
        piece = text[start:end].strip(" \n\t，、；;：:,。！？!?.")
        if piece:
            first = text.index(piece, start)
            yield Clause(first, first + len(piece), piece)
        start = end
