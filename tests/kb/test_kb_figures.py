"""Figures in texts, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.figures import figures, readings, rounds_to


@pytest.mark.parametrize(
    "text",
    ["280萬人", "280万人", "2,800,000 people", "2.8 million people", "２８０萬人", "2800000"],
)
def test_one_figure_is_one_however_it_is_written(text: str) -> None:
    assert 2_800_000 in figures(text)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("1億2,000萬日圓", 120_000_000),
        ("1.2億日圓", 120_000_000),
        ("增8.6%", 8.6),
        ("約3千戶", 3_000),
        ("in 2024.", 2024),
        ("13萬7066人", 137_066),
        ("1兆6,578億日圓", 1_657_800_000_000),
        ("160多萬元", 1_600_000),
        ("三千五百人", 3_500),
        ("六百多戶", 600),
        ("約七成", 70),
        ("二十年", 20),
        ("二〇一九年", 2019),
        ("一萬棵樹", 10_000),
        ("17萬1千人", 171_000),
        ("12家", 12),
    ],
)
def test_figures_are_read_with_their_units(text: str, figure: float) -> None:
    assert figure in figures(text)


@given(st.integers(0, 10**12))
def test_separators_do_not_matter(number: int) -> None:
    assert figures(f"{number:,}") >= {float(number)}
    assert figures(f"約{number}人") >= {float(number)}


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert all(figure >= 0 for figure in figures(text))


def test_a_figure_is_not_its_parts_but_can_be_taken_for_them() -> None:
    assert figures("13萬7,066人") == {137_066}
    assert readings("13萬7,066人") == {137_066, 130_000, 13, 7_066}
    assert figures("3 million") == {3_000_000}
    assert readings("3 million") == {3_000_000, 3}


@pytest.mark.parametrize(
    ("number", "figure", "rounded"),
    [(30_428, 30_000, True), (2_745.9, 2_746, True), (36_000, 30_000, False),
     (530, 500, True), (560, 500, False), (350, 350, True), (351, 350, True), (12, 20, False)],
)  # fmt: skip
def test_rounded_figures_are_recognised(number: float, figure: float, rounded: bool) -> None:
    assert rounds_to(number, figure) is rounded


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("每月3至5萬日圓", 30_000),
        ("七、八萬元", 70_000),
        ("兩三百萬元", 2_000_000),
        ("民國60年代", 1971),
    ],
)
def test_ranges_and_years_of_the_republic_are_understood(text: str, figure: float) -> None:
    assert figure in readings(text)
