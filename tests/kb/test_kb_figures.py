"""Figures in texts, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.figures import figures


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
