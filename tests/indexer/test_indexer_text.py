"""One spelling for every script, and marks that find their way back."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.text import Normalised, TextAnalyser, bigrams, normalise, stem

# What people type here: Han of three standards, kana (half width and voiced apart too), hangul,
# Latin with and without marks, full width, digits, marks, spaces, emoji.
WRITTEN = st.text(
    st.sampled_from(
        "臺台灣湾地方創生创生眼鏡眼镜峯峰瀧滝邊辺边﨑崎龍竜龙々〇さばえサバエｻﾊﾞｴがか\u3099ー"
        "삼척SōōseiÉeo\u0301ＡＢ１２ﬁ½№㍿①，。！？-'’ \n\t🍣👨\u200d👩e\u0301"
    )
)
ANALYSER = TextAnalyser(["鯖江", "西粟倉村", "Sabae", "東港"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("臺灣", "台湾"),
        ("峯", "峰"),
        ("瀧澤", "滝沢"),
        ("川邊", "川辺"),
        ("﨑", "崎"),
        ("眼鏡產地", "眼镜产地"),
        ("鯖江", "鲭江"),
        ("竜", "龍"),
        ("ＡＢＣ１２", "abc12"),
        ("ｻﾊﾞｴ", "サバエ"),
        ("か\u3099", "が"),
        ("Sōsei", "SOSEI"),
        ("Cafe\u0301", "café"),
        ("㍿", "株式会社"),
        ("STRASSE", "straße"),
    ],
)
def test_variants_become_one(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), [("は", "ば"), ("ハ", "パ"), ("さばえ", "サバエ")])
def test_kana_keep_what_tells_them_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@settings(max_examples=400, deadline=None)
@given(WRITTEN | st.text(max_size=40))
def test_every_span_maps_into_the_text_it_is_from(text: str) -> None:
    normalised = Normalised.of(text)
    assert len(normalised.origin) == len(normalised.text)
    assert normalised.origin == sorted(normalised.origin)
    for start in range(len(normalised.text)):
        for end in (start + 1, len(normalised.text)):
            first, last = normalised.original_span(start, end)
            assert 0 <= first < last <= len(text)
    if normalised.text:
        assert normalised.original_span(0, len(normalised.text))[1] == len(text)


@settings(max_examples=400, deadline=None)
@given(st.lists(WRITTEN, min_size=3, max_size=3))
def test_a_match_marks_what_was_matched(parts: list[str]) -> None:
    """What lies under a mark in the original holds, normalised, what was looked for (and more
    only where one character of the original became several)."""
    before, word, after = parts
    text = f"{before}|{word}|{after}"
    normalised = Normalised.of(text)
    start = normalised.text.index("|")
    end = normalised.text.index("|", start + 1)
    if end - start > 1:
        first, last = normalised.original_span(start + 1, end)
        assert normalised.text[start + 1 : end] in Normalised.of(text[first:last]).text


@settings(max_examples=300, deadline=None)
@given(WRITTEN)
def test_offsets_cost_nothing_in_spelling(text: str) -> None:
    """Passages are normalised with offsets, queries without: both must agree."""
    assert Normalised.of(text).text == normalise(text)


@settings(max_examples=300, deadline=None)
@given(WRITTEN)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_marks_of_half_width_kana_cover_both_characters() -> None:
    text = "名は ｻﾊﾞｴ です"
    normalised = Normalised.of(text)
    start = normalised.text.index("サバエ")
    assert normalised.original_span(start, start + 3) == (3, 7)
    assert normalised.original_span(start + 1, start + 2) == (4, 6)


def test_one_character_that_becomes_many_is_marked_whole() -> None:
    normalised = Normalised.of("有㍿甲")
    assert normalised.text == normalise("有株式会社甲")
    assert normalised.original_span(2, 4) == (1, 2)


def test_tokens_are_words_and_pairs() -> None:
    tokens = ANALYSER.tokens("鯖江の眼鏡 Companies")
    assert {normalise("鯖江"), normalise("眼鏡"), "compani"} <= set(tokens)
    assert normalise("江の") in tokens, "the seam between two scripts is a pair as well"
    assert ANALYSER.tokens("") == ANALYSER.tokens(" 、。！\n") == []


def test_tokens_are_the_same_in_either_chinese() -> None:
    assert ANALYSER.tokens("森林村想讓年輕人創業") == ANALYSER.tokens("森林村想让年轻人创业")


def test_names_are_words_whatever_the_dictionary_says() -> None:
    name, text = "道之驛西土佐", "道之驛西土佐販售四萬十牛"
    assert normalise(name) not in TextAnalyser().tokens(text)
    assert normalise(name) in TextAnalyser([name]).tokens(text)


def test_bigrams_of_a_single_character_are_itself() -> None:
    assert bigrams("森") == ["森"]
    assert bigrams("森林村") == ["森林", "林村"]


def test_only_english_words_are_stemmed() -> None:
    assert stem("villages") == stem("village")
    assert stem("さばえ") == "さばえ"
    assert stem("2016") == "2016"


@settings(max_examples=200, deadline=None)
@given(WRITTEN)
def test_any_text_has_tokens_without_spaces_or_marks(text: str) -> None:
    for token in ANALYSER.tokens(text):
        assert token
        assert not token.isspace()


def test_threads_share_an_analyser() -> None:
    fresh = TextAnalyser(["鯖江"])
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(fresh.tokens("鯖江市眼鏡產地轉型")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(tokens == found[0] for tokens in found)
