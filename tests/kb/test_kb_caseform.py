"""The fields of a form become a case file and come back from one; findings are told at fields."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kb_samples import CASES

from kb.casebook import case_paths, load_casebook
from kb.caseform import (
    MAX_CHARACTERS,
    ROWS,
    CaseForm,
    check_text,
    form_of,
    form_of_data,
    known_regions,
    read_form,
    single_fields,
)
from kb.draft import read_draft
from kb.errors import FormError
from kb.findings import wordings
from kb.lint import lint_bytes
from kb.model import Case

TODAY = dt.date(2026, 11, 27)
SABAE = CASES / "jp" / "jp-fukui-sabae-eyewear-medical-wearable.md"


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(load_casebook(CASES).cases.values())


def pairs_of(form: CaseForm) -> list[tuple[str, str]]:
    """A form as a browser would send it."""
    pairs = [*form.values.items(), *(("driver", driver) for driver in sorted(form.drivers))]
    for kind, rows in form.rows.items():
        pairs += [
            (f"{kind}.{at}.{key}", text) for at, row in enumerate(rows) for key, text in row.items()
        ]
    return parse_qsl(urlencode(pairs), keep_blank_values=True)


def test_every_case_comes_back_from_the_form_as_it_was(cases: list[Case]) -> None:
    known = {case.id: case for case in cases}
    for path in case_paths(CASES)[::3]:
        form, left = form_of(read_draft(path))
        assert not left
        made = read_form(pairs_of(form)).assemble(cases, TODAY)
        case = known[path.stem]
        assert made.case is not None
        before = case.model_dump(exclude={"updated", "period"})
        after = made.case.model_dump(exclude={"updated", "period"})
        if case.place.lat is None:  # the gazetteer may know what the file does not say
            after["place"] |= {"lat": None, "lon": None}
        assert after == before, path.stem
        spans = [(p.start, p.end) if p else (None, None) for p in (case.period, made.case.period)]
        assert spans[0] == spans[1]
        assert made.is_clean
        assert made.path == path.relative_to(CASES.parent)


def test_an_empty_form_is_a_file_of_gaps_alone() -> None:
    made = CaseForm().with_a_row_of_each().assemble([], TODAY)
    assert made.gaps
    assert not made.mistakes
    assert made.case is None
    names = {told.field for told in made.gaps}
    assert {"place.country", "latin", "subject", "title.en", "drivers", "sources.0.title"} <= names


def test_what_follows_from_the_place_is_filled_in(cases: list[Case]) -> None:
    values = {
        "place.country": "JP",
        "place.region": "兵庫県",
        "place.municipalities": "養父市",
        "latin": "Yabu",
        "subject": "vinegar school",
    }
    made = read_form(values.items()).assemble(cases, TODAY)
    assert made.identity == "jp-hyogo-yabu-vinegar-school"
    assert made.draft.get("place", "region") == "兵庫縣"
    assert made.draft.get("place", "names") == {"ja": ["養父市"], "en": ["Yabu"]}
    assert made.location is not None
    assert made.draft.get("place", "lat") == made.location.lat
    typed = read_form([*values.items(), ("place.lat", "35.5"), ("place.lon", "134.9")])
    assert typed.assemble(cases, TODAY).draft.get("place", "lat") == 35.5


def test_a_case_of_the_same_place_is_named_and_its_id_not_taken(cases: list[Case]) -> None:
    values = {
        "place.country": "JP",
        "place.region": "福井縣",
        "place.municipalities": "鯖江市",
        "latin": "Sabae",
        "subject": "eyewear medical wearable",
    }
    made = read_form(values.items()).assemble(cases, TODAY)
    assert [told.finding.code for told in made.at("subject")] == ["duplicate-id"]
    other = read_form([*values.items(), ("subject", "lacquer")]).assemble(cases, TODAY)
    assert SABAE.stem in {case.id for case in other.similar}


def test_a_case_to_see_also_that_nobody_has_is_told_at_its_field(cases: list[Case]) -> None:
    values = {"place.country": "JP", "latin": "Yabu", "subject": "vinegar school"}
    named = [("see_also", f"{SABAE.stem}, jp-fukui-sabae-eyeware-medical-wearable")]
    made = read_form([*values.items(), *named]).assemble(cases, TODAY)
    (told,) = made.at("see_also")
    assert told.finding.code == "unknown-case"
    assert SABAE.stem in told.finding.remedy.en
    pasted = check_text(made.text, cases)
    assert [told.finding.code for told in pasted.at("see_also")] == ["unknown-case"]


def test_regions_are_written_as_the_casebook_does(cases: list[Case]) -> None:
    found = {(c.place.country, c.place.region) for c in cases}
    for country in ("JP", "TW"):
        regions = {region for land, region in found if land == country}
        assert len(regions & set(known_regions(country))) > 15
    assert known_regions("GB") == []


@pytest.mark.parametrize(
    ("field", "typed", "told_at", "code"),
    [
        ("summary.zh-Hant", "太短", "summary.zh-Hant", "summary-length"),
        ("sources.0.url", "nowhere", "sources.0.url", "invalid-url"),
        ("sources.0.year", "two thousand", "sources.0.year", "wrong-type"),
        ("sources.0.year", "3000", "sources.0.year", "impossible-year"),
        ("results.1.source", "", "results.1.source", "figure-without-source"),
        ("results.1.value", "", "results.1.value", "todo-left"),
        ("kpis.0.tier", "", "kpis.0.tier", "todo-left"),
        ("place.lat", "abc", "place.lat", "wrong-type"),
        ("place.lon", "", "place.lat", "coordinates-half"),
        ("place.lat", "10", "place.lat", "coordinates-outside"),
        ("period.end", "1999", "period.end", "period-reversed"),
        ("place.population.source", "s99", "place.population.source", "unknown-source"),
        ("plan_kind", "nonsense", "plan_kind", "unknown-value"),
        ("drivers.public-private", "", "drivers.public-private", "todo-left"),
        ("sections.actors", "有12家。", "sections.actors", "number-without-footnote"),
        ("sections.actors", "有[^s99]。", "sections.actors", "footnote-without-source"),
        ("sections.actors", "## 別的\n文字", "sections.actors", "unknown-heading"),
        ("sections.lessons", "<script>alert(1)</script>", "sections.lessons", "raw-html"),
        ("id", "jp-other_id", "id", "bad-format"),
    ],
)
def test_a_slip_is_told_at_its_field(field: str, typed: str, told_at: str, code: str) -> None:
    form, _ = form_of(read_draft(SABAE))
    # A blank row before the others must not shift what is told at them.
    pairs = [
        (f"results.{int(name.split('.')[1]) + 1}.{name.split('.')[2]}", text)
        if name.startswith("results.")
        else (name, text)
        for name, text in pairs_of(form)
    ]
    pairs = [(name, text) for name, text in pairs if name != field]
    start = [("period.start", "2012")]
    made = read_form([*pairs, *start, ("results.0.what", ""), (field, typed)]).assemble([], TODAY)
    assert code in {told.finding.code for told in made.at(told_at)}, made.told


def test_figures_may_be_typed_as_people_write_them() -> None:
    form = read_form(
        [
            ("results.0.what", "營業額"),
            ("results.0.value", "１，２００"),
            ("results.0.year", "２０２０"),
            ("results.1.what", "比例"),
            ("results.1.value", "約三成"),
        ]
    )
    entries = form.answers().results
    assert entries[0]["value"] == 1200
    assert entries[0]["year"] == 2020
    assert entries[1]["value"] == "約三成"


def test_rows_come_and_go_and_sources_keep_their_ids() -> None:
    form = CaseForm().with_row("sources").with_row("sources").with_row("sources")
    form = form.without_row("sources", 1).with_row("sources")
    assert [row["id"] for row in form.rows["sources"]] == ["s1", "s3", "s2"]
    assert [row["id"] for row in read_form([("sources.0.title", "a")]).rows["sources"]] == ["s1"]


def test_more_than_a_case_can_be_is_refused() -> None:
    with pytest.raises(FormError, match="60,000"):
        read_form([("sections.approach", "字" * (MAX_CHARACTERS + 1))])
    with pytest.raises(FormError):
        form_of_data({"sections": {"approach": "字" * (MAX_CHARACTERS + 1)}})


def test_what_a_form_has_no_field_for_is_named() -> None:
    _, left = form_of_data({"titel": {"en": "x"}, "kpis": [{"nam": "x"}], "a": {"b": {"c": {}}}})
    assert left == ["titel.en", "kpis.0.nam"]


def test_a_file_is_checked_as_it_is(cases: list[Case]) -> None:
    text = SABAE.read_text(encoding="utf-8")
    made = check_text(text, cases)
    assert made.is_clean
    assert made.path.name == SABAE.name
    broken = check_text(text.replace("title:", "titel:", 1), cases)
    assert {f.code for f in lint_bytes(SABAE, broken.text.encode())} == {
        told.finding.code for told in broken.told
    }
    for odd in ("", "---", "---\nid: [\n---\n", "\ud800", "id: ../../etc/passwd\n"):
        assert check_text(odd, []).told


FIELDS = [
    *single_fields(),
    *(f"{kind}.{n}.{key}" for kind in ROWS for n in (0, 3) for key in ROWS[kind]),
]
TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "- a\n---\n",
        "{a: b}",
        "'\"",
        "<<<<<<< x",
        "no",
        "1:30",
        "&a *a",
        "[^s1]",
        "## 作法",
        "\x00\ufeff\u202e",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(FIELDS), TEXTS), max_size=25))
def test_whatever_is_typed_makes_a_file_that_says_it(pairs: list[tuple[str, str]]) -> None:
    form = read_form(pairs)
    made = form.assemble([], TODAY)
    assert made.told
    assert {told.finding.code for told in made.told} <= wordings().keys()
    unreadable = {"front-matter-missing", "yaml-syntax", "front-matter-unclosed", "duplicate-key"}
    assert not unreadable & {told.finding.code for told in made.told}
    back, left = form_of(made.draft)
    assert not left
    if made.draft.data is not None:
        for lang in ("zh-Hant", "ja", "en"):
            said = form.value(f"title.{lang}")
            assert back.value(f"title.{lang}") == ("" if said.strip() == "TODO" else said)
    assert Path(made.path).parts[0] == "cases"
