"""What a plan's text says outright."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.judged import FILE
from indexer.plan_text import clauses_of, language_of, number_in, population_of


def plans() -> list[dict]:
    """Those of the judged plans whose reader said what they say of the place."""
    lines = FILE.read_text("utf-8").split("\n")
    return [plan for plan in map(json.loads, filter(None, lines)) if "tags" in plan]


# What is not read yet, and why; the test fails once it is.
UNREAD = {
    "plan-75": "人口2万3千人の移住定住: what follows the number speaks of migrants",
    "plan-88": "eighty-seven of us: numbers in English words",
    "plan-r9-2-8": "3,900 people on paper and 2,400 in their beds",
    "plan-r9-4-6": "登記七千四百人: who is registered",
    "plan-r9-4-7": "這個鎮有兩萬六千人: the place further before",
    "plan-r9-4-8": "港邊只剩一千一百人: left at the harbour",
    "plan-r9-5-6": "县城常住六万三: neither 人 nor 人口",
    "plan-r9-5-9": "户籍两千八百六十人，常住一千一百四十人: two numbers",
    "plan-r9-8-3": "人口從六千掉到兩千九百: from one number to another",
    "plan-r9-9-6": "全乡五千四百人 after twenty-one who work there and are 本乡人",
    "plan-r9-9-8": "我们镇挨着老钢铁厂，两万八千人里: the place in another clause",
    "plan-r9-12-10": "戶口八百多人: who is registered",
    "plan-r9-13-4": "one town of about our size (3,400)",
    "plan-r9-13-7": "three islands: 1,900 people together",
}


def marked(plan: dict) -> object:
    reason = UNREAD.get(plan["id"])
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(plan, id=plan["id"], marks=marks)


@pytest.mark.parametrize("plan", map(marked, plans()))
def test_language_and_population_are_read_as_a_reader_reads_them(plan: dict) -> None:
    language = language_of(plan["text"])
    assert language is not None
    assert language[0] == plan["lang"]
    stated = population_of(plan["text"])
    assert (stated.value if stated else None) == plan["tags"]["population"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("本鄉人口約1萬2千人，以茶為業", 12_000),
        ("人口三萬五千的小鎮", 35_000),
        ("我们镇常住人口１.２万人", 12_000),
        ("八千多居民的島", 8_000),
        ("戶籍人口六千二，十年少了一千一", 6_200),
        ("县城常住人口六万三。", 63_000),
        ("人口5,000人の町です", 5_000),
        ("約三千人が暮らす島", 3_000),
        ("a town of 14,000 on the coast", 14_000),
        ("Our valley has 7,400 residents.", 7_400),
        ("The district has 9,600 people, 210 farms", 9_600),
        ("Of 3,400 people about 900 have not come back", 3_400),
        ("全县九万三千人，农户多数只有两三亩地", 93_000),
        ("a fishing port of 4,000 people", 4_000),
        ("我們鄉五千二百人，茶農很多", 5_200),
        ("山裡的兩個聚落，合起來只有三百二十個人", 320),
        ("靠山的小鎮，約八千六百人，老屋很多", 8_600),
        ("We are 2,150 people in four hamlets", 2_150),
        ("about 380 of us are left on the island", 380),
        ("we have 6,700 people and no cinema", 6_700),
        ("a population of about 1.2 million", 1_200_000),
        ("鄉內人口從一萬人掉到二千四百人", 2_400),
        ("每年有五萬名遊客", None),
        ("移入人口四十人", None),
        ("our village of 320 households heats with oil", None),
        ("we welcome 30,000 visitors a year", None),
        ("常住人口增加四百人", None),
        ("", None),
    ],
)
def test_a_number_of_residents_is_told_from_other_numbers(text: str, value: int | None) -> None:
    stated = population_of(text)
    assert (stated.value if stated else None) == value
    if stated:
        assert text[stated.clause.start : stated.clause.end] == stated.clause.text


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("一萬二千", 12_000),
        ("1萬2千", 12_000),
        ("1.2万", 12_000),
        ("二十", 20),
        ("兩千三百", 2_300),
    ],
)
def test_numerals_are_read(words: str, number: int) -> None:
    assert number_in(words) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🎉🎉",
        "12345",
        "안녕하세요 우리 마을",
        "Bonjour, nous sommes une petite ville de montagne qui veut attirer",
    ],
)
def test_other_languages_are_not_guessed(text: str) -> None:
    assert language_of(text) is None


@given(st.text(max_size=400))
def test_any_text_can_be_read_and_clauses_stand_where_they_say(text: str) -> None:
    language_of(text)
    population_of(text)
    for clause in clauses_of(text, 20):
        assert text[clause.start : clause.end] == clause.text


@given(st.text(alphabet="0123456789.,一二三十百千萬万兩人", max_size=12))
def test_any_number_like_word_is_a_number_or_none(words: str) -> None:
    number = number_in(words)
    assert number is None or number >= 0
