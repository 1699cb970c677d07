"""Quoted phrases: only cases that say just that, and the quote shows it."""

from __future__ import annotations

import pytest
from search_asked import Asked

from indexer.quotations import Phrases, merged
from indexer.quotes import PassageQuote
from indexer.search import Searcher
from indexer.text import normalise

NISHIAWAKURA = "jp-okayama-nishiawakura-forest-ventures"


@pytest.mark.parametrize(
    "quoted", ['"百年森林"', "「百年森林」", "『百年森林』", "“百年森林”", "＂百年森林＂"]
)
def test_every_kind_of_mark(asked: Asked, quoted: str) -> None:
    assert asked.ids(quoted)[0] == NISHIAWAKURA
    assert asked.page(quoted).total < asked.page("百年森林").total


def test_only_cases_with_the_phrase_are_found(asked: Asked, searcher: Searcher) -> None:
    found = set(asked.ids('"地方創生"', limit=100))
    index = searcher.index
    for document, case_id in enumerate(index.ids):
        start = index.starts[document]
        passages = index.passages[start : start + index.counts[document]]
        says = any("地方创生" in normalise(passage.text) for passage in passages)
        assert (case_id in found) == says, case_id


def test_spelling_and_width_make_no_difference(asked: Asked) -> None:
    pages = [asked.ids(q, limit=100) for q in ("「眼鏡產地」", "「眼镜产地」", '"眼鏡産地"')]
    assert pages[0] == pages[1] == pages[2] != []
    latin = [asked.ids(f'"{q}"', limit=100) for q in ("forest", "ＦＯＲＥＳＴ", "Forest")]
    assert latin[0] == latin[1] == latin[2] != []


def test_the_quote_shows_the_phrase_and_marks_all_of_it(asked: Asked) -> None:
    for hit in asked.page("「地方創生」 年輕人").hits:
        assert hit.passage is not None
        marked = [hit.passage.text[a:b] for a, b in hit.passage.highlights]
        assert any("地方創生" in text for text in marked)


def test_other_words_rank_but_do_not_exclude(asked: Asked) -> None:
    alone = asked.page("「地方創生」", limit=100)
    more = asked.page("「地方創生」 漁港", limit=100)
    assert {hit.case_id for hit in alone.hits} == {hit.case_id for hit in more.hits}


def test_two_phrases_must_both_stand_there(asked: Asked) -> None:
    one, two = (set(asked.ids(q, limit=100)) for q in ('"forest"', '"village"'))
    assert set(asked.ids('"forest" "village"', limit=100)) == one & two


def test_a_latin_phrase_is_whole_words_across_hyphens_and_line_ends() -> None:
    phrases = Phrases.of('"snow country"')
    assert phrases.all_in("the snow-country tour")
    assert phrases.all_in("snow\ncountry")
    assert not phrases.all_in("snow countryside")
    assert not Phrases.of('"art"').all_in("start of the party")


@pytest.mark.parametrize("query", ['"', "「未完", '""', "「」", '" "', '5" pipe'])
def test_marks_without_a_partner_or_content_are_no_phrase(asked: Asked, query: str) -> None:
    assert Phrases.of(query).patterns == ()
    asked.page(query)


def test_nothing_between_the_marks_browses(asked: Asked, searcher: Searcher) -> None:
    assert asked.page('""').total == len(searcher.index.ids)


def test_a_phrase_nobody_wrote_finds_nothing(asked: Asked) -> None:
    page = asked.page("「眼鏡村的森林大學」")
    assert page.total == 0
    assert page.hits == []
    assert not any(any(counts.values()) for counts in page.facets.values())


def test_characters_that_mean_something_in_patterns_are_letters(asked: Asked) -> None:
    assert asked.page('"(a+)+$"').total == 0
    assert asked.page('".*"').total == 0


def test_spans_that_touch_are_one() -> None:
    assert merged([(5, 7), (0, 2), (2, 4), (6, 9)]) == [(0, 4), (5, 9)]


def test_half_width_kana_is_marked_where_it_stands() -> None:
    quote = PassageQuote(section="text", lang="ja", text="これはｻﾊﾞｴの話")
    marked = Phrases.of("「サバエ」").marked(quote)
    assert [quote.text[a:b] for a, b in marked.highlights] == ["ｻﾊﾞｴ"]
