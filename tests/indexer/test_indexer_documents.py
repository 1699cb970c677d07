"""What of a case is searched, and that it comes back from disk as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexer_samples import DONGGANG, MASHIKO, SABAE

from indexer.documents import (
    document_of_case,
    document_of_text,
    place_names,
    read_documents,
    write_documents,
)
from indexer.passages import PASSAGE_COLUMNS, Document, Passage, width
from kb.casebook import load_casebook
from kb.model import Case


@pytest.fixture(scope="module")
def cases(casebook_dir: Path) -> dict[str, Case]:
    return load_casebook(casebook_dir).cases


def test_documents_come_back_as_they_were(cases: dict[str, Case], tmp_path: Path) -> None:
    documents = [document_of_case(case) for case in cases.values()]
    write_documents(tmp_path, documents)
    assert read_documents(tmp_path) == documents


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("documents")
    document = Document("x", [Passage(t, "text", "en", 0) for t in texts], texts, texts, 3)
    write_documents(folder, [document])
    assert read_documents(folder) == [document]


@pytest.mark.parametrize("case_id", [SABAE, MASHIKO, DONGGANG])
def test_a_case_is_read_whole(cases: dict[str, Case], case_id: str) -> None:
    case = cases[case_id]
    document = document_of_case(case)
    for lang, title in case.title.items():
        assert Passage(title, "title", lang, 0).text in [
            p.text for p in document.passages if (p.section, p.lang) == ("title", lang)
        ]
    for lang, summary in case.summary.items():
        pieces = [p.text for p in document.passages if (p.section, p.lang) == ("summary", lang)]
        assert "".join("".join(pieces).split()) == "".join(summary.split())
    everything = "".join(p.text for p in document.passages)
    for kpi in case.kpis:
        assert kpi.name in everything
    for reason in case.drivers.values():
        assert "".join(reason.split()) in "".join(everything.split())
    assert {"background", "approach"} & {p.section for p in document.passages} or len(
        {p.section for p in document.passages}
    ) > 4
    assert "[^" not in everything, "footnote marks are not part of what is said"


def test_passages_fit_and_every_context_is_read(cases: dict[str, Case]) -> None:
    for case in cases.values():
        document = document_of_case(case)
        assert {p.context for p in document.passages} == set(range(len(document.contexts)))
        for passage in document.passages:
            assert passage.section == "title" or width(passage.text) <= PASSAGE_COLUMNS


def test_a_title_is_read_in_the_context_of_its_summary(cases: dict[str, Case]) -> None:
    document = document_of_case(cases[SABAE])
    for passage in document.passages:
        if passage.section == "title":
            assert document.contexts[passage.context].startswith(passage.text + "\n")


def test_names_are_those_of_the_place_and_the_official_one_is_first(
    cases: dict[str, Case],
) -> None:
    names = place_names(cases[SABAE])
    assert names[0] == cases[SABAE].place.municipalities[0]
    assert {"Sabae", "さばえ", "鯖江"} <= set(names)
    assert len(names) == len(set(names))


def test_a_bare_text_has_one_context_and_at_least_one_passage() -> None:
    document = document_of_text("t", "句。" * 300, "zh-Hant")
    assert len(document.contexts) == 1
    assert len(document.passages) > 1
    assert [p.text for p in document_of_text("t", " ", "en").passages] == [" "]
