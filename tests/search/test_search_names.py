"""Names of places: one place whatever script, width, spelling or romanisation it is typed in."""

from __future__ import annotations

import pytest
from search_asked import Asked

from indexer.names import Gazetteer

NISHIAWAKURA = "jp-okayama-nishiawakura-forest-ventures"
SABAE = "jp-fukui-sabae-eyewear-medical-wearable"

NAMES = [
    ["西粟倉村", "にしあわくら", "Nishiawakura"],
    ["東港鎮", "トンガン", "Donggang", "Tungkang"],
    ["臺東市", "Taitung"],
    ["瀧上町", "たきのうえ", "Ōtaki"],
    ["群馬県", "Gunma"],
    ["Samsø"],
    ["遠野市", "とおの", "Tono"],
    ["綾町", "Aya"],
    ["高山峯村"],
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(NAMES)


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("Nishi-Awakura", 0),
        ("nishi awakura village", 0),
        ("ＮＩＳＨＩＡＷＡＫＵＲＡ", 0),
        ("西粟倉", 0),
        ("西粟仓村的创业", 0),
        ("ニシアワクラ", 0),
        ("ﾆｼｱﾜｸﾗ", 0),
        ("にしあわくらのもり", 0),
        ("Tung-kang", 1),
        ("Dong Gang", 1),
        ("東港漁業", 1),
        ("东港", 1),
        ("とんがん", 1),
        ("台東市", 2),
        ("台东", 2),
        ("滝上町", 3),
        ("泷上", 3),
        ("Ohtaki", 3),
        ("Ootaki", 3),
        ("Otaki", 3),
        ("Gumma", 4),
        ("群馬縣", 4),
        ("Samso", 5),
        ("SAMSØ", 5),
        ("Tōno hops", 6),
        ("Tohno", 6),
        ("Aya town", 7),
        ("高山峰村", 8),
    ],
)
def test_spellings_of_one_name(gazetteer: Gazetteer, query: str, document: int) -> None:
    assert document in {match.document for match in gazetteer.find(query)}


@pytest.mark.parametrize(
    "query",
    ["how to no avail", "ayahuasca", "しずかなとおのけいこうえん", "tonometer", "", "🎉", "a-y-a"],
)
def test_what_only_looks_like_a_name_is_none(gazetteer: Gazetteer, query: str) -> None:
    assert gazetteer.find(query) == []


def test_the_share_says_how_much_of_the_query_the_name_is(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("Nishi-Awakura")[0].share == 1
    assert gazetteer.find("西粟倉村 創業支援")[0].share == pytest.approx(0.5)


def test_a_member_of_a_large_network_is_named_with_its_suffix_only() -> None:
    members = [f"{a}{b}町" for a in "東西南北高" for b in "山川原田野"]
    gazetteer = Gazetteer([members, ["高原町", "たかはる"]])
    assert [match.document for match in gazetteer.find("高原観光")] == [1]
    assert [match.document for match in gazetteer.find("高原町")] == [0, 1]


@pytest.mark.parametrize(
    "name", ["Sabae", "ＳＡＢＡＥ", "さばえ", "サバエ", "ｻﾊﾞｴ", "鯖江", "鲭江市"]
)
def test_the_case_of_the_place_comes_first(asked: Asked, name: str) -> None:
    assert asked.ids(name)[0] == SABAE


@pytest.mark.parametrize("name", ["Nishi-Awakura", "Nishi Awakura", "ニシアワクラ", "西粟倉村"])
def test_the_case_of_the_place_comes_first_with_and_without_hyphen(asked: Asked, name: str) -> None:
    assert asked.ids(name)[0] == NISHIAWAKURA
