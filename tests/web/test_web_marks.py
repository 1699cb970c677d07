"""Marked passages: safe whatever the text, right whatever the ranges."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from web.marks import joined, marked

RANGES = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=6)


def test_markup_in_a_passage_is_text() -> None:
    shown = marked("<script>alert(1)</script>", [(1, 7)])
    assert shown == "&lt;<mark>script</mark>&gt;alert(1)&lt;/script&gt;"


def test_offsets_are_code_points() -> None:
    assert marked("𠮷野家", [(1, 2)]) == "𠮷<mark>野</mark>家"


@given(st.text(max_size=30), RANGES)
def test_the_text_is_unchanged_but_for_marks(text: str, ranges: list[tuple[int, int]]) -> None:
    shown = str(marked(text, ranges))
    assert html.unescape(re.sub("</?mark>", "", shown)) == html.unescape(html.escape(text))


@given(st.integers(0, 30), RANGES)
def test_joined_ranges_are_apart_inside_and_in_order(
    length: int, ranges: list[tuple[int, int]]
) -> None:
    result = joined(ranges, length)
    flat = [offset for pair in result for offset in pair]
    assert flat == sorted(set(flat))
    assert all(0 <= offset <= length for offset in flat)
