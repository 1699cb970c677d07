"""Did you mean: the casebook's own words, only where the query finds little."""

from __future__ import annotations

import pytest
from search_asked import Asked

from indexer.vocabulary import Vocabulary, Word, edit_distance


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Nishiawakra", "Nishiawakura"),
        ("nishi-awakra", "Nishiawakura"),
        ("Nishiawakra start-ups", "Nishiawakura start-ups"),
        ("Sabea", "Sabae"),
        ("西粟蒼村", "西粟倉村"),
        ("西粟苍村", "西粟倉村"),
        ("ニシアワクロ", "にしあわくら"),
    ],
)
def test_a_slip_in_a_name(asked: Asked, typed: str, meant: str) -> None:
    assert asked.page(typed).suggestion == meant


def test_what_was_meant_finds_its_case(asked: Asked) -> None:
    suggestion = asked.page("Nishiawakra").suggestion
    assert suggestion is not None
    page = asked.page(suggestion)
    assert page.hits[0].case_id == "jp-okayama-nishiawakura-forest-ventures"
    assert page.suggestion is None


def test_a_slip_in_a_label_of_the_taxonomy(asked: Asked) -> None:
    assert asked.page("官民聯和").suggestion == "官民聯合"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "Sabae",
        "さばえ",
        "西粟倉村",
        "眼鏡產地",
        "our forest village wants young people to start businesses",
        "森林村想讓年輕人創業",
        "zzzz qqqq",
        "12345",
        "🎉🎉",
    ],
)
def test_no_suggestion_where_nothing_is_amiss_or_nothing_is_near(asked: Asked, query: str) -> None:
    assert asked.page(query).suggestion is None


def test_a_long_text_is_no_slip(asked: Asked) -> None:
    assert asked.page("Nishiawakra " + "village " * 20).suggestion is None


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("sabae", "sabae", 0),
        ("sabea", "sabae", 1),
        ("sabbae", "sabae", 1),
        ("saba", "sabae", 1),
        ("nishiawakra", "nishiawakura", 1),
        ("西粟蒼村", "西粟倉村", 1),
        ("abcdef", "badcef", 2),
        ("abc", "xyz", 3),
        ("", "abcd", 3),
    ],
)
def test_edit_distance_counts_up_to_its_limit(a: str, b: str, distance: int) -> None:
    assert edit_distance(a, b, 2) == distance
    assert edit_distance(b, a, 2) == distance


def test_the_nearest_word_wins_and_a_name_before_a_word() -> None:
    words = [Word("Mashiki", "mashiki", False), Word("Mashiko", "mashiko", True)]
    vocabulary = Vocabulary(words)
    assert vocabulary.correction("old Mashika ware", {"old", "ware"}.__contains__) == (
        "old Mashiko ware"
    )
    assert vocabulary.correction("Mashiki", lambda _: False) is None
