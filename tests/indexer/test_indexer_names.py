"""Names of places in a query: in any script, as words, never by accident."""

from __future__ import annotations

import pytest

from indexer.names import Gazetteer, forms

NAMES = [
    ["鯖江市", "鯖江", "さばえ", "Sabae, Fukui"],
    ["西粟倉村", "にしあわくら", "Nishi-Awakura"],
    ["東港鎮", "Donggang", "Tung-kang", "トンガン"],
    ["臺東縣", "Taitung"],
]
GAZETTEER = Gazetteer(NAMES)


def found(query: str) -> list[int]:
    return [match.document for match in GAZETTEER.find(query)]


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("Sabae", 0),
        ("SABAE!", 0),
        ("ｓａｂａｅ", 0),
        ("what did Sabae do", 0),
        ("鯖江", 0),
        ("鲭江市", 0),
        ("さばえ", 0),
        ("さばえの眼鏡", 0),
        ("nishi awakura", 1),
        ("Nishiawakura", 1),
        ("Nishi-Awakura's forest", 1),
        ("西粟倉の森", 1),
        ("东港", 2),
        ("Tungkang", 2),
        ("tung kang", 2),
        ("トンガン", 2),
        ("台东", 3),
    ],
)
def test_a_place_is_known_by_any_of_its_names(query: str, document: int) -> None:
    assert found(query) == [document]


@pytest.mark.parametrize(
    "query", ["", "sabaean", "xsabae", "さばえる", "あさばえ", "森", "Donggangese"]
)
def test_a_part_of_another_word_is_no_name(query: str) -> None:
    assert found(query) == []


def test_several_places_in_one_query() -> None:
    assert found("鯖江と西粟倉、Donggang") == [0, 1, 2]


def test_the_share_is_the_part_of_the_query_that_is_the_name() -> None:
    assert GAZETTEER.find("鯖江")[0].share == 1
    assert GAZETTEER.find("鯖江的眼鏡")[0].share == pytest.approx(2 / 5)
    assert GAZETTEER.find("鯖江市")[0].share == 1, "the longest of its names counts"


def test_names_too_short_to_mean_anything_are_left_out() -> None:
    assert forms("Oi") == set()
    assert forms("津") == set()
    assert forms("つ市") == {"つ市"}


def test_no_names_find_nothing() -> None:
    assert Gazetteer([[], []]).find("鯖江") == []
