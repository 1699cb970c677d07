"""The taxonomy is complete, in three languages, and covers the casebook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.errors import TaxonomyError
from kb.model import Localised
from kb.taxonomy import TAXONOMY_FILE, Term, read_taxonomy, taxonomy

LISTS = (
    "drivers",
    "kpi_tiers",
    "kpi_themes",
    "plan_categories",
    "plan_kinds",
    "kpi_rules",
    "sections",
    "settings",
    "source_kinds",
    "scopes",
    "priority_areas",
    "countries",
)
TERMS = [(name, term) for name in LISTS for term in getattr(taxonomy(), name).values()]


def in_three_languages(text: Localised | None) -> bool:
    return text is not None and len(text.items()) == 3


@pytest.mark.parametrize(("name", "term"), TERMS, ids=lambda value: getattr(value, "id", value))
def test_every_entry_has_label_and_definition_in_three_languages(name: str, term: Term) -> None:
    assert in_three_languages(term.label), name
    assert in_three_languages(term.definition), name
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*|[A-Z]{2}", term.id)


def test_japanese_is_not_chinese_left_as_it_was() -> None:
    """A translation that was forgotten reads like the original."""
    same = [t.id for _, t in TERMS if t.definition and t.definition.ja == t.definition.zh_hant]
    assert same == []


def test_six_drivers_three_tiers_six_categories() -> None:
    t = taxonomy()
    assert list(t.drivers) == [
        "self-reliance",
        "public-private",
        "cross-region",
        "cross-policy",
        "leadership",
        "talent",
    ]
    assert list(t.kpi_tiers) == ["overall-outcome", "project-outcome", "output"]
    assert len(t.plan_categories) == 6
    assert len(t.priority_areas) == 3


def test_the_kpi_table_has_ten_kinds_by_three_tiers() -> None:
    t = taxonomy()
    assert len(t.plan_kinds) == 10
    for kind in t.plan_kinds.values():
        assert list(kind.kpi_examples) == list(t.kpi_tiers)
        for tier, examples in kind.kpi_examples.items():
            # The table itself leaves one cell empty.
            assert examples or (kind.id, tier) == ("district-revival", "output")
            assert all(in_three_languages(example) for example in examples)


def test_rules_of_good_kpis_have_examples_of_both_kinds() -> None:
    assert list(taxonomy().kpi_rules) == ["objective", "direct", "demanding"]
    for rule in taxonomy().kpi_rules.values():
        assert rule.examples
        for example in rule.examples:
            texts = (example.subject, example.good, example.bad)
            assert all(in_three_languages(text) for text in texts)


def test_kinds_know_their_category() -> None:
    assert taxonomy().category_of("internship") == "migration"
    assert taxonomy().category_of("nothing") is None


@pytest.mark.parametrize(
    ("facet", "word", "expected"),
    [
        ("drivers", "public private", "public-private"),
        ("drivers", "人才育成", "talent"),
        ("settings", "mountain-vilage", "mountain-village"),
        ("settings", "Mountain village", "mountain-village"),
        ("countries", "Japan", "JP"),
        ("countries", "台湾", "TW"),
        ("kpi_themes", "qqqqqq", None),
        ("kpi_themes", "", None),
    ],
)
def test_nearest(facet: str, word: str, expected: str | None) -> None:
    assert taxonomy().nearest(facet, word) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("country", "name", "lat", "lon", "inside"),
    [
        ("JP", "Wakkanai", 45.4, 141.7, True),
        ("JP", "Nemuro", 43.3, 145.6, True),
        ("JP", "Sado", 38.0, 138.4, True),
        ("JP", "Oki, Ama", 36.1, 133.1, True),
        ("JP", "Tsushima", 34.2, 129.3, True),
        ("JP", "Goto", 32.7, 128.8, True),
        ("JP", "Yakushima", 30.3, 130.5, True),
        ("JP", "Amami", 28.4, 129.5, True),
        ("JP", "Yonaguni", 24.45, 122.98, True),
        ("JP", "Hachijo", 33.1, 139.8, True),
        ("JP", "Ogasawara", 27.1, 142.2, True),
        ("JP", "Busan", 35.18, 129.08, False),
        ("JP", "Jeju", 33.5, 126.5, False),
        ("JP", "Ulleungdo", 37.5, 130.87, False),
        ("JP", "Vladivostok", 43.1, 131.9, False),
        ("JP", "Taipei", 25.0, 121.5, False),
        ("TW", "Taipei", 25.0, 121.5, True),
        ("TW", "Kenting", 21.95, 120.8, True),
        ("TW", "Lanyu", 22.05, 121.55, True),
        ("TW", "Penghu, Wang'an", 23.37, 119.5, True),
        ("TW", "Kinmen", 24.43, 118.32, True),
        ("TW", "Lieyu", 24.43, 118.24, True),
        ("TW", "Nangan", 26.16, 119.95, True),
        ("TW", "Juguang", 25.97, 119.94, True),
        ("TW", "Dongyin", 26.37, 120.49, True),
        ("TW", "Xiamen", 24.48, 118.09, False),
        ("TW", "Fuzhou", 26.08, 119.3, False),
        ("TW", "Pingtan", 25.5, 119.79, False),
        ("TW", "Quanzhou", 24.9, 118.6, False),
        ("TW", "Yonaguni", 24.45, 122.98, False),
        ("ES", "La Palma", 28.7, -17.9, True),
        ("PT", "Azores", 38.7, -27.2, True),
        ("US", "Hawaii", 19.6, -155.5, True),
    ],
)
def test_countries_have_their_islands_and_not_their_neighbours(
    country: str, name: str, lat: float, lon: float, inside: bool
) -> None:
    assert taxonomy().countries[country].contains(lat, lon) is inside, name


def test_a_taxonomy_with_a_language_missing_is_refused(tmp_path: Path) -> None:
    text = TAXONOMY_FILE.read_text(encoding="utf-8")
    broken = tmp_path / "taxonomy.yaml"
    broken.write_text(text.replace("ja: 自立性, ", "", 1), encoding="utf-8")
    with pytest.raises(TaxonomyError, match="self-reliance"):
        read_taxonomy(broken)


@pytest.mark.parametrize("text", ["", "a: [", "- a", "drivers: 1", "\x00"])
def test_a_taxonomy_that_is_no_taxonomy_is_refused(tmp_path: Path, text: str) -> None:
    broken = tmp_path / "taxonomy.yaml"
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyError):
        read_taxonomy(broken)
