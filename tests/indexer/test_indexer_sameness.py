"""A case handed in again: what counts as the same, and what does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.live import open_published
from indexer.review import CaseReader
from indexer.sameness import Sameness, told_of_case
from indexer.wording import Wording, words_of
from kb.model import Case, Localised

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"


@pytest.fixture(scope="module")
def reader(index_dir: Path) -> CaseReader:
    return CaseReader(open_published(index_dir))


@pytest.fixture(scope="module")
def sabae(reader: CaseReader) -> Case:
    return next(case for case in reader.known.values() if case.id == SABAE)


def retold(case: Case, text: str, lang: str) -> Case:
    told = Localised.model_validate({"zh-Hant": text, lang: text})
    return case.model_copy(update={"id": "jp-new", "title": told, "summary": told, "body": ""})


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh-Hant", "做鏡框的產地被進口貨搶走訂單，市府補助業者把鈦金屬技術用到手術器械。"),
        ("ja", "眼鏡枠の産地が安い輸入品に押され、チタンの加工技術を手術器具に生かす。"),
        ("en", "A town of spectacle makers turns its titanium skills to surgical instruments."),
    ],
)
def test_a_case_told_anew_is_known_in_each_language(
    reader: CaseReader, sabae: Case, lang: str, text: str
) -> None:
    told = reader.read(retold(sabae, text, lang))
    assert told.nearest[0].id == SABAE
    assert told.duplicates
    assert told.duplicates[0].id == SABAE


def test_the_place_is_evidence_and_another_country_is_not(sabae: Case, reader: CaseReader) -> None:
    text = "地方產業轉型。"
    number = list(reader.sameness.case_ids).index(SABAE)

    def evidence(**changes: object) -> float:
        place = sabae.place.model_copy(update=changes)
        case = retold(sabae, text, "zh-Hant").model_copy(update={"place": place})
        told = told_of_case(reader.sameness, case)
        return float(told.place[number])

    none = sabae.place.names.model_copy(update={"zh_hant": [], "ja": [], "en": []})
    same = evidence()
    region = evidence(municipalities=["福井縣"], names=none)
    elsewhere = evidence(municipalities=["敦賀市"], names=none)
    assert same > region > elsewhere == 0
    assert evidence(country="TW") == 0


def test_the_casebooks_own_cases_are_distinct(reader: CaseReader) -> None:
    sameness = reader.sameness
    alarms = [
        float(sameness.evidence(told, number).max()) > reader.threshold
        for number in range(sameness.size)
        for told in sameness.retold(number)
    ]
    assert np.mean(alarms) <= 0.02


def test_the_threshold_is_the_generations_own(index_dir: Path, reader: CaseReader) -> None:
    searcher = open_published(index_dir)
    assert searcher.manifest.duplicate_from == pytest.approx(reader.sameness.threshold(), rel=1e-4)


def test_a_case_is_never_compared_with_itself(index_dir: Path) -> None:
    searcher = open_published(index_dir)
    cases = [searcher.catalogue.case(i) for i in searcher.index.ids]
    sameness = Sameness(searcher.index, cases)
    told = sameness.retold(0)[-1]
    assert np.isneginf(sameness.evidence(told, 0)[0])


def test_wording_is_shared_both_ways() -> None:
    wording = Wording([words_of("鯖江眼鏡產地"), words_of("forest village"), words_of("")])
    holding, held = wording.shares(words_of("眼鏡產地 Forest"))
    assert holding[0] > holding[1] > 0
    assert held[2] == 0
    assert wording.shares(words_of("鯖江眼鏡產地在福井"))[1][0] == pytest.approx(1)
