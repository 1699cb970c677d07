"""What may be typed at each place of a case file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kb_samples import VALID

from kb.completion import choices_at, meaning_at
from kb.taxonomy import taxonomy

TEXT = VALID.read_text(encoding="utf-8")
LINES = TEXT.split("\n")


def choices(marker: str, typed: str, lang: str = "en") -> list[str]:
    """What is offered where the line that has ``marker`` reads ``typed`` from there on."""
    at = next(n for n, line in enumerate(LINES) if marker in line)
    row = LINES[at][: LINES[at].index(marker)] + typed
    text = "\n".join([*LINES[:at], row, *LINES[at + 1 :]])
    found = choices_at(text, at, len(row), lang)
    assert not found.choices or row[found.start :] == typed.rpartition(" ")[2]
    return [choice.label for choice in found.choices]


@pytest.mark.parametrize(
    ("marker", "typed", "facet"),
    [
        ("setting: industrial", "setting: ", "settings"),
        ("setting: industrial", "setting: hot", "settings"),
        ("plan_category:", "plan_category: ", "plan_categories"),
        ("plan_kind:", "plan_kind: ", "plan_kinds"),
        ("country: JP", "country: ", "countries"),
        ("tier: output", "tier: ", "kpi_tiers"),
        ("theme: deals", "theme: de", "kpi_themes"),
        ("kind: official", "kind: ", "source_kinds"),
        ("scope: wider", "scope: ", "scopes"),
    ],
)
def test_closed_lists_come_up_whole(marker: str, typed: str, facet: str) -> None:
    assert choices(marker, typed) == list(taxonomy().terms(facet))  # type: ignore[arg-type]


def test_fields_come_up_but_for_those_that_are_there() -> None:
    assert choices("period: {start", "pla") == ["period", "see_also"]
    assert choices("  setting:", "  ") == ["setting"]
    assert choices("theme: deals", "") == [
        *("theme", "scope", "source", "baseline", "target", "actual", "unit", "year", "note"),
    ]


def test_topics_come_up_in_a_list_but_for_those_that_are_named() -> None:
    text = "---\ntopics: [hot-springs, "
    offered = [choice.label for choice in choices_at(text, 1, 22, "en").choices]
    assert "hot-springs" not in offered
    assert len(offered) == len(taxonomy().topics) - 1
    assert choices_at("---\ntopics: [hot-springs, ar", 1, 25, "en").start == 22


def test_drivers_come_up_with_what_they_mean() -> None:
    assert choices("  talent:", "  cross") == [
        *("self-reliance", "cross-region", "cross-policy", "leadership", "talent"),
    ]


def test_sources_of_the_file_come_up_by_id() -> None:
    assert choices("source: s2, target", "source: ") == ["s2", "s3"]
    assert choices("source: s3}", "source: ") == ["s2", "s3"]
    at = next(n for n, line in enumerate(LINES) if "約500家[^s3]" in line)
    column = LINES[at].index("[^s3]") + 2
    offered = choices_at(TEXT, at, column, "en").choices
    assert [(c.text, c.detail) for c in offered] == [("s2", "應援宣言"), ("s3", "智慧眼鏡產業聚落")]


def test_headings_come_up_that_are_not_there_yet() -> None:
    assert choices("## 成果", "## ") == ["推動主體與分工", "經費", "成果"]


def test_nothing_comes_up_over_what_stands_in_full() -> None:
    assert choices("## 成果", "## 成果") == []
    assert choices("setting: industrial", "setting: island") == []


def test_regions_of_the_country_come_up() -> None:
    assert "山口縣" in choices("region:", "region: ")


def test_a_new_file_is_helped_before_its_front_matter_ends() -> None:
    text = "---\nschema: 1\nplace:\n  country: TW\n  setting: "
    assert len(choices_at(text, 4, 11, "en").choices) == len(taxonomy().settings)
    found = choices_at("---\nplace:\n  country: TW\n  region: ", 3, 10, "en")
    assert "花蓮縣" in [choice.text for choice in found.choices]


@pytest.mark.parametrize(
    ("marker", "inside", "said"),
    [
        ("theme: deals", "theme", "Theme of the indicator"),
        ("theme: deals", "deals", "Deals"),
        ("place:", "place", "Where it is"),
        ("  talent:", "talent", "Developing people"),
    ],
)
def test_the_meaning_of_what_is_under_the_cursor(marker: str, inside: str, said: str) -> None:
    at = next(n for n, line in enumerate(LINES) if marker in line)
    column = LINES[at].index(inside, LINES[at].index(marker)) + 2
    told = meaning_at(TEXT, at, column, "en") or ""
    assert told.startswith(said)


def test_prose_has_no_meaning_to_tell() -> None:
    at = next(n for n, line in enumerate(LINES) if line.startswith("鯖江市的"))
    assert meaning_at(TEXT, at, 3, "en") is None


@given(st.text(alphabet=st.sampled_from("ab:-{}[],'\"# \n^台_"), max_size=120), st.data())
def test_any_place_of_any_text_can_be_asked_about(tail: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(["", "---\n", "---\nplace:\n  ", "---\nkpis:\n  - {"])) + tail
    lines = text.split("\n")
    line = data.draw(st.integers(0, len(lines) + 1))
    column = data.draw(st.integers(0, len(lines[line]) if line < len(lines) else 3))
    found = choices_at(text, line, column, "zh-Hant")
    assert 0 <= found.start <= column
    assert meaning_at(text, line, column, "ja") is None or line < len(lines)
