"""Passages: short enough, complete, and cut where a reader would cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.passages import CONTEXT_COLUMNS, PASSAGE_COLUMNS, Document, split, width

WRITTEN = st.text(
    st.sampled_from(
        "村民與市公所合辦、研修，。！？．.!?」』）)\"';; 　\n\tabc dé12ーﾊﾞ한🍣\u2028\u00a0"
    )
)


def visible(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=500, deadline=None)
@given(WRITTEN | st.text(), st.integers(min_value=2, max_value=60))
def test_nothing_is_lost_but_spaces_and_no_piece_is_too_wide(text: str, columns: int) -> None:
    pieces = list(split(text, columns))
    assert visible("".join(pieces)) == visible(text)
    for piece in pieces:
        assert width(piece) <= columns
        assert piece == piece.strip() != ""


@settings(max_examples=50, deadline=None)
@given(st.lists(WRITTEN, max_size=30).map("。".join))
def test_passages_of_a_document_lie_in_their_contexts(text: str) -> None:
    document = Document("x")
    document.add("lessons", "zh-Hant", text, heading="題")
    for passage in document.passages:
        assert passage.text in document.contexts[passage.context]
        assert width(passage.text) <= PASSAGE_COLUMNS
    for context in document.contexts:
        assert context.startswith("題\n")
        assert width(context) <= CONTEXT_COLUMNS + PASSAGE_COLUMNS


def test_a_cut_is_between_sentences_where_it_can_be() -> None:
    text = "村公所收購林地。居民成立公司！「能行嗎？」有人問。"
    assert list(split(text, 40)) == ["村公所收購林地。居民成立公司！", "「能行嗎？」有人問。"]


def test_a_full_stop_inside_a_figure_ends_nothing() -> None:
    assert list(split("營收成長 3.5 倍。次年持平。", 20)) == ["營收成長 3.5 倍。", "次年持平。"]
    assert list(split("It grew 3.5 times. Then not.", 20)) == ["It grew 3.5 times.", "Then not."]


def test_a_sentence_that_is_too_long_is_cut_after_a_comma() -> None:
    text = "林地所有人把山林託付給村公所十年，村公所再委託公司經營"
    first, second = split(text, 40)
    assert first.endswith("，")
    assert first + second == text


@pytest.mark.parametrize("text", ["", " \n\t", "　"])
def test_nothing_makes_no_piece(text: str) -> None:
    assert list(split(text, 40)) == []


def test_a_long_text_without_any_stop_is_split_in_no_time() -> None:
    text = "a." * 20_000 + "漢" * 20_000
    assert visible("".join(split(text, PASSAGE_COLUMNS))) == text


def test_width_counts_what_a_terminal_shows() -> None:
    assert [width(t) for t in ("", "ab", "眼鏡", "ｱ", "ア", "가", "Ａ")] == [0, 2, 4, 1, 2, 2, 2]
