"""Citations in the house style, in three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.casefile import parse_case_file
from kb.citation import cite, cite_source
from kb.model import Case


@pytest.fixture(scope="module")
def case(valid_text: str) -> Case:
    return parse_case_file(Path("jp-fukui-sabae-example.md"), valid_text.encode()).case


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "zh-Hant",
            "〈鯖江市眼鏡產地轉進醫療器材〉，《創生案例庫》，2026年11月22日更新。"
            "CC BY 4.0。https://casebook.example/cases/jp-fukui-sabae-example",
        ),
        (
            "ja",
            "「鯖江市 眼鏡産地の医療分野への展開」『創生ケースブック』、2026年11月22日更新。"
            "CC BY 4.0。https://casebook.example/cases/jp-fukui-sabae-example",
        ),
        (
            "en",
            "“Sabae: eyewear makers moving into medical devices” Sōsei Casebook, updated "
            "22 November 2026. CC BY 4.0. https://casebook.example/cases/jp-fukui-sabae-example",
        ),
    ],
)
def test_a_case_is_cited_with_its_permanent_link(case: Case, lang: str, expected: str) -> None:
    assert cite(case, lang, "https://casebook.example/") == expected


def test_without_an_address_the_id_stands_for_the_link(case: Case) -> None:
    assert cite(case, "en").endswith("CC BY 4.0. jp-fukui-sabae-example")
    assert cite(case, "fr") == cite(case, "zh-Hant")


def test_sources(case: Case) -> None:
    official, news = case.sources
    assert cite_source(official, "zh-Hant") == (
        "鯖江市，〈應援宣言〉，2018年。https://www.city.sabae.fukui.jp/meibutsu.html"
    )
    assert cite_source(news, "en") == (
        "日本經濟新聞, 智慧眼鏡產業聚落 [title described by the casebook], 2016. "
        "http://www.nikkei.com/article/1/"
    )
    bare = official.model_copy(
        update={"publisher": None, "year": None, "url": None, "title": "「題」"}
    )
    assert cite_source(bare, "ja") == "「『題』」。"
